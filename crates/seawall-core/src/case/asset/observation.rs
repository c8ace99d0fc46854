//! What was measured of an asset, from where, by which method?

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{dns, rdap};
use crate::case::{ContentHash, Id, Moment};

/// How it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The registration data (RFC 9083).
    Rdap,
    /// Answers of the domain name system.
    Dns,
    /// A certificate, as DER.
    Tls,
    /// A reply over HTTP, head and body as received.
    Http,
}

impl Method {
    /// As in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rdap => "rdap",
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::Http => "http",
        }
    }
}

/// What the raw bytes say. Absent is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Facts {
    /// The name that was asked for, as the answer has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who sold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrar: Option<String>,
    /// Number of the registrar at IANA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrar_iana_id: Option<u32>,
    /// Where the registrar takes reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abuse_contact: Option<String>,
    /// Status values (RFC 8056), lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statuses: Option<BTreeSet<String>>,
    /// Name servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_servers: Option<BTreeSet<String>>,
    /// Addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<BTreeSet<String>>,
    /// Registered since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Moment>,
    /// Registered until.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// Hash of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_sha256: Option<ContentHash>,
    /// Status code of the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// Hash of the body of the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_sha256: Option<ContentHash>,
}

/// One measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Of which asset.
    pub asset: Id,
    /// The item with the raw bytes.
    pub item: Id,
    /// When.
    pub at: Moment,
    /// From where: a name for a network and place of one's own.
    pub vantage: Id,
    /// How.
    pub method: Method,
    /// Hash of the raw bytes.
    pub raw_sha256: ContentHash,
    /// What they say.
    pub facts: Facts,
}

/// Raw bytes that could not be read as what they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Longer than is read.
    #[error("{bytes} bytes, more than the {max} that are read of an answer")]
    Size {
        /// How long.
        bytes: usize,
        /// How long it may be.
        max: usize,
    },
    /// Not of the form.
    #[error("not {what}: {why}")]
    Form {
        /// Of which form.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
}

/// Longest raw answer.
pub const RAW_BYTES_MAX: usize = 4 << 20;

/// What raw bytes say. `sha256` makes hashes: the core knows no hash function of its own.
pub fn read(
    method: Method,
    raw: &[u8],
    sha256: &dyn Fn(&[u8]) -> ContentHash,
) -> Result<Facts, Unreadable> {
    if raw.len() > RAW_BYTES_MAX {
        return Err(Unreadable::Size { bytes: raw.len(), max: RAW_BYTES_MAX });
    }
    match method {
        Method::Rdap => rdap::read(raw),
        Method::Dns => dns::read(raw),
        Method::Tls if raw.is_empty() => {
            Err(Unreadable::Form { what: "a certificate", why: "it is empty".to_owned() })
        }
        Method::Tls => Ok(Facts { certificate_sha256: Some(sha256(raw)), ..Facts::default() }),
        Method::Http => http(raw, sha256),
    }
}

/// A reply as received (RFC 9112): status line, header, empty line, body.
fn http(raw: &[u8], sha256: &dyn Fn(&[u8]) -> ContentHash) -> Result<Facts, Unreadable> {
    let wrong = |why: &str| Unreadable::Form { what: "an HTTP reply", why: why.to_owned() };
    let line_end = raw.iter().position(|byte| *byte == b'\n').ok_or_else(|| wrong("no line"))?;
    let line = std::str::from_utf8(&raw[..line_end]).map_err(|_| wrong("no status line"))?;
    let mut words = line.trim_end().split(' ');
    let version = words.next().unwrap_or_default();
    if !version.starts_with("HTTP/") {
        return Err(wrong("it does not begin with `HTTP/`"));
    }
    let status: u16 =
        words.next().and_then(|code| code.parse().ok()).ok_or_else(|| wrong("no status code"))?;
    if !(100..600).contains(&status) {
        return Err(wrong("no such status code"));
    }
    let end = |gap: &[u8]| {
        raw.windows(gap.len()).position(|window| window == gap).map(|at| at + gap.len())
    };
    let body =
        end(b"\r\n\r\n").or_else(|| end(b"\n\n")).ok_or_else(|| wrong("no end of header"))?;
    Ok(Facts {
        http_status: Some(status),
        body_sha256: Some(sha256(&raw[body..])),
        ..Facts::default()
    })
}
