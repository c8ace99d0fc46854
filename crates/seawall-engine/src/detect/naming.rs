//! What can a campaign be told by in another night, and what is it called?

use seawall_core::{
    campaign::lineage::{Found, campaign_id},
    selector::Role,
};

use super::{
    candidate::Candidate,
    findings::{SELECTORS_MAX, Teller},
    profile::Belonging,
    telling::{Name, Telling},
};

impl Teller<'_> {
    /// Gives the reported candidates their names.
    pub(crate) fn name(&mut self, telling: &mut dyn Telling, at: &str, reported: &[&Candidate]) {
        let found: Vec<Found> = reported.iter().map(|candidate| self.found(candidate)).collect();
        let names = telling.name(at, &found);
        let by_members = |(found, name): (&Found, Name)| (campaign_id(&found.members, 0), name);
        self.names = found.iter().zip(names).map(by_members).collect();
    }

    /// What a candidate can be told by in another night.
    fn found(&self, candidate: &Candidate) -> Found {
        let mut selectors: Vec<u64> = Self::bound(candidate)
            .into_iter()
            .take(SELECTORS_MAX)
            .filter(|bound| bound.kind.kind().role == Role::Link)
            .map(|bound| self.hash(bound.kind, bound.id))
            .collect();
        selectors.sort_unstable();
        Found {
            members: self.member_hashes(candidate),
            selectors,
            called: candidate.called.clone(),
        }
    }

    /// Hashes of its accounts, ascending.
    pub(crate) fn member_hashes(&self, candidate: &Candidate) -> Vec<u64> {
        let hash = |member: &(u32, Belonging)| self.scene.shared.accounts.hashes[member.0 as usize];
        let mut hashes: Vec<u64> = candidate.members.iter().map(hash).collect();
        hashes.sort_unstable();
        hashes
    }

    /// Id from the members, so that the same members always have the same id; for a reported one its name, and what
    /// people call it.
    pub(crate) fn id(&self, candidate: &Candidate) -> String {
        let id = campaign_id(&self.member_hashes(candidate), 0);
        match self.names.get(&id) {
            Some(name) => name.campaign.clone(),
            None => candidate.called.clone().unwrap_or(id),
        }
    }
}
