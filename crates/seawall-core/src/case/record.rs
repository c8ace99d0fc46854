//! What does a case say that has no content of its own?
//!
//! A [`Record`] is the body of an entry with the action `record`. Content (files, figures' queries, models of
//! documents) lies in the vault as items; a record points at it.

use serde::{Deserialize, Serialize};

use super::{
    ContentHash, Id, Moment,
    asset::{Asset, Observation},
    deadline::Deadline,
    disclosure::{Ground, Profile, Recipient, Withheld},
    lever,
    people::Person,
    state::{AssetState, CaseStage, FigureState},
};

/// One thing that the case says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// What sort of case it is, and where it is pending.
    Profile(CaseProfile),
    /// The case goes on to another stage.
    Stage(StageChange),
    /// Somebody joins the case, or changes their key or role.
    Person(Person),
    /// An asset is named, or what is known of it changes.
    Asset(Box<Asset>),
    /// An asset goes on to another state.
    AssetState(AssetChange),
    /// Something was measured of an asset.
    Observation(Box<Observation>),
    /// Data are frozen.
    Dataset(DatasetRecord),
    /// The result of a detection is in the case.
    Run(RunRecord),
    /// A figure is stated, bound, or verified.
    Figure(FigureRecord),
    /// A document or exhibit is there, as two items: its model and its rendering.
    Document(DocumentRecord),
    /// A schedule for a court is there.
    Schedule(ScheduleRecord),
    /// Something runs out.
    Deadline(Deadline),
    /// The site's marks and whom the court reaches.
    Ground(lever::Ground),
    /// Which texts of the case must not get out: the list that holds from now on.
    DenyList(KeptList),
    /// Which pseudonyms have been given: the table that holds from now on.
    KeyTable(KeptList),
}

/// What sort of case it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// A suit.
    Civil,
    /// For an authority.
    CriminalReferral,
    /// The site and other platforms alone.
    PlatformOnly,
    /// Several of these.
    Mixed,
}

/// Where a case is pending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Docket {
    /// The court.
    pub court: String,
    /// Its number.
    pub number: String,
}

/// What sort of case it is, and where it is pending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseProfile {
    /// What sort.
    pub kind: CaseKind,
    /// Who answers for it.
    pub responsible: Id,
    /// Where it is pending, once it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docket: Option<Docket>,
}

/// The case goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageChange {
    /// To this stage.
    pub to: CaseStage,
}

/// An asset goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetChange {
    /// Which.
    pub asset: Id,
    /// To this state.
    pub to: AssetState,
    /// The item that shows it: an order, a receipt, an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Id>,
}

/// Frozen data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetRecord {
    /// Its id.
    pub id: Id,
    /// The item with its manifest.
    pub manifest: Id,
    /// The items with its files, in the order of the manifest.
    pub files: Vec<Id>,
    /// The item with the key of its salts.
    pub salt_key: Id,
}

/// The result of a detection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// Its id.
    pub id: Id,
    /// The item with its manifest.
    pub manifest: Id,
    /// The items with what was read.
    pub inputs: Vec<Id>,
    /// The items with what came out.
    pub outputs: Vec<Id>,
}

/// A query that a figure rests on, with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnsweredQuery {
    /// Id of the query.
    pub query: Id,
    /// The item with the query.
    pub item: Id,
    /// The item with its aggregate; none while nobody has asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Id>,
}

/// A figure of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureRecord {
    /// Its id: `F-012`.
    pub id: Id,
    /// How far it can be relied on.
    pub state: FigureState,
    /// The item with the figure itself.
    pub item: Id,
    /// Hash of the figure.
    pub sha256: ContentHash,
    /// The queries it rests on.
    pub queries: Vec<AnsweredQuery>,
}

/// A list of the case that lies in the vault, since its texts must not stand in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptList {
    /// The item with the list.
    pub item: Id,
    /// Hash of the list.
    pub sha256: ContentHash,
}

/// A version of a document or exhibit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRecord {
    /// Its id: `D2`, `Ex-4`.
    pub id: Id,
    /// Its version, from 1.
    pub version: u64,
    /// The item with its model.
    pub model: Id,
    /// The item with its rendering.
    pub rendering: Id,
    /// Hash of the rendering.
    pub sha256: ContentHash,
    /// Whether it is as it would be released, and not a draft.
    pub is_final: bool,
    /// Whether it shows personal data.
    pub personal_data: bool,
    /// Items that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cites: Vec<Id>,
    /// For whom it was made; absent for those who work on the case, and then it does not go out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// The item with what was replaced or taken out for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redactions: Option<Id>,
    /// The files that go with it, by the ending of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<CompanionRecord>,
    /// What the disclosure gate said of the items that it hands on, where it hands on any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Disclosure>,
}

/// A file that goes with a version of a document: the same for machines, or for the web.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanionRecord {
    /// How its name ends: `html`, `xarf.json`.
    pub extension: Id,
    /// The item with the file.
    pub item: Id,
    /// Hash of the file.
    pub sha256: ContentHash,
}

/// What the disclosure gate said of items that somebody outside shall get with a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// To whom.
    pub recipient: Recipient,
    /// By what right, if any is claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
    /// How much is shown.
    pub profile: Profile,
    /// Items that may go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<Id>,
    /// Items that stay, each with why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<WithheldItem>,
}

/// An item that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithheldItem {
    /// Which.
    pub item: Id,
    /// Why.
    pub why: Withheld,
}

/// A version of the schedule for a court.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRecord {
    /// Its version, from 1.
    pub version: u64,
    /// The item with the schedule itself.
    pub item: Id,
    /// Hash of the schedule.
    pub sha256: ContentHash,
    /// The assets in it, with their numbers.
    pub assets: Vec<(u64, Id)>,
    /// When it was made.
    pub made_at: Moment,
}
