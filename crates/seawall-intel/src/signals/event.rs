//! What does a token say, and what does that mean for us?

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use super::{TOKEN_BYTES_MAX, subject::subjects};
use crate::known::quoted;

/// Longest id, and longest name of an issuer.
const ID_BYTES_MAX: usize = 1024;
/// How far clocks may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type/";
const CAEP: &str = "https://schemas.openid.net/secevent/caep/event-type/";

/// Claims of a token (RFC 8417, 2.2; the Shared Signals Framework has `sub_id` and forbids `sub` and `exp`).
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    iat: Number,
    jti: String,
    toe: Option<Number>,
    events: Map<String, Value>,
    sub_id: Option<Value>,
    sub: Option<Value>,
    exp: Option<Value>,
}

/// Why a token is none that can be understood. It never quotes what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It is longer than any may be.
    #[error("it is longer than {TOKEN_BYTES_MAX} bytes")]
    TooLarge,
    /// It is no token.
    #[error(
        "it is no security event token: three parts, `typ` secevent+jwt, and the claims iss, iat, jti and events"
    )]
    NoToken,
    /// It has what belongs into other tokens.
    #[error("a security event has neither `sub` nor `exp`")]
    OtherToken,
    /// It has none or several events.
    #[error("a token has exactly one event, which is an object")]
    NotOne,
    /// A time is none, or is to come.
    #[error("a time of it is none, or lies in the future")]
    Time,
    /// An id is empty or too long.
    #[error("`iss` or `jti` is empty or too long")]
    Id,
}

/// An event that another site tells us of.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityEvent {
    /// Who tells.
    pub issuer: String,
    /// Its id, unique for who tells.
    pub id: String,
    /// When it was told.
    pub issued_at: Timestamp,
    /// When it happened.
    pub at: Timestamp,
    /// Which event: a URI.
    pub event_type: String,
    payload: Map<String, Value>,
    subject: Option<Value>,
}

/// What an event means for whoever looks for operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Something is wrong with the account: what (in the words of STIX), and how sure that is, 0 to 100.
    Suspect(&'static str, u8),
    /// What was said before holds no longer.
    Cleared,
    /// It says nothing of that.
    Nothing,
}

impl SecurityEvent {
    /// What claims say.
    pub(super) fn of(claims: Claims, now: Timestamp) -> Result<Self, Malformed> {
        let Claims { iss, iat, jti, toe, events, sub_id, sub, exp } = claims;
        if sub.is_some() || exp.is_some() {
            return Err(Malformed::OtherToken);
        }
        if [&iss, &jti].iter().any(|id| id.is_empty() || id.len() > ID_BYTES_MAX) {
            return Err(Malformed::Id);
        }
        let latest = now.saturating_add(CLOCKS_APART).expect("minutes are no calendar unit");
        let past = |number: &Number| time(number).filter(|at| *at <= latest);
        let issued_at = past(&iat).ok_or(Malformed::Time)?;
        let toe = toe.map(|toe| past(&toe).ok_or(Malformed::Time)).transpose()?;
        let mut events = events.into_iter();
        let (Some((event_type, Value::Object(mut payload))), None) = (events.next(), events.next())
        else {
            return Err(Malformed::NotOne);
        };
        // Earlier drafts have the subject in the event.
        let subject = sub_id.or_else(|| payload.remove("subject"));
        let told = payload.get("event_timestamp").and_then(Value::as_number).and_then(past);
        let at = toe.or(told).unwrap_or(issued_at);
        Ok(Self { issuer: iss, id: jti, issued_at, at, event_type, payload, subject })
    }

    /// The last part of its type: `account-disabled`.
    pub fn short_type(&self) -> &str {
        self.event_type.rsplit('/').next().unwrap_or(&self.event_type)
    }

    fn text(&self, name: &str) -> &str {
        self.payload.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// What it says beside its type that changes what it means: `bulk-account`.
    pub(super) fn detail(&self) -> Option<&str> {
        ["reason", "credential_type"]
            .map(|name| self.text(name))
            .into_iter()
            .find(|it| !it.is_empty())
    }

    pub(super) fn meaning(&self) -> Meaning {
        let by_user = self.text("initiating_entity") == "user";
        if let Some(risc) = self.event_type.strip_prefix(RISC) {
            return match (risc, self.text("reason")) {
                ("account-disabled", "bulk-account") => Meaning::Suspect("malicious-activity", 80),
                ("account-disabled", "hijacking") | ("credential-compromise", _) => {
                    Meaning::Suspect("compromised", 60)
                }
                ("account-disabled", _) => Meaning::Suspect("anomalous-activity", 40),
                ("account-credential-change-required", _) => Meaning::Suspect("compromised", 40),
                ("sessions-revoked", _) if !by_user => Meaning::Suspect("anomalous-activity", 20),
                ("account-enabled" | "identifier-recycled", _) => Meaning::Cleared,
                _ => Meaning::Nothing,
            };
        }
        match self.event_type.strip_prefix(CAEP) {
            Some("session-revoked") if !by_user => Meaning::Suspect("anomalous-activity", 20),
            Some("credential-change")
                if !by_user && ["revoke", "delete"].contains(&self.text("change_type")) =>
            {
                Meaning::Suspect("anomalous-activity", 20)
            }
            _ => Meaning::Nothing,
        }
    }

    /// Patterns that find whom it is about, each with a name; `own` are names of ours, under which others know our
    /// accounts.
    pub(super) fn patterns(&self, own: &[String]) -> Vec<(String, String)> {
        let mut patterns = Vec::new();
        if let Some(subject) = &self.subject {
            subjects(subject, own, &mut patterns);
        }
        patterns.sort();
        patterns.dedup();
        patterns
    }
}

/// Seconds since the Unix epoch (RFC 7519, 2: `NumericDate`).
fn time(number: &Number) -> Option<Timestamp> {
    let milliseconds = number.as_f64()? * 1000.0;
    if !(0.0..1e15).contains(&milliseconds) {
        return None;
    }
    Timestamp::from_millisecond(milliseconds as i64).ok()
}

/// The pattern of an account of ours.
pub(super) fn own_account(id: &str) -> String {
    format!("[user-account:user_id = {}]", quoted(id))
}
