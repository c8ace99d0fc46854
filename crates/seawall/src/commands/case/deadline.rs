//! `seawall case deadline`: what runs out, and when?

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use seawall_core::case::{
    Record,
    deadline::{Deadline, DeadlineKind, RULES, due, rule_of, urgency},
};
use serde_json::json;

use crate::{
    case::{Acting, Answer, Desk, Reading, Rows, moment, now, to_core},
    console::Console,
    failure::{Exit, Failure},
    format::{AnswerFormat, Format},
};

mod calendar;

const EXAMPLES: &str = "\
Examples:
  seawall case deadline add tro-expiry --from 2023-12-07T15:00:00Z --source ITEM --as cora
  seawall case deadline list
  seawall case deadline list --calendar deadlines.ics";

/// What runs out, and when
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write down that something runs out
    #[command(after_help = EXAMPLES)]
    Add(Add),
    /// List what runs out, the most urgent first
    #[command(after_help = EXAMPLES)]
    List(List),
}

#[derive(Debug, Args)]
struct Add {
    /// What runs out
    #[arg(value_enum)]
    kind: KindName,
    /// The moment from which it counts
    #[arg(long, value_name = "TIME")]
    from: String,
    /// The day, where somebody set it
    #[arg(long, value_name = "DAY")]
    due: Option<String>,
    /// How often the period was renewed
    #[arg(long, value_name = "N", default_value_t = 0)]
    renewals: u32,
    /// The item that says so: an order, a request
    #[arg(long, value_name = "ITEM")]
    source: String,
    /// Who sees to it [default: whoever acts]
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

#[derive(Debug, Args)]
struct List {
    /// Write a calendar (RFC 5545) to FILE
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Kinds of deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindName {
    TroExpiry,
    PiHearing,
    Bond,
    Answer,
    ServiceProof,
    StatusReport,
    Preservation,
    EuPreservation,
    AppealAnswer,
    ComplaintWindow,
    DomainExpiry,
    CertificateNotice,
    HoldReview,
}

impl KindName {
    /// The same kind in the core, which has the same order.
    const fn kind(self) -> DeadlineKind {
        RULES[self as usize].kind
    }
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    match &arguments.command {
        Command::Add(arguments) => add(arguments, acting, console),
        Command::List(arguments) => list(arguments, acting, console),
    }
}

fn add(arguments: &Add, acting: &Acting, console: &mut Console) -> Result<(), Failure> {
    let usage = |error: &dyn std::fmt::Display| Failure::new(Exit::Usage, error);
    let mut desk = Desk::open(acting, console)?;
    let id = desk.new_id("deadline");
    let owner = arguments.owner.as_deref().unwrap_or(desk.actor.as_str());
    let deadline = Deadline {
        id: to_core(&id),
        kind: arguments.kind.kind(),
        from: arguments.from.parse().map_err(|error| usage(&error))?,
        renewals: arguments.renewals,
        set: arguments
            .due
            .as_deref()
            .map(|day| {
                day.parse()
                    .map_err(|_| usage(&format!("`{day}` is no day\nhint: as in 2023-12-21")))
            })
            .transpose()?,
        source: to_core(&desk.item(&arguments.source)?.id),
        owner: owner.parse().map_err(|error| usage(&error))?,
    };
    let due = due(&deadline).map_err(|error| usage(&error))?;
    let rule = rule_of(deadline.kind);
    let act = desk.record(id.clone(), &Record::Deadline(deadline), rule.title)?;
    let written = desk.write(vec![act])?;
    Answer::new()
        .text("deadline", id)
        .text("act_by", due.safe)
        .text("last_day", due.last)
        .with("basis", rule.basis)
        .say(written, arguments.format, console)
}

fn list(arguments: &List, acting: &Acting, console: &mut Console) -> Result<(), Failure> {
    let reading = Reading::open(&acting.place)?;
    let at = moment(now(acting.at.as_deref())?);
    let mut found: Vec<_> = reading
        .state
        .deadlines
        .values()
        .filter_map(|deadline| due(deadline).ok().map(|due| (due, deadline)))
        .collect();
    found.sort_by(|one, other| (one.0, &one.1.id).cmp(&(other.0, &other.1.id)));
    let mut rows = Rows::new(
        "seawall.case.deadlines/v1",
        &["deadline", "what", "urgency", "act_by", "last_day", "basis", "source", "owner"],
    );
    for (due, deadline) in &found {
        let rule = rule_of(deadline.kind);
        rows.push(vec![
            json!(deadline.id),
            json!(rule.title),
            serde_json::to_value(urgency(*due, at.date()))?,
            json!(due.safe.to_string()),
            json!(due.last.to_string()),
            json!(rule.basis),
            json!(deadline.source),
            json!(deadline.owner),
        ]);
    }
    if let Some(path) = &arguments.calendar {
        let text = calendar::calendar(reading.file.id.as_str(), &found, at);
        fs_err::write(path, text)?;
        console.note("calendar", path.display())?;
    }
    rows.write(arguments.format, console)
}
