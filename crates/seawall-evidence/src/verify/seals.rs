//! Does each seal that the log tells of hold, and does a clock that is not ours date it?

use super::{
    Options, Report,
    bag::Hashes,
    facts::Facts,
    time_stamps::{self, Authorities},
};
use crate::{
    bundle::{Bundle, layout},
    canonical,
    custody::SealBody,
    hash::Digest,
    note,
    seal::Seal,
    storage::Error,
};

pub(super) fn check(
    bundle: &Bundle,
    facts: &Facts,
    hashes: &Hashes,
    options: &Options<'_>,
    report: &mut Report,
) -> Result<(), Error> {
    let authorities = Authorities::find(bundle, options)?;
    for (seq, body) in facts.seals.values() {
        let path = layout::seal(&body.id);
        let note = match bundle.read(&path, note::BYTES_MAX as u64) {
            Err(Error::TooLarge { .. }) => Some(Vec::new()),
            note => note?,
        };
        let id = format!("seal:{}", body.id);
        let failures = report.failures();
        match &note {
            None => report.skip(id, "the seal is not in the bundle"),
            Some(note) => {
                let seal = one(*seq, body, note, facts, report);
                if let Some(seal) = seal.filter(|_| report.failures() == failures) {
                    report.pass(id, format!("covers {} items", seal.covers.len()));
                }
            }
        }
        time_stamps::check(bundle, body, note.as_deref(), &authorities, hashes, report)?;
    }
    time_stamps::unknown(bundle, facts, hashes, report);
    for path in bundle.within(&layout::seals()) {
        if !facts.seals.keys().any(|id| layout::seal(id) == *path) {
            report.fail(format!("file:{path}"), "the log knows no such seal");
        }
    }
    Ok(())
}

fn one(seq: u64, body: &SealBody, note: &[u8], facts: &Facts, report: &mut Report) -> Option<Seal> {
    let id = format!("seal:{}", body.id);
    let got = Digest::of(note);
    if got != body.note_sha256 {
        report.differ(&id, "not the seal that was logged", body.note_sha256, got);
    }
    let seal = match Seal::open(note, &facts.verifier) {
        Ok(seal) => seal,
        Err(error) => {
            report.fail(&id, error);
            return None;
        }
    };
    let manifest = canonical::to_bytes(&seal).map(Digest::of).ok();
    if (&seal.id, seal.root, manifest) != (&body.id, body.root, Some(body.manifest_sha256)) {
        report.fail(&id, "says something else than its entry in the log");
    }
    for cover in &seal.covers {
        let item = facts.items.get(&cover.item).filter(|(item_seq, _)| *item_seq < seq);
        match item {
            None => {
                report.fail(&id, format!("covers `{}`, which the log does not know", cover.item));
            }
            Some((_, item)) if (item.sha256, item.size) != (cover.sha256, cover.size) => {
                let what = format!("`{}` is not what was sealed", cover.item);
                report.differ(&id, what, cover.sha256, item.sha256);
            }
            Some(_) => {}
        }
    }
    let (size, root) = (seal.checkpoint.size, seal.checkpoint.root);
    if size > seq || facts.root_at(size) != Some(root) {
        report.fail(&id, "its checkpoint is not one of this log before it");
    }
    Some(seal)
}
