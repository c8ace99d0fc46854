//! Are the sealed data what was frozen, and do they give the aggregates? Level 2.

use std::{collections::BTreeMap, io, num::NonZeroUsize, path::PathBuf, thread};

use tempfile::NamedTempFile;

use super::{
    Check, Failure, Outcome, Report,
    bag::Hashes,
    loaded::{Loaded, content, with_cause},
};
use crate::{
    bundle::{Bundle, layout},
    dataset::{self, Manifest, SaltKey},
    figure::Answer,
    hash::Digest,
    query::{self, Asked, Asking, Data, Decoded, Limits, Members, Question, ask_all},
    storage::{Error, RelativePath},
};

/// A key in hexadecimal digits, and a line feed.
const KEY_BYTES_MAX: u64 = 65;
/// More threads than that wait for each other.
const THREADS_MAX: usize = 16;

/// The files of a dataset, as far as other programs can open them.
#[derive(Default)]
struct Opened {
    paths: BTreeMap<String, PathBuf>,
    /// Hash and bytes of each, as level 0 has found them.
    contents: BTreeMap<String, (Digest, u64)>,
    /// Copies, deleted when this is dropped.
    copies: Vec<NamedTempFile>,
}

pub(super) fn check(
    bundle: &Bundle,
    loaded: &Loaded,
    hashes: &Hashes,
    report: &mut Report,
) -> Result<(), Error> {
    if loaded.manifests.is_empty() {
        report.skip("datasets", "there is no dataset in the bundle");
    }
    for (id, manifest) in &loaded.manifests {
        let Some(opened) = open(bundle, manifest, hashes, report)? else { continue };
        let answers = loaded.answers.values();
        let answers: Vec<&Answer> =
            answers.filter(|answer| answer.query.question.dataset == *id).collect();
        let members = members(bundle, &answers, hashes)?;
        let data = Data { manifest, paths: &opened.paths, members: &members };
        let asked = roots(bundle, &opened, &answers, data, report)?;
        for (answer, asked) in answers.into_iter().zip(asked) {
            report.extend(asked_again(answer, asked));
        }
    }
    for (id, answer) in &loaded.answers {
        if !loaded.manifests.contains_key(&answer.query.question.dataset) {
            report.skip(format!("aggregate:{id}"), "its dataset is not in the bundle");
        }
    }
    Ok(())
}

/// The sealed content of a dataset; nothing if a part of it is not in the bundle, which is told.
fn open(
    bundle: &Bundle,
    manifest: &Manifest,
    hashes: &Hashes,
    report: &mut Report,
) -> Result<Option<Opened>, Error> {
    let mut opened = Opened::default();
    for file in &manifest.files {
        let path = layout::sealed(file.sha256);
        let place = match bundle.storage().local_path(&path)? {
            Some(place) => Some(place),
            None => copy(bundle, &path, &mut opened)?,
        };
        let Some(place) = place else {
            let what = format!("file {} is not in the bundle", file.name);
            report.skip(format!("dataset:{}", manifest.id), what);
            return Ok(None);
        };
        opened.paths.insert(file.name.clone(), place);
        let content = hashes.get(&path).zip(bundle.files.get(&path));
        let content = content.map(|(sha256, bytes)| (file.name.clone(), (*sha256, *bytes)));
        opened.contents.extend(content);
    }
    Ok(Some(opened))
}

/// The files of members that questions speak of, as far as they are in the bundle and what their names say.
fn members(
    bundle: &Bundle,
    answers: &[&Answer],
    hashes: &Hashes,
) -> Result<BTreeMap<Digest, PathBuf>, Error> {
    let mut found = BTreeMap::new();
    for Members { file, .. } in answers.iter().flat_map(|answer| answer.query.question.members()) {
        let path = layout::sealed(file);
        let place = bundle.storage().local_path(&path)?;
        if let Some(place) = place.filter(|_| hashes.get(&path) == Some(&file)) {
            found.insert(file, place);
        }
    }
    Ok(found)
}

/// Copies a file to where Parquet can be read from.
fn copy(
    bundle: &Bundle,
    path: &RelativePath,
    opened: &mut Opened,
) -> Result<Option<PathBuf>, Error> {
    let Some(mut reader) = bundle.storage().open(path)? else { return Ok(None) };
    let mut copied = || -> io::Result<NamedTempFile> {
        let mut file = NamedTempFile::new()?;
        io::copy(&mut reader, &mut file)?;
        Ok(file)
    };
    let failed = |source| Error::Io { act: "copy", path: path.to_string(), source };
    let file = copied().map_err(failed)?;
    let place = file.path().to_owned();
    opened.copies.push(file);
    Ok(Some(place))
}

/// Compares a dataset with its root, and asks the questions of `answers` in the same reading; what came of them.
fn roots(
    bundle: &Bundle,
    opened: &Opened,
    answers: &[&Answer],
    data: Data<'_>,
    report: &mut Report,
) -> Result<Vec<Asked>, Error> {
    let manifest = data.manifest;
    let id = format!("dataset:{}", manifest.id);
    let questions: Vec<&Question> = answers.iter().map(|answer| &answer.query.question).collect();
    let ask_again = || Ok(ask_all(&questions, data, Limits::default(), threads()));
    let path = layout::salt_key(manifest.salt_key);
    let Some(key) = content(bundle, &path, &id, KEY_BYTES_MAX, report)? else { return ask_again() };
    let key = str::from_utf8(&key).ok().and_then(|key| key.trim_end().parse::<SaltKey>().ok());
    let Some(key) = key else {
        report.fail(id, "its salt key is not 64 hexadecimal digits");
        return ask_again();
    };
    let asking = Asking::new(&questions, data, Limits::default(), Decoded::All);
    let watch = |rows, cells: &[_]| asking.take(rows, cells);
    let (paths, contents) = (&opened.paths, &opened.contents);
    match dataset::verify_and(manifest, paths, &key, threads(), contents, &watch) {
        Ok(differences) if differences.is_empty() => {
            report.pass(id, format!("{} rows are those of its root", manifest.rows()));
            return Ok(asking.finish());
        }
        Ok(differences) => {
            for difference in differences {
                report.fail(id.as_str(), difference);
            }
        }
        Err(error) => report.fail(id, with_cause(&error)),
    }
    ask_again()
}

/// Results do not depend on it.
fn threads() -> NonZeroUsize {
    let most = NonZeroUsize::new(THREADS_MAX).unwrap_or(NonZeroUsize::MIN);
    thread::available_parallelism().map_or(NonZeroUsize::MIN, |threads| threads.min(most))
}

/// Compares a query with what came of asking its question again.
fn asked_again(answer: &Answer, asked: Asked) -> Vec<Check> {
    let stated = &answer.query;
    let id = format!("aggregate:{}", stated.question.id);
    let differs = Outcome::Fail(Failure::Number);
    let (query, _) = match asked {
        Ok(again) => again,
        Err(error @ query::Error::NoMembers { .. }) => {
            return vec![Check::new(id, Outcome::Skip, error)];
        }
        Err(error) => return vec![Check::new(id, differs, with_cause(&error))],
    };
    let mut checks = Vec::new();
    if query.output_sha256 != stated.output_sha256 {
        let check = Check::new(id.as_str(), differs, "the data give another aggregate");
        checks.push(check.with_difference(query.output_sha256, stated.output_sha256));
    }
    if query.sql != stated.sql {
        let check = Check::new(id.as_str(), differs, "its SQL asks something else");
        checks.push(check.with_difference(&query.sql, &stated.sql));
    }
    if checks.is_empty() {
        checks.push(Check::new(id, Outcome::Pass, "is what the data give"));
    }
    checks
}
