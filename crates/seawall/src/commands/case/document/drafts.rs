//! Which document is it, and what of the case goes into it?

mod annexes;
mod captures;
mod certificates;
mod choice;
mod companions;
mod declarations;
mod errata;
mod impact;
mod letters;
mod notices;
mod packages;
mod platforms;
mod reasons;
mod redactions;
mod referral;
mod reports;
mod schedule;
mod service;
mod timeline;

use clap::ValueEnum;
use seawall_core::case::{disclosure::Profile, record::Disclosure};
use seawall_documents::case as documents;
use seawall_evidence::document::Document;

pub(super) use self::companions::Companion;
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
    /// Criminal referral
    D11,
    /// Notices of abuse to hosts and registrars
    D12,
    /// Reports to platforms
    D13,
    /// Letters that ask a private party to preserve
    D14,
    /// Statements of reasons, to those whose account is restricted
    D15,
    /// Packages for partners
    D16,
    /// Report on the impact
    D17,
    /// Corrections of figures that went out
    D19,
    /// Report on the status of each asset
    D21,
}

/// A document, and what goes with it.
pub(super) struct Drafted {
    pub(super) document: Document,
    pub(super) companions: Vec<Companion>,
    /// What the disclosure gate said of the items that it hands on.
    pub(super) disclosure: Option<Disclosure>,
}

impl From<Document> for Drafted {
    fn from(document: Document) -> Self {
        Self { document, companions: Vec::new(), disclosure: None }
    }
}

/// The documents of that sort, as the case stands. Each has the version after its latest.
pub(super) fn documents(
    which: Which,
    desk: &mut Desk,
    knowledge: &Knowledge,
    words: &Words,
    profile: Option<Profile>,
) -> Result<Vec<Drafted>, Failure> {
    let made = match which {
        Which::D1 => {
            let input = declarations::investigator(desk, knowledge, words)?;
            alone([documents::investigator_declaration(&input)])
        }
        Which::D2 => {
            let input = declarations::technical(desk, knowledge, words)?;
            alone([documents::technical_declaration(&input)])
        }
        Which::D3 => {
            let matter = knowledge.matter(desk, words, 1)?;
            alone([documents::exhibit_index(&matter, &knowledge.exhibits)])
        }
        Which::D4 => alone([documents::schedule(&schedule::schedule(desk, knowledge, words)?)]),
        Which::D5 => {
            let annexes = annexes::annexes(desk, knowledge, words)?;
            alone(annexes.iter().map(documents::order_annex))
        }
        Which::D6 => {
            alone(documents::certificates(&certificates::certificates(desk, knowledge, words)?))
        }
        Which::D7 => alone([documents::summary(&certificates::summary(desk, knowledge, words)?)]),
        Which::D8 => alone([documents::custody_report(&reports::custody(desk, knowledge, words)?)]),
        Which::D9 => alone(redactions::redactions(desk, knowledge, words, profile)?),
        Which::D10 => {
            let document = documents::service(&service::service(desk, knowledge, words)?);
            vec![Drafted { companions: vec![Companion::Page], ..document.into() }]
        }
        Which::D11 => vec![referral::referral(desk, knowledge, words, profile)?],
        Which::D12 => notices::notices(desk, knowledge, words, profile)?,
        Which::D13 => platforms::platforms(desk, knowledge, words, profile)?,
        Which::D14 => {
            let letters = letters::letters(desk, knowledge, words)?;
            alone(letters.iter().map(documents::preservation_letter))
        }
        Which::D15 => {
            let statements = reasons::statements(desk, knowledge, words)?;
            alone(statements.iter().map(documents::statement_of_reasons))
        }
        Which::D16 => packages::packages(desk, knowledge, words, profile)?,
        Which::D17 => alone([documents::impact_report(&impact::impact(desk, knowledge, words)?)]),
        Which::D19 => {
            let errata = errata::errata(desk, knowledge, words)?;
            alone(errata.iter().map(documents::erratum))
        }
        Which::D21 => alone([documents::status_report(&reports::status(desk, knowledge, words)?)]),
    };
    made.into_iter()
        .map(|mut drafted| {
            let id = super::store::name(&drafted.document).parse()?;
            let next = desk.state.latest_document(&id).map_or(1, |latest| latest.version + 1);
            drafted.document.version = u32::try_from(next)?;
            Ok(drafted)
        })
        .collect()
}

/// Documents that nothing goes with.
fn alone(documents: impl IntoIterator<Item = Document>) -> Vec<Drafted> {
    documents.into_iter().map(Drafted::from).collect()
}
