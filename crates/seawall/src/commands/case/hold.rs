//! `seawall case hold`: what must be kept, whatever retention says?

use clap::{Args, Subcommand};
use seawall_core::case::{hold::Hold, people::Power};
use seawall_evidence::{
    custody::{Act, Action},
    text::Id,
};
use serde_json::json;

use crate::{
    case::{Acting, Answer, Desk, moment, to_core, value},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case hold add --basis \"suit foreseen\" --as cora
  seawall case hold add --item ITEM --basis \"request of 2023-12-13\" --as cora
  seawall case propose hold-release HOLD --as lee
  seawall case hold release HOLD --as lee";

/// Place and release holds
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Place a hold on items, or on everything
    #[command(after_help = EXAMPLES)]
    Add(Add),
    /// Release a hold; it takes two
    #[command(after_help = EXAMPLES)]
    Release(Release),
}

#[derive(Debug, Args)]
struct Add {
    /// Why
    #[arg(long, value_name = "TEXT")]
    basis: String,
    /// The items it covers [default: all]
    #[arg(long = "item", value_name = "ITEM")]
    items: Vec<String>,
    /// Days until somebody has to look at it
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    review_days: u16,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

#[derive(Debug, Args)]
struct Release {
    /// Id of the hold
    #[arg(value_name = "HOLD")]
    hold: String,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    match &arguments.command {
        Command::Add(arguments) => add(arguments, acting, console),
        Command::Release(arguments) => release(arguments, acting, console),
    }
}

fn add(arguments: &Add, acting: &Acting, console: &mut Console) -> Result<(), Failure> {
    let mut desk = Desk::open(acting, console)?;
    let id = desk.new_id("hold");
    let items = arguments
        .items
        .iter()
        .map(|item| Ok(to_core(&desk.item(item)?.id)))
        .collect::<Result<_, Failure>>()?;
    let from = moment(desk.now);
    let hold = Hold {
        id: to_core(&id),
        items,
        basis: arguments.basis.clone(),
        from,
        review_by: from.plus_hours(24 * i64::from(arguments.review_days)),
    };
    let review_by = hold.review_by;
    let act = Act {
        body: Some(value(&hold)?),
        ..desk.act(Action::HoldOn, id.clone(), &arguments.basis)?
    };
    let written = desk.write(vec![act])?;
    Answer::new().text("hold", id).text("review_by", review_by).say(
        written,
        arguments.format,
        console,
    )
}

fn release(arguments: &Release, acting: &Acting, console: &mut Console) -> Result<(), Failure> {
    let mut desk = Desk::open(acting, console)?;
    let id = Id::new(&*arguments.hold).map_err(|error| Failure::new(Exit::Usage, error))?;
    let act = Act {
        body: Some(json!({ "hold": id })),
        ..desk.act(Action::HoldOff, id.clone(), "the hold is released")?
    };
    let act = desk.rest(act, Power::ReleaseHold)?;
    let written = desk.write(vec![act])?;
    Answer::new().text("released", id).say(written, arguments.format, console)
}
