//! `seawall case approve`: does a second person agree to exactly this?

use clap::Args;
use seawall_core::case::people;
use seawall_evidence::{
    approval::Approval,
    custody::{Act, Action, Approve, Entry, Propose},
    hash::Digest,
    text::Role,
};

use crate::{
    case::{Acting, Answer, Desk, MEMORY_BYTES_MAX, Written, hash, to_core, value},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case approve PROPOSAL --as cora
  seawall case approve PROPOSAL --sha256 HASH --as cora

Without --sha256 it shows what is proposed and its hash, and changes nothing. With it, it signs: the
hash says that what was read is what is approved.";

/// Approve what another proposed
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Id of the proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: String,
    /// The hash of what you have read and approve
    #[arg(long, value_name = "HASH")]
    sha256: Option<Digest>,
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
    let propose = proposal(&desk.entries, &arguments.proposal)?;
    let Some(confirmed) = arguments.sha256 else { return show(&desk, &propose, console) };
    if confirmed != propose.content_sha256 {
        return Err(Failure::new(
            Exit::Conflict,
            format!(
                "what is proposed has the hash {}, not the one you confirm\nhint: look at it again: `seawall case approve {}`",
                propose.content_sha256, propose.id
            ),
        ));
    }
    let (written, missing) = approve(&mut desk, &propose, &mut |desk| {
        let role = Role::new(desk.role.name())?;
        let approval = Approval::of(&propose, desk.actor.clone(), role, desk.now)?;
        Ok(approval.sign(&desk.keys.person_key(desk.actor.as_str())?)?.to_string())
    })?;
    Answer::new()
        .text("approved", &propose.id)
        .text("sha256", propose.content_sha256)
        .with("still_missing", missing)
        .say(written, arguments.format, console)
}

/// Writes an approval of whoever acts down: `signed` brings the note, which must be theirs, of this very proposal. How
/// many are missing afterwards.
pub(super) fn approve(
    desk: &mut Desk,
    propose: &Propose,
    signed: &mut dyn FnMut(&Desk) -> Result<String, Failure>,
) -> Result<(Written, usize), Failure> {
    let actor = desk.actor.as_str().parse().map_err(|error| Failure::new(Exit::Usage, error))?;
    let person = desk.state.person(&actor).map_err(crate::case::failure)?.clone();
    // Who may not is refused, and told of, before a signature is made.
    let known = desk.state.proposals.get(&to_core(&propose.id)).map(|known| known.proposal.clone());
    let allowed = known.is_some_and(|known| {
        people::check_approval(&known, &person, &hash(propose.content_sha256)).is_ok()
    });
    let note = if allowed { signed(desk)? } else { "none: refused".to_owned() };
    let body = Approve {
        proposal: propose.id.clone(),
        content_sha256: propose.content_sha256,
        proposer: propose.proposer.clone(),
        approver: desk.actor.clone(),
        note,
    };
    if allowed {
        Approval::entered(&body, propose, &person.public_key.parse()?)
            .map_err(|error| Failure::new(Exit::Usage, error))?;
    }
    let act = Act {
        object_sha256: Some(propose.content_sha256),
        body: Some(value(&body)?),
        ..desk.act(Action::Approve, propose.id.clone(), "read and approved")?
    };
    let written = desk.write(vec![act])?;
    let known = desk.state.proposals.get(&to_core(&propose.id));
    Ok((written, known.map_or(0, |known| known.missing().len())))
}

/// The proposal of that id, as its entry has it.
pub(super) fn proposal(entries: &[Entry], id: &str) -> Result<Propose, Failure> {
    entries
        .iter()
        .filter(|entry| entry.action == Action::Propose && entry.object.as_str() == id)
        .find_map(|entry| entry.body::<Propose>().ok())
        .ok_or_else(|| {
            Failure::new(
                Exit::NoInput,
                format!("there is no proposal `{id}`\nhint: `seawall case show` lists what waits"),
            )
        })
}

/// What is proposed, for people to read.
fn show(desk: &Desk, propose: &Propose, console: &mut Console) -> Result<(), Failure> {
    let out = console.data();
    writeln!(out, "proposal         {}", propose.id)?;
    writeln!(out, "to               {}", propose.kind)?;
    writeln!(out, "proposed by      {}", propose.proposer)?;
    writeln!(out, "sha256           {}", propose.content_sha256)?;
    let content = desk.vault.read(propose.content_sha256, MEMORY_BYTES_MAX)?;
    match std::str::from_utf8(&content) {
        Ok(text) if !text.starts_with("%PDF") => {
            writeln!(out, "content          {}", seawall_charts::text::visible(text, 8_000))?;
        }
        _ => writeln!(out, "content          {} bytes, not text", content.len())?,
    }
    console.hint(format!(
        "seawall case approve {} --sha256 {} --as {}",
        propose.id, propose.content_sha256, desk.actor
    ))
}
