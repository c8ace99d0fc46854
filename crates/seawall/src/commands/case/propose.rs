//! `seawall case propose`: what is put before a second person?
//!
//! What is proposed is content with a hash: the body of the entry that would follow, or the rendering of a
//! document. It lies in the vault, so that whoever approves can read what they approve.

use clap::{Args, Subcommand};
use seawall_core::case::{
    Record,
    people::Power,
    record::{AssetChange, DocumentRecord, StageChange},
    state::AssetState,
};
use seawall_evidence::{
    canonical,
    custody::{Act, Dispose},
    hash::Digest,
    item::ItemKind,
};
use serde_json::{Value, json};

use super::{advance::stage, asset::state};
use crate::{
    case::{Acting, Answer, Desk, Intake, RETENTION, to_core, to_words, value},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case propose attribute ASSET --as ana
  seawall case propose advance approved --as lee
  seawall case propose release D2 --as lee
  seawall case propose dispose ITEM --as kim
  seawall case propose hold-release HOLD --as lee

It prints the hash of what is proposed. Whoever approves must repeat it.";

/// Propose what takes two
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// Form of the answer
    #[arg(long, global = true, value_enum, default_value_t)]
    format: AnswerFormat,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Move the case on
    Advance {
        /// Stage to move to
        #[arg(value_name = "STAGE")]
        to: String,
    },
    /// Say that an asset belongs to the operation, or take that back
    Attribute {
        /// Id of the asset
        #[arg(value_name = "ASSET")]
        asset: String,
        /// State to move it to
        #[arg(long, value_name = "STATE", default_value = "attributed")]
        to: String,
    },
    /// Let a document or exhibit go out
    Release {
        /// Id of the document: `D2`, `Ex-4`
        #[arg(value_name = "DOCUMENT")]
        document: String,
    },
    /// Make an item unreadable
    Dispose {
        /// Id of the item
        #[arg(value_name = "ITEM")]
        item: String,
        /// Why: `retention`, or the order or right that asks for it
        #[arg(long, value_name = "TEXT", default_value = RETENTION)]
        basis: String,
    },
    /// Release a hold
    HoldRelease {
        /// Id of the hold
        #[arg(value_name = "HOLD")]
        hold: String,
    },
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut desk = Desk::open(acting, console)?;
    let (power, body, why) = match &arguments.what {
        What::Release { document } => return release(document, arguments, desk, console),
        What::Advance { to } => {
            let record = Record::Stage(StageChange { to: stage(to)? });
            (Power::Advance, value(&record)?, format!("move the case to {to}"))
        }
        What::Attribute { asset, to } => {
            let to: AssetState = state(to)?;
            let asset = asset.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
            desk.state.asset(&asset).map_err(crate::case::failure)?;
            let why = format!("move {asset} to {}", seawall_core::case::state::Machine::name(to));
            let record = Record::AssetState(AssetChange { asset, to, item: None });
            (Power::Attribute, value(&record)?, why)
        }
        What::Dispose { item, basis } => {
            let item = desk.item(item)?;
            let body = Dispose { sha256: item.sha256, basis: to_words(basis)? };
            (Power::Dispose, value(&body)?, format!("dispose of {}", item.id))
        }
        What::HoldRelease { hold } => {
            let known = hold.parse().is_ok_and(|id| desk.state.holds.contains_key(&id));
            if !known {
                return Err(Failure::new(Exit::NoInput, format!("there is no hold `{hold}`")));
            }
            (Power::ReleaseHold, json!({ "hold": hold }), format!("release {hold}"))
        }
    };
    let content = canonical::to_bytes(&body)?;
    let mut acts = Vec::new();
    put(&mut desk, &content, &why, &mut acts)?;
    finish(desk, power, Digest::of(&content), Some(body), acts, &why, arguments, console)
}

/// The content of a proposal goes into the vault, once.
fn put(desk: &mut Desk, content: &[u8], why: &str, acts: &mut Vec<Act>) -> Result<(), Failure> {
    let intake = Intake {
        reason: format!("what is proposed: {why}"),
        ..Intake::derived(ItemKind::File, "application/json", "a proposal", Vec::new())
    };
    let (_, act) = desk.take(&intake, &mut &*content)?;
    acts.push(act);
    Ok(())
}

fn release(
    document: &str,
    arguments: &Arguments,
    desk: Desk,
    console: &mut Console,
) -> Result<(), Failure> {
    let latest = final_version(&desk, document)?;
    let why = format!("release {document} v{}", latest.version);
    let content: Digest = latest.sha256.as_str().parse()?;
    finish(desk, Power::Release, content, None, Vec::new(), &why, arguments, console)
}

/// The latest version of a document, where it is as it would be released.
pub(super) fn final_version(desk: &Desk, document: &str) -> Result<DocumentRecord, Failure> {
    let id = document.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
    let latest = desk.state.latest_document(&id).filter(|latest| latest.is_final);
    latest.cloned().ok_or_else(|| {
        Failure::new(
            Exit::Conflict,
            format!(
                "there is no final version of {document}\nhint: `seawall case document draft {document} --final`"
            ),
        )
    })
}

#[expect(clippy::too_many_arguments, reason = "the parts of one proposal, used twice")]
fn finish(
    mut desk: Desk,
    power: Power,
    content: Digest,
    body: Option<Value>,
    mut acts: Vec<Act>,
    why: &str,
    arguments: &Arguments,
    console: &mut Console,
) -> Result<(), Failure> {
    let (proposal, act) = desk.proposal(power, content, why)?;
    acts.push(act);
    let written = desk.write(acts)?;
    let missing: Vec<String> = desk
        .state
        .proposals
        .get(&to_core(&proposal))
        .map(|known| seawall_core::case::people::missing(&known.proposal, &[]))
        .unwrap_or_default()
        .iter()
        .map(|roles| roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" or "))
        .collect();
    let mut answer = Answer::new().text("proposal", &proposal).with("to", why);
    if let Some(body) = body {
        answer = answer.with("content", body);
    }
    answer.text("sha256", content).with("needs", missing).say(written, arguments.format, console)
}
