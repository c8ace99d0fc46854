//! `seawall intel shares`: what is shared, and what would leave?

use clap::Args;
use serde_json::json;

use crate::{case::Rows, console::Console, failure::Failure, format::Format, intel::Place};

const EXAMPLES: &str = "\
Examples:
  seawall intel shares
  seawall intel shares share-0001";

/// Show what is shared, or is to be
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// All that would leave by this one, as JSON
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    if let Some(id) = &arguments.id {
        let share = place.shares().get(id)?;
        serde_json::to_writer_pretty(&mut *console.data(), &share.content)?;
        writeln!(console.data())?;
        return console.note("sha256", share.content.sha256()?);
    }
    let now = place.now()?;
    let mut rows = Rows::new(
        "seawall.intel.shares/v1",
        &["share", "about", "state", "tlp", "expires_at", "proposed_by", "approved_by", "sha256"],
    );
    for share in place.shares().all()? {
        rows.push(vec![
            json!(share.id),
            json!(share.about),
            json!(share.state(now)),
            json!(share.content.conditions.tlp),
            json!(share.content.conditions.expires_at()),
            json!(share.proposed_by),
            json!(share.approved_by),
            json!(share.content.sha256()?),
        ]);
    }
    rows.write(arguments.format, console)
}
