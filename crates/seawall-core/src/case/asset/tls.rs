//! Which certificates does a host present, by whom, for which names, until when? (RFC 5280)

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use x509_cert::{
    Certificate,
    der::{Decode as _, Header, Reader as _, SliceReader, Tag},
    ext::pkix::{SubjectAltName, name::GeneralName},
};

use super::observation::{Facts, Unreadable};
use crate::case::{ContentHash, Moment};

/// Longer chains are refused.
const CERTIFICATES_MAX: usize = 16;
/// Names beyond these are passed over.
const NAMES_MAX: usize = 256;
/// Longest name of an issuer, and of a host.
const LETTERS_MAX: usize = 256;

/// Reads certificates as DER, one after the other, that of the host first. What only that one says is told: the
/// others are kept, and speak for themselves.
pub(super) fn read(raw: &[u8], sha256: &dyn Fn(&[u8]) -> ContentHash) -> Result<Facts, Unreadable> {
    let wrong = |why: &str| Unreadable::Form { what: "certificates as DER", why: why.to_owned() };
    let mut rest = raw;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        if parts.len() == CERTIFICATES_MAX {
            return Err(wrong("more certificates than any chain has"));
        }
        let length = length(rest).ok_or_else(|| wrong("not one sequence after the other"))?;
        let (part, after) = rest.split_at(length);
        parts.push(part);
        rest = after;
    }
    let own = *parts.first().ok_or_else(|| wrong("it is empty"))?;
    let hash = Facts { certificate_sha256: Some(sha256(own)), ..Facts::default() };
    // A host may present what nobody can read: that it did is known all the same.
    let Ok(certificate) = Certificate::from_der(own) else { return Ok(hash) };
    let inside = &certificate.tbs_certificate;
    let names = match inside.get::<SubjectAltName>() {
        Ok(Some((_, names))) => {
            Some(names.0.iter().take(NAMES_MAX).filter_map(name).collect::<BTreeSet<_>>())
        }
        _ => None,
    };
    Ok(Facts {
        certificate_issuer: Some(shown(&inside.issuer.to_string())),
        certificate_names: names,
        certificate_from: moment(inside.validity.not_before.to_unix_duration()),
        certificate_until: moment(inside.validity.not_after.to_unix_duration()),
        ..hash
    })
}

/// Bytes of the sequence that `bytes` begins with.
fn length(bytes: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let end = usize::try_from((reader.position() + header.length).ok()?).ok()?;
    (header.tag == Tag::Sequence && end <= bytes.len()).then_some(end)
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(shown(&name.as_str().to_ascii_lowercase())),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            let address = four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(LETTERS_MAX).collect()
}

fn moment(since_epoch: Duration) -> Option<Moment> {
    let seconds = i64::try_from(since_epoch.as_secs()).ok()?;
    jiff::Timestamp::from_second(seconds).ok().map(Moment::new)
}
