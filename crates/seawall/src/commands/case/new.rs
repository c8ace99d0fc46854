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
    text::{Actor, Id, Words},
};

use crate::{
    case::{Acting, Answer, KeyRing, chance, log_folder, now, to_words, tool, value, written},
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
    let id = Id::new(&*arguments.id).map_err(|error| Failure::new(Exit::Usage, error))?;
    if acting.place.ids()?.contains(&arguments.id) {
        return Err(Failure::new(
            Exit::Conflict,
            format!("there is a case `{id}` already\nhint: `seawall case list` shows all"),
        ));
    }
    let keys = KeyRing::new(acting.place.data());
    let chance = &mut chance(acting.seed.as_deref(), id.as_str(), 0)?;
    let now = now(acting.at.as_deref())?;
    let name = acting.name()?;
    let person = admin(name, &keys, chance)?;
    let signer = keys.make_log_key(id.as_str(), &arguments.origin, chance)?;
    keys.make_case_key(id.as_str(), chance)?;
    let file = CaseFile {
        id: id.clone(),
        title: to_words(&arguments.title)?,
        origin: signer.name().to_owned(),
        public_key: signer.verifier().key(),
        opened_at: now,
    };
    let act = |action, object: Id, body, reason: &str| -> Result<Act, Failure> {
        Ok(Act {
            time: now,
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
        kind: arguments.kind.of_case(),
        responsible: person.id.clone(),
        docket: arguments
            .court
            .clone()
            .zip(arguments.docket.clone())
            .map(|(court, number)| Docket { court, number }),
    });
    let first = vec![
        act(Action::Open, id.clone(), value(&file)?, "the case is opened")?,
        act(Action::Record, id.clone(), value(&profile)?, "what sort of case it is")?,
        act(
            Action::Record,
            Id::new(name)?,
            value(&Record::Person(person))?,
            "who opened the case keeps its people",
        )?,
    ];
    let storage = acting.place.storage(id.as_str());
    storage.write_new(&CaseFile::path(), &seawall_evidence::canonical::to_bytes(&file)?)?;
    let log = CustodyLog::create(Arc::clone(&storage), log_folder(), signer, first)?;
    if acting.seed.is_some() {
        console.note("warning", "keys and ids come from a seed: an example, never a real case")?;
    }
    console
        .note("keys", format!("{} (back them up)", acting.place.data().join("keys").display()))?;
    Answer::new()
        .text("case", &id)
        .text("title", &file.title)
        .text("log_key", file.verifier()?)
        .say(written(&log), arguments.format, console)
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

/// Whoever opens the case.
fn admin(name: &str, keys: &KeyRing, chance: &mut rand::rngs::StdRng) -> Result<Person, Failure> {
    let id = name.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
    let signer = keys.make_person_key(name, chance)?;
    Ok(Person {
        id,
        name: name.to_owned(),
        role: Role::Admin,
        public_key: signer.verifier().to_string(),
    })
}
