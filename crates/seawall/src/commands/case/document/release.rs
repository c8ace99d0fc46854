//! `seawall case document release`: may the approved version go out, and to whom?
//!
//! Only with an approval of its very bytes, and only if nothing that looks like personal data is in them.

use std::path::PathBuf;

use clap::Args;
use seawall_core::case::{
    disclosure::{Profile, Recipient},
    people::Power,
    record::{CompanionRecord, DocumentRecord},
};
use seawall_evidence::{
    canonical,
    custody::{Act, Action, CheckpointShown, Companion, Release},
    document::{Document, Kind},
    hash::Digest,
    item::Item,
};

use super::{
    leaks::{Outgoing, leaks},
    store::named as named_as,
};
use crate::{
    case::{Acting, Answer, Desk, id, moment, to_words, value},
    commands::case::{asset, vault::RecipientName},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case propose release D2 --as lee
  seawall case approve PROPOSAL --sha256 HASH --as cora
  seawall case document release D2 --to court --recipient \"the court\" --out D2.pdf --as lee
  seawall case document release D2 --to court --recipient \"the court\" --deny names.txt --as lee

What goes out is searched for e-mail addresses, telephone and card numbers, whole IP addresses and the like, save
those of the assets of the case and of their operators, and for the texts of `seawall case document deny`. One that
is found blocks the release. Only what was drafted with --profile goes out.";

/// Let the approved version go out
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Id of the document: `D2`, `Ex-4`
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// To what kind of recipient it goes: the profile that it was drafted for must be made for them
    #[arg(long, value_enum, value_name = "KIND")]
    to: RecipientName,
    /// To whom of that kind it goes
    #[arg(long, value_name = "TEXT")]
    recipient: String,
    /// More texts that must not get out, for this release alone: one a line; `#` begins a comment
    #[arg(long, value_name = "FILE")]
    deny: Option<PathBuf>,
    /// Also write the PDF to FILE, and beside it the files that go with it
    #[arg(long, value_name = "FILE")]
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
    let mut desk = Desk::open(acting, console)?;
    let named = arguments.document.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
    let Some(latest) = desk.state.latest_document(&named).cloned() else {
        return Err(Failure::new(
            Exit::NoInput,
            format!(
                "there is no document `{named}` in the case\nhint: `seawall case document draft`"
            ),
        ));
    };
    let model = desk.item(latest.model.as_str())?;
    let kind = Recipient::from(arguments.to);
    let content: Digest = latest.sha256.as_str().parse()?;
    let model_bytes = desk.content(model.sha256)?;
    let said: Document = canonical::parse(&model_bytes)?;
    let rendering = desk.content(content)?;
    let companions = companions(&desk, &latest)?;
    let printed = said.checkpoint.as_ref().ok_or_else(|| {
        Failure::new(Exit::Integrity, format!("`{named}` prints no checkpoint of the log"))
    })?;
    let body = Release {
        document: id(&named),
        version: latest.version,
        model_sha256: model.sha256,
        content_sha256: content,
        recipient: to_words(&format!("{}: {}", named_as(&kind)?, arguments.recipient))?,
        checkpoint: CheckpointShown { size: printed.size, root: printed.root },
        companions: bound(&latest)?,
    };
    let act = Act {
        object_sha256: Some(content),
        approval: desk.approval_of(Power::Release, content),
        body: Some(value(&body)?),
        ..desk.act(Action::Release, id(&named), "goes out")?
    };
    // Who may not let it go out learns nothing of what is in it.
    desk.allowed(std::slice::from_ref(&act))?;
    let outdated = outdated(&desk, &latest, &model)?;
    if let Some(refused) = not_for(&latest, kind)?.or(outdated) {
        desk.deny(&act, refused.texts().0.first().map_or("", String::as_str))?;
        return Err(refused);
    }
    let outgoing = Outgoing {
        rendering: &rendering,
        model: &said,
        model_bytes: &model_bytes,
        companions: &companions,
    };
    let leaks = leaks(&desk, arguments.deny.as_deref(), &outgoing)?;
    if !leaks.is_empty() {
        desk.deny(&act, &format!("{} leaks", leaks.len()))?;
        return Err(Failure::new(
            Exit::Findings,
            format!(
                "{named} cannot go out:\n{}\nhint: take it out of the words, or record what it belongs to as an asset",
                leaks.join("\n")
            ),
        ));
    }
    let written = desk.write(vec![act])?;
    if let Some(path) = &arguments.out {
        fs_err::write(path, rendering)?;
        for (extension, content) in companions {
            fs_err::write(path.with_extension(extension), content)?;
        }
    }
    Answer::new()
        .text("released", format!("{named} v{}", latest.version))
        .text("sha256", content)
        .with("recipient", arguments.recipient.clone())
        .say(written, arguments.format, console)
}

/// Why it does not go to recipients of that kind, if so: it was made for others.
fn not_for(latest: &DocumentRecord, kind: Recipient) -> Result<Option<Failure>, Failure> {
    let profile = latest.profile.unwrap_or(Profile::Internal);
    if profile.fits(kind) {
        return Ok(None);
    }
    let (id, profile, kind) = (&latest.id, named_as(&profile)?, named_as(&kind)?);
    let text = format!(
        "{id} was drafted for `{profile}`, and does not go to `{kind}`\nhint: draft it with a --profile that is made for them, and have that version approved"
    );
    Ok(Some(Failure::new(Exit::Permission, text)))
}

/// Why nobody may be asked any more for what it asks, if so: what it says of assets is old, or no longer so.
fn outdated(
    desk: &Desk,
    latest: &DocumentRecord,
    model: &Item,
) -> Result<Option<Failure>, Failure> {
    match Kind::of_id(latest.id.as_str()) {
        Some(Kind::D4 | Kind::D5) => asset::outdated(desk, moment(model.acquired_at)),
        _ => Ok(None),
    }
}

/// The files that go with a version, as its release binds them.
fn bound(record: &DocumentRecord) -> Result<Vec<Companion>, Failure> {
    let bound = |file: &CompanionRecord| {
        let sha256 = file.sha256.as_str().parse()?;
        Ok(Companion { extension: id(&file.extension), sha256 })
    };
    record.companions.iter().map(bound).collect()
}

/// The files that go with a version: endings of their names, and contents.
fn companions(desk: &Desk, record: &DocumentRecord) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let content = |file: &CompanionRecord| {
        let content = desk.content(file.sha256.as_str().parse()?)?;
        Ok((file.extension.to_string(), content))
    };
    record.companions.iter().map(content).collect()
}
