//! What does a case know that its documents say? Plain values; who calls fills them from the state of the case.

use seawall_evidence::{
    document::{ExhibitKind, PrintedCheckpoint, Text},
    hash::Digest,
};

/// What every document of a case carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// Id of the case.
    pub id: String,
    /// The court, line by line; empty before there is one.
    pub court: Vec<Text>,
    /// The parties as the caption has them.
    pub parties: Vec<Text>,
    /// Docket number and judge.
    pub docket: Vec<Text>,
    /// When the document is made: RFC 3339 in UTC.
    pub dated: String,
    /// The custody log at that time.
    pub checkpoint: Option<PrintedCheckpoint>,
    /// Version of the document.
    pub version: u32,
    /// Figures that texts from outside this crate show. Those passed by themselves need not be among them.
    pub figures: Vec<Figure>,
}

/// A number, as its record has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// `F-012`.
    pub id: String,
    /// What it counts, in a few words.
    pub label: String,
    /// What is shown.
    pub display: String,
    /// `Q-003`.
    pub query: String,
    /// Roots of the datasets.
    pub datasets: Vec<Digest>,
}

/// A field of the record of something, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordField {
    /// Whose record.
    pub id: String,
    /// Which field.
    pub field: String,
    /// What is shown.
    pub shown: String,
}

/// An item of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `item-01H…`.
    pub id: String,
    /// What it is, in a few words.
    pub title: Text,
    /// Hash of its content.
    pub sha256: Digest,
    /// Its size in bytes, as shown.
    pub size: RecordField,
    /// When it was acquired, as `YYYY-MM-DD HH:MM UTC`.
    pub acquired_at: String,
    /// Who acquired it.
    pub acquired_by: Text,
    /// How.
    pub method: Text,
    /// With which program, in which version.
    pub tool: Text,
    /// Where from.
    pub source: Text,
}

/// A numbered exhibit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhibit {
    /// `Ex-4`.
    pub number: String,
    /// What it shows.
    pub title: Text,
    /// What it is in law.
    pub kind: ExhibitKind,
    /// How many pages it has, if it has been rendered.
    pub pages: Option<RecordField>,
    /// Its page numbers, `EXC-0001201 to EXC-0001204`.
    pub bates: Option<RecordField>,
    /// The item it shows, if it shows one.
    pub item: Option<Item>,
    /// Ids of the figures in it.
    pub figures: Vec<String>,
    /// `public`, `filed under seal`, …
    pub confidentiality: Text,
}

/// A piece of infrastructure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// `asset-01H…`.
    pub id: String,
    /// As registered: for a domain the A-label.
    pub name: String,
    /// The same with letters of its own script, where it differs.
    pub unicode_name: Option<String>,
    /// `domain`, `server`, `social account`, …
    pub kind: Text,
    /// What it does for the operation.
    pub role: Text,
    /// Exhibits and paragraphs that prove it, by id and name.
    pub proof: Vec<(String, String)>,
    /// How sure it is that the operation uses it, where somebody said.
    pub attribution: Option<Attribution>,
}

/// What is said of whose an asset is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribution {
    /// `high`, …
    pub confidence: Text,
    /// What each source of [`Asset::proof`] is worth, in its order: `B2`.
    pub grades: Vec<String>,
    /// What else it could be, and what speaks against that, in the words of whoever weighed it.
    pub alternatives: Vec<(String, String)>,
}

/// Who can act on an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Name of the organisation.
    pub organisation: Text,
    /// Its country or legal address.
    pub address: Text,
    /// Number with IANA, for registrars: `IANA 292`.
    pub iana: Option<String>,
    /// Where it takes orders and reports, if that is known.
    pub contact: Option<String>,
}
