//! What of a campaign may others know? As much as they need to recognise it, and nobody's account.
//!
//! Selectors that tell of a person (mail addresses, numbers, addresses, names) never leave, and neither do those that
//! many innocent people share: what is left are domains, client software and fingerprints that bind the campaign.

use jiff::{SignedDuration, Timestamp};
use seawall_core::{
    campaign::findings::{Campaign, SelectorEvidence},
    selector::{KindId, Role},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::{
    indicator::{Terms, pattern_object, source_identity},
    known::{Kind, Known, quoted},
    misp::FeedEvent,
    stix::{Draft, FARM_EXTENSION, Object, StixId, Tlp, farm_extension, own_id, producer, stamp},
};

/// Under which conditions something is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// Who shares: the name of the site or its operator.
    pub organisation: String,
    /// How far it may be passed on.
    pub tlp: Tlp,
    /// When.
    pub at: Timestamp,
    /// For how many days it is good.
    pub days: u16,
}

impl Conditions {
    /// When it is not good any more.
    pub fn expires_at(&self) -> Timestamp {
        let hours = SignedDuration::from_hours(24 * i64::from(self.days));
        self.at.saturating_add(hours).expect("hours are no calendar unit")
    }

    fn identity(&self) -> Object {
        source_identity(&self.organisation)
    }
}

/// The id under which what was shared can be recalled: the same for the same campaign and sharer.
pub fn recall_id(campaign: &Campaign, conditions: &Conditions) -> Uuid {
    own_id("grouping", &format!("{}\n{}", conditions.organisation, campaign.campaign)).uuid()
}

/// What is shared of a selector: its pattern, a name, and, where it is one, the thing.
struct Shared {
    name: String,
    pattern: String,
    known: Option<Known>,
}

/// Whether, and as what, a selector may leave.
fn shared(selector: &SelectorEvidence) -> Option<Shared> {
    let kind = KindId::from_name(&selector.kind)?.kind();
    if kind.personal || selector.role != Role::Link {
        return None;
    }
    let known = |kind| {
        let known = Known::new(kind, &selector.value).ok()?;
        Some(Shared {
            name: known.value().to_owned(),
            pattern: known.pattern(),
            known: Some(known),
        })
    };
    match selector.kind.as_str() {
        "email_domain" | "email_host" | "recovery_domain" => known(Kind::Domain),
        "user_agent" => known(Kind::UserAgent),
        "ja4" => Some(Shared {
            name: selector.value.clone(),
            pattern: format!(
                "[user-account:extensions.'{FARM_EXTENSION}'.ja4 = {}]",
                quoted(&selector.value)
            ),
            known: None,
        }),
        _ => None,
    }
}

/// A campaign as objects of STIX: the campaign, its indicators, the observables behind them, and a grouping that holds
/// them together.
pub fn objects(campaign: &Campaign, conditions: &Conditions) -> Vec<Object> {
    let identity = conditions.identity();
    let by = identity.id().clone();
    let (tlp, at) = (conditions.tlp, conditions.at);
    let recall = recall_id(campaign, conditions);
    let terms = Terms {
        source: by.clone(),
        at,
        days: conditions.days,
        confidence: (campaign.confidence.clamp(0.0, 1.0) * 100.0).round() as u8,
        tlp,
    };
    // The id within the site tells others nothing, and would tell whoever sees both.
    let name = format!("Account farm {}", &recall.to_string()[..8]);
    let kinds: Vec<&str> =
        campaign.selectors.iter().map(|selector| selector.kind.as_str()).collect();
    let facts = json!({FARM_EXTENSION: {
        "extension_type": "property-extension",
        "accounts": campaign.accounts,
        "weight_bits": campaign.bits,
        "signature": sorted(&kinds),
        "recall_id": recall.to_string(),
        "expires": stamp(conditions.expires_at()),
    }});
    let mut own = Draft::new("campaign", &recall.to_string(), at, at)
        .by(&by, tlp)
        .with("name", name.as_str())
        .with("description", format!("{} accounts that were made together", campaign.accounts))
        .with("confidence", terms.confidence)
        .with("extensions", facts);
    for (name, text) in [("first_seen", &campaign.first_seen), ("last_seen", &campaign.last_seen)] {
        if let Ok(time) = text.parse::<Timestamp>() {
            own = own.with(name, stamp(time));
        }
    }
    let own = own.done();
    let mut objects = vec![tlp.object(), identity, producer(), farm_extension()];
    let mut refs = vec![own.id().to_string()];
    let mut observables = Vec::new();
    for item in campaign.selectors.iter().filter_map(shared) {
        let indicator = pattern_object(&item.pattern, &item.name, Some(&name), &terms);
        let relationship = related(&indicator, own.id(), &by, conditions);
        refs.extend([indicator.id().to_string(), relationship.id().to_string()]);
        objects.extend([indicator, relationship]);
        observables.extend(item.known.map(|known| known.object()));
    }
    refs.extend(observables.iter().map(|object| object.id().to_string()));
    objects.extend(observables);
    objects.push(own);
    let grouping = Draft::new("grouping", &group_key(campaign, conditions), at, at)
        .by(&by, tlp)
        .with("name", name)
        .with("context", "suspicious-activity")
        .with("object_refs", sorted(&refs));
    objects.push(grouping.done());
    objects.sort_by(|left, right| left.id().cmp(right.id()));
    objects.dedup_by(|left, right| left.id() == right.id());
    objects
}

fn group_key(campaign: &Campaign, conditions: &Conditions) -> String {
    format!("{}\n{}", conditions.organisation, campaign.campaign)
}

fn related(indicator: &Object, to: &StixId, by: &StixId, conditions: &Conditions) -> Object {
    Draft::new("relationship", &format!("{}\n{to}", indicator.id()), conditions.at, conditions.at)
        .by(by, conditions.tlp)
        .with("relationship_type", "indicates")
        .with("source_ref", indicator.id().as_str())
        .with("target_ref", to.as_str())
        .done()
}

fn sorted<T: Ord + Clone + Into<serde_json::Value>>(items: &[T]) -> Vec<serde_json::Value> {
    let mut items = items.to_vec();
    items.sort();
    items.dedup();
    items.into_iter().map(Into::into).collect()
}

/// What was shared, taken back: every object that has versions, revoked.
pub fn recalled(objects: &[Object], at: Timestamp) -> Vec<Object> {
    let kept = ["identity", "extension-definition", "marking-definition"];
    let revoke = |object: &Object| {
        if object.modified().is_none() || kept.contains(&object.object_type()) {
            return object.clone();
        }
        let mut body = object.body().clone();
        // A later version, even where the clock stands still.
        let earliest =
            object.modified().unwrap_or(at).saturating_add(SignedDuration::from_millis(1));
        let at = at.max(earliest.expect("milliseconds are no calendar unit"));
        body.insert("modified".to_owned(), stamp(at).into());
        body.insert("revoked".to_owned(), true.into());
        Object::new(body.into()).expect("an object stays one")
    };
    objects.iter().map(revoke).collect()
}

/// The same campaign as an event of MISP.
pub fn misp_event(campaign: &Campaign, conditions: &Conditions) -> FeedEvent {
    let recall = recall_id(campaign, conditions);
    let expires = stamp(conditions.expires_at());
    let known = campaign.selectors.iter().filter_map(shared).filter_map(|item| item.known);
    let mut known: Vec<Known> = known.collect();
    known.sort();
    known.dedup();
    let comment =
        format!("of an account farm of {} accounts; good until {expires}", campaign.accounts);
    FeedEvent {
        uuid: recall,
        info: format!("Account farm {} (recall id {recall})", &recall.to_string()[..8]),
        at: conditions.at,
        organisation: (conditions.organisation.clone(), conditions.identity().id().uuid()),
        tlp: conditions.tlp,
        tags: vec!["rsit:fraud=\"masquerade\"".to_owned()],
        known: known.into_iter().map(|known| (known, comment.clone())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use seawall_core::campaign::findings::fixture;

    use super::{Conditions, Tlp, misp_event, objects, recalled};
    use crate::stix::Archive;

    fn conditions() -> Conditions {
        Conditions {
            organisation: "Site".into(),
            tlp: Tlp::Amber,
            at: "2026-03-01T00:00:00Z".parse().unwrap(),
            days: 90,
        }
    }

    #[test]
    fn nothing_of_a_person_leaves() {
        let findings = fixture::findings();
        for campaign in &findings.campaigns {
            let text = serde_json::to_string(&objects(campaign, &conditions())).unwrap();
            assert!(!text.contains(&campaign.campaign), "the id within the site");
            for member in &campaign.sample {
                assert!(!text.contains(&format!("\"{}\"", member.account)), "{}", member.account);
            }
            assert!(text.contains("recall_id") && text.contains("2026-05-30T00:00:00.000Z"));
            assert_eq!(misp_event(campaign, &conditions()).tlp, Tlp::Amber);
        }
    }

    #[test]
    fn what_was_shared_can_be_taken_back() {
        let findings = fixture::findings();
        let shared = objects(&findings.campaigns[0], &conditions());
        let mut archive = Archive::default();
        for object in shared.clone() {
            archive.add(object);
        }
        assert!(archive.active_of("campaign").count() == 1);
        for object in recalled(&shared, conditions().at) {
            archive.add(object);
        }
        for object_type in ["campaign", "indicator", "relationship", "grouping"] {
            assert_eq!(archive.active_of(object_type).count(), 0, "{object_type}");
        }
        assert!(archive.conflicts().is_empty());
    }
}
