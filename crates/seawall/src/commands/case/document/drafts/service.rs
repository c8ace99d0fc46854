//! Where were defendants told, and where had they used those addresses themselves?

use seawall_core::case::disclosure::Profile;
use seawall_documents::case as documents;
use seawall_evidence::{canonical, document::Document};

use super::super::{Knowledge, Words, known::to_the_minute, words::text};
use crate::{case::Desk, failure::Failure};

pub(super) fn service(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::Service, Failure> {
    let item = |id: &str| knowledge.item(id).map(|(_, shown)| shown.clone());
    let said = &words.service;
    let addresses = said.addresses.iter().map(|each| {
        Ok::<_, Failure>(documents::ServiceAddress {
            defendant: each.defendant.clone(),
            channel: text(&each.channel, knowledge)?,
            address: each.address.clone(),
            used: text(&each.used, knowledge)?,
            source: item(&each.item)?,
        })
    });
    let mut sent = said.attempts.clone();
    sent.sort_by_key(|attempt| attempt.sent_at);
    let attempts = sent.iter().map(|each| {
        Ok::<_, Failure>(documents::ServiceAttempt {
            defendant: each.defendant.clone(),
            channel: text(&each.channel, knowledge)?,
            address: each.address.clone(),
            sent_at: to_the_minute(each.sent_at.timestamp()),
            result: text(&each.result, knowledge)?,
            receipt: item(&each.receipt)?,
        })
    });
    Ok(documents::Service {
        matter: knowledge.matter(desk, words, 1)?,
        addresses: addresses.collect::<Result<_, _>>()?,
        email: words.paragraphs("service_email", knowledge)?,
        page: said.page.clone(),
        published: published(desk)?,
        attempts: attempts.collect::<Result<_, _>>()?,
    })
}

/// What was released and is for everybody: nothing else may be on a public page.
fn published(desk: &Desk) -> Result<Vec<documents::Published>, Failure> {
    let mut published = Vec::new();
    for key in &desk.state.released {
        let Some(record) = desk.state.documents.get(key) else { continue };
        if !matches!(record.profile, Some(Profile::CourtPublic | Profile::Press)) {
            continue;
        }
        let model = desk.item(record.model.as_str())?;
        let model: Document = canonical::parse(&desk.content(model.sha256)?)?;
        published.push(documents::Published {
            id: record.id.to_string(),
            name: model.name(),
            title: model.title.plain(),
            sha256: record.sha256.as_str().parse()?,
        });
    }
    Ok(published)
}
