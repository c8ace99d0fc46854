//! Which datasets, queries and figures does the bundle speak of? Read once, for the levels above the log.

use std::collections::BTreeMap;

use super::Report;
use crate::{
    bundle::{Bundle, layout},
    canonical,
    dataset::Manifest,
    figure::{Answer, Answers, Figure},
    query::{Aggregate, Query, aggregate::AGGREGATE_BYTES_MAX},
    storage::{Error, RelativePath},
};

/// More than all documents of a case say; each is looked for in its aggregate.
const FIGURES_MAX: usize = 10_000;
const QUERY_BYTES_MAX: u64 = 16 << 20;
const JSON_BYTES_MAX: u64 = canonical::BYTES_MAX as u64;

/// What could be read, each under its id.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) manifests: BTreeMap<String, Manifest>,
    /// Queries whose aggregates are there and have the right hash.
    pub(super) answers: Answers,
    pub(super) figures: BTreeMap<String, Figure>,
}

/// Reads all of it. What cannot be read is told.
pub(super) fn load(bundle: &Bundle, report: &mut Report) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    for path in bundle.within(&layout::datasets()) {
        let Some(name) = name(path, ".json") else { continue };
        let id = format!("dataset:{name}");
        let Some(bytes) = content(bundle, path, &id, JSON_BYTES_MAX, report)? else { continue };
        match Manifest::parse(&bytes) {
            Ok(manifest) if manifest.id == name => drop(loaded.manifests.insert(name, manifest)),
            Ok(manifest) => {
                report.differ(id, "the manifest is of another dataset", name, manifest.id);
            }
            Err(error) => report.fail(id, with_cause(&error)),
        }
    }
    for path in bundle.within(&layout::queries()) {
        let Some(name) = name(path, ".json") else { continue };
        if let Some(answer) = answer(bundle, path, &name, report)? {
            loaded.answers.insert(name, answer);
        }
    }
    let id = "figures";
    let Some(bytes) = content(bundle, &layout::figures(), id, JSON_BYTES_MAX, report)? else {
        return Ok(loaded);
    };
    match figures(&bytes) {
        Ok(figures) => {
            for figure in figures {
                let name = figure.draft.id.clone();
                if loaded.figures.insert(name.clone(), figure).is_some() {
                    report.fail(format!("figure:{name}"), "is there twice");
                }
            }
        }
        Err(what) => report.fail(id, what),
    }
    Ok(loaded)
}

/// The list of figures, where nothing may be that means nothing to us.
fn figures(bytes: &[u8]) -> Result<Vec<Figure>, String> {
    let figures: Vec<Figure> = canonical::parse(bytes).map_err(|error| with_cause(&error))?;
    if figures.len() > FIGURES_MAX {
        return Err(format!("{} figures, more than {FIGURES_MAX}", figures.len()));
    }
    match canonical::to_bytes(&figures) {
        Ok(again) if again == bytes => Ok(figures),
        _ => Err("a figure has a field that is not known".to_owned()),
    }
}

fn answer(
    bundle: &Bundle,
    path: &RelativePath,
    name: &str,
    report: &mut Report,
) -> Result<Option<Answer>, Error> {
    let id = format!("query:{name}");
    let Some(bytes) = content(bundle, path, &id, QUERY_BYTES_MAX, report)? else { return Ok(None) };
    let query = match Query::parse(&bytes) {
        Ok(query) if query.question.id == name => query,
        Ok(query) => {
            report.differ(id, "is another query", name, query.question.id);
            return Ok(None);
        }
        Err(error) => {
            report.fail(id, with_cause(&error));
            return Ok(None);
        }
    };
    let path = layout::aggregate(name);
    let Some(path) = path else { return Ok(None) };
    let Some(bytes) = content(bundle, &path, &id, AGGREGATE_BYTES_MAX as u64, report)? else {
        return Ok(None);
    };
    match Aggregate::parse(&bytes) {
        Ok(aggregate) if aggregate.sha256() == query.output_sha256 => {
            report.pass(id, "its aggregate is the one it says");
            Ok(Some(Answer { query, aggregate }))
        }
        Ok(aggregate) => {
            report.differ(id, "another aggregate", query.output_sha256, aggregate.sha256());
            Ok(None)
        }
        Err(error) => {
            report.fail(id, with_cause(&error));
            Ok(None)
        }
    }
}

/// A file's content, or a word about why there is none.
pub(super) fn content(
    bundle: &Bundle,
    path: &RelativePath,
    id: &str,
    bytes_max: u64,
    report: &mut Report,
) -> Result<Option<Vec<u8>>, Error> {
    match bundle.read(path, bytes_max) {
        Ok(Some(content)) => Ok(Some(content)),
        Ok(None) => {
            report.skip(id, format!("{path} is not in the bundle"));
            Ok(None)
        }
        Err(Error::TooLarge { .. }) => {
            report.fail(id, format!("{path} is larger than it can be"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The name of a file without its folder and ending.
pub(super) fn name(path: &RelativePath, ending: &str) -> Option<String> {
    let name = path.as_str().rsplit('/').next()?;
    name.strip_suffix(ending).map(str::to_owned)
}

/// An error and what it comes from, in one line.
pub(super) fn with_cause(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
