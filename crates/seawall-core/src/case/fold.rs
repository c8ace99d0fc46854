//! What is the state of a case? A fold over what was done in it, and nothing else.
//!
//! [`CaseState::apply`] is the one place where the rules of a case are: it is asked before an entry is written, and
//! again whenever a log is read. What it refuses never stands in a sound log.

use std::collections::BTreeMap;

use super::{
    ContentHash, Id, Moment, Record,
    asset::{Asset, NotAnAsset, Observation, VerifiedBy},
    deadline::Deadline,
    disclosure::{ContentClass, Ground, Privilege, Profile, Recipient, Request, Withheld, gate},
    hold::{Hold, Kept, Retention},
    lever,
    people::{Person, Power, Proposal, Refusal, Role},
    record::{
        CaseProfile, DatasetRecord, Disclosure, DocumentRecord, FigureRecord, KeptList, RunRecord,
        ScheduleRecord, WithheldItem,
    },
    state::{AssetState, CaseStage, ItemState, Machine as _, Refused},
};

mod apply;
mod records;

/// What an entry of the log does to the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The case is opened.
    Open {
        /// What it is called.
        title: String,
    },
    /// Content came in, or was derived.
    Item(ItemFacts),
    /// A seal covers items.
    Seal {
        /// The items.
        items: Vec<Id>,
    },
    /// Something is proposed that takes two.
    Propose(Proposal),
    /// A second person approved it.
    Approve {
        /// Which proposal.
        proposal: Id,
        /// Hash of what was approved.
        content_sha256: ContentHash,
    },
    /// The case says something.
    Record(Record),
    /// A hold is placed.
    HoldOn(Hold),
    /// A hold is released.
    HoldOff(Id),
    /// The key of the object of an item is destroyed.
    Dispose {
        /// Hash of its content.
        sha256: ContentHash,
        /// Whether an order or a right of erasure asks for it.
        required: bool,
    },
    /// A document goes out.
    Release {
        /// Which.
        document: Id,
        /// Its version.
        version: u64,
        /// The files that go with it: endings of names, and hashes.
        companions: Vec<(Id, ContentHash)>,
    },
    /// Somebody saw an item in clear.
    View,
    /// Personal values were shown in clear.
    Reveal,
    /// Something was read, checked or taken out that changes nothing.
    Read,
    /// Something was refused.
    Denied,
}

/// One entry, as far as the state needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its position.
    pub seq: u64,
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: Id,
    /// Acting as what.
    pub role: Role,
    /// Why.
    pub reason: String,
    /// Hash of what an approval must be of, where one is needed.
    pub content_sha256: Option<ContentHash>,
    /// Position of the approval it rests on.
    pub approval: Option<u64>,
    /// What it does.
    pub change: Change,
}

/// What the state keeps of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFacts {
    /// Its id.
    pub id: Id,
    /// Hash of its content.
    pub sha256: ContentHash,
    /// What sort of content it is.
    pub class: ContentClass,
    /// Whether it tells of persons.
    pub personal_data: bool,
    /// Whether it is kept from everybody outside.
    pub privilege: Privilege,
    /// How long it is kept.
    pub retention: Retention,
    /// When it was acquired.
    pub acquired_at: Moment,
    /// Whether it was made from other items.
    pub derived: bool,
}

impl ItemFacts {
    /// Whether the item may go to that recipient.
    pub fn gate(
        &self,
        recipient: Recipient,
        ground: Option<Ground>,
        profile: Profile,
    ) -> Result<(), Withheld> {
        let (class, personal_data, privilege) = (self.class, self.personal_data, self.privilege);
        gate(Request { class, recipient, ground, profile, personal_data, privilege })
    }
}

/// An item of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseItem {
    /// What is known of it.
    pub facts: ItemFacts,
    /// What has become of it.
    pub state: ItemState,
    /// Whether a document, exhibit or figure rests on it.
    pub cited: bool,
}

/// An asset of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseAsset {
    /// The asset.
    pub asset: Asset,
    /// How far its end is.
    pub state: AssetState,
    /// What it was verified by.
    pub verified_by: Option<VerifiedBy>,
}

/// A proposal of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseProposal {
    /// The proposal.
    pub proposal: Proposal,
    /// Who approved: position, person, role.
    pub approvals: Vec<(u64, Id, Role)>,
    /// Position of the entry that made use of it.
    pub used_by: Option<u64>,
}

impl CaseProposal {
    /// Roles that still have to approve: one list of alternatives for each approval that is missing.
    pub fn missing(&self) -> Vec<&'static [Role]> {
        let approvers: Vec<_> =
            self.approvals.iter().map(|(_, who, role)| (who.clone(), *role)).collect();
        super::people::missing(&self.proposal, &approvers)
    }
}

/// The state of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseState {
    /// What it is called; empty before it is opened.
    pub title: String,
    /// How far it is.
    pub stage: Option<CaseStage>,
    /// When it was closed, while it is.
    pub closed_at: Option<Moment>,
    /// What sort of case it is.
    pub profile: Option<CaseProfile>,
    /// Its people.
    pub people: BTreeMap<Id, Person>,
    /// Its items.
    pub items: BTreeMap<Id, CaseItem>,
    /// Its assets.
    pub assets: BTreeMap<Id, CaseAsset>,
    /// What was measured, in order.
    pub observations: Vec<Observation>,
    /// Its frozen data.
    pub datasets: BTreeMap<Id, DatasetRecord>,
    /// Its detections.
    pub runs: BTreeMap<Id, RunRecord>,
    /// Its figures.
    pub figures: BTreeMap<Id, FigureRecord>,
    /// Its documents and exhibits, by id and version.
    pub documents: BTreeMap<(Id, u64), DocumentRecord>,
    /// Which of them were released.
    pub released: Vec<(Id, u64)>,
    /// Its schedules, in order.
    pub schedules: Vec<ScheduleRecord>,
    /// What runs out.
    pub deadlines: BTreeMap<Id, Deadline>,
    /// Holds that hold.
    pub holds: BTreeMap<Id, Hold>,
    /// What was proposed.
    pub proposals: BTreeMap<Id, CaseProposal>,
    /// The site's marks and whom the court reaches.
    pub ground: lever::Ground,
    /// Texts that must not get out, once there is such a list.
    pub deny_list: Option<KeptList>,
    /// Tables of the pseudonyms that were given, in order: the last one holds.
    pub key_tables: Vec<KeptList>,
}

/// Why something does not fit into the case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The person may not.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// The step is not allowed.
    #[error(transparent)]
    Step(#[from] Refused),
    /// The asset is not one.
    #[error(transparent)]
    Asset(#[from] NotAnAsset),
    /// The asset was not measured to be as ordered.
    #[error(transparent)]
    NotMeasured(#[from] super::asset::Missing),
    /// It has to be kept.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Kept(Vec<Kept>),
    /// Nobody of that name is in the case.
    #[error("`{0}` is not in the case\nhint: `seawall case person add`")]
    Stranger(Id),
    /// They act in a role that is not theirs.
    #[error("`{person}` is {theirs} in this case, not {claimed}", theirs = theirs.name(), claimed = claimed.name())]
    OtherRole {
        /// Who.
        person: Id,
        /// Their role.
        theirs: Role,
        /// The role they claimed.
        claimed: Role,
    },
    /// There is no such thing in the case.
    #[error("there is no {what} `{id}` in the case")]
    Unknown {
        /// What sort of thing.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// There is one already.
    #[error("there is a {what} `{id}` in the case already")]
    Again {
        /// What sort of thing.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// It takes two.
    #[error("to {} takes a proposal and a second person\nhint: `seawall case propose`, then `seawall case approve`", .0.title())]
    NeedsApproval(Power),
    /// The approval that is named is none of this.
    #[error(
        "entry {0} is no approval of this\nhint: an approval is of one content, and is used once"
    )]
    OtherApproval(u64),
    /// Approvals are missing.
    #[error("still to approve: {}", .0.join("; "))]
    MissingApproval(Vec<String>),
    /// The disclosure gate lets the item not go.
    #[error("the item {item} may not go to them: {why}")]
    Withheld {
        /// Which.
        item: Id,
        /// Why.
        why: Withheld,
    },
    /// It does not follow on what is there.
    #[error("{0}")]
    Order(&'static str),
}

impl CaseState {
    /// The state after every entry of a log, or the position of the first that does not fit, and why.
    pub fn of(entries: impl IntoIterator<Item = Made>) -> Result<Self, (u64, Misfit)> {
        let mut state = Self::default();
        for made in entries {
            state.apply(&made).map_err(|misfit| (made.seq, misfit))?;
        }
        Ok(state)
    }

    /// Whether nobody but whoever opened it is in the case: they may add the first person.
    pub fn is_new(&self) -> bool {
        self.people.is_empty()
    }

    /// The person of that name.
    pub fn person(&self, id: &Id) -> Result<&Person, Misfit> {
        self.people.get(id).ok_or_else(|| Misfit::Stranger(id.clone()))
    }

    /// The item of that id.
    pub fn item(&self, id: &Id) -> Result<&CaseItem, Misfit> {
        let unknown = || Misfit::Unknown { what: "item", id: id.to_string() };
        self.items.get(id).ok_or_else(unknown)
    }

    /// What the disclosure gate says of each of the items, in their order.
    pub fn disclosure<'a>(
        &self,
        (recipient, ground, profile): (Recipient, Option<Ground>, Profile),
        items: impl IntoIterator<Item = &'a Id>,
    ) -> Result<Disclosure, Misfit> {
        let (mut passed, mut withheld) = (Vec::new(), Vec::new());
        for id in items {
            match self.item(id)?.facts.gate(recipient, ground, profile) {
                Ok(()) => passed.push(id.clone()),
                Err(why) => withheld.push(WithheldItem { item: id.clone(), why }),
            }
        }
        Ok(Disclosure { recipient, ground, profile, passed, withheld })
    }

    /// The asset of that id.
    pub fn asset(&self, id: &Id) -> Result<&CaseAsset, Misfit> {
        let unknown = || Misfit::Unknown { what: "asset", id: id.to_string() };
        self.assets.get(id).ok_or_else(unknown)
    }

    /// What was measured of that asset.
    pub fn observations_of(&self, asset: &Id) -> Vec<Observation> {
        self.observations.iter().filter(|seen| seen.asset == *asset).cloned().collect()
    }

    /// The latest version of that document.
    pub fn latest_document(&self, id: &Id) -> Option<&DocumentRecord> {
        self.documents.range((id.clone(), 0)..=(id.clone(), u64::MAX)).next_back().map(|(_, it)| it)
    }

    /// The stage; draft before anything was said.
    pub fn stage(&self) -> CaseStage {
        self.stage.unwrap_or(CaseStage::START)
    }
}

#[cfg(test)]
mod tests;
