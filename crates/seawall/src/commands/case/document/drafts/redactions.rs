//! What was taken out of which document, and what do the pseudonyms stand for?

use seawall_core::case::{disclosure::Profile, record::DocumentRecord};
use seawall_documents::case as documents;
use seawall_evidence::{
    canonical,
    document::{Document, Kind},
};

use super::super::{
    Knowledge, Words,
    known::{described, said, to_the_minute},
    lists,
};
use crate::{case::Desk, failure::Failure};

/// The log, and for the court under seal its key.
pub(super) fn redactions(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
    profile: Option<Profile>,
) -> Result<Vec<Document>, Failure> {
    let matter = knowledge.matter(desk, words, 1)?;
    let made = desk.state.documents.values().filter(|record| {
        // The log does not list itself, and only what may go out.
        let is_log = Kind::of_id(record.id.as_str()) == Some(Kind::D9);
        record.is_final && record.profile.is_some() && !is_log
    });
    let documents = made.map(|record| redacted(desk, record)).collect::<Result<_, Failure>>()?;
    let log = documents::RedactionLog { matter: matter.clone(), documents };
    let mut all = vec![documents::redaction_log(&log)];
    if profile == Some(Profile::CourtSealed)
        && let Some(table) = desk.state.key_tables.last()
    {
        let table = described(&desk.item(table.item.as_str())?);
        let rows = lists::key_table(desk)?.table();
        let key = documents::PseudonymKey { matter, table, rows };
        all.push(documents::pseudonym_key(&key));
    }
    Ok(all)
}

fn redacted(desk: &Desk, record: &DocumentRecord) -> Result<documents::RedactedDocument, Failure> {
    let wrong = || crate::case::no_item(record.id.as_str());
    let log = desk.item(record.redactions.as_ref().ok_or_else(wrong)?.as_str())?;
    Ok(documents::RedactedDocument {
        name: format!("{}-v{}", record.id, record.version),
        profile: record.profile.unwrap_or(Profile::Internal),
        by: said(log.acquired_by.as_str()),
        at: to_the_minute(log.acquired_at.timestamp()),
        entries: canonical::parse(&desk.content(log.sha256)?)?,
        log: described(&log),
    })
}
