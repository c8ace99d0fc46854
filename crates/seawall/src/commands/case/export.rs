//! `seawall case export`: what do other programs read of a case? CSV, or CASE/UCO.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use seawall_core::case::state::Machine as _;
use serde_json::json;

use crate::{
    case::{Acting, Reading, Rows, items, to_core},
    console::Console,
    failure::Failure,
    format::Format,
};

mod case_uco;

pub(super) use case_uco::case_uco;

const EXAMPLES: &str = "\
Examples:
  seawall case export csv > items.csv
  seawall case export case-uco --out case.jsonld

CASE/UCO: https://caseontology.org. Each item has a ProvenanceRecord, each exhibit its exhibitNumber.";

/// Write the case in other forms
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Which form
    #[arg(value_enum)]
    form: Form,
    /// Write to FILE instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Forms of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The items, one a row
    Csv,
    /// CASE/UCO, as JSON-LD
    CaseUco,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let reading = Reading::open(&acting.place)?;
    let all: Vec<_> = items(&reading.entries).collect();
    match arguments.form {
        Form::CaseUco => {
            let document = case_uco(&reading.file, &all, &reading.state)?;
            match &arguments.out {
                Some(path) => fs_err::write(path, document)?,
                None => console.data().write_all(&document)?,
            }
        }
        Form::Csv => {
            let mut rows = Rows::new(
                "seawall.case.export/v1",
                &[
                    "item",
                    "kind",
                    "state",
                    "sha256",
                    "bytes",
                    "acquired_at",
                    "acquired_by",
                    "source",
                ],
            );
            for item in &all {
                let known = reading.state.items.get(&to_core(&item.id));
                rows.push(vec![
                    json!(item.id),
                    serde_json::to_value(item.kind)?,
                    json!(known.map(|known| known.state.name())),
                    json!(item.sha256),
                    json!(item.size),
                    json!(item.acquired_at),
                    json!(item.acquired_by),
                    json!(item.source),
                ]);
            }
            match &arguments.out {
                Some(path) => rows.write_csv(&mut fs_err::File::create(path)?)?,
                None => rows.write(Format::Csv, console)?,
            }
        }
    }
    Ok(())
}
