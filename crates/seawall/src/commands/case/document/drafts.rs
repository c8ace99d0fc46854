//! Which document is it, and what of the case goes into it?

mod annexes;
mod certificates;
mod declarations;
mod letters;
mod redactions;
mod reports;
mod schedule;
mod service;

use clap::ValueEnum;
use seawall_core::case::disclosure::Profile;
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
    /// Annex to the order, one for each respondent
    D5,
    /// Certificates under FRE 902, and the notice of them
    D6,
    /// Summary under FRE 1006
    D7,
    /// Custody report
    D8,
    /// Log of redactions, and the key to the pseudonyms
    D9,
    /// Notice and service
    D10,
    /// Letters that ask a private party to preserve
    D14,
    /// Report on the status of each asset
    D21,
}

/// A document, and what goes with it.
pub(super) struct Drafted {
    pub(super) document: Document,
    pub(super) companion: Option<Companion>,
}

/// A file that goes with a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Companion {
    pub(super) extension: &'static str,
    pub(super) media_type: &'static str,
    /// Made of the document as its recipients may see it, so that it tells them no more.
    pub(super) made: fn(&Document) -> Vec<u8>,
}

/// The documents of that sort, as the case stands. Each has the version after its latest.
pub(super) fn documents(
    which: Which,
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
    profile: Option<Profile>,
) -> Result<Vec<Drafted>, Failure> {
    let mut companion = None;
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
        Which::D5 => {
            let annexes = annexes::annexes(desk, knowledge, words)?;
            annexes.iter().map(documents::order_annex).collect()
        }
        Which::D6 => {
            documents::certificates(&certificates::certificates(desk, knowledge, words)?).to_vec()
        }
        Which::D7 => vec![documents::summary(&certificates::summary(desk, knowledge, words)?)],
        Which::D8 => vec![documents::custody_report(&reports::custody(desk, knowledge, words)?)],
        Which::D9 => redactions::redactions(desk, knowledge, words, profile)?,
        Which::D10 => {
            let input = service::service(desk, knowledge, words)?;
            let made = |document: &Document| documents::service_page(document).into_bytes();
            companion = Some(Companion { extension: "html", media_type: "text/html", made });
            vec![documents::service(&input)]
        }
        Which::D14 => {
            let letters = letters::letters(desk, knowledge, words)?;
            letters.iter().map(documents::preservation_letter).collect()
        }
        Which::D21 => vec![documents::status_report(&reports::status(desk, knowledge, words)?)],
    };
    made.into_iter()
        .map(|mut document| {
            let id = super::store::name(&document).parse()?;
            let next = desk.state.latest_document(&id).map_or(1, |latest| latest.version + 1);
            document.version = u32::try_from(next)?;
            Ok(Drafted { document, companion: companion.take() })
        })
        .collect()
}
