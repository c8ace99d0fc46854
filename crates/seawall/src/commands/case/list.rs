//! `seawall case list`: which cases are there?

use clap::Args;
use seawall_core::case::state::Machine as _;
use serde_json::json;

use crate::{
    case::{Acting, Place, Reading, Rows},
    console::Console,
    failure::Failure,
    format::Format,
};

const EXAMPLES: &str = "\
Examples:
  seawall case list
  seawall case list --data /srv/cases --format ndjson";

/// List the cases
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut rows = Rows::new(
        "seawall.cases/v1",
        &["case", "title", "stage", "items", "assets", "documents", "custody_seq", "root"],
    );
    for id in acting.place.ids()? {
        let place = Place { case: Some(id.clone()), ..acting.place.clone() };
        let Reading { state, checkpoint, .. } = Reading::open(&place)?;
        rows.push(vec![
            json!(id),
            json!(state.title),
            json!(state.stage().name()),
            json!(state.items.len()),
            json!(state.assets.len()),
            json!(state.documents.len()),
            json!(checkpoint.size.saturating_sub(1)),
            json!(checkpoint.root),
        ]);
    }
    rows.write(arguments.format, console)
}
