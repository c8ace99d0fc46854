//! `seawall case figure ladder`: attempted, created, survived, used, offered, sold: which is counted?

use clap::Args;
use seawall_evidence::figure::ladder::Step;
use serde_json::json;

use super::figures;
use crate::{
    case::{Acting, Reading, Rows},
    console::Console,
    failure::Failure,
    format::Format,
};

const EXAMPLES: &str = "\
Examples:
  seawall case figure ladder
  seawall case figure ladder --format csv

A figure stands on the step whose name its label is.";

/// Show the count ladder: attempted, created, survived, used, offered, sold
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let reading = Reading::open(&acting.place)?;
    let figures = figures(&reading.state, &reading.vault)?;
    let mut rows = Rows::new("seawall.case.ladder/v1", &["step", "figures", "shown", "definition"]);
    for step in Step::ALL {
        let on_step = || figures.iter().filter(|figure| figure.draft.label == step.label());
        rows.push(vec![
            json!(step.label()),
            json!(on_step().map(|figure| figure.draft.id.clone()).collect::<Vec<_>>()),
            json!(on_step().map(|figure| figure.display.clone()).collect::<Vec<_>>()),
            json!(step.definition()),
        ]);
    }
    rows.write(arguments.format, console)
}
