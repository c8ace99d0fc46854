//! Which document is it, and what of the case goes into it?

mod certificates;
mod declarations;
mod reports;
mod schedule;

use clap::ValueEnum;
use seawall_documents::case as documents;
use seawall_evidence::document::Document;

use super::{Knowledge, Words};
use crate::{case::Desk, failure::Failure};

/// The documents that are written from the state of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
pub(in crate::commands::case) enum Which {
    /// Declaration of the investigator
    D1,
    /// Technical declaration
    D2,
    /// Index of exhibits
    D3,
    /// Schedule of assets, Appendix A
    D4,
    /// Certificates under FRE 902, and the notice of them
    D6,
    /// Summary under FRE 1006
    D7,
    /// Custody report
    D8,
    /// Report on the status of each asset
    D21,
}

/// The documents of that sort, as the case stands. Each has the version after its latest.
pub(super) fn documents(
    which: Which,
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<Vec<Document>, Failure> {
    let made = match which {
        Which::D1 => {
            let input = declarations::investigator(desk, knowledge, words)?;
            vec![documents::investigator_declaration(&input)]
        }
        Which::D2 => {
            let input = declarations::technical(desk, knowledge, words)?;
            vec![documents::technical_declaration(&input)]
        }
        Which::D3 => {
            vec![documents::exhibit_index(&knowledge.matter(desk, words, 1)?, &knowledge.exhibits)]
        }
        Which::D4 => vec![documents::schedule(&schedule::schedule(desk, knowledge, words)?)],
        Which::D6 => {
            documents::certificates(&certificates::certificates(desk, knowledge, words)?).to_vec()
        }
        Which::D7 => vec![documents::summary(&certificates::summary(desk, knowledge, words)?)],
        Which::D8 => vec![documents::custody_report(&reports::custody(desk, knowledge, words)?)],
        Which::D21 => vec![documents::status_report(&reports::status(desk, knowledge, words)?)],
    };
    made.into_iter()
        .map(|mut document| {
            let id = super::store::name(&document).parse()?;
            let next = desk.state.latest_document(&id).map_or(1, |latest| latest.version + 1);
            document.version = u32::try_from(next)?;
            Ok(document)
        })
        .collect()
}
