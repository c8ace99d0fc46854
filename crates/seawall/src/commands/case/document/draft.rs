//! `seawall case document draft`: what does a document say, as the case stands?

use std::path::PathBuf;

use clap::Args;
use seawall_core::case::disclosure::Profile;
use seawall_documents::case as documents;
use seawall_evidence::{
    document::{Document, Status},
    hash::Digest,
};
use serde_json::json;

use super::{
    Extras, Knowledge, Recipients, Words, answered, checked, drafts,
    store::{File, store},
};
use crate::{
    case::{Acting, Answer, Desk},
    commands::case::vault::ProfileName,
    console::Console,
    failure::Failure,
    format::AnswerFormat,
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall case document draft D8 --as ana
  seawall case document draft D2 --words words.json --out drafts --as ana
  seawall case document draft D2 --words words.json --profile court-public --final --as ana

Documents: D1 declaration of the investigator, D2 technical declaration, D3 index of exhibits,
D4 schedule of assets, D5 annex to an order for each respondent, D6 certificates, D7 summary, D8 custody report,
D9 log of redactions (with the key to the pseudonyms for `court-sealed`), D10 notice and service, D11 criminal referral,
D12 notices of abuse, D13 reports to platforms, D14 letters that ask to preserve, D15 statements of reasons,
D16 packages for partners, D17 impact report, D19 corrections of figures, D21 status report.

words.json:
  {\"paragraphs\": {\"found\": [\"The shop {asset:shop.example} offered accounts on {date:2023-10-02}.\"],
                  \"limits\": [\"…\"]},
   \"figures\": {\"harm\": [\"F-001\"]},
   \"answers\": {\"experience\": \"…\"},
   \"names\": {\"victim\": [\"…\"], \"defendant\": [\"…\"]}}
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
    /// For whom it is made; without, for those who work on the case, and then it cannot be released
    #[arg(long, value_enum)]
    profile: Option<ProfileName>,
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
    let profile = arguments.profile.map(Profile::from);
    let mut drafted =
        drafts::documents(arguments.document, &mut desk, &knowledge, &words, profile)?;
    let mut acts = Vec::new();
    for each in &mut drafted {
        answered(&mut each.document, &words);
        if arguments.is_final {
            each.document.status = Status::Released;
        }
    }
    let documents: Vec<_> = drafted.iter().map(|each| &each.document).collect();
    let mut progress = Progress::new(console.interactive);
    progress.stage("looking for accounts in it");
    let recipients = Recipients::of(&mut desk, profile, &documents, &words, &mut acts);
    let recipients = recipients.inspect_err(|_| progress.finish())?;
    progress.stage("rendering");
    let (mut shown, mut files, mut open, mut replaced) = (Vec::new(), Vec::new(), 0, 0);
    for each in drafted {
        let mut redacted = recipients.made_for(&each.document)?;
        replaced += redacted.entries.len();
        let companions = enclosed(&mut redacted.document, &each.companions)?;
        let mut findings = checked(&redacted.document, &knowledge);
        open += findings.len();
        let extras = Extras { companions, disclosure: each.disclosure };
        let profile = recipients.profile;
        let stored =
            store(&mut desk, redacted, (profile, &extras), &mut findings, &mut acts, console)?;
        let name = format!("{}-v{}", stored.id, stored.version);
        files.push((format!("{name}.pdf"), stored.bytes));
        files.extend(extras.companions.into_iter().map(|file| (file.name, file.bytes)));
        shown.push(format!("{name}, {} pages, {}", stored.pages, stored.sha256));
    }
    progress.finish();
    // The log comes first: there is no file of a version that nobody recorded.
    let written = desk.write(acts)?;
    if let Some(folder) = &arguments.out {
        fs_err::create_dir_all(folder)?;
        for (file, bytes) in files {
            fs_err::write(folder.join(file), bytes)?;
        }
    }
    Answer::new()
        .with("documents", json!(shown))
        .with("redactions", replaced)
        .with("still_open", open)
        .with("final", arguments.is_final)
        .say(written, arguments.format, console)
}

/// The files that go with the document, whose names and hashes it then prints.
fn enclosed(
    document: &mut Document,
    companions: &[drafts::Companion],
) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let mut printed = Vec::new();
    for companion in companions {
        let bytes = companion.made(document)?;
        let (extension, media_type) = (companion.extension(), companion.media_type());
        let name = format!("{}.{extension}", document.name());
        printed.push((name.clone(), companion.title(), Digest::of(&bytes)));
        files.push(File { name, extension, media_type, bytes });
    }
    documents::enclose(document, &printed);
    Ok(files)
}
