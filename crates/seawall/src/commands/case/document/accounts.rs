//! Which words of documents are accounts? Those that the case knows as one: as a member of a campaign, or from the
//! events and datasets that are sealed in it.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use seawall_core::case::{Id, record::RunRecord, state::ItemState};
use seawall_engine::output::Manifest;
use seawall_evidence::{
    document::{Block, Document, LiteralKind, Span, Text},
    hash::Digest,
    query::{Comparison, Condition, Data, Limits, Measure, Of, Question, ask},
};
use serde_json::Value;

use super::small_counts::names_people;
use crate::{
    case::Desk,
    commands::{
        case::{dataset, detection::MEMBERS},
        detect,
    },
    failure::{Exit, Failure},
    knowledge::{Use, uses},
    pipeline,
};

/// Longest account id, as events have it.
const ACCOUNT_BYTES_MAX: usize = 256;
/// Words asked for at once.
const ASKED_MAX: usize = 5_000;
/// A number or a name as short as that is hardly an account where nothing says that it is one.
const TELLING_MIN: usize = 6;

/// The accounts that the documents name.
pub(super) fn accounts(desk: &Desk, documents: &[&Document]) -> Result<BTreeSet<String>, Failure> {
    let spoken = Spoken::of(documents);
    let mut found = members(desk, &spoken.words)?;
    if !spoken.telling.is_empty() {
        let asked = in_datasets(desk, &spoken.telling, &mut found)?;
        in_events(desk, &spoken.telling, &asked, &mut found)?;
    }
    Ok(found)
}

/// What documents say, word by word.
#[derive(Default)]
struct Spoken {
    /// Every word, with what may be a part of a name at its edges taken off.
    words: BTreeSet<String>,
    /// Those that look like an account's id, or stand as an identifier. A site's accounts may be called like any word
    /// or number, and no document could then be written: members of campaigns are few, and looked for among all.
    telling: BTreeSet<String>,
}

impl Spoken {
    fn of(documents: &[&Document]) -> Self {
        let mut spoken = Self::default();
        let texts = documents.iter().flat_map(|document| {
            let blocks = document.blocks.iter().flat_map(|section| &section.blocks);
            blocks.flat_map(Block::texts).chain([&document.title]).chain(&document.case.parties)
        });
        for span in texts.flat_map(|text: &Text| &text.0) {
            match span {
                Span::Literal { kind: LiteralKind::Identifier, text } => {
                    spoken.telling.insert(text.clone());
                    spoken.add(text, true);
                }
                Span::Literal { text, .. } => spoken.add(text, false),
                Span::Text { text }
                | Span::Quoted { text }
                | Span::Blank { answer: Some(text), .. } => spoken.add(text, true),
                _ => {}
            }
        }
        spoken.telling.retain(|word| !word.is_empty() && word.len() <= ACCOUNT_BYTES_MAX);
        spoken
    }

    fn add(&mut self, text: &str, tells: bool) {
        for word in text.split_whitespace() {
            let trimmed = word.trim_matches(|edge: char| !edge.is_alphanumeric());
            let parts = word.split(|edge: char| !edge.is_alphanumeric());
            for word in [word, trimmed].into_iter().chain(parts) {
                self.words.insert(word.to_owned());
                if tells && is_telling(word) {
                    self.telling.insert(word.to_owned());
                }
            }
        }
    }
}

/// Whether it looks like the id of an account: `u-1042`, `jane_doe`, `jane.doe`, `4711081`. A hash does not.
fn is_telling(word: &str) -> bool {
    let has = |is: fn(char) -> bool| word.chars().any(is);
    let (digits, letters) = (has(char::is_numeric), has(char::is_alphabetic));
    let is_hash = word.len() == 64 && word.chars().all(|it| it.is_ascii_hexdigit());
    let is_long = word.chars().count() >= TELLING_MIN;
    !is_hash
        && (word.contains(['_', '@'])
            || digits && letters
            || is_long && letters && word.contains('.')
            || is_long && word.chars().all(char::is_numeric))
}

/// Those that are members of a campaign, as the runs of the case found them.
fn members(desk: &Desk, words: &BTreeSet<String>) -> Result<BTreeSet<String>, Failure> {
    let mut found = BTreeSet::new();
    for output in desk.state.runs.values().flat_map(|run| &run.outputs) {
        let item = desk.item(output.as_str())?;
        if !item.source.as_str().ends_with(MEMBERS) || is_gone(desk, output) {
            continue;
        }
        let mut reader = csv::Reader::from_reader(desk.vault.open(item.sha256)?);
        for row in reader.records() {
            let row = row?;
            let account = row.get(0).unwrap_or_default();
            if words.contains(account) && !account.is_empty() {
                found.insert(account.to_owned());
            }
        }
    }
    Ok(found)
}

/// Adds those that a dataset has in a column of accounts; the files whose column `account` was asked.
fn in_datasets(
    desk: &Desk,
    telling: &BTreeSet<String>,
    found: &mut BTreeSet<String>,
) -> Result<BTreeSet<Digest>, Failure> {
    let mut asked = BTreeSet::new();
    for (dataset, record) in &desk.state.datasets {
        if record.files.iter().any(|file| is_gone(desk, file)) {
            continue;
        }
        let manifest = dataset::find(desk, dataset.as_str())?;
        let is_text =
            |column: &str| manifest.value_type(column).is_some_and(|it| it.as_str() == "text");
        let columns: Vec<&str> =
            manifest.schema.iter().map(|column| column.name.as_str()).collect();
        let columns: Vec<&str> =
            columns.into_iter().filter(|column| names_people(column) && is_text(column)).collect();
        if columns.is_empty() {
            continue;
        }
        let folder = desk.folder.room()?;
        let paths = dataset::files(desk, &manifest, folder.path())?;
        let data = Data::new(&manifest, &paths);
        let telling: Vec<Value> = telling.iter().map(|word| word.as_str().into()).collect();
        for column in &columns {
            for words in telling.chunks(ASKED_MAX) {
                let question = which(column, &manifest.id, words);
                let (_, answer) = ask(&question, data, Limits::default())?;
                let values = answer.lines().iter().filter_map(|line| line.get(*column)?.as_str());
                found.extend(values.map(str::to_owned));
            }
        }
        if columns.contains(&"account") {
            asked.extend(manifest.files.iter().map(|file| file.sha256));
        }
    }
    Ok(asked)
}

/// Which of `words` does `column` hold?
fn which(column: &str, dataset: &str, words: &[Value]) -> Question {
    let one_of = Condition {
        column: column.to_owned(),
        is: Comparison::OneOf,
        value: Some(Value::Array(words.to_vec())),
    };
    Question {
        id: "Q-1".to_owned(),
        dataset: dataset.to_owned(),
        conditions: vec![one_of],
        group_by: vec![column.to_owned()],
        measures: vec![Measure { name: "rows".to_owned(), of: Of::Count, column: None }],
    }
}

/// Adds those that have events in what the runs of the case read; `asked` was looked through already.
fn in_events(
    desk: &Desk,
    telling: &BTreeSet<String>,
    asked: &BTreeSet<Digest>,
    found: &mut BTreeSet<String>,
) -> Result<(), Failure> {
    let mut read = BTreeSet::new();
    for run in desk.state.runs.values() {
        let folder = desk.folder.room()?;
        let map = map(desk, run, folder.path())?;
        let mut inputs = Vec::new();
        for input in run.inputs.iter().filter(|input| !is_gone(desk, input)) {
            let sha256 = desk.item(input.as_str())?.sha256;
            // By its own names a file has the same accounts each time.
            if map.is_none() && (asked.contains(&sha256) || !read.insert(sha256)) {
                continue;
            }
            let path = desk.laid_out(sha256, folder.path())?;
            inputs.push(path.to_string_lossy().into_owned());
        }
        if !inputs.is_empty() {
            let threads = detect::threads(0);
            found.extend(pipeline::accounts(&inputs, map.as_deref(), telling, threads)?);
        }
    }
    Ok(())
}

/// The field map that a run read its events by, if it had one.
fn map(desk: &Desk, run: &RunRecord, folder: &Path) -> Result<Option<PathBuf>, Failure> {
    // What the program wrote of the run is kept last.
    let Some(manifest) = run.outputs.last() else { return Ok(None) };
    let manifest = desk.content(desk.item(manifest.as_str())?.sha256)?;
    let manifest: Manifest = serde_json::from_slice(&manifest)?;
    let Some((file, _)) = uses(&manifest).into_iter().find(|(_, it)| *it == Use::Map) else {
        return Ok(None);
    };
    let path = desk.laid_out(file.sha256.parse()?, folder).map_err(|_| {
        Failure::new(
            Exit::NoInput,
            format!(
                "the events of {} are read by the field map `{}`, which is not in the case: nobody can tell which words are accounts\nhint: `seawall case detection seal` it with --knowledge",
                run.id, file.file
            ),
        )
    })?;
    Ok(Some(path))
}

/// Whether it was disposed of: nobody can look through it any more.
fn is_gone(desk: &Desk, item: &Id) -> bool {
    desk.state.items.get(item).is_none_or(|known| known.state == ItemState::Disposed)
}

#[cfg(test)]
mod tests {
    use super::is_telling;

    #[test]
    fn what_looks_like_an_account_is_looked_for() {
        for word in ["u-1042", "u17", "jane_doe", "jane.doe", "4711081", "a@b", "3f2a-91c0"] {
            assert!(is_telling(word), "{word}");
        }
        let hash = "3f2a91c04111111111111111e0b1c2d3e4f5061728394a5b6c7d8e9f00112233";
        for word in ["the", "seller", "2023", "12", "well-known", "e.g", "2023-12-07", "", hash] {
            assert!(!is_telling(word), "{word}");
        }
    }
}
