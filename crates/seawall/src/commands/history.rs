//! `seawall history`: what became of each campaign, night by night?

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use seawall_charts::text::counted;
use seawall_core::campaign::lineage::{Happening, Line, What};
use seawall_engine::state::State;
use serde::Serialize;

use crate::{
    console::{Console, SOFT, STRONG},
    failure::{Exit, Failure, Outcome},
    format::Format,
};

const EXAMPLES: &str = "\
Examples:
  seawall history --state state
  seawall history c-5f0c9a1e77d2 --state state
  seawall history --state state --format csv > history.csv

A campaign keeps its id for as long as it shares members with what it was the night before. Where
several become one, the id of the largest part stays; of one that falls apart, the largest keeps it.";

const SCHEMA: &str = "seawall.history/v1";

/// Tell what became of each campaign, night by night
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// One campaign [default: all that there ever were]
    #[arg(value_name = "CAMPAIGN")]
    campaign: Option<String>,
    /// Folder of the state, as given to `seawall detect --state`
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A campaign through the nights, without hashes of accounts.
#[derive(Serialize)]
struct Told<'a> {
    campaign: &'a str,
    alive: bool,
    accounts: u64,
    history: &'a [Happening],
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    items: &'a [Told<'a>],
}

impl<'a> From<&'a Line> for Told<'a> {
    fn from(line: &'a Line) -> Self {
        Self {
            campaign: &line.campaign,
            alive: line.alive,
            accounts: line.history.last().map_or(0, |happening| happening.accounts),
            history: &line.history,
        }
    }
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    let lineage = State::campaigns(&arguments.state)?;
    let wanted = |line: &&Line| arguments.campaign.as_ref().is_none_or(|own| line.campaign == *own);
    let told: Vec<Told<'_>> = lineage.lines().iter().filter(wanted).map(Told::from).collect();
    if let Some(campaign) = arguments.campaign.as_ref().filter(|_| told.is_empty()) {
        let text = format!(
            "the state has no campaign `{campaign}`\nhint: `seawall history` without one lists all"
        );
        return Err(Failure::new(Exit::NoInput, text));
    }
    let out = console.data();
    match arguments.format {
        Format::Table => told.iter().try_for_each(|own| people(out, own))?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &Document { schema: SCHEMA, items: &told })?;
            writeln!(out)?;
        }
        Format::Ndjson => {
            for own in &told {
                serde_json::to_writer(&mut *out, own)?;
                writeln!(out)?;
            }
        }
        Format::Csv => rows(out, &told)?,
    }
    Ok(Outcome::Done)
}

fn people(out: &mut dyn Write, told: &Told<'_>) -> io::Result<()> {
    let now =
        if told.alive { counted(told.accounts, "account", "accounts") } else { "ended".to_owned() };
    writeln!(out, "{STRONG}{}{STRONG:#}  {now}", told.campaign)?;
    for Happening { night, at, what, campaigns, accounts } in told.history {
        let others = campaigns.join(", ");
        let size = match what {
            What::Ended | What::MergedInto => String::new(),
            _ => counted(*accounts, "account", "accounts"),
        };
        let line = format!("{} {others}", words(*what));
        writeln!(out, "  night {night:<4} {SOFT}{at}{SOFT:#}  {:<32} {size}", line.trim_end())?;
    }
    Ok(())
}

fn words(what: What) -> &'static str {
    match what {
        What::Born => "found",
        What::Grew => "grew",
        What::Shrank => "shrank",
        What::MergedFrom => "took in",
        What::SplitFrom => "split from",
        What::MergedInto => "became part of",
        What::SplitInto => "lost a part to",
        What::Ended => "ended",
        What::Returned => "came back",
    }
}

fn rows(out: &mut dyn Write, told: &[Told<'_>]) -> Result<(), Failure> {
    writeln!(out, "campaign,night,at,what,campaigns,accounts")?;
    for own in told {
        for Happening { night, at, what, campaigns, accounts } in own.history {
            let what = serde_json::to_value(what)?;
            let what = what.as_str().unwrap_or_default();
            let others = campaigns.join(" ");
            writeln!(out, "{},{night},{at},{what},{others},{accounts}", own.campaign)?;
        }
    }
    Ok(())
}
