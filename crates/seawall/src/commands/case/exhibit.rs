//! `seawall case exhibit`: which items and figures are put before a court, under which number?

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use seawall_core::case::disclosure::Profile;
use seawall_documents::case::{Exhibit, ExhibitContent, exhibit};
use seawall_evidence::document::{ExhibitKind, Status, Text};

use super::{
    document::{Extras, Knowledge, Recipients, Words, checked, store},
    vault::ProfileName,
};
use crate::{
    case::{Acting, Answer, Desk, no_item},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall case exhibit build 1 --title \"Price list\" --item ITEM --final --as ana
  seawall case exhibit build 2 --title \"Accounts created\" --kind summary-1006 \\
      --figure F-001 --figure F-002 --final --as ana
  seawall case propose release Ex-2 --as lee";

/// Longest text of an item that is shown in an exhibit.
const QUOTED_BYTES_MAX: usize = 64 << 10;

/// Build exhibits
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build a numbered exhibit of an item, of figures, or of both
    #[command(after_help = EXAMPLES)]
    Build(Build),
}

#[derive(Debug, Args)]
struct Build {
    /// Its number
    #[arg(value_name = "NUMBER")]
    number: u32,
    /// What it shows
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// What it is in law
    #[arg(long, value_enum, default_value = "record")]
    kind: KindName,
    /// The item it shows
    #[arg(long, value_name = "ITEM")]
    item: Option<String>,
    /// A figure it shows
    #[arg(long = "figure", value_name = "FIGURE")]
    figures: Vec<String>,
    /// For whom it is made; without, for those who work on the case
    #[arg(long, value_enum)]
    profile: Option<ProfileName>,
    /// As it would be released
    #[arg(long = "final")]
    is_final: bool,
    /// Also write the PDF to FILE
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

/// What an exhibit is in law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindName {
    /// An item of evidence
    Record,
    /// A summary of voluminous records (FRE 1006)
    #[value(name = "summary-1006")]
    Summary,
    /// An illustrative aid, which is not evidence (FRE 107)
    #[value(name = "aid-107")]
    Aid,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let Command::Build(build) = &arguments.command;
    if build.item.is_none() && build.figures.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "an exhibit shows something\nhint: name an item with --item, or figures with --figure",
        ));
    }
    let words = Words::default();
    let mut desk = Desk::open(acting, console)?;
    let knowledge = Knowledge::of(&desk)?;
    let number = format!("Ex-{}", build.number);
    let next = desk.state.latest_document(&number.parse()?).map_or(1, |latest| latest.version + 1);
    let described = described(build, &number, &knowledge)?;
    let content = content(build, &desk, &knowledge)?;
    let mut document = exhibit(&knowledge.matter(&desk, &words, next)?, &described, &content);
    if build.is_final {
        document.status = Status::Released;
    }
    let mut acts = Vec::new();
    let profile = build.profile.map(Profile::from);
    let recipients = Recipients::of(&mut desk, profile, &[&document], &words, &mut acts)?;
    let redacted = recipients.made_for(&document)?;
    let mut findings = checked(&redacted.document, &knowledge);
    let mut progress = Progress::new(console.interactive);
    progress.stage("rendering");
    let made_for = (recipients.profile, &Extras::default());
    let stored = store(&mut desk, redacted, made_for, &mut findings, &mut acts, console);
    progress.finish();
    let stored = stored?;
    // The log comes first: there is no file of a version that nobody recorded.
    let written = desk.write(acts)?;
    if let Some(path) = &build.out {
        fs_err::write(path, &stored.bytes)?;
    }
    Answer::new()
        .with("exhibit", number)
        .with("version", stored.version)
        .with("pages", stored.pages)
        .text("sha256", stored.sha256)
        .with("still_open", findings.len())
        .say(written, build.format, console)
}

fn described(build: &Build, number: &str, knowledge: &Knowledge) -> Result<Exhibit, Failure> {
    let item = build
        .item
        .as_ref()
        .map(|id| {
            let found = knowledge.items.iter().find(|(item, _)| item.id.as_str() == id);
            found.map(|(_, shown)| shown.clone()).ok_or_else(|| no_item(id))
        })
        .transpose()?;
    Ok(Exhibit {
        number: number.to_owned(),
        title: Text::new(&build.title),
        kind: match build.kind {
            KindName::Record => ExhibitKind::Record,
            KindName::Summary => ExhibitKind::Summary,
            KindName::Aid => ExhibitKind::Aid,
        },
        pages: None,
        bates: None,
        item,
        figures: build.figures.clone(),
        confidentiality: Text::new("public"),
    })
}

fn content(
    build: &Build,
    desk: &Desk,
    knowledge: &Knowledge,
) -> Result<Vec<ExhibitContent>, Failure> {
    let mut content = Vec::new();
    if let Some(id) = &build.item {
        let item = desk.item(id)?;
        // What is text is shown, as somebody else's words; anything else is in the bundle under its hash.
        let bytes = desk.content(item.sha256)?;
        if let Ok(text) = std::str::from_utf8(&bytes)
            && text.len() <= QUOTED_BYTES_MAX
        {
            content.push(ExhibitContent::Quoted(text.to_owned()));
        }
    }
    if !build.figures.is_empty() {
        let figures = knowledge.some_figures(Some(&build.figures));
        if figures.len() != build.figures.len() {
            return Err(Failure::new(
                Exit::NoInput,
                "a figure of the exhibit is not bound\nhint: `seawall case figure bind`",
            ));
        }
        content.push(ExhibitContent::Figures(build.title.clone(), figures));
    }
    Ok(content)
}
