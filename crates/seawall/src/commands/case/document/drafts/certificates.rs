//! What is certified of records and of copies, and what do many records come to?

use seawall_documents::case as documents;
use seawall_evidence::{document::Text, item::ItemKind};

use super::super::{Knowledge, Words};
use crate::{case::Desk, failure::Failure};

pub(super) fn certificates(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::Certificates, Failure> {
    let examined = knowledge.examined();
    let own = |id: &str| {
        knowledge.items.iter().any(|(item, _)| {
            item.id.as_str() == id
                && item.content_class == seawall_evidence::item::ContentClass::OwnRecord
        })
    };
    let day = desk.now.timestamp().strftime("%Y-%m-%d").to_string();
    let mut copies = Vec::new();
    for item in &examined {
        // The hash now is taken now, from the content as it lies in the vault.
        let content = desk.vault.open(item.sha256)?;
        let (verified, _) = seawall_evidence::hash::Digest::of_reader(content)?;
        copies.push(documents::HashedItem {
            item: item.clone(),
            verified,
            verified_at: day.clone(),
        });
    }
    let accuracy = words
        .paragraphs("accuracy", knowledge)?
        .into_iter()
        .map(|result| documents::AccuracyTest {
            what: Text::new("the membership of the campaigns"),
            against: Text::new("a second detection in the sealed events"),
            day: day.clone(),
            result,
        })
        .collect();
    Ok(documents::Certificates {
        matter: knowledge.matter(desk, words, 1)?,
        business_records: examined.iter().filter(|item| own(&item.id)).cloned().collect(),
        regular_practice: words.paragraphs("regular_practice", knowledge)?,
        system: Text::new("seawall"),
        system_version: env!("CARGO_PKG_VERSION").to_owned(),
        process: words.paragraphs("process", knowledge)?,
        accuracy,
        copies,
    })
}

pub(super) fn summary(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::Summary, Failure> {
    let records = knowledge
        .items
        .iter()
        .filter(|(item, _)| item.kind == ItemKind::Dataset && item.dataset.is_none())
        .map(|(_, shown)| shown.clone())
        .collect();
    let row = |figure: &documents::Figure| (Text::new(&figure.label), vec![Some(figure.clone())]);
    let figures = knowledge.some_figures(words.figures.get("summary"));
    Ok(documents::Summary {
        matter: knowledge.matter(desk, words, 1)?,
        records,
        volume: knowledge.some_figures(words.figures.get("volume")),
        inconvenience: words.paragraphs("inconvenience", knowledge)?,
        method: words.paragraphs("summary_method", knowledge)?,
        tables: vec![documents::SummaryTable {
            caption: Text::new("What the records come to"),
            columns: vec!["Count".to_owned()],
            rows: figures.iter().map(row).collect(),
        }],
    })
}
