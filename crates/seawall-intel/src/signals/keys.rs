//! Did one of somebody's keys sign a token, and is the token meant for us?

use jsonwebtoken::{
    AlgorithmFamily, DecodingKey, Validation, decode, decode_header,
    errors::{Error, ErrorKind},
    jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use serde::{Deserialize, de::DeserializeOwned};

/// Keys that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no set of keys (RFC 7517) with a key that signs")]
pub struct NoKeys;

/// Why what a token says is not taken for true. It never quotes what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// It cannot be understood, or asks for what is not known here.
    #[error("it is no token as it must be")]
    NoToken,
    /// Somebody else's.
    #[error("its issuer is another one")]
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
}

/// Public keys of somebody who signs tokens.
#[derive(Clone, Debug)]
pub struct Keys(JwkSet);

#[derive(Deserialize)]
struct Listed {
    keys: Vec<serde_json::Value>,
}

impl Keys {
    /// The keys of a set that sign; those of a sort that is not known are passed over (RFC 7517, 5).
    pub fn parse(text: &str) -> Result<Self, NoKeys> {
        let listed: Listed = serde_json::from_str(text).map_err(|_| NoKeys)?;
        let known = listed.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        let keys: Vec<Jwk> = known.filter(signs).collect();
        if keys.is_empty() {
            return Err(NoKeys);
        }
        Ok(Self(JwkSet { keys }))
    }

    /// The key that a token names; where it names none, the only one.
    fn key(&self, id: Option<&str>) -> Option<&Jwk> {
        match (id, self.0.keys.as_slice()) {
            (Some(id), _) => self.0.find(id),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// What a token says that one of them signed, and that is of that issuer and for one of that audience. When it was
    /// made, and until when it counts, is not looked at.
    pub fn check<C: DeserializeOwned>(
        &self,
        token: &str,
        issuer: &str,
        audience: &[String],
    ) -> Result<C, Unproven> {
        let header = decode_header(token).map_err(|error| unproven(&error))?;
        // What one does not know and must understand (RFC 7515, 4.1.11) is nothing to guess at.
        if header.crit.is_some() {
            return Err(Unproven::NoToken);
        }
        let key = self.key(header.kid.as_deref()).ok_or(Unproven::Key)?;
        let is_for = |own: KeyAlgorithm| own.to_string().parse() == Ok(header.alg);
        if key.common.key_algorithm.is_some_and(|own| !is_for(own)) {
            return Err(Unproven::Key);
        }
        let key = DecodingKey::from_jwk(key).map_err(|_| Unproven::Key)?;
        let mut validation = Validation::new(header.alg);
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["iss", "aud"]);
        validation.set_issuer(&[issuer]);
        validation.set_audience(audience);
        let token = decode::<C>(token, &key, &validation).map_err(|error| unproven(&error))?;
        Ok(token.claims)
    }
}

/// A key that both sides know proves nothing, and one to encrypt with is no signature.
fn signs(key: &Jwk) -> bool {
    key.common.public_key_use != Some(PublicKeyUse::Encryption)
        && DecodingKey::from_jwk(key).is_ok_and(|key| key.family() != AlgorithmFamily::Hmac)
}

fn unproven(error: &Error) -> Unproven {
    match error.kind() {
        ErrorKind::InvalidIssuer => Unproven::Issuer,
        ErrorKind::InvalidAudience
        | ErrorKind::InvalidClaimFormat(_)
        | ErrorKind::MissingRequiredClaim(_) => Unproven::Audience,
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => Unproven::Key,
        ErrorKind::InvalidSignature => Unproven::Signature,
        _ => Unproven::NoToken,
    }
}
