//! What does an entry of a custody log do to a case? From the words of evidence to those of the core.

use seawall_core::case::{
    CaseState, ContentHash, Id, Moment, Record,
    disclosure::{ContentClass, Privilege},
    fold::{Change, ItemFacts, Made},
    hold::{Hold, Retention},
    people::{Power, Proposal, Role},
};
use seawall_evidence::{
    canonical,
    case_file::CaseFile,
    custody::{Action, Approve, Dispose, Entry, Propose, Release, SealBody},
    hash::Digest,
    item::{self, Item, ItemKind},
    note::Note,
    seal::Seal,
    text::Words,
    time::Time,
    vault::Vault,
};
use serde::de::DeserializeOwned;

use crate::failure::{Exit, Failure};

/// Longest note of a seal.
const NOTE_BYTES_MAX: u64 = 64 << 20;
/// The basis of a disposal whose time has come. Any other is one that the law asks for.
pub(crate) const RETENTION: &str = "retention";

/// An id of evidence as one of the core. Both have the same form.
pub(crate) fn to_core(id: &seawall_evidence::text::Id) -> Id {
    id.as_str().parse().expect("ids have one form")
}

/// An id of the core as one of evidence.
pub(crate) fn id(id: &Id) -> seawall_evidence::text::Id {
    seawall_evidence::text::Id::new(id.as_str()).expect("ids have one form")
}

/// A hash as the core has it.
pub(crate) fn hash(digest: Digest) -> ContentHash {
    digest.to_string().parse().expect("hashes have one form")
}

/// A class of content as the gate has it.
pub(crate) fn class(class: item::ContentClass) -> ContentClass {
    match class {
        item::ContentClass::Content => ContentClass::Content,
        item::ContentClass::NonContent => ContentClass::NonContent,
        item::ContentClass::OwnRecord => ContentClass::OwnRecord,
        item::ContentClass::Public => ContentClass::Public,
    }
}

/// A privilege as the gate has it.
pub(crate) fn privilege(privilege: item::Privilege) -> Privilege {
    match privilege {
        item::Privilege::None => Privilege::None,
        item::Privilege::WorkProduct => Privilege::WorkProduct,
        item::Privilege::AttorneyClient => Privilege::AttorneyClient,
    }
}

/// Words that a person typed.
pub(crate) fn to_words(text: &str) -> Result<Words, Failure> {
    Words::new(text).map_err(|error| Failure::new(Exit::Usage, error))
}

pub(crate) fn moment(time: Time) -> Moment {
    Moment::new(time.timestamp())
}

/// The state of the case after all entries.
pub(crate) fn state_of(entries: &[Entry], vault: &Vault) -> Result<CaseState, Failure> {
    let mut made = Vec::with_capacity(entries.len());
    for entry in entries {
        made.push(self::made(entry, vault)?);
    }
    CaseState::of(made).map_err(|(seq, misfit)| {
        Failure::new(
            Exit::Integrity,
            format!("entry {seq} of the custody log breaks a rule: {misfit}"),
        )
    })
}

/// What `entry` does.
pub(crate) fn made(entry: &Entry, vault: &Vault) -> Result<Made, Failure> {
    let wrong = |what: &dyn std::fmt::Display| {
        Failure::new(Exit::Integrity, format!("entry {} of the custody log: {what}", entry.seq))
    };
    let role: Role = named(entry.role.as_str()).map_err(|error| wrong(&error))?;
    let actor: Id = entry.actor.as_str().parse().map_err(|error| wrong(&error))?;
    let change = change(entry, vault).map_err(|error| match error {
        Problem::Entry(error) => wrong(&error),
        Problem::Other(failure) => failure,
    })?;
    Ok(Made {
        seq: entry.seq,
        at: moment(entry.time),
        actor,
        role,
        reason: entry.reason.to_string(),
        content_sha256: approved_content(entry),
        approval: entry.approval,
        change,
    })
}

/// What an approval of this entry must be of: the rendering of a document, or else the body.
fn approved_content(entry: &Entry) -> Option<ContentHash> {
    if entry.action == Action::Release {
        return entry.object_sha256.map(hash);
    }
    // Asked only of what rests on an approval.
    let body = entry.body.as_ref().filter(|_| entry.approval.is_some())?;
    Some(hash(Digest::of(body.as_str())))
}

enum Problem {
    Entry(String),
    Other(Failure),
}

impl<E: std::fmt::Display> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::Entry(error.to_string())
    }
}

fn change(entry: &Entry, vault: &Vault) -> Result<Change, Problem> {
    Ok(match entry.action {
        Action::Open => Change::Open { title: entry.body::<CaseFile>()?.title.to_string() },
        Action::Acquire | Action::Receive | Action::Import | Action::Derive => {
            Change::Item(facts(&entry.body()?, entry.action == Action::Derive))
        }
        Action::Seal => Change::Seal { items: sealed(&entry.body()?, vault)? },
        Action::Propose => {
            let propose: Propose = entry.body()?;
            Change::Propose(Proposal {
                id: to_core(&propose.id),
                power: named::<Power>(propose.kind.as_str())?,
                content_sha256: hash(propose.content_sha256),
                proposer: propose.proposer.as_str().parse()?,
                personal_data: false,
            })
        }
        Action::Approve => {
            let approve: Approve = entry.body()?;
            Change::Approve {
                proposal: to_core(&approve.proposal),
                content_sha256: hash(approve.content_sha256),
            }
        }
        Action::Record => Change::Record(entry.body::<Record>()?),
        Action::HoldOn => Change::HoldOn(entry.body::<Hold>()?),
        Action::HoldOff => Change::HoldOff(to_core(&entry.object)),
        Action::Dispose => {
            let dispose: Dispose = entry.body()?;
            Change::Dispose {
                sha256: hash(dispose.sha256),
                required: dispose.basis.as_str() != RETENTION,
            }
        }
        Action::Release => {
            let release: Release = entry.body()?;
            let companions = release.companions.iter();
            Change::Release {
                document: to_core(&release.document),
                version: release.version,
                companions: companions
                    .map(|file| (to_core(&file.extension), hash(file.sha256)))
                    .collect(),
            }
        }
        Action::View | Action::Export | Action::Copy | Action::TransferOut | Action::TransferIn => {
            Change::View
        }
        Action::Reveal => Change::Reveal,
        Action::Denied => Change::Denied,
        Action::Verify | Action::Redact | Action::KeyRotate => Change::Read,
    })
}

fn facts(item: &Item, derived: bool) -> ItemFacts {
    ItemFacts {
        id: to_core(&item.id),
        sha256: hash(item.sha256),
        class: class(item.content_class),
        personal_data: item.personal_data,
        privilege: privilege(item.privilege),
        retention: match item.kind {
            ItemKind::Run | ItemKind::Aggregate => Retention::Aggregates,
            _ => Retention::CaseEvidence,
        },
        acquired_at: moment(item.acquired_at),
        derived,
    }
}

/// The items that a seal covers: its note lies in the vault.
fn sealed(body: &SealBody, vault: &Vault) -> Result<Vec<Id>, Problem> {
    let seal = read_seal(vault, body.note_sha256).map_err(Problem::Other)?;
    Ok(seal.covers.iter().map(|cover| to_core(&cover.item)).collect())
}

/// The seal whose note has that hash. Its signature is verified elsewhere.
pub(crate) fn read_seal(vault: &Vault, note_sha256: Digest) -> Result<Seal, Failure> {
    let text = vault.read(note_sha256, NOTE_BYTES_MAX)?;
    let note = Note::parse(&text)?;
    let line = note.text().lines().nth(1).unwrap_or_default();
    Ok(canonical::parse(line.as_bytes())?)
}

/// A name of the core's, from its text in a file.
pub(crate) fn named<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
}
