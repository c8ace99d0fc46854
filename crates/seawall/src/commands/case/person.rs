//! `seawall case person`: who is in a case, as what, with which key?

use clap::{Args, Subcommand, ValueEnum};
use seawall_core::case::{
    Record,
    people::{Person, Role},
};
use seawall_evidence::{note::Verifier, text::Id};

use crate::{
    case::{Acting, Answer, Desk},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case person add ana --role analyst --as ada
  seawall case person add cora --role counsel --public-key cora+1a2b3c4d+AbC… --as ada

Without --public-key a key is made, in keys/people of the data directory: whoever can read it can
approve in that name.";

/// Add the people of a case
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a person, or change their role or key
    #[command(after_help = EXAMPLES)]
    Add(Add),
}

#[derive(Debug, Args)]
struct Add {
    /// Short name, as it stands in entries
    name: String,
    /// What they are in the case
    #[arg(long, value_enum)]
    role: RoleName,
    /// What to call them: initials or a function suffice
    #[arg(long, value_name = "TEXT")]
    called: Option<String>,
    /// The key that checks their signatures, in the form of a signed note
    #[arg(long, value_name = "KEY")]
    public_key: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

/// The roles that people can have in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleName {
    Analyst,
    Lead,
    Custodian,
    EnforcementOperator,
    Counsel,
    Privacy,
    Liaison,
    Auditor,
    Admin,
}

impl RoleName {
    const fn role(self) -> Role {
        match self {
            Self::Analyst => Role::Analyst,
            Self::Lead => Role::Lead,
            Self::Custodian => Role::Custodian,
            Self::EnforcementOperator => Role::EnforcementOperator,
            Self::Counsel => Role::Counsel,
            Self::Privacy => Role::Privacy,
            Self::Liaison => Role::Liaison,
            Self::Auditor => Role::Auditor,
            Self::Admin => Role::Admin,
        }
    }
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let Command::Add(add) = &arguments.command;
    let mut desk = Desk::open(acting, console)?;
    let id = add.name.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
    let verifier: Verifier = match &add.public_key {
        Some(text) => text.parse().map_err(|error| Failure::new(Exit::Usage, error))?,
        None => desk.keys.make_person_key(&add.name, &mut desk.chance)?.verifier().clone(),
    };
    if verifier.name() != add.name {
        return Err(Failure::new(
            Exit::Usage,
            format!("the key is that of `{}`, not of `{}`", verifier.name(), add.name),
        ));
    }
    let person = Person {
        id,
        name: add.called.clone().unwrap_or_else(|| add.name.clone()),
        role: add.role.role(),
        public_key: verifier.to_string(),
    };
    let answer = Answer::new()
        .text("person", &person.id)
        .text("role", person.role.name())
        .text("key", &person.public_key);
    let act = desk.record(Id::new(&*add.name)?, &Record::Person(person), "joins the case")?;
    let written = desk.write(vec![act])?;
    answer.say(written, add.format, console)
}
