//! Who may do what, and for what does it take two?
//!
//! The table of roles and powers, and the rule of four eyes: who proposes never approves, and an approval is of
//! one content and no other. Admins keep people and keys, and hold no right on evidence.

use serde::{Deserialize, Serialize};

use super::id::{ContentHash, Id};

mod matrix;

pub use matrix::{MATRIX, needed};

/// What a person is in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Finds and examines.
    Analyst,
    /// Answers for the investigation.
    Lead,
    /// Keeps the evidence.
    Custodian,
    /// Acts on accounts in bulk.
    EnforcementOperator,
    /// Speaks for the operator of the site before courts and others.
    Counsel,
    /// Guards personal data.
    Privacy,
    /// Speaks with authorities and partners.
    Liaison,
    /// Checks, changes nothing.
    Auditor,
    /// Keeps people and keys.
    Admin,
    /// The other side, or anyone who gets a bundle.
    Outside,
}

impl Role {
    /// Every role, in the order of the table's columns.
    pub const ALL: [Self; 10] = [
        Self::Analyst,
        Self::Lead,
        Self::Custodian,
        Self::EnforcementOperator,
        Self::Counsel,
        Self::Privacy,
        Self::Liaison,
        Self::Auditor,
        Self::Admin,
        Self::Outside,
    ];

    /// As in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::Lead => "lead",
            Self::Custodian => "custodian",
            Self::EnforcementOperator => "enforcement_operator",
            Self::Counsel => "counsel",
            Self::Privacy => "privacy",
            Self::Liaison => "liaison",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
            Self::Outside => "outside",
        }
    }
}

/// Something that not everyone may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// Bring content into the vault, or record a fact.
    AddEvidence,
    /// Derive figures, exhibits and drafts from it.
    Prepare,
    /// Seal what must not change any more.
    Seal,
    /// Destroy the key of an object.
    Dispose,
    /// Show personal values in clear.
    Reveal,
    /// Put a name to a person behind an account.
    Unmask,
    /// Say that an asset belongs to the operation.
    Attribute,
    /// Move the case on where that takes a decision.
    Advance,
    /// Let an exhibit or document go out as final.
    Release,
    /// Send a notice, a referral or a share.
    Send,
    /// Act on accounts in bulk.
    Bulk,
    /// Stop a bulk action.
    Halt,
    /// Place a hold.
    PlaceHold,
    /// End a hold.
    ReleaseHold,
    /// See the content of evidence.
    ReadEvidence,
    /// Read the custody log and verify.
    ReadLog,
    /// Add people and their keys.
    ManagePeople,
    /// Replace the keys of a case.
    RotateKeys,
}

impl Power {
    /// In words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::AddEvidence => "add evidence",
            Self::Prepare => "prepare figures, exhibits and drafts",
            Self::Seal => "seal",
            Self::Dispose => "dispose of evidence",
            Self::Reveal => "reveal personal data",
            Self::Unmask => "unmask a person",
            Self::Attribute => "attribute an asset",
            Self::Advance => "advance the case",
            Self::Release => "release an exhibit or document",
            Self::Send => "send a notice, referral or share",
            Self::Bulk => "act on accounts in bulk",
            Self::Halt => "halt a bulk action",
            Self::PlaceHold => "place a hold",
            Self::ReleaseHold => "release a hold",
            Self::ReadEvidence => "read evidence",
            Self::ReadLog => "read the custody log",
            Self::ManagePeople => "manage people",
            Self::RotateKeys => "rotate keys",
        }
    }
}

/// What a role may do with a power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Nothing.
    No,
    /// Do it alone.
    Act,
    /// Do it alone, with a stated purpose that the log keeps.
    ActForPurpose,
    /// Propose that it be done.
    Propose,
    /// Approve what another proposed.
    Approve,
    /// Propose it, or approve what another proposed; never both of one thing.
    ProposeOrApprove,
}

impl Right {
    /// Whether one person suffices.
    pub const fn acts(self) -> bool {
        matches!(self, Self::Act | Self::ActForPurpose)
    }

    /// Whether it may be proposed.
    pub const fn proposes(self) -> bool {
        matches!(self, Self::Propose | Self::ProposeOrApprove)
    }

    /// Whether another's proposal may be approved.
    pub const fn approves(self) -> bool {
        matches!(self, Self::Approve | Self::ProposeOrApprove)
    }
}

/// The right that `role` has with `power`.
pub fn right(role: Role, power: Power) -> Right {
    let column = Role::ALL.iter().position(|known| *known == role);
    let row = MATRIX.iter().find(|(known, _)| *known == power);
    match (row, column) {
        (Some((_, rights)), Some(column)) => rights[column],
        _ => Right::No,
    }
}

/// A person of the case, with one role and the key that their approvals are signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Short name, as it stands in entries and signatures.
    pub id: Id,
    /// What to call them: initials or a function suffice.
    pub name: String,
    /// What they are in the case.
    pub role: Role,
    /// The key that checks their signatures, in the form of a signed note.
    pub public_key: String,
}

/// What somebody proposed, and what of it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub id: Id,
    /// What it would be to do.
    pub power: Power,
    /// The content that it is about, and no other.
    pub content_sha256: ContentHash,
    /// Who proposed it.
    pub proposer: Id,
    /// Whether personal data would go out.
    pub personal_data: bool,
}

/// Why something may not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The role has no such right.
    #[error("{role} may not {what}\nhint: {who} may", role = role.name(), who = names(may))]
    NotTheirs {
        /// The role that asked.
        role: Role,
        /// What it asked for.
        what: String,
        /// Who may.
        may: Vec<Role>,
    },
    /// A purpose is needed and none was given.
    #[error("{role} may {what} for a stated purpose only\nhint: say why with --reason", role = role.name(), what = power.title())]
    NoPurpose {
        /// The role that asked.
        role: Role,
        /// For what.
        power: Power,
    },
    /// The proposer tried to approve.
    #[error("who proposed it cannot approve it\nhint: a second person must look at it")]
    OwnProposal,
    /// The content is another than the one proposed.
    #[error(
        "the content is not the one that was proposed: an approval is void when the content changes\nhint: propose the new content"
    )]
    OtherContent,
}

fn names(roles: &[Role]) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

fn who(power: Power, may: impl Fn(Right) -> bool) -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| may(right(*role, power))).collect()
}

/// Whether `role` may do it alone, with that purpose.
pub fn check_act(role: Role, power: Power, purpose: Option<&str>) -> Result<(), Refusal> {
    let right = right(role, power);
    if right == Right::ActForPurpose && purpose.is_none_or(|text| text.trim().is_empty()) {
        return Err(Refusal::NoPurpose { role, power });
    }
    if right.acts() {
        return Ok(());
    }
    let mut what = power.title().to_owned();
    if right.proposes() {
        what.push_str(" alone: it takes a proposal and a second person");
    }
    Err(Refusal::NotTheirs { role, what, may: who(power, Right::acts) })
}

/// Whether `role` may propose it.
pub fn check_proposal(role: Role, power: Power) -> Result<(), Refusal> {
    if right(role, power).proposes() {
        return Ok(());
    }
    let what = format!("propose to {}", power.title());
    Err(Refusal::NotTheirs { role, what, may: who(power, Right::proposes) })
}

/// Whether `approver` may approve `proposal` of content that now has the hash `content_sha256`.
pub fn check_approval(
    proposal: &Proposal,
    approver: &Person,
    content_sha256: &ContentHash,
) -> Result<(), Refusal> {
    if approver.id == proposal.proposer {
        return Err(Refusal::OwnProposal);
    }
    if !right(approver.role, proposal.power).approves() {
        let what = format!("approve to {}", proposal.power.title());
        let may = who(proposal.power, Right::approves);
        return Err(Refusal::NotTheirs { role: approver.role, what, may });
    }
    if *content_sha256 != proposal.content_sha256 {
        return Err(Refusal::OtherContent);
    }
    Ok(())
}

/// Roles that still have to approve: one list of alternatives for each approval that is missing. One person
/// counts once.
pub fn missing(proposal: &Proposal, approvers: &[(Id, Role)]) -> Vec<&'static [Role]> {
    let mut left: Vec<&(Id, Role)> =
        approvers.iter().filter(|(id, _)| *id != proposal.proposer).collect();
    left.sort();
    left.dedup_by(|one, other| one.0 == other.0);
    let mut missing = Vec::new();
    for roles in needed(proposal.power, proposal.personal_data) {
        match left.iter().position(|(_, role)| roles.contains(role)) {
            Some(position) => {
                left.remove(position);
            }
            None => missing.push(*roles),
        }
    }
    missing
}

#[cfg(test)]
mod tests;
