//! Does an entry fit into the case, and what is the case afterwards?

use super::{CaseItem, CaseProposal, CaseState, Change, ItemFacts, Made, Misfit};
use crate::case::{
    ContentHash, Id,
    disclosure::Profile,
    hold::{Disposal, may_dispose},
    people::{self, Power, check_act, check_approval, check_proposal},
    state::{ItemState, Machine as _, step},
};

impl CaseState {
    /// Takes the entry in, or says why it does not fit; the state is then of no further use.
    pub fn apply(&mut self, made: &Made) -> Result<(), Misfit> {
        if self.title.is_empty() != matches!(made.change, Change::Open { .. }) {
            return Err(Misfit::Order("a case is opened by its first entry, and once"));
        }
        self.known(made)?;
        match &made.change {
            Change::Open { title } => {
                self.title.clone_from(title);
                Ok(())
            }
            Change::Item(facts) => self.take_item(made, facts),
            Change::Seal { items } => self.seal(made, items),
            Change::Propose(proposal) => self.propose(made, proposal),
            Change::Approve { proposal, content_sha256 } => {
                self.approve(made, proposal, content_sha256)
            }
            Change::Record(record) => self.take_record(made, record),
            Change::HoldOn(hold) => {
                may(made, Power::PlaceHold)?;
                if self.holds.contains_key(&hold.id) {
                    return Err(Misfit::Again { what: "hold", id: hold.id.to_string() });
                }
                self.holds.insert(hold.id.clone(), hold.clone());
                Ok(())
            }
            Change::HoldOff(hold) => {
                if !self.holds.contains_key(hold) {
                    return Err(Misfit::Unknown { what: "hold", id: hold.to_string() });
                }
                self.two(made, Power::ReleaseHold)?;
                self.holds.remove(hold);
                Ok(())
            }
            Change::Dispose { sha256, required } => self.dispose(made, sha256, *required),
            Change::Release { document, version, companions } => {
                self.release(made, document, *version, companions)
            }
            Change::View => may(made, Power::ReadEvidence),
            Change::Reveal => may(made, Power::Reveal),
            // That something was refused is always told.
            Change::Denied => Ok(()),
            Change::Read => may(made, Power::ReadLog),
        }
    }

    /// Whether whoever acts is in the case, in that role. Before there is anybody, whoever opened it acts.
    fn known(&self, made: &Made) -> Result<(), Misfit> {
        if self.is_new() {
            return Ok(());
        }
        // A refusal may be of a stranger.
        if matches!(made.change, Change::Denied) {
            return Ok(());
        }
        let person = self.person(&made.actor)?;
        if person.role != made.role {
            return Err(Misfit::OtherRole {
                person: person.id.clone(),
                theirs: person.role,
                claimed: made.role,
            });
        }
        Ok(())
    }

    /// Checks that every approval is there that `power` takes, of this very content, and marks it used.
    pub(super) fn two(&mut self, made: &Made, power: Power) -> Result<(), Misfit> {
        let Some(seq) = made.approval else { return Err(Misfit::NeedsApproval(power)) };
        let other = || Misfit::OtherApproval(seq);
        let found = self
            .proposals
            .values_mut()
            .find(|known| known.approvals.iter().any(|(at, _, _)| *at == seq))
            .ok_or_else(other)?;
        let same = Some(&found.proposal.content_sha256) == made.content_sha256.as_ref();
        if !same || found.proposal.power != power || found.used_by.is_some() {
            return Err(other());
        }
        let missing = found.missing();
        if !missing.is_empty() {
            let names = |roles: &&[people::Role]| {
                roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" or ")
            };
            return Err(Misfit::MissingApproval(missing.iter().map(names).collect()));
        }
        found.used_by = Some(made.seq);
        Ok(())
    }

    fn take_item(&mut self, made: &Made, facts: &ItemFacts) -> Result<(), Misfit> {
        // What is derived is prepared; what comes from outside is evidence.
        let prepared = facts.derived && check_act(made.role, Power::Prepare, None).is_ok();
        if !prepared {
            may(made, Power::AddEvidence)?;
        }
        if self.items.contains_key(&facts.id) {
            return Err(Misfit::Again { what: "item", id: facts.id.to_string() });
        }
        let item = CaseItem { facts: facts.clone(), state: ItemState::Registered, cited: false };
        self.items.insert(facts.id.clone(), item);
        Ok(())
    }

    fn seal(&mut self, made: &Made, items: &[Id]) -> Result<(), Misfit> {
        may(made, Power::Seal)?;
        for id in items {
            let item = self.item(id)?;
            if item.state == ItemState::Registered {
                continue;
            }
            // What is sealed may be sealed anew; what is kept apart or gone may not.
            if !matches!(item.state, ItemState::Sealed | ItemState::Released) {
                step(item.state, ItemState::Sealed)?;
            }
        }
        for id in items {
            if let Some(item) = self.items.get_mut(id)
                && item.state == ItemState::Registered
            {
                item.state = ItemState::Sealed;
            }
        }
        Ok(())
    }

    fn propose(&mut self, made: &Made, proposal: &people::Proposal) -> Result<(), Misfit> {
        check_proposal(made.role, proposal.power)?;
        if proposal.proposer != made.actor {
            return Err(Misfit::Order("a proposal is made by its proposer"));
        }
        if self.proposals.contains_key(&proposal.id) {
            return Err(Misfit::Again { what: "proposal", id: proposal.id.to_string() });
        }
        let mut proposal = proposal.clone();
        // Who proposes does not say whether persons are in it: the document does.
        proposal.personal_data |= self
            .documents
            .values()
            .any(|document| document.personal_data && document.sha256 == proposal.content_sha256);
        let known =
            CaseProposal { proposal: proposal.clone(), approvals: Vec::new(), used_by: None };
        self.proposals.insert(proposal.id.clone(), known);
        Ok(())
    }

    fn approve(
        &mut self,
        made: &Made,
        proposal: &Id,
        content_sha256: &ContentHash,
    ) -> Result<(), Misfit> {
        let person = self.person(&made.actor)?.clone();
        let unknown = || Misfit::Unknown { what: "proposal", id: proposal.to_string() };
        let known = self.proposals.get_mut(proposal).ok_or_else(unknown)?;
        check_approval(&known.proposal, &person, content_sha256)?;
        if known.approvals.iter().any(|(_, who, _)| *who == person.id) {
            return Err(Misfit::Order("they have approved it already"));
        }
        known.approvals.push((made.seq, person.id, person.role));
        Ok(())
    }

    fn dispose(&mut self, made: &Made, sha256: &ContentHash, required: bool) -> Result<(), Misfit> {
        let items: Vec<Id> = self
            .items
            .values()
            .filter(|item| item.facts.sha256 == *sha256)
            .map(|item| item.facts.id.clone())
            .collect();
        if items.is_empty() {
            return Err(Misfit::Unknown { what: "item with the hash", id: sha256.to_string() });
        }
        let holds: Vec<_> = self.holds.values().cloned().collect();
        for id in &items {
            let item = self.item(id)?;
            step(item.state, ItemState::Disposed)?;
            let disposal = Disposal {
                item: id,
                retention: item.facts.retention,
                acquired_at: item.facts.acquired_at,
                cited: item.cited,
                closed_at: self.closed_at,
                required,
            };
            may_dispose(disposal, &holds, made.at).map_err(Misfit::Kept)?;
        }
        self.two(made, Power::Dispose)?;
        for id in &items {
            if let Some(item) = self.items.get_mut(id) {
                item.state = ItemState::Disposed;
            }
        }
        Ok(())
    }

    fn release(
        &mut self,
        made: &Made,
        document: &Id,
        version: u64,
        companions: &[(Id, ContentHash)],
    ) -> Result<(), Misfit> {
        let key = (document.clone(), version);
        let unknown =
            || Misfit::Unknown { what: "version of", id: format!("{document} v{version}") };
        let record = self.documents.get(&key).ok_or_else(unknown)?.clone();
        if !record.is_final {
            return Err(Misfit::Order(
                "a draft is not released\nhint: prepare the final version first",
            ));
        }
        if record.profile.is_none_or(|profile| profile == Profile::Internal) {
            return Err(Misfit::Order(
                "it is for those who work on the case, and goes to nobody else\nhint: draft it for its recipients, with --profile",
            ));
        }
        if self.released.contains(&key) {
            return Err(Misfit::Again { what: "release of", id: format!("{document} v{version}") });
        }
        let goes_with = record.companions.iter().map(|file| (&file.extension, &file.sha256));
        if !goes_with.eq(companions.iter().map(|(extension, sha256)| (extension, sha256))) {
            return Err(Misfit::Order("other files go with it than this version has"));
        }
        self.two(made, Power::Release)?;
        self.released.push(key);
        let with_it = record.companions.iter().map(|file| &file.item);
        for id in [&record.model, &record.rendering].into_iter().chain(with_it) {
            if let Some(item) = self.items.get_mut(id)
                && item.state != ItemState::Disposed
            {
                item.state = ItemState::Released;
            }
        }
        Ok(())
    }

    /// Marks items as cited: they stay while the case is open.
    pub(super) fn cite(&mut self, items: &[Id]) -> Result<(), Misfit> {
        for id in items {
            let state = self.item(id)?.state;
            if matches!(state, ItemState::Disposed | ItemState::Quarantined) {
                return Err(Misfit::Unknown {
                    what: "usable item",
                    id: format!("{id} ({})", state.name()),
                });
            }
        }
        for id in items {
            if let Some(item) = self.items.get_mut(id) {
                item.cited = true;
            }
        }
        Ok(())
    }
}

/// Whether whoever made the entry may do it alone.
pub(super) fn may(made: &Made, power: Power) -> Result<(), Misfit> {
    Ok(check_act(made.role, power, Some(&made.reason))?)
}
