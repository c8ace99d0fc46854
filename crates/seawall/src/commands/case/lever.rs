//! `seawall case lever`: which means would reach an asset, and why not the others?

use clap::{Args, Subcommand};
use seawall_core::case::{
    Record,
    lever::{Ground, Mark, assess},
};
use serde_json::json;

use crate::{
    case::{Acting, Answer, Desk, Reading, Rows},
    console::Console,
    failure::{Exit, Failure},
    format::{AnswerFormat, Format},
};

const EXAMPLES: &str = "\
Examples:
  seawall case lever ground --mark \"Example=US 1,234,567\" --court-reaches US --as cora
  seawall case lever show
  seawall case lever show ASSET --format json

Rules are cited so that counsel can check them. Nothing here is legal advice.";

/// Which means would reach an asset, and why
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show how each lever fits each asset
    #[command(after_help = EXAMPLES)]
    Show(Show),
    /// State the site's marks, and whom the court reaches
    #[command(after_help = EXAMPLES)]
    Ground(Stated),
}

#[derive(Debug, Args)]
struct Show {
    /// Id of the asset [default: all]
    #[arg(value_name = "ASSET")]
    asset: Option<String>,
    /// Show those too that would not reach it
    #[arg(long)]
    all: bool,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Args)]
struct Stated {
    /// A mark of the site, and where it is registered
    #[arg(long = "mark", value_name = "WORD=REGISTRATION")]
    marks: Vec<String>,
    /// A country whose operators the court reaches
    #[arg(long = "court-reaches", value_name = "COUNTRY")]
    court_reaches: Vec<String>,
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
        Command::Show(arguments) => show(arguments, acting, console),
        Command::Ground(arguments) => ground(arguments, acting, console),
    }
}

fn show(arguments: &Show, acting: &Acting, console: &mut Console) -> Result<(), Failure> {
    let reading = Reading::open(&acting.place)?;
    let mut rows = Rows::new(
        "seawall.case.levers/v1",
        &["asset", "name", "lever", "viable", "why", "needs", "days"],
    );
    let mut known = false;
    for it in reading.state.assets.values() {
        if arguments.asset.as_ref().is_some_and(|asked| asked != it.asset.id.as_str()) {
            continue;
        }
        known = true;
        for fit in assess(&it.asset, &reading.state.ground) {
            if !fit.viable && !arguments.all && arguments.format == Format::Table {
                continue;
            }
            rows.push(vec![
                json!(it.asset.id),
                json!(it.asset.display()),
                json!(fit.lever),
                json!(fit.viable),
                json!(fit.why),
                json!(fit.needs),
                json!(fit.days.map(|(least, most)| format!("{least}-{most}"))),
            ]);
        }
    }
    match &arguments.asset {
        Some(asset) if !known => {
            Err(Failure::new(Exit::NoInput, format!("there is no asset `{asset}` in the case")))
        }
        _ => rows.write(arguments.format, console),
    }
}

fn ground(arguments: &Stated, acting: &Acting, console: &mut Console) -> Result<(), Failure> {
    let marks = arguments
        .marks
        .iter()
        .map(|text| {
            let (word, registration) = text.split_once('=').ok_or_else(|| {
                Failure::new(Exit::Usage, format!("`{text}` is not WORD=REGISTRATION"))
            })?;
            Ok(Mark { word: word.to_owned(), registration: registration.to_owned() })
        })
        .collect::<Result<_, Failure>>()?;
    let mut desk = Desk::open(acting, console)?;
    let ground = Ground { marks, court_reaches: arguments.court_reaches.clone() };
    let object = desk.file.id.clone();
    let act = desk.record(object, &Record::Ground(ground), "marks, and whom the court reaches")?;
    let written = desk.write(vec![act])?;
    Answer::new()
        .with("marks", arguments.marks.len())
        .with("court_reaches", json!(arguments.court_reaches))
        .say(written, arguments.format, console)
}
