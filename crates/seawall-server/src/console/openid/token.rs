//! Is what a provider says of somebody signed, for us, of now, and the answer to what was asked? Pure.

use seawall_intel::signals::{Keys, TOKEN_BYTES_MAX, Unproven};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Settings;

/// How much clocks may differ, in seconds.
const LEEWAY: f64 = 60.0;
/// Longest subject (`OpenID` Connect Core, 2).
const SUBJECT_BYTES_MAX: usize = 255;

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    /// It is too long.
    #[error("it is too long")]
    TooLong,
    /// Who signed it, or for whom.
    #[error(transparent)]
    Unproven(#[from] Unproven),
    /// It was given to somebody else.
    #[error("it was given to somebody else")]
    Party,
    /// It answers something else.
    #[error("it is no answer to this sign-in")]
    Nonce,
    /// It does not count any more.
    #[error("it has expired")]
    Expired,
    /// It does not count yet.
    #[error("it is of a time to come")]
    ToCome,
    /// It does not say of whom it is, or of somebody else.
    #[error("it does not say of whom it is")]
    Subject,
}

impl Wrong {
    /// Whether the provider may have signed it with a key that is not known yet.
    pub(super) const fn may_be_a_new_key(self) -> bool {
        matches!(self, Self::Unproven(Unproven::Key))
    }
}

/// What a token has to answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) settings: &'a Settings,
    pub(super) nonce: &'a str,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(#[expect(dead_code, reason = "its being alone is what counts")] String),
    Several(Vec<String>),
}

/// Times are in seconds since the Unix epoch (RFC 7519, 2).
#[derive(Deserialize)]
struct IdToken {
    sub: String,
    aud: Audience,
    azp: Option<String>,
    nonce: Option<String>,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// What a provider says of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    /// What it calls them, for good.
    pub(super) subject: String,
    /// All else.
    pub(super) more: Value,
}

impl Claims {
    /// Takes in what it says elsewhere of the same person; the token counts where they differ.
    pub(super) fn add(&mut self, mut told: Map<String, Value>) -> Result<(), Wrong> {
        if told.get("sub").and_then(Value::as_str) != Some(&self.subject) {
            return Err(Wrong::Subject);
        }
        if let Value::Object(own) = &mut self.more {
            told.append(own);
            *own = told;
        }
        Ok(())
    }

    /// An address that the provider says belongs to them, in lower case.
    pub(super) fn email(&self) -> Option<String> {
        // Some providers have words for it.
        let is_theirs = matches!(&self.more["email_verified"], Value::Bool(true))
            || self.more["email_verified"] == "true";
        let email = self.more["email"].as_str().filter(|_| is_theirs)?;
        Some(email.to_ascii_lowercase())
    }
}

/// Checks a token as `OpenID` Connect Core, 3.1.3.7 says; `now` in milliseconds since the Unix epoch.
pub(super) fn check(
    token: &str,
    keys: &Keys,
    expected: &Expected<'_>,
    now: i64,
) -> Result<Claims, Wrong> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Wrong::TooLong);
    }
    let Settings { issuer, client_id, .. } = expected.settings;
    let told: IdToken = keys.check(token, issuer, std::slice::from_ref(client_id))?;
    let is_given_to_us = match (&told.azp, &told.aud) {
        (Some(party), _) => party == client_id,
        (None, Audience::Several(all)) => all.len() == 1,
        (None, Audience::One(_)) => true,
    };
    if !is_given_to_us {
        return Err(Wrong::Party);
    }
    if told.nonce.as_deref() != Some(expected.nonce) {
        return Err(Wrong::Nonce);
    }
    let now = now as f64 / 1000.0;
    if told.exp + LEEWAY <= now {
        return Err(Wrong::Expired);
    }
    if told.iat - LEEWAY > now || told.nbf.is_some_and(|from| from - LEEWAY > now) {
        return Err(Wrong::ToCome);
    }
    if told.sub.is_empty() || told.sub.len() > SUBJECT_BYTES_MAX {
        return Err(Wrong::Subject);
    }
    Ok(Claims { subject: told.sub, more: Value::Object(told.more) })
}
