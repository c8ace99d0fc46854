//! Are the files of the bag those of its manifests?

use std::collections::BTreeMap;

use super::Report;
use crate::{
    bundle::{Bundle, bag, layout, lines},
    hash::Digest,
    storage::{Error, RelativePath},
};

/// Longest manifest that is read: some hundred thousand files.
const MANIFEST_BYTES_MAX: u64 = 64 << 20;

/// The hashes of all files that are there.
pub(super) type Hashes = BTreeMap<RelativePath, Digest>;

pub(super) fn check(bundle: &Bundle, report: &mut Report) -> Result<Hashes, Error> {
    let before = report.failures();
    for name in &bundle.strange {
        report
            .fail("bag.strange", format!("`{name}` is a link or has a name that no file here has"));
    }
    let mut hashes = Hashes::new();
    for path in bundle.files.keys() {
        match bundle.hash(path)? {
            Some(hash) => drop(hashes.insert(path.clone(), hash)),
            None => report.fail(format!("bag:{path}"), "gone while it was looked at"),
        }
    }
    let declaration = RelativePath::own(bag::DECLARATION_FILE);
    if hashes.get(&declaration) != Some(&Digest::of(bag::DECLARATION)) {
        report.fail("bag.declaration", "`bagit.txt` is not that of a bag of version 1.0");
    }
    let tags = manifest(bundle, bag::TAG_MANIFEST_FILE, report)?;
    let is_tag = |path: &&RelativePath| path.within(&layout::payload()).is_none();
    let tag_files =
        hashes.keys().filter(is_tag).filter(|path| path.as_str() != bag::TAG_MANIFEST_FILE);
    compare(&tags, &hashes, tag_files, report);
    for needed in [bag::DECLARATION_FILE, bag::INFO_FILE, bag::MANIFEST_FILE] {
        if !tags.contains_key(&RelativePath::own(needed)) {
            report.fail("bag.tags", format!("`{needed}` is not in the tag manifest"));
        }
    }
    let payload = manifest(bundle, bag::MANIFEST_FILE, report)?;
    let payload_files = hashes.keys().filter(|path| !is_tag(path));
    compare(&payload, &hashes, payload_files, report);
    oxum(bundle, report)?;
    if report.failures() == before {
        report.pass("bag", format!("{} files have the hashes of the manifests", hashes.len()));
    }
    Ok(hashes)
}

fn manifest(bundle: &Bundle, name: &str, report: &mut Report) -> Result<Hashes, Error> {
    let mut manifest = Hashes::new();
    let text = match bundle.read(&RelativePath::own(name), MANIFEST_BYTES_MAX) {
        Ok(Some(text)) => text,
        Ok(None) => {
            report.fail("bag.manifest", format!("`{name}` is missing"));
            return Ok(manifest);
        }
        Err(Error::TooLarge { .. }) => {
            report.fail("bag.manifest", format!("`{name}` is too large"));
            return Ok(manifest);
        }
        Err(error) => return Err(error),
    };
    for line in lines(&text) {
        match line {
            Ok((path, hash)) => {
                if manifest.insert(path.clone(), hash).is_some() {
                    report.fail(format!("bag:{path}"), format!("twice in `{name}`"));
                }
            }
            Err(line) => {
                report.fail("bag.manifest", format!("a line of `{name}` is none: `{line}`"));
            }
        }
    }
    Ok(manifest)
}

fn compare<'a>(
    manifest: &Hashes,
    hashes: &Hashes,
    files: impl Iterator<Item = &'a RelativePath>,
    report: &mut Report,
) {
    for (path, expected) in manifest {
        match hashes.get(path) {
            None => report.fail(format!("bag:{path}"), "in the manifest, and not there"),
            Some(got) if got != expected => {
                report.differ(format!("bag:{path}"), "not what the manifest says", expected, got);
            }
            Some(_) => {}
        }
    }
    for path in files.filter(|path| !manifest.contains_key(*path)) {
        report.fail(format!("bag:{path}"), "there, and not in the manifest");
    }
}

/// The number of files and bytes, which `bag-info.txt` repeats.
fn oxum(bundle: &Bundle, report: &mut Report) -> Result<(), Error> {
    let folder = layout::payload();
    let sizes = || bundle.within(&folder).filter_map(|path| bundle.files.get(path));
    let expected = format!("{}.{}", sizes().sum::<u64>(), sizes().count());
    let info = match bundle.read(&RelativePath::own(bag::INFO_FILE), 65_536) {
        Err(Error::TooLarge { .. }) => None,
        info => info?,
    };
    let info = info.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let said = info.lines().find_map(|line| line.strip_prefix("Payload-Oxum: "));
    if said != Some(&expected) {
        let said = said.unwrap_or("nothing").escape_debug();
        report.differ("bag.oxum", "`Payload-Oxum` is not the size of the payload", expected, said);
    }
    Ok(())
}
