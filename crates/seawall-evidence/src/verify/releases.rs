//! Are the documents those that were released, and is the checkpoint that they print one of this log?

use std::collections::BTreeSet;

use super::{Report, bag::Hashes, facts::Facts};
use crate::{
    bundle::{Bundle, layout},
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
        let files = [
            (layout::model(&release.document, release.version), release.model_sha256),
            (layout::rendering(&release.document, release.version), release.content_sha256),
        ];
        let here = files.iter().filter(|(path, _)| hashes.contains_key(path)).count();
        for (path, expected) in files {
            match hashes.get(&path) {
                Some(got) if *got != expected => {
                    report.differ(&id, format!("`{path}` is not what was released"), expected, got);
                }
                // A document that went to someone else is not in this bundle; half of one is.
                None if here == 1 => report.skip(&id, format!("`{path}` is not in the bundle")),
                _ => {}
            }
            released.insert(path);
        }
        if here == 2 && report.failures() == failures {
            report.pass(&id, format!("model and rendering are those released by entry {seq}"));
        }
    }
    for path in bundle.within(&layout::documents()) {
        if !released.contains(path) {
            report.fail(format!("file:{path}"), "no release in the log has this document");
        }
    }
}
