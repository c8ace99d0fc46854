//! Which sign-ins wait for an answer of the provider? Each counts once, for its browser, for ten minutes.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::console::access::session::SIGN_IN;

/// That wait at most; then the oldest is forgotten.
const WAITING_MAX: usize = 10_000;

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

/// Those that wait, by state.
#[derive(Debug, Default)]
pub(super) struct SignIns {
    by_state: BTreeMap<String, (i64, Begun)>,
}

impl SignIns {
    pub(super) fn begin(&mut self, state: String, begun: Begun, now: i64) {
        self.by_state.retain(|_, (at, _)| now - *at < SIGN_IN);
        if self.by_state.len() >= WAITING_MAX {
            let oldest = self.by_state.iter().min_by_key(|(_, (at, _))| *at);
            if let Some(oldest) = oldest.map(|(state, _)| state.clone()) {
                self.by_state.remove(&oldest);
            }
        }
        self.by_state.insert(state, (now, begun));
    }

    /// The one of a state, if this browser began it; whoever asks, it is gone then.
    pub(super) fn take(&mut self, state: &str, browser: &str, now: i64) -> Option<Begun> {
        let (at, begun) = self.by_state.remove(state)?;
        (now - at < SIGN_IN && begun.browser == browser).then_some(begun)
    }
}

/// What a provider is told of a verifier: S256 of RFC 7636.
pub(super) fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(browser: &str) -> Begun {
        let text = String::new;
        Begun {
            browser: browser.to_owned(),
            nonce: text(),
            verifier: text(),
            back: text(),
            next: text(),
        }
    }

    #[test]
    fn a_challenge_is_that_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_sign_in_counts_once_in_its_browser_and_for_ten_minutes() {
        let mut sign_ins = SignIns::default();
        sign_ins.begin("s".to_owned(), begun("ann"), 0);
        assert_eq!(sign_ins.take("other", "ann", 1), None);
        assert_eq!(sign_ins.take("s", "ann", SIGN_IN - 1), Some(begun("ann")));
        assert_eq!(sign_ins.take("s", "ann", SIGN_IN - 1), None);
        sign_ins.begin("s".to_owned(), begun("ann"), 0);
        assert_eq!(sign_ins.take("s", "eve", 1), None);
        assert_eq!(sign_ins.take("s", "ann", 1), None);
        sign_ins.begin("s".to_owned(), begun("ann"), 0);
        assert_eq!(sign_ins.take("s", "ann", SIGN_IN), None);
    }

    #[test]
    fn no_more_are_kept_than_may_wait() {
        let mut sign_ins = SignIns::default();
        for number in 0..=WAITING_MAX {
            sign_ins.begin(format!("s{number}"), begun("ann"), number as i64);
        }
        assert_eq!(sign_ins.by_state.len(), WAITING_MAX);
        assert_eq!(sign_ins.take("s0", "ann", 1), None);
        assert!(sign_ins.take("s1", "ann", 1).is_some());
    }
}
