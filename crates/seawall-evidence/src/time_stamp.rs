//! Does a clock that is not ours say when this was there? Time-stamps by RFC 3161, verified without a network.
//!
//! Only bytes go out and come in: who carries them is not asked here. Structures are those of `x509-tsp` and `cms`;
//! the path from the authority's certificate to one that is given is found by `rustls-webpki`, with `ring`. Whether a
//! certificate was withdrawn is not asked, since that needs a network.

use cms::{content_info::ContentInfo, signed_data::SignedData};
use der::{
    Any, Decode as _, Encode as _,
    asn1::{Int, OctetString},
    oid::ObjectIdentifier,
};
use x509_tsp::{MessageImprint, TimeStampReq, TimeStampResp, TspVersion};

use crate::{hash::Digest, time::Time};

mod signature;
mod token;

/// Largest response that is read.
pub const BYTES_MAX: u64 = 1 << 20;

/// Between the time that something says it was made and the time in its token. More is a finding.
pub const LATE_SECONDS: i64 = 600;

const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// Why a time-stamp does not count. Each is a finding of its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not a time-stamp.
    #[error("not a time-stamp: {0}")]
    Form(&'static str),
    /// The authority refused.
    #[error("the time-stamp authority refused the request (status {0})")]
    Refused(u8),
    /// It dates something else.
    #[error("the time-stamp is of something else (expected {expected}, got {got})")]
    OtherMessage {
        /// The hash that should be dated.
        expected: Digest,
        /// The hash that is, as far as it is one.
        got: String,
    },
    /// It answers another request.
    #[error("the time-stamp answers another request: its nonce differs")]
    OtherRequest,
    /// Its signature does not fit.
    #[error("the signature of the time-stamp does not fit: {0}")]
    Signature(&'static str),
    /// Nobody who is known vouches for the signer.
    #[error(
        "the time-stamp is not by an authority whose certificate is given: {0}\nhint: give the certificate of the authority, or of who issued it"
    )]
    Untrusted(String),
    /// It came too late, or before what it dates.
    #[error("time-stamped at {stamped}, more than ten minutes from {created}, when it was made")]
    Late {
        /// When it was made, as it says itself.
        created: Time,
        /// When it was dated.
        stamped: Time,
    },
}

/// What a time-stamp says, once it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When what it dates was there.
    pub time: Time,
    /// Who says so: the subject of the certificate.
    pub authority: String,
    /// Hash of the certificate, to be compared with one from elsewhere.
    pub certificate_sha256: Digest,
}

impl Stamp {
    /// Is it of about the time when something says that it was made?
    pub fn near(&self, created: Time) -> Result<(), Error> {
        if self.time.since(created).abs().as_secs() > LATE_SECONDS {
            return Err(Error::Late { created, stamped: self.time });
        }
        Ok(())
    }
}

/// The request to date `sha256`, as DER. The nonce is random, and comes back in the response.
pub fn request(sha256: Digest, nonce: [u8; 8]) -> Vec<u8> {
    let request = TimeStampReq {
        version: TspVersion::V1,
        message_imprint: imprint(sha256),
        req_policy: None,
        nonce: Some(integer(nonce)),
        cert_req: true,
        extensions: None,
    };
    request.to_der().expect("a request has a few short fields")
}

/// Verifies a response: that it dates `sha256`, and that one of `certificates` (DER; of the authority itself, or of
/// who issued its certificate) vouches for the signature, at the time that it says. The nonce is compared if it is
/// known.
pub fn verify(
    response: &[u8],
    sha256: Digest,
    nonce: Option<[u8; 8]>,
    certificates: &[Vec<u8>],
) -> Result<Stamp, Error> {
    if response.len() as u64 > BYTES_MAX {
        return Err(Error::Form("too long"));
    }
    let response = TimeStampResp::from_der(response).map_err(|_| Error::Form("not a response"))?;
    let status = response.status.status as u8;
    if status > 1 {
        return Err(Error::Refused(status));
    }
    let token = response.time_stamp_token.ok_or(Error::Form("without a token"))?;
    let signed = signed_data(&token)?;
    let (content, info) = token::content(&signed)?;
    let dated = &info.message_imprint;
    if *dated != imprint(sha256) {
        let hashed = dated.hashed_message.as_bytes();
        let got = hashed.try_into().map_or_else(
            |_| format!("{} bytes by {}", hashed.len(), dated.hash_algorithm.oid),
            |hash| Digest::from_bytes(hash).to_string(),
        );
        return Err(Error::OtherMessage { expected: sha256, got });
    }
    if nonce.is_some_and(|nonce| info.nonce != Some(integer(nonce))) {
        return Err(Error::OtherRequest);
    }
    let time = token::time(&info.gen_time)?;
    let mut signers = signed.signer_infos.0.iter();
    let (Some(signer), None) = (signers.next(), signers.next()) else {
        return Err(Error::Form("not exactly one signature"));
    };
    signature::verify(&signed, signer, &content, time, certificates)
}

fn signed_data(token: &ContentInfo) -> Result<SignedData, Error> {
    if token.content_type != SIGNED_DATA {
        return Err(Error::Form("the token is not signed data"));
    }
    token.content.decode_as().map_err(|_| Error::Form("the token is not signed data"))
}

fn imprint(sha256: Digest) -> MessageImprint {
    let hash_algorithm =
        x509_cert::spki::AlgorithmIdentifier { oid: SHA_256, parameters: Some(Any::null()) };
    let hashed_message = OctetString::new(sha256.as_bytes().to_vec()).expect("a hash has 32 bytes");
    MessageImprint { hash_algorithm, hashed_message }
}

/// A positive integer, written as short as DER wants it.
fn integer(bytes: [u8; 8]) -> Int {
    let number = u64::from_be_bytes(bytes) >> 1 | 1;
    let bytes = number.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(7);
    // A leading bit would make it negative.
    let padded = if bytes[first] >= 0x80 {
        [&[0], &bytes[first..]].concat()
    } else {
        bytes[first..].to_vec()
    };
    Int::new(&padded).expect("eight bytes fit")
}
