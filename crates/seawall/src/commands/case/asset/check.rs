//! `seawall case asset check`: is each asset as it was ordered, and what runs out?

use clap::Args;
use seawall_core::case::{
    asset::{drift, lapses, verified},
    state::{AssetState, Machine as _},
};
use serde_json::json;

use crate::{
    case::{Acting, Reading, Rows, moment, now},
    console::Console,
    failure::{Exit, Failure},
    format::Format,
};

const EXAMPLES: &str = "\
Examples:
  seawall case asset check
  seawall case asset check ASSET --format json

It reads what was measured; it measures nothing itself. Exit code 6 with --fail-on-drift where an
asset that was verified is no longer as ordered.";

/// What differs from what was ordered, and what runs out?
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Id of the asset [default: all]
    #[arg(value_name = "ASSET")]
    asset: Option<String>,
    /// End with exit code 6 where a verified asset has drifted
    #[arg(long)]
    fail_on_drift: bool,
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
    let at = moment(now(acting.at.as_deref())?);
    let mut rows = Rows::new(
        "seawall.case.checks/v1",
        &["asset", "identifier", "state", "measured", "differs", "runs_out"],
    );
    let mut drifted = Vec::new();
    for it in reading.state.assets.values() {
        if arguments.asset.as_ref().is_some_and(|asked| asked != it.asset.id.as_str()) {
            continue;
        }
        let seen = reading.state.observations_of(&it.asset.id);
        let wanted = it.asset.end_state.clone().unwrap_or_default();
        let measured = match verified(&wanted, &seen) {
            Ok(by) => format!("as ordered since {}", by.first.date()),
            Err(missing) => missing.to_string().lines().next().unwrap_or_default().to_owned(),
        };
        let differs = drift(&wanted, &seen);
        let was_verified = it.verified_by.is_some() && it.state != AssetState::Returned;
        if was_verified && !differs.is_empty() {
            drifted.push(it.asset.identifier.clone());
        }
        rows.push(vec![
            json!(it.asset.id),
            json!(it.asset.identifier),
            json!(it.state.name()),
            json!(measured),
            json!(differs),
            json!(lapses(&seen, at).map(|at| at.date().to_string())),
        ]);
    }
    rows.write(arguments.format, console)?;
    if arguments.fail_on_drift && !drifted.is_empty() {
        return Err(Failure::new(
            Exit::Findings,
            format!("no longer as ordered: {}", drifted.join(", ")),
        ));
    }
    Ok(())
}
