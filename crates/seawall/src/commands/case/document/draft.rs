//! `seawall case document draft`: what does a document say, as the case stands?

use std::path::PathBuf;

use clap::Args;
use seawall_evidence::document::Status;
use serde_json::json;

use super::{Knowledge, Words, checked, drafts, store};
use crate::{
    case::{Acting, Answer, Desk},
    console::Console,
    failure::Failure,
    format::AnswerFormat,
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall case document draft D8 --as ana
  seawall case document draft D2 --words words.json --out drafts --as ana
  seawall case document draft D2 --words words.json --final --as ana

Documents: D1 declaration of the investigator, D2 technical declaration, D3 index of exhibits,
D4 schedule of assets, D6 certificates, D7 summary, D8 custody report, D21 status report.

words.json:
  {\"paragraphs\": {\"found\": [\"The shop {asset:shop.example} offered accounts on {date:2023-10-02}.\"],
                  \"limits\": [\"…\"]},
   \"figures\": {\"harm\": [\"F-001\"]},
   \"answers\": {\"experience\": \"…\"}}
A number is a figure by its id, `{F-001}`; a digit that counts nothing says what it is, `{date:…}`.";

/// Write a version of a document
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Which document
    #[arg(value_enum, value_name = "DOCUMENT")]
    document: drafts::Which,
    /// What people say, as JSON
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
    /// As it would be released: refused while a gap is open or a number is no figure
    #[arg(long = "final")]
    is_final: bool,
    /// Also write the PDF to a folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let words = Words::read(arguments.words.as_deref())?;
    let mut desk = Desk::open(acting, console)?;
    let knowledge = Knowledge::of(&desk)?;
    let documents = drafts::documents(arguments.document, &desk, &knowledge, &words)?;
    let mut progress = Progress::new(console.interactive);
    progress.stage("rendering");
    let (mut acts, mut shown, mut open) = (Vec::new(), Vec::new(), 0);
    for mut document in documents {
        if arguments.is_final {
            document.status = Status::Released;
        }
        let mut findings = checked(&mut document, &words, &knowledge);
        open += findings.len();
        let stored = store(&mut desk, document, &mut findings, &mut acts, console)?;
        if let Some(folder) = &arguments.out {
            fs_err::create_dir_all(folder)?;
            let file = folder.join(format!("{}-v{}.pdf", stored.id, stored.version));
            fs_err::write(file, &stored.bytes)?;
        }
        shown.push(format!(
            "{} v{}, {} pages, {}",
            stored.id, stored.version, stored.pages, stored.sha256
        ));
    }
    progress.finish();
    let written = desk.write(acts)?;
    Answer::new()
        .with("documents", json!(shown))
        .with("still_open", open)
        .with("final", arguments.is_final)
        .say(written, arguments.format, console)
}
