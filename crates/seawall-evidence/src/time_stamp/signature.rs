//! Who signed a token, and does somebody who is known vouch for them?

use std::time::Duration;

use cms::{
    cert::CertificateChoices,
    signed_data::{SignedData, SignerIdentifier, SignerInfo},
};
use der::{
    Any, Decode as _, Encode as _, Sequence,
    asn1::{OctetString, SetOfVec},
    oid::{AssociatedOid as _, ObjectIdentifier},
};
use rustls_pki_types::{CertificateDer, UnixTime};
use sha2::Digest as _;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_cert::{
    Certificate,
    ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier},
};

use super::{Error, SHA_256, Stamp, TST_INFO};
use crate::{hash::Digest, time::Time};

const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// Most certificates of a token that are looked at.
const CERTIFICATES_MAX: usize = 16;

/// `SigningCertificateV2` (RFC 5035): which certificate the signer means.
#[derive(Clone, Debug, Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
    #[asn1(optional = "true")]
    policies: Option<Any>,
}

#[derive(Clone, Debug, Sequence)]
struct EssCertIdV2 {
    #[asn1(optional = "true")]
    hash_algorithm: Option<x509_cert::spki::AlgorithmIdentifierOwned>,
    cert_hash: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<Any>,
}

pub(super) fn verify(
    signed: &SignedData,
    signer: &SignerInfo,
    content: &[u8],
    time: Time,
    given: &[Vec<u8>],
) -> Result<Stamp, Error> {
    let brought = certificates(signed)?;
    let all: Vec<&Vec<u8>> = brought.iter().chain(given).collect();
    let of_signer = all.iter().filter_map(|der| Some((*der, Certificate::from_der(der).ok()?)));
    let found = of_signer.into_iter().find(|(_, certificate)| is_of(&signer.sid, certificate));
    let (der, certificate) = found.ok_or_else(|| {
        Error::Untrusted(
            "the certificate of the signer is neither in the token nor given".to_owned(),
        )
    })?;
    let attributes = attributes(signer, content, der)?;
    let der = CertificateDer::from(der.as_slice());
    let end = EndEntityCert::try_from(&der)
        .map_err(|error| Error::Untrusted(format!("its certificate cannot be read: {error}")))?;
    let signature = signer.signature.as_bytes();
    let fits = ALL_VERIFICATION_ALGS
        .iter()
        .any(|algorithm| end.verify_signature(*algorithm, &attributes, signature).is_ok());
    if !fits {
        return Err(Error::Signature("not made with the key of the certificate"));
    }
    for_time_stamping(&certificate)?;
    if given.iter().any(|given| given.as_slice() == der.as_ref()) {
        valid_at(&certificate, time)?;
    } else {
        vouched_for(&end, &all, given, time)?;
    }
    Ok(Stamp {
        time,
        authority: certificate.tbs_certificate.subject.to_string(),
        certificate_sha256: Digest::of(der.as_ref()),
    })
}

fn certificates(signed: &SignedData) -> Result<Vec<Vec<u8>>, Error> {
    let Some(set) = &signed.certificates else { return Ok(Vec::new()) };
    let plain = set.0.iter().take(CERTIFICATES_MAX).filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate.to_der()),
        CertificateChoices::Other(_) => None,
    });
    plain.collect::<Result<_, _>>().map_err(|_| Error::Form("a certificate cannot be read"))
}

fn is_of(signer: &SignerIdentifier, certificate: &Certificate) -> bool {
    let inside = &certificate.tbs_certificate;
    match signer {
        SignerIdentifier::IssuerAndSerialNumber(one) => {
            one.issuer == inside.issuer && one.serial_number == inside.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(one) => {
            matches!(inside.get::<SubjectKeyIdentifier>(), Ok(Some((_, id))) if id == *one)
        }
    }
}

/// The bytes that are signed, once they fit the content and the certificate (RFC 5652, section 5.4).
fn attributes(signer: &SignerInfo, content: &[u8], certificate: &[u8]) -> Result<Vec<u8>, Error> {
    let attributes =
        signer.signed_attrs.as_ref().ok_or(Error::Signature("without signed attributes"))?;
    let value = |oid: ObjectIdentifier| -> Option<&Any> {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
        let (Some(attribute), None) = (found.next(), found.next()) else { return None };
        single(&attribute.values)
    };
    let kind = value(CONTENT_TYPE).and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
    if kind != Some(TST_INFO) {
        return Err(Error::Signature("it is over something else than a time"));
    }
    let digest = match signer.digest_alg.oid {
        SHA_256 => sha2::Sha256::digest(content).to_vec(),
        SHA_384 => sha2::Sha384::digest(content).to_vec(),
        SHA_512 => sha2::Sha512::digest(content).to_vec(),
        _ => return Err(Error::Signature("it is by a hash that is not known here")),
    };
    let signed = value(MESSAGE_DIGEST).and_then(|any| any.decode_as::<OctetString>().ok());
    if signed.is_none_or(|signed| signed.as_bytes() != digest) {
        return Err(Error::Signature("it is over another content"));
    }
    if let Some(any) = value(SIGNING_CERTIFICATE_V2) {
        let meant: SigningCertificateV2 = any
            .decode_as()
            .map_err(|_| Error::Signature("which certificate it means cannot be read"))?;
        let first = meant.certs.first().ok_or(Error::Signature("it means no certificate"))?;
        let is_sha256 =
            first.hash_algorithm.as_ref().is_none_or(|algorithm| algorithm.oid == SHA_256);
        if is_sha256 && first.cert_hash.as_bytes() != Digest::of(certificate).as_bytes() {
            return Err(Error::Signature("it means another certificate"));
        }
    }
    attributes.to_der().map_err(|_| Error::Signature("its attributes cannot be written"))
}

fn single(values: &SetOfVec<Any>) -> Option<&Any> {
    if values.len() == 1 { values.get(0) } else { None }
}

/// A time-stamping certificate is for nothing else, and says so critically (RFC 3161, section 2.3).
fn for_time_stamping(certificate: &Certificate) -> Result<(), Error> {
    let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
    let usage = extensions.iter().find(|extension| extension.extn_id == ExtendedKeyUsage::OID);
    let fits = usage.is_some_and(|extension| {
        let usages = ExtendedKeyUsage::from_der(extension.extn_value.as_bytes());
        extension.critical && usages.is_ok_and(|usages| usages.0 == [TIME_STAMPING])
    });
    if fits {
        return Ok(());
    }
    Err(Error::Untrusted("its certificate is not for time-stamping alone".to_owned()))
}

/// Of a certificate that is itself given: was it valid then?
fn valid_at(certificate: &Certificate, time: Time) -> Result<(), Error> {
    let validity = &certificate.tbs_certificate.validity;
    let seconds = seconds(time);
    let from = validity.not_before.to_unix_duration();
    let to = validity.not_after.to_unix_duration();
    if seconds.is_some_and(|at| from <= at && at <= to) {
        return Ok(());
    }
    Err(Error::Untrusted(format!("its certificate was not valid at {time}")))
}

/// Is there a path from the signer to a certificate that is given, valid then?
fn vouched_for(
    end: &EndEntityCert<'_>,
    all: &[&Vec<u8>],
    given: &[Vec<u8>],
    time: Time,
) -> Result<(), Error> {
    let given: Vec<CertificateDer<'_>> =
        given.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let anchors: Vec<_> =
        given.iter().filter_map(|der| anchor_from_trusted_cert(der).ok()).collect();
    let between: Vec<CertificateDer<'_>> =
        all.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let at = seconds(time).ok_or_else(|| Error::Untrusted("it is from before 1970".to_owned()))?;
    let usage = KeyUsage::required(TIME_STAMPING.as_bytes());
    let at = UnixTime::since_unix_epoch(at);
    end.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &between, at, usage, None, None)
        .map(drop)
        .map_err(|error| Error::Untrusted(error.to_string()))
}

fn seconds(time: Time) -> Option<Duration> {
    u64::try_from(time.timestamp().as_second()).ok().map(Duration::from_secs)
}
