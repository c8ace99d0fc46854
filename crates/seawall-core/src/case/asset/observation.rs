//! What was measured of an asset, from where, by which method?

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{dns, http, rdap, tls};
use crate::case::{ContentHash, Id, Moment};

/// How it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The registration data (RFC 9083).
    Rdap,
    /// Answers of the domain name system.
    Dns,
    /// The certificates that a host presents, as DER, one after the other, its own first.
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
    /// Hosts that take its mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_servers: Option<BTreeSet<String>>,
    /// Registered since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Moment>,
    /// Registered until.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// Hash of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_sha256: Option<ContentHash>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_issuer: Option<String>,
    /// Names and addresses that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_names: Option<BTreeSet<String>>,
    /// It is valid from then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_from: Option<Moment>,
    /// It is valid until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_until: Option<Moment>,
    /// Status code of the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// Where the reply points to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_location: Option<String>,
    /// What the server calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_server: Option<String>,
    /// What the reply says its body is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_content_type: Option<String>,
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
        Method::Tls => tls::read(raw, sha256),
        Method::Http => http::read(raw, sha256),
    }
}
