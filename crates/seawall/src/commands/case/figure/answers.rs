//! What do the sealed data answer, and which figures are bound to the answers?

use std::{collections::BTreeMap, num::NonZeroUsize};

use seawall_core::case::CaseState;
use seawall_core::case::{
    record::{AnsweredQuery, FigureRecord},
    state::FigureState,
};
use seawall_evidence::{
    canonical,
    figure::{Answer, Answers, Figure},
    hash::Digest,
    query::{self, Aggregate, Data, Limits, Members, Query, Question},
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
    let mut members = BTreeMap::new();
    for Members { file, .. } in questions.values().flat_map(Question::members) {
        members.insert(file, desk.laid_out(file, folder.path())?);
    }
    let mut by_dataset: BTreeMap<&str, Vec<(&String, &Question)>> = BTreeMap::new();
    for (id, question) in &questions {
        by_dataset.entry(&question.dataset).or_default().push((id, question));
    }
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let mut answers = Answers::new();
    for (dataset, asked) in by_dataset {
        let manifest = dataset::find(desk, dataset)?;
        progress.stage("reading the sealed data");
        let paths = dataset::files(desk, &manifest, folder.path())?;
        progress.stage("asking the sealed data");
        let data = Data { members: &members, ..Data::new(&manifest, &paths) };
        let (ids, questions): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let answered = query::ask_all(&questions, data, Limits::default(), threads);
        for (id, answered) in ids.into_iter().zip(answered) {
            let (query, aggregate) = answered?;
            answers.insert(id.clone(), Answer { query, aggregate });
        }
    }
    Ok(answers)
}
