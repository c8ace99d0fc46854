//! How does a receiver know that a message is ours? The Standard Webhooks scheme, version 1.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::TryRng as _;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Starts a secret, as the scheme says.
const PREFIX: &str = "whsec_";
/// Bytes of a secret that is made here; the scheme has 24 to 64.
const BYTES: usize = 32;

/// A key that messages are signed with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secret {
    secret: String,
    /// Until when it signs, in milliseconds since the Unix epoch; for good where there is none.
    pub(crate) until: Option<i64>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Secret {
    /// A new one; nothing where the system gives no random numbers.
    pub(crate) fn new() -> Option<Self> {
        let mut bytes = [0; BYTES];
        rand::rngs::SysRng.try_fill_bytes(&mut bytes).ok()?;
        Some(Self { secret: format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes)), until: None })
    }

    /// One that somebody else made; nothing where it is none of the scheme.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let key = BASE64_STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (24..=64).contains(&key.len()).then(|| Self { secret: text.to_owned(), until: None })
    }

    /// Its text, to be shown once.
    pub(crate) fn text(&self) -> &str {
        &self.secret
    }

    fn sign(&self, id: &str, second: i64, body: &[u8]) -> Option<String> {
        let key = BASE64_STANDARD.decode(self.secret.strip_prefix(PREFIX)?).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(format!("{id}.{second}.").as_bytes());
        mac.update(body);
        Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// The header `webhook-signature`: one signature of each secret that signs at `second`.
pub(crate) fn signatures(secrets: &[Secret], id: &str, second: i64, body: &[u8]) -> String {
    let valid = secrets.iter().filter(|own| own.until.is_none_or(|until| second * 1000 < until));
    let signed: Vec<String> = valid.filter_map(|own| own.sign(id, second, body)).collect();
    signed.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_comes_out() {
        // From the scheme's reference implementations (standard-webhooks, `test_sign_function`).
        let secret =
            Secret { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(), until: None };
        let body = br#"{"test": 2432232314}"#;
        let signed = signatures(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_that_was_replaced_signs_until_its_time_is_over() {
        let old = Secret { until: Some(5_000_000), ..Secret::new().expect("random numbers") };
        let new = Secret::new().expect("random numbers");
        let count =
            |second| signatures(&[new.clone(), old.clone()], "m", second, b"").split(' ').count();
        assert_eq!((count(4_999), count(5_000)), (2, 1));
    }
}
