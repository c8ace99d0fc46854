//! How does a measurement become an item and an observation? The same for what was looked up and what a file holds.

use seawall_core::case::{
    Id, Record,
    asset::{Facts, Method, Observation, observation},
};
use seawall_evidence::{
    custody::{Act, Action},
    hash::Digest,
    item::{ContentClass, Item, ItemKind, Origin},
    time::Time,
};

use crate::{
    case::{Desk, Intake, failure, hash, id, moment, to_core},
    failure::{Exit, Failure},
};

/// What was received, from whom, when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured<'a> {
    pub(super) method: Method,
    /// The bytes, as they came.
    pub(super) raw: &'a [u8],
    /// RFC 6838 media type.
    pub(super) media_type: &'a str,
    /// Where the bytes came from.
    pub(super) source: &'a str,
    pub(super) at: Time,
}

/// What is to be written down of it.
pub(super) struct Recorded {
    pub(super) item: Item,
    pub(super) facts: Facts,
    pub(super) acts: Vec<Act>,
}

impl Measured<'_> {
    /// Reads the bytes, and brings them into the vault if they are of that asset.
    pub(super) fn record(
        self,
        desk: &mut Desk,
        asset: &Id,
        vantage: &Id,
    ) -> Result<Recorded, Failure> {
        let usage = |error: &dyn std::fmt::Display| Failure::new(Exit::Usage, error);
        let facts = observation::read(self.method, self.raw, &|bytes| hash(Digest::of(bytes)))
            .map_err(|error| usage(&error))?;
        let named = &desk.state.asset(asset).map_err(failure)?.asset.identifier;
        if let Some(name) = &facts.name
            && name != named
        {
            return Err(usage(&format!("the answer is about `{name}`, not about `{named}`")));
        }
        let intake = Intake {
            action: Action::Acquire,
            origin: Origin::ThirdParty,
            content_class: ContentClass::Public,
            legal_basis: "publicly available".to_owned(),
            method: format!("{} from {vantage}", self.method.name()),
            reason: format!("measured by {}", self.method.name()),
            ..Intake::derived(kind(self.method), self.media_type, self.source, Vec::new())
        };
        let (item, taken) = desk.take(&intake, &mut &*self.raw)?;
        let observation = Observation {
            asset: asset.clone(),
            item: to_core(&item.id),
            at: moment(self.at),
            vantage: vantage.clone(),
            method: self.method,
            raw_sha256: hash(item.sha256),
            facts: facts.clone(),
        };
        let record = Record::Observation(Box::new(observation));
        let act = desk.record(id(asset), &record, "measured")?;
        Ok(Recorded { item, facts, acts: vec![taken, act] })
    }
}

const fn kind(method: Method) -> ItemKind {
    match method {
        Method::Rdap => ItemKind::RdapSnapshot,
        Method::Dns => ItemKind::DnsSnapshot,
        Method::Tls => ItemKind::File,
        Method::Http => ItemKind::WebCapture,
    }
}
