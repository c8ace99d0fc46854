//! `seawall case new`: how does a case begin?

use std::sync::Arc;

use clap::{Args, ValueEnum};
use seawall_core::case::{
    Record,
    people::{Person, Role},
    record::{CaseKind, CaseProfile, Docket},
};
use seawall_evidence::{
    case_file::CaseFile,
    custody::{Act, Action, CustodyLog},
    note::Verifier,
    text::{Actor, Id, Words},
};

use crate::{
    case::{
        Acting, Answer, KeyRing, Written, chance, log_folder, now, to_words, tool, value, written,
    },
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case new storm --title \"Storm\" --origin example.org/storm --as ada
  seawall case new storm --title \"Storm\" --origin example.org/storm --kind civil \\
      --court \"S.D.N.Y.\" --docket \"1:23-cv-10685\" --as ada

Whoever opens a case is its admin: they add the others, and hold no right on evidence.";

/// Open a case
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Id of the case: letters, digits, `.`, `_`, `-`
    #[arg(value_name = "ID")]
    id: String,
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// The name of its log, unique in the world: a domain of yours, and a path
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// What sort of case it is
    #[arg(long, value_enum, default_value = "mixed")]
    kind: Kind,
    /// The court, once there is one
    #[arg(long, value_name = "TEXT", requires = "docket")]
    court: Option<String>,
    /// The docket number
    #[arg(long, value_name = "TEXT", requires = "court")]
    docket: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

/// Sorts of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Civil,
    CriminalReferral,
    PlatformOnly,
    Mixed,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let docket = arguments.court.clone().zip(arguments.docket.clone());
    let new = New {
        id: &arguments.id,
        title: &arguments.title,
        origin: &arguments.origin,
        kind: arguments.kind.of_case(),
        docket: docket.map(|(court, number)| Docket { court, number }),
        key: None,
    };
    let (file, written) = open(&new, acting)?;
    if acting.seed.is_some() {
        console.note("warning", "keys and ids come from a seed: an example, never a real case")?;
    }
    console
        .note("keys", format!("{} (back them up)", acting.place.data().join("keys").display()))?;
    Answer::new()
        .text("case", &file.id)
        .text("title", &file.title)
        .text("log_key", file.verifier()?)
        .say(written, arguments.format, console)
}

/// What is said of a case when it is opened.
pub(super) struct New<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) origin: &'a str,
    pub(super) kind: CaseKind,
    pub(super) docket: Option<Docket>,
    /// The key of whoever opens it, where it is not made here.
    pub(super) key: Option<Verifier>,
}

/// Opens a case: its keys, its first entries, and whoever acts as its admin.
pub(super) fn open(new: &New<'_>, acting: &Acting) -> Result<(CaseFile, Written), Failure> {
    let id = Id::new(new.id).map_err(|error| Failure::new(Exit::Usage, error))?;
    if acting.place.ids()?.iter().any(|known| known == new.id) {
        return Err(Failure::new(
            Exit::Conflict,
            format!("there is a case `{id}` already\nhint: `seawall case list` shows all"),
        ));
    }
    let title = to_words(new.title)?;
    let keys = KeyRing::new(acting.place.data());
    let chance = &mut chance(acting.seed.as_deref(), id.as_str(), 0)?;
    let now = now(acting.at.as_deref())?;
    let person = admin(acting.name()?, new.key.as_ref(), &keys, chance)?;
    let signer = keys.make_log_key(id.as_str(), new.origin, chance)?;
    keys.make_case_key(id.as_str(), chance)?;
    let file = CaseFile {
        id: id.clone(),
        title,
        origin: signer.name().to_owned(),
        public_key: signer.verifier().key(),
        opened_at: now,
    };
    let first = first_acts(new, &file, person, acting)?;
    let storage = acting.place.storage(id.as_str());
    storage.write_new(&CaseFile::path(), &seawall_evidence::canonical::to_bytes(&file)?)?;
    let log = CustodyLog::create(Arc::clone(&storage), log_folder(), signer, first)?;
    Ok((file, written(&log)))
}

fn first_acts(
    new: &New<'_>,
    file: &CaseFile,
    person: Person,
    acting: &Acting,
) -> Result<Vec<Act>, Failure> {
    let name = acting.name()?;
    let act = |action, object: Id, body, reason: &str| -> Result<Act, Failure> {
        Ok(Act {
            time: file.opened_at,
            actor: Actor::new(name)?,
            role: seawall_evidence::text::Role::new(Role::Admin.name())?,
            action,
            object,
            object_sha256: None,
            reason: Words::new(acting.reason.as_deref().unwrap_or(reason))?,
            tool: tool(),
            approval: None,
            body: Some(body),
        })
    };
    let profile = Record::Profile(CaseProfile {
        kind: new.kind,
        responsible: person.id.clone(),
        docket: new.docket.clone(),
    });
    Ok(vec![
        act(Action::Open, file.id.clone(), value(file)?, "the case is opened")?,
        act(Action::Record, file.id.clone(), value(&profile)?, "what sort of case it is")?,
        act(
            Action::Record,
            Id::new(name)?,
            value(&Record::Person(person))?,
            "who opened the case keeps its people",
        )?,
    ])
}

impl Kind {
    const fn of_case(self) -> CaseKind {
        match self {
            Self::Civil => CaseKind::Civil,
            Self::CriminalReferral => CaseKind::CriminalReferral,
            Self::PlatformOnly => CaseKind::PlatformOnly,
            Self::Mixed => CaseKind::Mixed,
        }
    }
}

/// Whoever opens the case, with the key that was brought, or one that is made.
fn admin(
    name: &str,
    key: Option<&Verifier>,
    keys: &KeyRing,
    chance: &mut rand::rngs::StdRng,
) -> Result<Person, Failure> {
    let id = name.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
    let public_key = match key {
        Some(verifier) => verifier.to_string(),
        None => keys.make_person_key(name, chance)?.verifier().to_string(),
    };
    Ok(Person { id, name: name.to_owned(), role: Role::Admin, public_key })
}
