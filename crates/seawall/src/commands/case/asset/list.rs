//! `seawall case asset list`: which assets are named, and how far is each?

use clap::Args;
use seawall_core::case::state::Machine as _;
use serde_json::json;

use crate::{
    case::{Acting, Reading, Rows},
    console::Console,
    failure::Failure,
    format::Format,
};

const EXAMPLES: &str = "\
Examples:
  seawall case asset list
  seawall case asset list --format json";

/// List the assets
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
    let mut rows = Rows::new(
        "seawall.case.assets/v1",
        &["asset", "type", "identifier", "name", "role", "state", "respondents", "verified_at"],
    );
    for it in reading.state.assets.values() {
        let respondents: Vec<&str> =
            it.asset.operators.iter().map(|operator| operator.organisation.as_str()).collect();
        rows.push(vec![
            json!(it.asset.id),
            json!(it.asset.asset_type),
            json!(it.asset.identifier),
            json!(it.asset.display()),
            json!(it.asset.role),
            json!(it.state.name()),
            json!(respondents),
            json!(it.verified_by.as_ref().map(|by| by.last)),
        ]);
    }
    rows.write(arguments.format, console)
}
