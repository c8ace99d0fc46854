//! Are the sealed data what was frozen, and do they give the aggregates? Level 2.

use std::{collections::BTreeMap, io, num::NonZeroUsize, path::PathBuf, thread};

use tempfile::NamedTempFile;

use super::{
    Check, Failure, Outcome, Report,
    loaded::{Loaded, content, with_cause},
};
use crate::{
    bundle::{Bundle, layout},
    dataset::{self, Manifest, SaltKey},
    figure::Answer,
    query::{Data, Limits, ask},
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
    /// Copies, deleted when this is dropped.
    copies: Vec<NamedTempFile>,
}

pub(super) fn check(bundle: &Bundle, loaded: &Loaded, report: &mut Report) -> Result<(), Error> {
    if loaded.manifests.is_empty() {
        report.skip("datasets", "there is no dataset in the bundle");
    }
    for (id, manifest) in &loaded.manifests {
        let Some(opened) = open(bundle, manifest, report)? else { continue };
        roots(bundle, manifest, &opened, report)?;
        let data = Data { manifest, paths: &opened.paths };
        for answer in loaded.answers.values().filter(|answer| answer.query.question.dataset == *id)
        {
            report.extend(asked_again(answer, data));
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
    }
    Ok(Some(opened))
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

fn roots(
    bundle: &Bundle,
    manifest: &Manifest,
    opened: &Opened,
    report: &mut Report,
) -> Result<(), Error> {
    let id = format!("dataset:{}", manifest.id);
    let path = layout::salt_key(manifest.salt_key);
    let Some(key) = content(bundle, &path, &id, KEY_BYTES_MAX, report)? else { return Ok(()) };
    let key = str::from_utf8(&key).ok().and_then(|key| key.trim_end().parse::<SaltKey>().ok());
    let Some(key) = key else {
        report.fail(id, "its salt key is not 64 hexadecimal digits");
        return Ok(());
    };
    match dataset::verify(manifest, &opened.paths, &key, threads()) {
        Ok(differences) if differences.is_empty() => {
            report.pass(id, format!("{} rows are those of its root", manifest.rows()));
        }
        Ok(differences) => {
            for difference in differences {
                report.fail(id.as_str(), difference);
            }
        }
        Err(error) => report.fail(id, with_cause(&error)),
    }
    Ok(())
}

/// Results do not depend on it.
fn threads() -> NonZeroUsize {
    let most = NonZeroUsize::new(THREADS_MAX).unwrap_or(NonZeroUsize::MIN);
    thread::available_parallelism().map_or(NonZeroUsize::MIN, |threads| threads.min(most))
}

/// Asks the question of a query again.
fn asked_again(answer: &Answer, data: Data<'_>) -> Vec<Check> {
    let stated = &answer.query;
    let id = format!("aggregate:{}", stated.question.id);
    let differs = Outcome::Fail(Failure::Number);
    let (query, _) = match ask(&stated.question, data, Limits::default()) {
        Ok(again) => again,
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
