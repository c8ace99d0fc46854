//! `seawall case vault list`: which items are there?

use clap::Args;
use seawall_core::case::state::Machine as _;
use serde_json::{Value, json};

use crate::{
    case::{Acting, Reading, Rows, items, to_core},
    console::Console,
    failure::Failure,
    format::Format,
};

const EXAMPLES: &str = "\
Examples:
  seawall case vault list
  seawall case vault list --format csv";

/// List the items of the case
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
    let reading = Reading::open(&acting.place)?;
    let mut rows = Rows::new(
        "seawall.case.items/v1",
        &["item", "kind", "state", "cited", "bytes", "class", "source", "sha256"],
    );
    for item in items(&reading.entries) {
        let Some(known) = reading.state.items.get(&to_core(&item.id)) else { continue };
        rows.push(vec![
            json!(item.id),
            serde_json::to_value(item.kind)?,
            json!(known.state.name()),
            Value::Bool(known.cited),
            json!(item.size),
            serde_json::to_value(item.content_class)?,
            json!(item.source),
            json!(item.sha256),
        ]);
    }
    rows.write(arguments.format, console)
}
