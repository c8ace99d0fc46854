//! What are campaigns called, and where do the texts come from?

use seawall_core::campaign::lineage::{Found, Happening, campaign_id};

use super::{
    run::Step,
    words::{Wanted, Words, look_up},
};
use crate::{Error, count::Shared, ingest::Knowledge, read::Source};

/// A campaign's id, and what is known of its past.
pub(crate) struct Name {
    pub(crate) campaign: String,
    pub(crate) history: Vec<Happening>,
}

/// What a detection does not know of itself.
pub(crate) trait Telling {
    /// Names the reported campaigns, in their order; the last event that is known is of `at`.
    fn name(&mut self, at: &str, found: &[Found]) -> Vec<Name>;

    /// Gets the accounts of every cluster, reported or not.
    fn note_clusters(&mut self, _clusters: &mut dyn Iterator<Item = Vec<u64>>) {}

    /// Texts of what is wanted.
    fn look_up(
        &mut self,
        shared: &Shared,
        wanted: &Wanted,
        watch: &mut dyn FnMut(Step),
    ) -> Result<Words, Error>;
}

/// Nothing is known but the input.
pub(crate) struct Afresh<'a> {
    pub(crate) source: &'a Source,
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) threads: usize,
}

impl Telling for Afresh<'_> {
    fn name(&mut self, _at: &str, found: &[Found]) -> Vec<Name> {
        let name = |found: &Found| {
            let called = found.called.clone();
            let campaign = called.unwrap_or_else(|| campaign_id(&found.members, 0));
            Name { campaign, history: Vec::new() }
        };
        found.iter().map(name).collect()
    }

    fn look_up(
        &mut self,
        _shared: &Shared,
        wanted: &Wanted,
        watch: &mut dyn FnMut(Step),
    ) -> Result<Words, Error> {
        look_up(self.source, self.knowledge, self.threads, wanted, &mut |progress| {
            watch(Step::Reading(progress));
        })
    }
}
