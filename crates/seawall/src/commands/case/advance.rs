//! `seawall case advance`: what comes next for a case?

use clap::Args;
use seawall_core::case::{
    Record,
    people::Power,
    record::StageChange,
    state::{CaseStage, Machine as _},
};

use crate::{
    case::{Acting, Answer, Desk, named},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case advance investigating --as lee
  seawall case propose advance approved --as lee
  seawall case advance approved --as lee";

/// Move a case on
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Stage to move to: investigating, review, approved, filed, referred, …
    #[arg(value_name = "STAGE")]
    to: String,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let to = stage(&arguments.to)?;
    let mut desk = Desk::open(acting, console)?;
    let object = desk.file.id.clone();
    let act = desk.record(object, &Record::Stage(StageChange { to }), "the case goes on")?;
    let act = desk.rest(act, Power::Advance)?;
    let written = desk.write(vec![act])?;
    Answer::new().text("stage", to.name()).say(written, arguments.format, console)
}

/// The stage of that name.
pub(super) fn stage(name: &str) -> Result<CaseStage, Failure> {
    named(name).map_err(|_| {
        let all: Vec<&str> = CaseStage::ALL.iter().map(|stage| stage.name()).collect();
        Failure::new(
            Exit::Usage,
            format!("there is no stage `{name}`\nhint: one of {}", all.join(", ")),
        )
    })
}
