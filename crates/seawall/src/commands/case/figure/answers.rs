//! What do the sealed data answer, and which figures are bound to the answers?

use std::{collections::BTreeMap, io, path::PathBuf};

use seawall_core::case::CaseState;
use seawall_core::case::{
    record::{AnsweredQuery, FigureRecord},
    state::FigureState,
};
use seawall_evidence::{
    canonical,
    figure::{Answer, Answers, Figure},
    hash::Digest,
    query::{Aggregate, Data, Limits, Query, Question, ask},
    vault::Vault,
};

use crate::{
    case::{Desk, MEMORY_BYTES_MAX},
    commands::case::dataset,
    failure::Failure,
    progress::Progress,
};

/// Content of the item of that id.
fn content(
    state: &CaseState,
    vault: &Vault,
    item: &seawall_core::case::Id,
) -> Result<Vec<u8>, Failure> {
    let sha256: Digest =
        state.item(item).map_err(crate::case::failure)?.facts.sha256.as_str().parse()?;
    Ok(vault.read(sha256, MEMORY_BYTES_MAX)?)
}

/// Every figure that is bound, in order.
pub(in crate::commands::case) fn figures(
    state: &CaseState,
    vault: &Vault,
) -> Result<Vec<Figure>, Failure> {
    state
        .figures
        .values()
        .filter(|known| matches!(known.state, FigureState::Bound | FigureState::Verified))
        .map(|known| Ok(canonical::parse(&content(state, vault, &known.item)?)?))
        .collect()
}

/// The stored answers that figures rest on.
pub(in crate::commands::case) fn answers_of(
    state: &CaseState,
    vault: &Vault,
) -> Result<Answers, Failure> {
    let mut answers = Answers::new();
    for known in state.figures.values() {
        for AnsweredQuery { query, item, aggregate } in &known.queries {
            let Some(aggregate) = aggregate else { continue };
            let answer = Answer {
                query: Query::parse(&content(state, vault, item)?)?,
                aggregate: Aggregate::parse(&content(state, vault, aggregate)?)?,
            };
            answers.insert(query.to_string(), answer);
        }
    }
    Ok(answers)
}

/// Asks every question that `figures` rest on, of the sealed data.
pub(super) fn ask_all(
    desk: &Desk,
    figures: &[FigureRecord],
    progress: &mut Progress,
) -> Result<Answers, Failure> {
    let mut questions: BTreeMap<String, Question> = BTreeMap::new();
    for known in figures {
        for query in &known.queries {
            let text = content(&desk.state, &desk.vault, &query.item)?;
            let question = match query.aggregate {
                Some(_) => Query::parse(&text)?.question,
                None => canonical::parse(&text)?,
            };
            questions.insert(query.query.to_string(), question);
        }
    }
    // In clear, and so within the case: what a crash leaves is taken away when the case is opened next.
    let folder = desk.folder.room()?;
    let mut paths: BTreeMap<String, BTreeMap<String, PathBuf>> = BTreeMap::new();
    let mut answers = Answers::new();
    for (id, question) in questions {
        let manifest = dataset::find(desk, &question.dataset)?;
        if !paths.contains_key(&question.dataset) {
            progress.stage("reading the sealed data");
            let mut files = BTreeMap::new();
            for file in &manifest.files {
                let path = folder.path().join(file.sha256.to_string());
                let mut out = fs_err::File::create(&path)?;
                io::copy(&mut desk.vault.open(file.sha256)?, &mut out)?;
                files.insert(file.name.clone(), path);
            }
            paths.insert(question.dataset.clone(), files);
        }
        progress.stage("asking the sealed data");
        let data = Data { manifest: &manifest, paths: &paths[&question.dataset] };
        let (query, aggregate) = ask(&question, data, Limits::default())?;
        answers.insert(id, Answer { query, aggregate });
    }
    Ok(answers)
}
