//! `seawall case vault seal`: what must not change any more, as of when, and who else says so?

use std::path::{Path, PathBuf};

use clap::Args;
use seawall_core::case::state::ItemState;
use seawall_evidence::{
    custody::{Act, Action, SealBody},
    hash::Digest,
    item::ItemKind,
    seal::{Cover, Seal},
    time_stamp,
};

use super::{seals, stamp};
use crate::{
    case::{Acting, Answer, Desk, Intake, items, no_item, read_file, to_core, value},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case vault seal --as kim
  seawall case vault seal ITEM ITEM --time-stamp-request seal.tsq --as kim
  seawall case vault seal --seal SEAL --time-stamp-response seal.tsr --as kim

Where time-stamp authorities (RFC 3161) are configured, each is asked over HTTP, and what it answers is
checked before it is recorded; `seawall case vault stamp --help` shows how to configure them. A seal
without a time-stamp stands, and says so: `stamp` asks for it later. A time-stamp is never made here.
Without a network, --time-stamp-request writes what to carry to the authority.";

/// Seal items: they must not change any more
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Items to seal [default: all that no seal covers yet]
    #[arg(value_name = "ITEM")]
    items: Vec<String>,
    /// Write the request to a time-stamp authority to FILE, as DER, and ask none
    #[arg(long, value_name = "FILE")]
    time_stamp_request: Option<PathBuf>,
    /// The seal that a time-stamp is of
    #[arg(long, value_name = "SEAL", requires = "time_stamp_response", conflicts_with = "items")]
    seal: Option<String>,
    /// Add a time-stamp to a seal: the response of the authority, as DER
    #[arg(long, value_name = "FILE", requires = "seal")]
    time_stamp_response: Option<PathBuf>,
    /// Take a date that verifiers flag as late
    #[arg(long)]
    late: bool,
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
    if let (Some(seal), Some(response)) = (&arguments.seal, &arguments.time_stamp_response) {
        return add_time_stamp(&mut desk, (seal, response), arguments, acting, console);
    }
    let covers = covers(&desk, &arguments.items)?;
    let seal = Seal::new(desk.new_id("seal"), desk.now, covers, desk.log.checkpoint().shown())?;
    let note = seal.sign(desk.log.signer())?;
    let body = seal.body(&note, Vec::new())?;
    let text = note.to_string();
    let intake = Intake {
        reason: "the note of a seal".to_owned(),
        ..Intake::derived(ItemKind::Receipt, "text/plain", "the note of a seal", Vec::new())
    };
    let (_, taken) = desk.take(&intake, &mut text.as_bytes())?;
    let act = Act {
        object_sha256: Some(body.note_sha256),
        body: Some(value(&body)?),
        ..desk.act(Action::Seal, seal.id.clone(), "sealed; not yet time-stamped")?
    };
    desk.write(vec![taken, act])?;
    let dates = if let Some(path) = &arguments.time_stamp_request {
        fs_err::write(path, time_stamp::request(body.note_sha256, seals::nonce(&mut desk)))?;
        Vec::new()
    } else {
        dated(&mut desk, &body, arguments.late, acting, console)?
    };
    let time_stamps = if dates.is_empty() {
        "none: not yet time-stamped".into()
    } else {
        serde_json::Value::from(dates)
    };
    Answer::new()
        .text("seal", &seal.id)
        .with("items", seal.covers.len())
        .text("root", seal.root)
        .text("note_sha256", body.note_sha256)
        .with("time_stamps", time_stamps)
        .say(desk.written(), arguments.format, console)
}

/// Has the seal, which stands by now, dated by every authority that is configured.
fn dated(
    desk: &mut Desk,
    body: &SealBody,
    late: bool,
    acting: &Acting,
    console: &mut Console,
) -> Result<Vec<String>, Failure> {
    let asked = seals::ask(desk, body, &acting.authorities, late)?;
    for (url, failure) in &asked.failed {
        stamp::tell(console, body.id.as_str(), url, failure)?;
    }
    if !asked.failed.is_empty() {
        console.hint("the seal stands; `seawall case vault stamp` asks again")?;
    }
    if !asked.checked.is_empty() {
        seals::write(desk, body, &asked.checked, acting)?;
    }
    Ok(seals::dates(&asked.checked))
}

/// The items that were named, or all that no seal covers yet but what belongs to seals.
fn covers(desk: &Desk, named: &[String]) -> Result<Vec<Cover>, Failure> {
    let of_seals: Vec<Digest> = seals::bodies(desk)?
        .iter()
        .flat_map(|body| std::iter::once(body.note_sha256).chain(body.time_stamps.clone()))
        .collect();
    let by_itself = |item: &seawall_evidence::item::Item| {
        item.kind == ItemKind::TrustedCertificate || of_seals.contains(&item.sha256)
    };
    let mut covers = Vec::new();
    for item in items(&desk.entries) {
        let open = desk
            .state
            .items
            .get(&to_core(&item.id))
            .is_some_and(|known| known.state == ItemState::Registered);
        let meant = if named.is_empty() {
            open && !by_itself(&item)
        } else {
            named.iter().any(|name| name == item.id.as_str())
        };
        if meant {
            covers.push(Cover { item: item.id, sha256: item.sha256, size: item.size });
        }
    }
    if let Some(name) =
        named.iter().find(|name| !covers.iter().any(|cover| cover.item.as_str() == **name))
    {
        return Err(no_item(name));
    }
    if covers.is_empty() {
        return Err(Failure::new(
            Exit::Conflict,
            "every item is sealed already\nhint: name items to seal them anew",
        ));
    }
    Ok(covers)
}

/// Takes a time-stamp that came in a file. It is checked as far as there is a certificate to check it by.
fn add_time_stamp(
    desk: &mut Desk,
    (seal, path): (&str, &Path),
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let body = seals::bodies(desk)?.into_iter().find(|body| body.id.as_str() == seal);
    let body = body.ok_or_else(|| {
        Failure::new(Exit::NoInput, format!("there is no seal `{seal}` in the case"))
    })?;
    let token = read_file(path, time_stamp::BYTES_MAX)?;
    let mut believed = Vec::new();
    for authority in &acting.authorities {
        believed.extend(authority.believed()?);
    }
    if believed.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "a time-stamp cannot be checked without a certificate of its authority\nhint: name it as [[case.time_stamp]] in seawall.toml: `seawall case vault stamp --help`",
        ));
    }
    let stamp = time_stamp::verify(&token, body.note_sha256, None, &believed)
        .map_err(|error| Failure::new(Exit::Usage, error))?;
    seals::near(&stamp, &seals::seal_of(desk, &body)?, arguments.late)?;
    let checked =
        seals::Checked { token, stamp, source: "a time-stamp authority".into(), believed };
    let body = seals::write(desk, &body, &[checked], acting)?;
    Answer::new().text("seal", seal).with("time_stamps", body.time_stamps.len()).say(
        desk.written(),
        arguments.format,
        console,
    )
}
