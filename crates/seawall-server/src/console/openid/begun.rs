//! What is kept of a sign-in until the provider answers?

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// A sign-in that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    /// Digest of what its browser keeps.
    pub(super) browser: String,
    /// What the token must repeat.
    pub(super) nonce: String,
    /// What proves to the provider that whoever asks for the token began the sign-in.
    pub(super) verifier: String,
    /// Where the provider sends the browser.
    pub(super) back: String,
    /// Where to go then.
    pub(super) next: String,
}

/// What a provider is told of a verifier: S256 of RFC 7636.
pub(super) fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_that_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
