//! Are the documents, and the files that go with them, those that were released, and is the checkpoint that they print
//! one of this log?

use std::collections::BTreeSet;

use super::{Report, bag::Hashes, facts::Facts};
use crate::{
    bundle::{Bundle, layout},
    custody::Release,
    hash::Digest,
    storage::RelativePath,
};

pub(super) fn check(bundle: &Bundle, facts: &Facts, hashes: &Hashes, report: &mut Report) {
    let mut released: BTreeSet<RelativePath> = BTreeSet::new();
    for (seq, release) in &facts.releases {
        let id = format!("release:{}-v{}", release.document, release.version);
        let failures = report.failures();
        let shown = release.checkpoint;
        if shown.size > *seq || facts.root_at(shown.size) != Some(shown.root) {
            report.fail(&id, "the checkpoint that it prints is not one of this log before it");
        }
        let files = files(release);
        let here = files.iter().filter(|(path, _)| hashes.contains_key(path)).count();
        for (path, expected) in &files {
            match hashes.get(path) {
                Some(got) if got != expected => {
                    report.differ(&id, format!("`{path}` is not what was released"), expected, got);
                }
                // A document that went to someone else is not in this bundle; a part of one is.
                None if here > 0 => report.skip(&id, format!("`{path}` is not in the bundle")),
                _ => {}
            }
        }
        if here == files.len() && report.failures() == failures {
            report.pass(&id, format!("its {here} files are those released by entry {seq}"));
        }
        released.extend(files.into_iter().map(|(path, _)| path));
    }
    for path in bundle.within(&layout::documents()) {
        if !released.contains(path) {
            report.fail(format!("file:{path}"), "no release in the log has this document");
        }
    }
}

/// Model, rendering, and what goes with them.
fn files(release: &Release) -> Vec<(RelativePath, Digest)> {
    let (document, version) = (&release.document, release.version);
    let mut files = vec![
        (layout::model(document, version), release.model_sha256),
        (layout::rendering(document, version), release.content_sha256),
    ];
    files.extend(release.companions.iter().map(|companion| {
        (layout::companion(document, version, &companion.extension), companion.sha256)
    }));
    files
}
