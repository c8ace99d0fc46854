//! `seawall train check`: how good is a model on accounts that it never saw, and have they changed?

use std::path::PathBuf;

use clap::Args;
use seawall_engine::train::measure::{Measured, Share, measure};

use super::read_examples;
use crate::{commands::decide::read_model, console::Console, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  seawall train check model.bin april.examples
  seawall train check model.bin april.examples --json

The interval is that of Clopper and Pearson at 95 %. Drift: a population stability index above 0.2 is
worth a look, one above 0.3 a new training.";

/// Measure a model with examples, and look for drift
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The model
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Files of `seawall train examples`
    #[arg(value_name = "FILE", required = true)]
    examples: Vec<PathBuf>,
    /// All numbers, as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<(), Failure> {
    let ready = read_model(&arguments.model)?;
    let measured = measure(&ready, &read_examples(&arguments.examples)?);
    if arguments.json {
        serde_json::to_writer_pretty(console.data(), &measured)?;
        writeln!(console.data())?;
        return Ok(());
    }
    for (name, text) in lines(&measured) {
        writeln!(console.data(), "{name:<34} {text}")?;
    }
    Ok(())
}

fn of(share: &Share) -> String {
    format!("{} of {} ({:.3} %)", share.count, share.total, share.share() * 100.0)
}

/// What is told to people, name by name.
pub(super) fn lines(measured: &Measured) -> Vec<(String, String)> {
    let (low, high) = measured.people_interval;
    let stated = measured.false_positive_max;
    let bound = stated.map_or("none".to_owned(), |bound| format!("{:.3} %", bound * 100.0));
    let (apart, chance) = measured.scores_apart;
    let mut lines = vec![
        ("people over", of(&measured.people)),
        ("  interval", format!("{:.4} % to {:.4} %", low * 100.0, high * 100.0)),
        ("  stated bound", bound),
        ("operations over", of(&measured.fraudulent)),
        ("  blocked by evidence alone", of(&measured.blocked_by_evidence)),
        ("  of the others, over", of(&measured.beyond_blocks)),
        ("  of those it allows, over", of(&measured.beyond_evidence)),
        ("people that evidence stops", of(&measured.people_by_evidence)),
        ("mean squared error", format!("{:.4}", measured.brier)),
        ("trees and twin over 3 bits apart", of(&measured.disagreeing)),
        ("trusted scores apart", format!("{apart:.3} (chance alone: under {chance:.3})")),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text))
    .collect::<Vec<_>>();
    for own in measured.strata.iter().filter(|own| own.people.count > 0) {
        let note = if own.stated { "" } else { ", no bound stated" };
        lines.push((
            format!("  people of {} {}", own.division, own.name),
            format!("{}{note}", of(&own.people)),
        ));
    }
    for (feature, index) in measured.drift.iter().take(20) {
        lines.push((format!("drift of {feature}"), format!("{index:.2}")));
    }
    lines
}
