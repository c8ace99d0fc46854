//! Does each figure follow from its aggregate, and each number in each document from its figure? Level 1.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Check, Failure, Outcome, Report,
    facts::Facts,
    loaded::{Loaded, content, name, with_cause},
};
use crate::{
    bundle::{Bundle, layout},
    canonical,
    custody::Release,
    document::{Block, Document, Finding, Known, KnownFigure, Problem, Source, Text, lint},
    figure::{self, Figure},
    hash::Digest,
    storage::{Error, RelativePath},
};

pub(super) fn check(
    bundle: &Bundle,
    loaded: &Loaded,
    facts: Option<&Facts>,
    report: &mut Report,
) -> Result<(), Error> {
    for (name, figure) in &loaded.figures {
        report.extend(derived(name, figure, loaded));
    }
    let known = known(loaded);
    let companions: Companions = facts.map(companions).unwrap_or_default();
    for path in bundle.within(&layout::documents()) {
        let Some(name) = name(path, ".json") else { continue };
        if companions.values().any(|files| files.contains_key(path)) {
            continue;
        }
        let id = format!("document:{name}");
        let bytes = content(bundle, path, &id, canonical::BYTES_MAX as u64, report)?;
        let Some(bytes) = bytes else { continue };
        match canonical::parse::<Document>(&bytes) {
            Ok(document) => {
                report.extend(said(&id, &document, &known, loaded));
                report.extend(enclosed(&document, companions.get(path)));
            }
            Err(error) => report.fail(id, with_cause(&error)),
        }
    }
    Ok(())
}

/// For each model the files that go with its document.
type Companions = BTreeMap<RelativePath, BTreeMap<RelativePath, Digest>>;

fn companions(facts: &Facts) -> Companions {
    let of = |release: &Release| {
        let (document, version) = (&release.document, release.version);
        let files = release
            .companions
            .iter()
            .map(|file| (layout::companion(document, version, &file.extension), file.sha256));
        (layout::model(document, version), files.collect())
    };
    facts.releases.iter().map(|(_, release)| of(release)).collect()
}

/// Looks for the hash of each file that goes with a document in the document itself: who approved the one approved the
/// other.
fn enclosed(document: &Document, files: Option<&BTreeMap<RelativePath, Digest>>) -> Vec<Check> {
    let blocks = document.blocks.iter().flat_map(|section| &section.blocks);
    let printed: BTreeSet<String> = blocks.flat_map(Block::texts).map(Text::plain).collect();
    let not_printed = |(path, sha256): (&RelativePath, &Digest)| {
        let what = format!("`{path}` went with it, and it does not print its hash");
        let outcome = Outcome::Fail(Failure::Integrity);
        let check = Check::new(format!("document:{}", document.name()), outcome, what);
        (!printed.contains(&sha256.to_string())).then_some(check)
    };
    files.into_iter().flatten().filter_map(not_printed).collect()
}

/// Derives a figure again from its cells.
fn derived(name: &str, figure: &Figure, loaded: &Loaded) -> Vec<Check> {
    let id = format!("figure:{name}");
    let differs = Outcome::Fail(Failure::Number);
    match figure.differences(&loaded.answers) {
        Ok(differences) if differences.is_empty() => {
            vec![Check::new(id, Outcome::Pass, format!("{} follows from its cell", figure.display))]
        }
        Ok(differences) => differences
            .into_iter()
            .map(|found| {
                let what = format!("its {} does not follow from its cell", found.what);
                Check::new(id.as_str(), differs, what).with_difference(found.expected, found.got)
            })
            .collect(),
        // Without its aggregate nothing can be said of it: why, is told of the query.
        Err(error @ figure::Error::NoQuery { .. }) => vec![Check::new(id, Outcome::Skip, error)],
        Err(error) => vec![Check::new(id, differs, error)],
    }
}

/// What a document may show of the figures.
fn known(loaded: &Loaded) -> Known {
    let of = |(name, figure): (&String, &Figure)| {
        let source = Source {
            figure: name.clone(),
            label: figure.draft.label.clone(),
            query: figure.draft.query.clone(),
            datasets: roots(figure, loaded).unwrap_or_default(),
        };
        // Also one that was superseded since: it still is what the document says that it was.
        (name.clone(), KnownFigure { display: figure.display.clone(), bound: true, source })
    };
    Known { figures: loaded.figures.iter().map(of).collect(), references: BTreeMap::new() }
}

/// The roots of a figure's datasets, if all their manifests are there.
fn roots(figure: &Figure, loaded: &Loaded) -> Option<Vec<Digest>> {
    figure.datasets.iter().map(|id| Some(loaded.manifests.get(id)?.root)).collect()
}

/// Looks for numbers in a document that are no figures, or not as their figures say. References and what people fill in
/// are looked at when a document is released.
fn said(id: &str, document: &Document, known: &Known, loaded: &Loaded) -> Vec<Check> {
    let mut checks = Vec::new();
    for found in lint(document, known) {
        match number(&found, loaded) {
            Outcome::Pass => {}
            outcome => checks.push(Check::new(id, outcome, &found)),
        }
    }
    if checks.is_empty() {
        checks.push(Check::new(id, Outcome::Pass, "each number in it is that of its figure"));
    }
    checks
}

/// What a finding means for the numbers of a document.
fn number(found: &Finding, loaded: &Loaded) -> Outcome {
    match &found.problem {
        Problem::WrongSource { figure } => {
            let figure = loaded.figures.get(figure);
            let is_known = figure.is_some_and(|figure| roots(figure, loaded).is_some());
            if is_known { Outcome::Fail(Failure::Number) } else { Outcome::Skip }
        }
        Problem::BareNumber { .. }
        | Problem::NotALiteral { .. }
        | Problem::UnknownFigure { .. }
        | Problem::UnboundFigure { .. }
        | Problem::WrongFigure { .. } => Outcome::Fail(Failure::Number),
        Problem::UnknownReference { .. }
        | Problem::WrongReference { .. }
        | Problem::MissingBlank { .. }
        | Problem::OpenBlank { .. }
        | Problem::ClaimedPower
        | Problem::RaggedTable => Outcome::Pass,
    }
}
