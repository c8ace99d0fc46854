//! `seawall intel selectors`: what can a detection look for by itself?

use clap::Args;
use seawall_intel::selectors::{NamedSelector, NamedSelectors, named_selectors};

use crate::{console::Console, failure::Failure, intel::Place};

const EXAMPLES: &str = "\
Examples:
  seawall intel selectors --confidence-min 50 > lists/known_selectors.txt
  seawall detect signups.parquet --lists lists --out run

What an indicator names by itself, as a list for `seawall detect`: such a selector is looked at even where its number
alone would not surprise, and the findings say who knows it. It adds no bits, and what the history predicts, or many
have, stays out. Patterns that ask for more than one value are left to `seawall intel match`.";

/// Write the selectors that indicators name, as a list for a detection
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Leave out indicators that are less sure by now, 0 to 100
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    confidence_min: u8,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let named = named_selectors(&place.watch(arguments.confidence_min)?, place.now()?);
    writeln!(console.data(), "# kind, value, who knows it")?;
    for own in &named.items {
        // A tab would end the value; no value that is derived has one, nor has a name on one line.
        writeln!(console.data(), "{}\t{}\t{}", own.kind.kind().name, own.value, known_by(own))?;
    }
    told(&named, console)
}

/// Who says so, how sure they are, and by which indicator.
fn known_by(own: &NamedSelector) -> String {
    let source: String =
        own.source.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    format!("{source}, {} ({})", own.confidence_words, own.indicator)
}

/// What was left out.
pub(super) fn told(named: &NamedSelectors, console: &mut Console) -> Result<(), Failure> {
    console.note("selectors", named.items.len())?;
    if named.faded > 0 {
        let text = format!("{} indicators were said too long ago to be that sure", named.faded);
        console.note("left out", text)?;
    }
    if named.beyond > 0 {
        let text = format!("{} indicators ask for more than a value by itself", named.beyond);
        console.note("left out", text)?;
    }
    Ok(())
}
