//! Which figures went out wrong, and to whom? The log knows each document that was released, and to whom it went.

use std::collections::BTreeSet;

use seawall_documents::case as documents;
use seawall_evidence::{
    canonical,
    custody::{Action, Release},
    document::Document,
};

use super::super::{
    Knowledge, Words,
    known::{said, to_the_minute},
    words::{CorrectionWords, ErratumWords, text, texts},
};
use crate::{
    case::Desk,
    failure::{Exit, Failure},
};

pub(super) fn errata(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<Vec<documents::Erratum>, Failure> {
    if words.errata.is_empty() {
        return Err(Failure::new(
            Exit::NoInput,
            "no figure was wrong\nhint: say which in the words, under `errata`",
        ));
    }
    words.errata.iter().map(|said| erratum(said, desk, knowledge, words)).collect()
}

fn erratum(
    said: &ErratumWords,
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::Erratum, Failure> {
    let corrections = said.figures.iter().map(|each| correction(each, knowledge));
    let corrections: Vec<documents::Correction> = corrections.collect::<Result<_, _>>()?;
    let wrong: BTreeSet<&str> = corrections.iter().map(|each| each.was.id.as_str()).collect();
    let affected = affected(desk, &wrong)?;
    if affected.is_empty() {
        let figures = wrong.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Failure::new(
            Exit::NoInput,
            format!("no document with {figures} went out: nobody has to be told"),
        ));
    }
    Ok(documents::Erratum {
        matter: knowledge.matter(desk, words, 1)?,
        part: said.part.clone(),
        corrections,
        affected,
        materiality: texts(&said.materiality, knowledge)?,
        asked: texts(&said.asked, knowledge)?,
    })
}

fn correction(
    said: &CorrectionWords,
    knowledge: &Knowledge,
) -> Result<documents::Correction, Failure> {
    let (was, is) = (knowledge.named_figure(&said.was)?, knowledge.named_figure(&said.is)?);
    if was.display == is.display {
        let text = format!("{} and {} say the same: {}", was.id, is.id, was.display);
        return Err(Failure::new(Exit::Usage, text));
    }
    Ok(documents::Correction {
        was: was.clone(),
        is: is.clone(),
        cause: text(&said.cause, knowledge)?,
        found: said.found.to_string(),
    })
}

/// The documents that went out with any of these figures, in the order in which they did.
fn affected(
    desk: &Desk,
    wrong: &BTreeSet<&str>,
) -> Result<Vec<documents::AffectedDocument>, Failure> {
    let mut affected = Vec::new();
    for entry in desk.entries.iter().filter(|entry| entry.action == Action::Release) {
        let release: Release = entry.body()?;
        let model: Document = canonical::parse(&desk.content(release.model_sha256)?)?;
        let figures: Vec<String> =
            wrong.iter().filter(|id| model.shows(id)).map(|id| (*id).to_owned()).collect();
        if figures.is_empty() {
            continue;
        }
        affected.push(documents::AffectedDocument {
            id: release.document.to_string(),
            name: model.name(),
            recipient: said(release.recipient.as_str()),
            released_at: to_the_minute(entry.time.timestamp()),
            figures,
        });
    }
    Ok(affected)
}
