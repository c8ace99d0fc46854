//! `seawall case vault seal`: what must not change any more, as of when, and who else says so?

use std::path::PathBuf;

use clap::Args;
use seawall_core::case::state::ItemState;
use seawall_evidence::{
    custody::{Act, Action, SealBody},
    hash::Digest,
    item::{ItemKind, Origin},
    seal::{Cover, Seal},
    text::Id,
    time_stamp,
};

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

A seal without a time-stamp says so. A time-stamp is never made here: it comes from an authority
(RFC 3161), by whatever way the network allows.";

/// Longest time-stamp response that is read.
const RESPONSE_BYTES_MAX: u64 = 1 << 20;

/// Seal items: they must not change any more
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Items to seal [default: all that no seal covers yet]
    #[arg(value_name = "ITEM")]
    items: Vec<String>,
    /// Write the request to a time-stamp authority to FILE, as DER
    #[arg(long, value_name = "FILE")]
    time_stamp_request: Option<PathBuf>,
    /// The seal that a time-stamp is of
    #[arg(long, value_name = "SEAL", requires = "time_stamp_response", conflicts_with = "items")]
    seal: Option<String>,
    /// Add a time-stamp to a seal: the response of the authority, as DER
    #[arg(long, value_name = "FILE", requires = "seal")]
    time_stamp_response: Option<PathBuf>,
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
        return add_time_stamp(&mut desk, seal, response, arguments.format, console);
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
    let written = desk.write(vec![taken, act])?;
    if let Some(path) = &arguments.time_stamp_request {
        let nonce = rand::Rng::next_u64(&mut desk.chance).to_be_bytes();
        fs_err::write(path, time_stamp::request(body.note_sha256, nonce))?;
    }
    Answer::new()
        .text("seal", &seal.id)
        .with("items", seal.covers.len())
        .text("root", seal.root)
        .text("note_sha256", body.note_sha256)
        .with("time_stamps", "none: not yet time-stamped")
        .say(written, arguments.format, console)
}

/// The items that were named, or all that no seal covers yet but the notes of seals.
fn covers(desk: &Desk, named: &[String]) -> Result<Vec<Cover>, Failure> {
    let entries = desk.log.reader().entries()?;
    let of_seals: Vec<Digest> = bodies(desk)?
        .iter()
        .flat_map(|body| std::iter::once(body.note_sha256).chain(body.time_stamps.clone()))
        .collect();
    let mut covers = Vec::new();
    for item in items(&entries) {
        let open = desk
            .state
            .items
            .get(&to_core(&item.id))
            .is_some_and(|known| known.state == ItemState::Registered);
        let meant = if named.is_empty() {
            open && !of_seals.contains(&item.sha256)
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

fn bodies(desk: &Desk) -> Result<Vec<SealBody>, Failure> {
    let entries = desk.log.reader().entries()?;
    Ok(entries
        .iter()
        .filter(|entry| entry.action == Action::Seal)
        .filter_map(|entry| entry.body().ok())
        .collect())
}

fn add_time_stamp(
    desk: &mut Desk,
    seal: &str,
    path: &std::path::Path,
    format: AnswerFormat,
    console: &mut Console,
) -> Result<(), Failure> {
    let known = bodies(desk)?.into_iter().rfind(|body| body.id.as_str() == seal);
    let mut body = known.ok_or_else(|| {
        Failure::new(Exit::NoInput, format!("there is no seal `{seal}` in the case"))
    })?;
    let response = read_file(path, RESPONSE_BYTES_MAX)?;
    check(&response, body.note_sha256)?;
    let intake = Intake {
        action: Action::Receive,
        origin: Origin::ThirdParty,
        method: "read from a file".to_owned(),
        reason: "a time-stamp of a seal".to_owned(),
        ..Intake::derived(
            ItemKind::Receipt,
            "application/timestamp-reply",
            "a time-stamp authority",
            Vec::new(),
        )
    };
    let (item, taken) = desk.take(&intake, &mut response.as_slice())?;
    body.time_stamps.push(item.sha256);
    let id = Id::new(seal)?;
    let act = Act {
        object_sha256: Some(body.note_sha256),
        body: Some(value(&body)?),
        ..desk.act(Action::Seal, id.clone(), "time-stamped")?
    };
    let written = desk.write(vec![taken, act])?;
    Answer::new()
        .text("seal", id)
        .with("time_stamps", body.time_stamps.len())
        .say(written, format, console)
}

/// A response of an authority is at least DER, and holds the hash that it is of.
fn check(response: &[u8], note_sha256: Digest) -> Result<(), Failure> {
    let hash = note_sha256.as_bytes();
    let holds = response.windows(hash.len()).any(|window| window == hash);
    if response.first() == Some(&0x30) && holds {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        "this is no time-stamp response of this seal\nhint: send the authority what --time-stamp-request wrote",
    ))
}
