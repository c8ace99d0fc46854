//! What takes two: which content is proposed, and has it been approved?

use seawall_core::case::people::Power;
use seawall_evidence::{
    canonical,
    custody::{Act, Action, Propose},
    hash::Digest,
};

use super::{
    change::{hash, id},
    desk::{Desk, value},
};
use crate::failure::Failure;

impl Desk {
    /// The approval that an act with this content may rest on: of exactly this, complete, and not used yet.
    pub(crate) fn approval_of(&self, power: Power, content: Digest) -> Option<u64> {
        let content = hash(content);
        self.state
            .proposals
            .values()
            .filter(|known| known.used_by.is_none() && known.proposal.power == power)
            .filter(|known| known.proposal.content_sha256 == content)
            .find_map(|known| {
                let complete = known.missing().is_empty();
                known.approvals.last().filter(|_| complete).map(|(seq, _, _)| *seq)
            })
    }

    /// Lets `act` rest on an approval of its body, if there is one.
    pub(crate) fn rest(&self, act: Act, power: Power) -> Result<Act, Failure> {
        let content = match &act.body {
            Some(body) => Digest::of(canonical::to_bytes(body)?),
            None => return Ok(act),
        };
        Ok(Act { approval: self.approval_of(power, content), ..act })
    }

    /// The act of proposing what has that hash, and the id of the proposal.
    pub(crate) fn proposal(
        &mut self,
        power: Power,
        content_sha256: Digest,
        reason: &str,
    ) -> Result<(seawall_evidence::text::Id, Act), Failure> {
        let proposal = self.new_id("proposal");
        let kind = value(&power)?;
        let kind: seawall_core::case::Id = serde_json::from_value(kind)?;
        let body = Propose {
            id: proposal.clone(),
            kind: id(&kind),
            content_sha256,
            proposer: self.actor.clone(),
        };
        let act = Act {
            object_sha256: Some(content_sha256),
            body: Some(value(&body)?),
            ..self.act(Action::Propose, proposal.clone(), reason)?
        };
        Ok((proposal, act))
    }
}
