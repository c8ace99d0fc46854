//! Did a second person agree to exactly this? Signed approvals, bound to the hash of what was approved.

use serde::{Deserialize, Serialize};

use crate::{
    canonical,
    custody::{Approve, Propose},
    hash::Digest,
    note::{self, Note, Signer, Verifier},
    text::{Actor, Id, Role},
    time::Time,
};

const MARK: &str = "seawall-approval/v1\n";

/// Why an approval does not count.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not a note, or not signed by the approver.
    #[error("approval: {0}")]
    Note(#[from] note::Error),
    /// Signed, but not of the form of an approval.
    #[error("not an approval: it does not open with `seawall-approval/v1`")]
    Mark,
    /// Not canonical JSON of an approval.
    #[error("not an approval: {0}")]
    Form(#[from] canonical::Error),
    /// Whoever proposes does not approve.
    #[error("`{0}` proposed it, and cannot approve it\nhint: a second person has to")]
    Own(Actor),
    /// Someone else signed than approves.
    #[error("`{approver}` approves, and `{signer}` signs")]
    Signer {
        /// Who approves, as it says.
        approver: Actor,
        /// Whose key it is.
        signer: String,
    },
    /// What was approved is not what is there: the approval is void.
    #[error(
        "the content is not what was approved (approved {approved}, is {is})\nhint: have it approved again"
    )]
    Content {
        /// Hash of what was approved.
        approved: Digest,
        /// Hash of what is there.
        is: Digest,
    },
    /// It approves another proposal.
    #[error("it approves `{approved}`, not `{proposal}`")]
    Proposal {
        /// What it approves.
        approved: String,
        /// What should be approved.
        proposal: String,
    },
    /// The entry that brings it says otherwise.
    #[error("the entry says something else than what was signed")]
    Entry,
}

/// What an approver signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Who approves.
    pub approver: Actor,
    /// Hash of exactly what is approved.
    pub content_sha256: Digest,
    /// What was proposed.
    pub kind: Id,
    /// The proposal.
    pub proposal: Id,
    /// Who proposed: somebody else.
    pub proposer: Actor,
    /// As what the approver acts.
    pub role: Role,
    /// When.
    pub time: Time,
}

impl Approval {
    /// The approval of `proposal` by somebody else.
    pub fn of(proposal: &Propose, approver: Actor, role: Role, time: Time) -> Result<Self, Error> {
        let approval = Self {
            approver,
            content_sha256: proposal.content_sha256,
            kind: proposal.kind.clone(),
            proposal: proposal.id.clone(),
            proposer: proposal.proposer.clone(),
            role,
            time,
        };
        approval.by_another()?;
        Ok(approval)
    }

    /// Exactly what the approver signs, wherever their key is.
    pub fn text(&self) -> Result<String, Error> {
        self.by_another()?;
        let line = String::from_utf8(canonical::to_bytes(self)?).expect("JSON is UTF-8");
        Ok(format!("{MARK}{line}\n"))
    }

    /// Reads what [`Approval::text`] wrote, before anybody has signed it.
    pub fn of_text(text: &str) -> Result<Self, Error> {
        let approval = Self::parse(text)?;
        approval.by_another()?;
        Ok(approval)
    }

    /// Signs it with the approver's key.
    pub fn sign(&self, signer: &Signer) -> Result<Note, Error> {
        self.signed_by(signer.name())?;
        Ok(Note::sign(self.text()?, &[signer])?)
    }

    /// Reads an approval and verifies that the approver signed it, and is not the proposer.
    pub fn open(bytes: &[u8], verifier: &Verifier) -> Result<Self, Error> {
        let note = Note::parse(bytes)?;
        let approval = Self::read(&note)?;
        approval.signed_by(verifier.name())?;
        note.verify(verifier)?;
        approval.by_another()?;
        Ok(approval)
    }

    /// What a note says, whoever signed it.
    pub fn read(note: &Note) -> Result<Self, Error> {
        Self::parse(note.text())
    }

    fn parse(text: &str) -> Result<Self, Error> {
        let line = text.strip_prefix(MARK).and_then(|line| line.strip_suffix('\n'));
        Ok(canonical::parse(line.ok_or(Error::Mark)?.as_bytes())?)
    }

    /// Does it approve this proposal, as it stands? When the content has changed, it is void.
    pub fn binds(&self, proposal: &Propose) -> Result<(), Error> {
        if (&self.proposal, &self.kind, &self.proposer)
            != (&proposal.id, &proposal.kind, &proposal.proposer)
        {
            let shown = |id: &Id, kind: &Id, by: &Actor| format!("{id}: {kind}, by {by}");
            return Err(Error::Proposal {
                approved: shown(&self.proposal, &self.kind, &self.proposer),
                proposal: shown(&proposal.id, &proposal.kind, &proposal.proposer),
            });
        }
        self.covers(proposal.content_sha256)
    }

    /// The approval that an entry brings, if its approver signed it, of this very proposal, and the entry says the same.
    pub fn entered(
        entry: &Approve,
        proposal: &Propose,
        verifier: &Verifier,
    ) -> Result<Self, Error> {
        let approval = Self::open(entry.note.as_bytes(), verifier)?;
        approval.binds(proposal)?;
        let said = (&entry.proposal, entry.content_sha256, &entry.proposer, &entry.approver);
        let signed =
            (&approval.proposal, approval.content_sha256, &approval.proposer, &approval.approver);
        if said == signed { Ok(approval) } else { Err(Error::Entry) }
    }

    /// Does it approve this content?
    pub fn covers(&self, content_sha256: Digest) -> Result<(), Error> {
        if self.content_sha256 == content_sha256 {
            return Ok(());
        }
        Err(Error::Content { approved: self.content_sha256, is: content_sha256 })
    }

    fn by_another(&self) -> Result<(), Error> {
        if self.approver == self.proposer { Err(Error::Own(self.proposer.clone())) } else { Ok(()) }
    }

    fn signed_by(&self, name: &str) -> Result<(), Error> {
        if self.approver.as_str() == name {
            return Ok(());
        }
        Err(Error::Signer { approver: self.approver.clone(), signer: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(name: &str, seed: u8) -> Signer {
        Signer::from_seed(name, &[seed; 32]).unwrap()
    }

    fn proposal() -> Propose {
        Propose {
            id: Id::new("proposal-1").unwrap(),
            kind: Id::new("release").unwrap(),
            content_sha256: Digest::of("content"),
            proposer: Actor::new("ada").unwrap(),
        }
    }

    fn approval(approver: &str) -> Result<Approval, Error> {
        let role = Role::new("counsel").unwrap();
        let time = Time::from_unix_seconds(0).unwrap();
        Approval::of(&proposal(), Actor::new(approver).unwrap(), role, time)
    }

    #[test]
    fn a_second_person_approves() {
        let ben = signer("ben", 2);
        let note = approval("ben").unwrap().sign(&ben).unwrap();
        assert!(note.text().starts_with(
            "seawall-approval/v1\n{\"approver\":\"ben\",\"content_sha256\":\"ed7002b439e9"
        ));
        let opened = Approval::open(note.to_string().as_bytes(), ben.verifier()).unwrap();
        assert_eq!(opened, approval("ben").unwrap());
        opened.binds(&proposal()).unwrap();
    }

    #[test]
    fn the_proposer_does_not() {
        assert!(matches!(approval("ada"), Err(Error::Own(_))));
        let own = Approval { approver: Actor::new("ada").unwrap(), ..approval("ben").unwrap() };
        assert!(matches!(own.sign(&signer("ada", 1)), Err(Error::Own(_))));
        // Signed by hand, without asking.
        let line = String::from_utf8(canonical::to_bytes(&own).unwrap()).unwrap();
        let note = Note::sign(format!("{MARK}{line}\n"), &[&signer("ada", 1)]).unwrap();
        let opened = Approval::open(note.to_string().as_bytes(), signer("ada", 1).verifier());
        assert!(matches!(opened, Err(Error::Own(_))));
    }

    #[test]
    fn only_the_approver_signs() {
        let approval = approval("ben").unwrap();
        assert!(matches!(approval.sign(&signer("eve", 3)), Err(Error::Signer { .. })));
        let note = approval.sign(&signer("ben", 2)).unwrap().to_string();
        let forged = Approval::open(note.as_bytes(), signer("ben", 3).verifier());
        assert!(matches!(forged, Err(Error::Note(note::Error::NotSigned(_)))));
        let other = Approval::open(note.as_bytes(), signer("eve", 2).verifier());
        assert!(matches!(other, Err(Error::Signer { .. })));
        let later = note.replace("1970", "1971");
        let changed = Approval::open(later.as_bytes(), signer("ben", 2).verifier());
        assert!(matches!(changed, Err(Error::Note(note::Error::WrongSignature(_)))));
        assert!(matches!(
            Approval::read(&Note::sign("hello\n", &[&signer("ben", 2)]).unwrap()),
            Err(Error::Mark)
        ));
    }

    #[test]
    fn a_text_that_was_carried_away_is_read_and_signed_as_it_is() {
        let approval = approval("ben").unwrap();
        let text = approval.text().unwrap();
        assert_eq!(Approval::of_text(&text).unwrap(), approval);
        assert_eq!(approval.sign(&signer("ben", 2)).unwrap().text(), text);
        for bad in [text.trim_end(), &text.replace("ben", "ada"), &text.replace("/v1", "/v2")] {
            assert!(Approval::of_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_entry_brings_what_was_signed_and_nothing_else() {
        let ben = signer("ben", 2);
        let note = approval("ben").unwrap().sign(&ben).unwrap().to_string();
        let entry = Approve {
            proposal: proposal().id,
            content_sha256: proposal().content_sha256,
            proposer: proposal().proposer,
            approver: Actor::new("ben").unwrap(),
            note,
        };
        let read = |entry: &Approve| Approval::entered(entry, &proposal(), ben.verifier());
        assert_eq!(read(&entry).unwrap(), approval("ben").unwrap());
        let other = Approve { content_sha256: Digest::of("edited"), ..entry.clone() };
        assert!(matches!(read(&other), Err(Error::Entry)));
        let other = Approve { approver: Actor::new("eve").unwrap(), ..entry };
        assert!(matches!(read(&other), Err(Error::Entry)));
    }

    #[test]
    fn another_content_makes_it_void() {
        let approval = approval("ben").unwrap();
        let edited = Propose { content_sha256: Digest::of("edited"), ..proposal() };
        assert!(matches!(approval.binds(&edited), Err(Error::Content { .. })));
        let other = Propose { kind: Id::new("dispose").unwrap(), ..proposal() };
        assert!(matches!(approval.binds(&other), Err(Error::Proposal { .. })));
    }
}
