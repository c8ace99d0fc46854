//! `seawall actor relate`: which actors have what our campaigns have?

use std::path::PathBuf;

use clap::Args;
use seawall_engine::output::{MANIFEST, StoredRun, sha256_file};
use seawall_intel::relate::{Marks, SharedSelector, Tie, entries};
use serde_json::json;

use super::titled;
use crate::{
    case::Rows,
    console::Console,
    failure::{Exit, Failure},
    format::Format,
    intel::Place,
};

const EXAMPLES: &str = "\
Examples:
  seawall actor relate --run run
  seawall actor relate --run run --campaign c-1a2b3c4d5e6f --record --by ana

What the picture and indicators say that an actor has (domains it owns or uses, what indicates it) is compared with the
selectors that bind a campaign. Only what binds and at most one peer of a thousand has counts: one family makes 30,
two 50, more 60 of 100; all others are listed at 10. With --record the campaign, its domains and the claim that the actor
runs it are written down, of one source, \"Seawall detection\": it stays weak until another source says so too.";

/// Compare the campaigns of a run with what actors have
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Folder of the run
    #[arg(long, value_name = "DIR")]
    run: PathBuf,
    /// This campaign only
    #[arg(long, value_name = "ID")]
    campaign: Option<String>,
    /// Write it down
    #[arg(long, requires = "by")]
    record: bool,
    /// Who writes it down
    #[arg(long, value_name = "PERSON", requires = "record")]
    by: Option<String>,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let run = StoredRun::open(&arguments.run)?;
    let campaigns = match &arguments.campaign {
        None => run.findings()?.campaigns,
        Some(id) => vec![run.campaign(id)?.ok_or_else(|| {
            Failure::new(Exit::NoInput, format!("there is no campaign `{id}` in this run"))
        })?],
    };
    let picture = place.picture()?;
    let marks = Marks::new(&picture, &place.archive()?);
    let which = format!("run sha256:{}", sha256_file(&arguments.run.join(MANIFEST))?);
    let mut rows = Rows::new(
        "seawall.actor.ties/v1",
        &["campaign", "actor", "name", "families", "confidence", "shared"],
    );
    let mut written = Vec::new();
    for campaign in &campaigns {
        let ties = marks.ties(campaign);
        for tie in &ties {
            rows.push(vec![
                json!(campaign.campaign),
                json!(tie.actor),
                json!(titled(&picture, &tie.actor)),
                json!(tie.families),
                json!(tie.confidence),
                json!(shared(tie)),
            ]);
        }
        if arguments.record && !ties.is_empty() {
            written.extend(entries(campaign, &ties, &which, place.now()?));
        }
    }
    rows.write(arguments.format, console)?;
    if let (true, Some(by)) = (arguments.record, &arguments.by) {
        let recorded = place.record(written, by)?;
        recorded.or_fail()?;
        return console.note("written down", format!("{} entries", recorded.entries));
    }
    Ok(())
}

fn shared(tie: &Tie) -> Vec<String> {
    let told = |own: &SharedSelector| {
        format!("{} {} ({} members, {})", own.kind, own.value, own.members, own.through)
    };
    tie.shared.iter().map(told).collect()
}
