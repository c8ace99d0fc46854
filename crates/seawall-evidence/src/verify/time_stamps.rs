//! Is each seal dated by a clock that is not ours?

use super::{Options, Report, bag::Hashes, facts::Facts};
use crate::{
    bundle::{Bundle, layout},
    custody::SealBody,
    hash::Digest,
    seal::Seal,
    storage::{Error, RelativePath},
    time_stamp,
};

const CERTIFICATE_BYTES_MAX: u64 = 65_536;
const CERTIFICATES_MAX: usize = 64;

/// Who is believed about the time.
pub(super) struct Authorities {
    certificates: Vec<Vec<u8>>,
    /// From the bundle itself, since none were given.
    are_from_bundle: bool,
}

impl Authorities {
    pub(super) fn find(bundle: &Bundle, options: &Options<'_>) -> Result<Self, Error> {
        if !options.certificates.is_empty() {
            let certificates = options.certificates.to_vec();
            return Ok(Self { certificates, are_from_bundle: false });
        }
        let mut certificates = Vec::new();
        let keys = layout::keys();
        let files = bundle.within(&keys).filter(|path| is_certificate(path));
        for path in files.take(CERTIFICATES_MAX) {
            match bundle.read(path, CERTIFICATE_BYTES_MAX) {
                Err(Error::TooLarge { .. }) => {}
                certificate => certificates.extend(certificate?),
            }
        }
        Ok(Self { certificates, are_from_bundle: true })
    }
}

fn is_certificate(path: &RelativePath) -> bool {
    path.as_str().rsplit_once('.').is_some_and(|(_, end)| end == "der")
}

/// Checks the time-stamps of one seal, which may itself be missing.
pub(super) fn check(
    bundle: &Bundle,
    body: &SealBody,
    note: Option<&[u8]>,
    authorities: &Authorities,
    hashes: &Hashes,
    report: &mut Report,
) -> Result<(), Error> {
    if body.time_stamps.is_empty() {
        report.skip(format!("time_stamp:{}", body.id), "not yet time-stamped");
    }
    let folder = layout::time_stamps();
    for (sha256, number) in body.time_stamps.iter().zip(1..) {
        let id = format!("time_stamp:{}-{number}", body.id);
        let file = bundle.within(&folder).find(|path| hashes.get(*path) == Some(sha256));
        let (Some(file), Some(note)) = (file, note) else {
            report.skip(id, "the time-stamp is not in the bundle");
            continue;
        };
        if authorities.certificates.is_empty() {
            report.skip(id, "there is no certificate of a time-stamp authority");
            continue;
        }
        let response = match bundle.read(file, time_stamp::BYTES_MAX) {
            Err(Error::TooLarge { .. }) => None,
            response => response?,
        };
        match one(&response.unwrap_or_default(), note, authorities) {
            Ok(what) => report.pass(id, what),
            Err(error) => report.fail(id, error),
        }
    }
    Ok(())
}

fn one(response: &[u8], note: &[u8], by: &Authorities) -> Result<String, time_stamp::Error> {
    let stamp = time_stamp::verify(response, Digest::of(note), None, &by.certificates)?;
    // A note that is no seal has been told of already.
    if let Ok(seal) = Seal::read(note) {
        stamp.near(seal.created)?;
    }
    let from = if by.are_from_bundle { "; its certificate is from the bundle" } else { "" };
    let (time, authority, sha256) = (stamp.time, stamp.authority, stamp.certificate_sha256);
    Ok(format!("{time} by {authority}, certificate {sha256}{from}"))
}

/// Files that no seal has.
pub(super) fn unknown(bundle: &Bundle, facts: &Facts, hashes: &Hashes, report: &mut Report) {
    for path in bundle.within(&layout::time_stamps()) {
        let is_known = hashes.get(path).is_some_and(|hash| {
            facts.seals.values().any(|(_, seal)| seal.time_stamps.contains(hash))
        });
        if !is_known {
            report.fail(format!("file:{path}"), "the log knows no such time-stamp");
        }
    }
}
