//! Is each file of evidence one that the log knows?

use super::{Report, bag::Hashes, facts::Facts};
use crate::{
    bundle::{Bundle, layout},
    storage::RelativePath,
};

pub(super) fn check(bundle: &Bundle, facts: &Facts, hashes: &Hashes, report: &mut Report) {
    for folder in layout::logged() {
        for path in bundle.within(&folder) {
            let Some(hash) = hashes.get(path) else { continue };
            let id = format!("file:{path}");
            if !facts.hashes.contains(hash) {
                report.fail(id, format!("no entry of the log has its hash, {hash}"));
            } else if facts.disposed.contains(hash) {
                report.fail(id, "the log says that it was disposed of");
            } else if folder == layout::logged()[0] && *path != layout::sealed(*hash) {
                report.differ(id, "its name is not its hash", hash, name(path));
            } else {
                report.pass(id, "is what the log says");
            }
        }
    }
    items(facts, bundle, hashes, report);
}

/// The size that an item has is told beside its hash.
fn items(facts: &Facts, bundle: &Bundle, hashes: &Hashes, report: &mut Report) {
    for (_, item) in facts.items.values() {
        let path = layout::sealed(item.sha256);
        let here = hashes.get(&path).and_then(|_| bundle.files.get(&path));
        if let Some(bytes) = here.filter(|bytes| **bytes != item.size) {
            report.differ(format!("item:{}", item.id), "has another size", item.size, bytes);
        }
        for source in &item.derived_from {
            if !facts.items.contains_key(source) {
                let what = format!("made from `{source}`, which the log does not know");
                report.fail(format!("item:{}", item.id), what);
            }
        }
    }
}

fn name(path: &RelativePath) -> &str {
    path.as_str().rsplit('/').next().unwrap_or_default()
}
