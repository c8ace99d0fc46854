//! Do responses of another program's authority verify, and nothing else?

use seawall_evidence::{
    hash::Digest,
    time::Time,
    time_stamp::{Error, LATE_SECONDS, Stamp, request, verify},
};

use crate::authority::{Authority, P256, P384, RSA};

const NONCE: [u8; 8] = [0x91, 2, 3, 4, 5, 6, 7, 8];

fn note() -> Digest {
    Digest::of("a seal")
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[test]
fn a_request_is_what_openssl_reads() {
    let Some(authority) = Authority::new(P256) else { return };
    let shown = authority.show(&request(note(), NONCE));
    assert!(shown.contains("Hash Algorithm: sha256"), "{shown}");
    assert!(shown.contains("Certificate required: yes"), "{shown}");
    assert!(shown.contains("Nonce: 0x48810182028303"), "{shown}");
    for nonce in [[0; 8], [255; 8], [0, 0, 0, 0, 0, 0, 1, 0]] {
        authority.show(&request(note(), nonce));
    }
}

#[test]
fn good_responses_hold_by_every_key_and_certificate() {
    for key in [RSA, P256, P384] {
        let Some(authority) = Authority::new(key) else { return };
        let response = authority.answer(&request(note(), NONCE));
        for name in ["ca", "tsa"] {
            let certificates = [authority.certificate(name)];
            let stamp = verify(&response, note(), Some(NONCE), &certificates).unwrap();
            assert_eq!(stamp.certificate_sha256, Digest::of(authority.certificate("tsa")));
            assert!(stamp.authority.contains("CN=Clock"), "{}", stamp.authority);
            assert!((stamp.time.timestamp().as_second() - now()).abs() < 600);
        }
        authority.configure("ordering = yes", "ordering = yes\nclock_precision_digits = 3");
        authority.configure("signer_digest = sha256", "signer_digest = sha384");
        let response = authority.answer(&request(note(), NONCE));
        verify(&response, note(), Some(NONCE), &[authority.certificate("ca")]).unwrap();
    }
}

#[test]
fn each_fault_is_its_own_finding() {
    let Some(authority) = Authority::new(P256) else { return };
    let response = authority.answer(&request(note(), NONCE));
    let certificates = [authority.certificate("ca")];
    let other = verify(&response, Digest::of("another seal"), None, &certificates);
    assert!(matches!(other, Err(Error::OtherMessage { .. })));
    let nonce = verify(&response, note(), Some([1; 8]), &certificates);
    assert_eq!(nonce, Err(Error::OtherRequest));
    assert!(matches!(verify(&response, note(), None, &[]), Err(Error::Untrusted(_))));
    let stranger = Authority::new(P256).unwrap();
    for name in ["ca", "tsa"] {
        let untrusted = verify(&response, note(), None, &[stranger.certificate(name)]);
        assert!(matches!(untrusted, Err(Error::Untrusted(_))));
    }
    // The same names, and another key.
    let forged = stranger.answer(&request(note(), NONCE));
    assert!(matches!(verify(&forged, note(), None, &certificates), Err(Error::Untrusted(_))));
    assert!(matches!(verify(b"hello", note(), None, &certificates), Err(Error::Form(_))));
    authority.configure("digests = sha256, sha512", "digests = sha512");
    let refused = authority.answer(&request(note(), NONCE));
    assert_eq!(verify(&refused, note(), None, &certificates), Err(Error::Refused(2)));
}

#[test]
fn no_flipped_byte_passes() {
    let Some(authority) = Authority::new(P256) else { return };
    let response = authority.answer(&request(note(), NONCE));
    let certificates = [authority.certificate("tsa")];
    let good = verify(&response, note(), Some(NONCE), &certificates).unwrap();
    for byte in 0..response.len() {
        let mut bad = response.clone();
        bad[byte] ^= 1;
        // A flip in what nobody signed (a certificate that is not needed) may leave what was said.
        if let Ok(stamp) = verify(&bad, note(), Some(NONCE), &certificates) {
            assert_eq!(stamp, good, "byte {byte}");
        }
        verify(&response[..byte], note(), Some(NONCE), &certificates).unwrap_err();
    }
}

#[test]
fn certificates_are_for_time_stamping_alone() {
    let Some(authority) = Authority::new(P256) else { return };
    let good = authority.certificate("tsa");
    authority.certify("v3_not_tsa");
    assert_ne!(authority.certificate("tsa"), good);
    // openssl itself refuses to sign with it, so the old token stands beside the new certificate.
    authority.certify("v3_tsa");
    let response = authority.answer(&request(note(), NONCE));
    authority.certify("v3_not_tsa");
    let for_more = [authority.certificate("tsa")];
    assert!(verify(&response, note(), None, &for_more).is_err());
}

#[test]
fn ten_minutes_are_the_limit() {
    let at = |seconds| Time::from_unix_seconds(seconds).unwrap();
    let stamp =
        Stamp { time: at(10_000), authority: String::new(), certificate_sha256: Digest::of([]) };
    for (created, holds) in [
        (0, true),
        (LATE_SECONDS, true),
        (-LATE_SECONDS, true),
        (LATE_SECONDS + 1, false),
        (-LATE_SECONDS - 1, false),
    ] {
        let near = stamp.near(at(10_000 + created));
        assert_eq!(near.is_ok(), holds, "{created}");
        assert!(holds || matches!(near, Err(Error::Late { .. })));
    }
}
