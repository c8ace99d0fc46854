//! `seawall case figure lint`: which numbers in a document are no figures, and which gaps are open?

use clap::Args;
use seawall_evidence::{
    canonical,
    document::{self, Document},
};
use serde_json::json;

use crate::{
    case::{Acting, Desk, Rows},
    commands::case::document::Knowledge,
    console::Console,
    failure::{Exit, Failure},
    format::Format,
};

const EXAMPLES: &str = "\
Examples:
  seawall case figure lint D2 --as ana

Exit code 6 where there is anything that keeps the document from being released.";

/// Find numbers in a document that are no figures
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Id of the document: its latest version is read
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let desk = Desk::open(acting, console)?;
    let id = arguments.document.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
    let latest = desk.state.latest_document(&id).ok_or_else(|| {
        Failure::new(Exit::NoInput, format!("there is no document `{id}` in the case"))
    })?;
    let model = desk.item(latest.model.as_str())?;
    let model: Document = canonical::parse(&desk.content(model.sha256)?)?;
    let findings = document::lint(&model, &Knowledge::of(&desk)?.known());
    let mut rows = Rows::new("seawall.case.lint/v1", &["document", "finding"]);
    for finding in &findings {
        rows.push(vec![json!(id), json!(finding.to_string())]);
    }
    rows.write(arguments.format, console)?;
    if findings.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Exit::Findings, format!("{} findings in {id}", findings.len())))
}
