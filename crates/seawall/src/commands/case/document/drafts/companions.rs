//! Which files go with a document? Made of the document as its recipients may see it, so that they tell them no more.

use seawall_documents::case as documents;
use seawall_evidence::document::Document;

use crate::failure::Failure;

/// A file that goes with a document.
#[derive(Clone, Debug)]
pub(in crate::commands::case::document) enum Companion {
    /// The page on which defendants are told.
    Page,
    /// The report of abuse for machines.
    Report(Box<documents::AbuseNotice>),
    /// The identifiers of a referral.
    Identifiers,
}

impl Companion {
    /// How its name ends, after that of the document.
    pub(in crate::commands::case::document) const fn extension(&self) -> &'static str {
        match self {
            Self::Page => "html",
            Self::Report(_) => "xarf.json",
            Self::Identifiers => "identifiers.csv",
        }
    }

    pub(in crate::commands::case::document) const fn media_type(&self) -> &'static str {
        match self {
            Self::Page => "text/html",
            Self::Report(_) => "application/json",
            Self::Identifiers => "text/csv",
        }
    }

    /// What it is, in the words of the document that it goes with.
    pub(in crate::commands::case::document) const fn title(&self) -> &'static str {
        match self {
            Self::Page => "the page of notice",
            Self::Report(_) => "the same for machines (XARF)",
            Self::Identifiers => "the identifiers, for machines",
        }
    }

    /// Its bytes, from the document as its recipients see it.
    pub(in crate::commands::case::document) fn made(
        &self,
        document: &Document,
    ) -> Result<Vec<u8>, Failure> {
        Ok(match self {
            Self::Page => documents::service_page(document).into_bytes(),
            Self::Report(notice) => {
                let mut text = serde_json::to_string_pretty(&documents::xarf(notice, document))?;
                text.push('\n');
                text.into_bytes()
            }
            Self::Identifiers => documents::identifiers_csv(document),
        })
    }
}
