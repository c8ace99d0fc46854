//! Is a token really of whom it says, and meant for us?

use jiff::Timestamp;
use jsonwebtoken::{dangerous, decode_header};

use super::{
    Keys, NoKeys, TOKEN_BYTES_MAX, Unproven,
    event::{Claims, Malformed, SecurityEvent},
};

/// Somebody whose events are taken.
#[derive(Clone, Debug)]
pub struct Transmitter {
    issuer: String,
    audience: Vec<String>,
    keys: Keys,
    /// How sure its events make at most, 0 to 100.
    pub confidence_max: u8,
    /// For how many days an event counts.
    pub days: u16,
}

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
        let keys = Keys::parse(keys)?;
        Ok(Self { issuer, audience, keys, confidence_max: 100, days: 90 })
    }

    /// For whom its tokens are meant.
    pub(super) fn audience(&self) -> &[String] {
        &self.audience
    }
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
        if media_type.trim_start_matches("application/") != "secevent+jwt" {
            return Err(Malformed::NoToken.into());
        }
        let transmitter = self.of(&claimed.iss).ok_or(Refusal::Issuer)?;
        // A security event does not expire (RFC 8417, 2.2).
        let Transmitter { issuer, audience, keys, .. } = transmitter;
        let claims: Claims = keys.check(token, issuer, audience)?;
        Ok(SecurityEvent::of(claims, now)?)
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

impl From<Unproven> for Refusal {
    fn from(why: Unproven) -> Self {
        match why {
            Unproven::NoToken => Malformed::NoToken.into(),
            Unproven::Issuer => Self::Issuer,
            Unproven::Audience => Self::Audience,
            Unproven::Key => Self::Key,
            Unproven::Signature => Self::Signature,
        }
    }
}
