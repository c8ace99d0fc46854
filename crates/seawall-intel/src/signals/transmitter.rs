//! Is a token really of whom it says, and meant for us?

use jiff::Timestamp;
use jsonwebtoken::{
    AlgorithmFamily, DecodingKey, Validation, dangerous, decode, decode_header,
    errors::{Error, ErrorKind},
    jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};

use super::{
    TOKEN_BYTES_MAX,
    event::{Claims, Malformed, SecurityEvent},
};

/// Somebody whose events are taken.
#[derive(Clone, Debug)]
pub struct Transmitter {
    issuer: String,
    audience: Vec<String>,
    keys: JwkSet,
    /// How sure its events make at most, 0 to 100.
    pub confidence_max: u8,
    /// For how many days an event counts.
    pub days: u16,
}

/// Keys that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no set of keys (RFC 7517) with a key that signs")]
pub struct NoKeys;

/// Why a token is not taken. It never quotes what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It cannot be understood.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Nobody who is known.
    #[error("its issuer is no transmitter that is known here")]
    Issuer,
    /// It is meant for others.
    #[error("its audience is somebody else")]
    Audience,
    /// No such key, or one for something else.
    #[error("it names no key of its issuer, or one that may not sign this")]
    Key,
    /// Its signature does not fit.
    #[error("its signature does not fit its content and key")]
    Signature,
    /// Another event has its id.
    #[error("another event of its issuer has the same `jti`")]
    Replaced,
}

impl Refusal {
    /// The word that a transmitter is told (RFC 8935, 2.4).
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::Replaced => "invalid_request",
            Self::Issuer => "invalid_issuer",
            Self::Audience => "invalid_audience",
            Self::Key => "invalid_key",
            Self::Signature => "authentication_failed",
        }
    }
}

impl Transmitter {
    /// One whose tokens are meant for that audience, and signed with one of the keys.
    pub fn new(issuer: String, audience: Vec<String>, keys: &str) -> Result<Self, NoKeys> {
        let mut keys: JwkSet = serde_json::from_str(keys).map_err(|_| NoKeys)?;
        keys.keys.retain(signs);
        if keys.keys.is_empty() {
            return Err(NoKeys);
        }
        Ok(Self { issuer, audience, keys, confidence_max: 100, days: 90 })
    }

    /// For whom its tokens are meant.
    pub(super) fn audience(&self) -> &[String] {
        &self.audience
    }

    /// The key that a token names; where it names none, the only one.
    fn key(&self, id: Option<&str>) -> Option<&Jwk> {
        match (id, self.keys.keys.as_slice()) {
            (Some(id), _) => self.keys.find(id),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

/// A key that both sides know proves nothing, and one to encrypt with is no signature.
fn signs(key: &Jwk) -> bool {
    key.common.public_key_use != Some(PublicKeyUse::Encryption)
        && DecodingKey::from_jwk(key).is_ok_and(|key| key.family() != AlgorithmFamily::Hmac)
}

/// All whose events are taken.
#[derive(Clone, Debug, Default)]
pub struct Transmitters(Vec<Transmitter>);

impl Transmitters {
    /// These.
    pub fn new(transmitters: Vec<Transmitter>) -> Self {
        Self(transmitters)
    }

    /// The one of a name.
    pub fn of(&self, issuer: &str) -> Option<&Transmitter> {
        self.0.iter().find(|own| own.issuer == issuer)
    }

    /// Checks a token: who signed it, for whom, and what it says.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<SecurityEvent, Refusal> {
        let claimed = claims(token)?;
        let header = decode_header(token).map_err(|_| Malformed::NoToken)?;
        let media_type = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        // What one does not know and must understand (RFC 7515, 4.1.11) is nothing to guess at.
        if media_type.trim_start_matches("application/") != "secevent+jwt" || header.crit.is_some()
        {
            return Err(Malformed::NoToken.into());
        }
        let transmitter = self.of(&claimed.iss).ok_or(Refusal::Issuer)?;
        let key = transmitter.key(header.kid.as_deref()).ok_or(Refusal::Key)?;
        let is_for = |own: KeyAlgorithm| own.to_string().parse() == Ok(header.alg);
        if key.common.key_algorithm.is_some_and(|own| !is_for(own)) {
            return Err(Refusal::Key);
        }
        let key = DecodingKey::from_jwk(key).map_err(|_| Refusal::Key)?;
        let mut validation = Validation::new(header.alg);
        // A security event does not expire (RFC 8417, 2.2).
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["iss", "aud"]);
        validation.set_issuer(&[&transmitter.issuer]);
        validation.set_audience(&transmitter.audience);
        let token = decode::<Claims>(token, &key, &validation).map_err(|error| refusal(&error))?;
        Ok(SecurityEvent::of(token.claims, now)?)
    }

    /// What a token says that was checked before.
    pub fn kept(token: &str) -> Result<SecurityEvent, Malformed> {
        SecurityEvent::of(claims(token)?, Timestamp::MAX)
    }
}

fn claims(token: &str) -> Result<Claims, Malformed> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Malformed::TooLarge);
    }
    dangerous::insecure_decode_claims(token).map_err(|_| Malformed::NoToken)
}

fn refusal(error: &Error) -> Refusal {
    match error.kind() {
        ErrorKind::InvalidIssuer => Refusal::Issuer,
        ErrorKind::InvalidAudience
        | ErrorKind::InvalidClaimFormat(_)
        | ErrorKind::MissingRequiredClaim(_) => Refusal::Audience,
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => Refusal::Key,
        ErrorKind::InvalidSignature => Refusal::Signature,
        _ => Malformed::NoToken.into(),
    }
}
