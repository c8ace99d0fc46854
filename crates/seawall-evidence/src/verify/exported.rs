//! Are the files those that the log says were exported? A bag whose manifests were made anew fits itself; this list
//! is bound by an entry of the log.

use super::{Report, bag::Hashes, facts::Facts};
use crate::{
    bundle::{Bundle, layout, lines},
    hash::Digest,
    storage::Error,
};

const LIST_BYTES_MAX: u64 = 64 << 20;

pub(super) fn check(
    bundle: &Bundle,
    facts: &Facts,
    hashes: &Hashes,
    report: &mut Report,
) -> Result<(), Error> {
    let before = report.failures();
    let list = match bundle.read(&layout::exported(), LIST_BYTES_MAX) {
        Err(Error::TooLarge { .. }) => None,
        list => list?,
    };
    let Some(list) = list else {
        report.fail("exported", "the list of what was exported is missing");
        return Ok(());
    };
    let sha256 = Digest::of(&list);
    let Some(seq) = facts.exports.get(&sha256) else {
        report.fail("exported", format!("no `export` entry has the hash of the list, {sha256}"));
        return Ok(());
    };
    let mut expected = Hashes::new();
    for line in lines(&list) {
        match line {
            Ok((path, hash)) => drop(expected.insert(path, hash)),
            Err(line) => report.fail("exported", format!("a line of the list is none: `{line}`")),
        }
    }
    for (path, expected) in &expected {
        match hashes.get(path) {
            None => report.fail(format!("exported:{path}"), "was exported, and is not there"),
            Some(got) if got != expected => {
                report.differ(format!("exported:{path}"), "not what was exported", expected, got);
            }
            Some(_) => {}
        }
    }
    for path in bundle.within(&layout::payload()) {
        let is_custody = path.within(&layout::log()).is_some() || *path == layout::exported();
        if !is_custody && !expected.contains_key(path) {
            report.fail(format!("exported:{path}"), "is there, and was not exported");
        }
    }
    if report.failures() == before {
        let what = format!("{} files are those that entry {seq} exported", expected.len());
        report.pass("exported", what);
    }
    Ok(())
}
