//! What is asked of whoever keeps the cases?
//!
//! Cases are read and written by the program that has their keys, a clock and chance, and hands itself in here. Pages ask
//! nothing that the command line does not do as well, and no private key of a person ever comes this way: an approval is
//! signed elsewhere, and what comes in is verified.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use seawall_core::case::{
    CaseState, Id,
    disclosure::{Ground, Profile, Recipient},
    record::CaseKind,
    schedule::Schedule,
};
use seawall_evidence::{
    case_file::CaseFile,
    custody::{CheckpointShown, Entry},
    document::Bates,
};

use super::Trouble;

/// A case as it stands.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called, and whose key its log has.
    pub file: CaseFile,
    /// Its custody log, whole.
    pub entries: Vec<Entry>,
    /// Where the log stands.
    pub checkpoint: CheckpointShown,
    /// The fold over the log.
    pub state: CaseState,
    /// The latest schedule, where there is one.
    pub schedule: Option<Schedule>,
}

/// What the model of a document says of it.
#[derive(Clone, Debug, Default)]
pub struct Paper {
    /// What stands above it.
    pub title: String,
    /// The numbers on its pages.
    pub bates: Option<Bates>,
    /// The figures it shows.
    pub figures: Vec<String>,
}

/// What came out when all of a case was read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries that follow on each other up to the signed checkpoint.
    pub entries: usize,
    /// Objects of the vault that were read.
    pub objects: usize,
    /// Approvals whose signatures were verified.
    pub approvals: usize,
    /// What is wrong, each in a sentence.
    pub problems: Vec<String>,
    /// Whether the custody log tells of it: not where nobody of the case asked.
    pub logged: bool,
}

/// A case that is to be opened.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The name of its log, unique in the world.
    pub origin: String,
    /// What sort of case it is.
    pub kind: CaseKind,
    /// The key of whoever opens it, in the form of a signed note; the name in it is theirs in the case.
    pub public_key: String,
    /// Why, in one line.
    pub reason: String,
}

/// For whom a bundle is.
#[derive(Clone, Debug)]
pub struct BundleFor {
    /// To whom it goes.
    pub recipient: Recipient,
    /// By what right, as counsel has picked it.
    pub ground: Option<Ground>,
    /// How much is shown.
    pub profile: Profile,
    /// Leaves sealed content behind.
    pub without_sealed: bool,
}

/// A bundle that left the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Position of the entry that tells of it.
    pub seq: u64,
    /// Its id.
    pub id: String,
    /// Items that stayed behind, each with why.
    pub withheld: Vec<String>,
}

/// Why something was not done, or cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseError {
    /// There is no such thing.
    NotThere(String),
    /// Something is not what it was: a key, the log, the vault.
    Damaged(String),
    /// The case does not let that person do it.
    Refused(String),
    /// It does not fit to what is there, or somebody else is writing.
    Conflict(String),
    /// What was typed is not as it must be.
    Wrong(String),
    /// The system.
    Failed(String),
}

impl From<CaseError> for Trouble {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::NotThere(what) => Self::Missing(what),
            CaseError::Damaged(why) | CaseError::Failed(why) => Self::Broken(why),
            CaseError::Refused(why) => Self::Refused(why),
            CaseError::Conflict(why) => Self::Conflict(why),
            CaseError::Wrong(why) => Self::Wrong(why),
        }
    }
}

/// Who keeps cases. `by` is a person of the case, by their name in it.
pub trait Cases: fmt::Debug + Send + Sync {
    /// Ids of all cases, in order.
    fn ids(&self) -> Result<Vec<String>, CaseError>;

    /// Reads a case: its log is verified, and its rules are asked of every entry.
    fn read(&self, case: &str) -> Result<Case, CaseError>;

    /// What the models of documents say, by id and version.
    fn papers(&self, case: &str) -> Result<BTreeMap<(Id, u64), Paper>, CaseError>;

    /// What is proposed by those proposals, where it is text.
    fn proposed(&self, case: &str, proposals: &[Id]) -> Result<BTreeMap<Id, String>, CaseError>;

    /// Opens a case. Keys of the log and of the vault are made; none of a person.
    fn open(&self, new: &NewCase) -> Result<(), CaseError>;

    /// Reads everything again: the log, every object of the vault, every approval.
    fn verify(&self, case: &str, by: Option<&str>) -> Result<Verified, CaseError>;

    /// The PDF of a version, once the log tells that `by` looks at it; `purpose` where it tells of persons.
    fn look(
        &self,
        case: &str,
        by: &str,
        document: (&str, u64),
        purpose: &str,
    ) -> Result<Vec<u8>, CaseError>;

    /// Proposes to release the latest version of a document, which must be the one with that hash; the id of the proposal.
    fn propose_release(
        &self,
        case: &str,
        by: &str,
        document: &str,
        sha256: &str,
    ) -> Result<String, CaseError>;

    /// The text that `by` signs to approve a proposal, with the time of now.
    fn to_sign(&self, case: &str, by: &str, proposal: &str) -> Result<String, CaseError>;

    /// Takes a signed approval in, if it is of this proposal and signed with the key of `by`; how many are still missing.
    fn approve(&self, case: &str, by: &str, proposal: &str, note: &str)
    -> Result<usize, CaseError>;

    /// Writes a bundle for others to check, to where [`Cases::bundle`] finds it.
    fn export(&self, case: &str, by: &str, to: &BundleFor) -> Result<Bundle, CaseError>;

    /// The folder of the bundle of an entry, if it was exported for pages and nobody has deleted it since.
    fn bundle(&self, case: &str, seq: u64) -> Result<PathBuf, CaseError>;
}
