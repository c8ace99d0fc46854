//! Whose key is it? A name and an Ed25519 key, for signing or for verifying.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hash::Hasher;

/// The byte that says "Ed25519" before a key (C2SP signed-note, "Ed25519").
const ED25519: u8 = 1;
const SECRET_PREFIX: &str = "PRIVATE+KEY+";

/// A text that is no key, or a name that no key may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of this format: {0}")]
pub struct BadKey(&'static str);

/// An Ed25519 public key, written in Base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key that has these bytes. Weak keys, which many signatures fit, are refused.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, BadKey> {
        match VerifyingKey::from_bytes(bytes) {
            Ok(key) if !key.is_weak() => Ok(Self(key)),
            _ => Err(BadKey("not an Ed25519 public key")),
        }
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let bytes = BASE64.decode(text).map_err(|_| BadKey("not Base64"))?;
        Self::from_bytes(bytes.as_slice().try_into().map_err(|_| BadKey("not 32 bytes"))?)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A name and the public key that its signatures are verified with. Its text is `NAME+KEY_ID+BASE64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: PublicKey,
}

impl Verifier {
    /// The key of `name`.
    pub fn new(name: impl Into<String>, key: PublicKey) -> Result<Self, BadKey> {
        let name = name.into();
        if crate::text::is_name(&name) {
            Ok(Self { name, key })
        } else {
            Err(BadKey("a name has at most 255 bytes, no spaces and no `+`"))
        }
    }

    /// Whose it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key.
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// The first four bytes of SHA-256(name ‖ line feed ‖ `0x01` ‖ key).
    pub fn key_id(&self) -> [u8; 4] {
        let mut hasher = Hasher::new();
        hasher.update(&self.name);
        hasher.update([b'\n', ED25519]);
        hasher.update(self.key.as_bytes());
        let digest = hasher.finish();
        *digest.as_bytes().first_chunk().expect("a hash has more than four bytes")
    }

    pub(super) fn is_signature(&self, message: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.0.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_key(f, &self.name, self.key_id(), self.key.as_bytes())
    }
}

impl FromStr for Verifier {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let (name, bytes) = read_key(text)?;
        let verifier = Self::new(name, PublicKey::from_bytes(&bytes)?)?;
        if verifier.to_string() == text { Ok(verifier) } else { Err(BadKey("its id does not fit")) }
    }
}

/// A name and the private key that it signs with. Never shown, but for [`Signer::secret_text`].
#[derive(Clone)]
pub struct Signer {
    verifier: Verifier,
    key: SigningKey,
}

impl Signer {
    /// A new key. `random` is the caller's; a test gives one that repeats.
    pub fn generate(name: impl Into<String>, random: &mut dyn CryptoRng) -> Result<Self, BadKey> {
        let mut seed = [0; 32];
        random.fill_bytes(&mut seed);
        Self::from_seed(name, &seed)
    }

    /// The key that grows from `seed` (RFC 8032, section 5.1.5).
    pub fn from_seed(name: impl Into<String>, seed: &[u8; 32]) -> Result<Self, BadKey> {
        let key = SigningKey::from_bytes(seed);
        Ok(Self { verifier: Verifier::new(name, PublicKey(key.verifying_key()))?, key })
    }

    /// Reads what [`Signer::secret_text`] wrote.
    pub fn from_secret_text(text: &str) -> Result<Self, BadKey> {
        let inside = text.strip_prefix(SECRET_PREFIX).ok_or(BadKey("not a private key"))?;
        let (name, seed) = read_key(inside)?;
        let signer = Self::from_seed(name, &seed)?;
        if signer.secret_text() == text { Ok(signer) } else { Err(BadKey("its id does not fit")) }
    }

    /// The private key as text, `PRIVATE+KEY+NAME+KEY_ID+BASE64`: to be stored where nobody else reads.
    pub fn secret_text(&self) -> String {
        struct Text<'a>(&'a Signer);
        impl fmt::Display for Text<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let verifier = &self.0.verifier;
                write_key(f, &verifier.name, verifier.key_id(), self.0.key.as_bytes())
            }
        }
        format!("{SECRET_PREFIX}{}", Text(self))
    }

    /// Whose it is.
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// What others verify with.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
}

fn write_key(f: &mut fmt::Formatter<'_>, name: &str, id: [u8; 4], key: &[u8; 32]) -> fmt::Result {
    let encoded = BASE64.encode([&[ED25519], key.as_slice()].concat());
    write!(f, "{name}+{:08x}+{encoded}", u32::from_be_bytes(id))
}

fn read_key(text: &str) -> Result<(&str, [u8; 32]), BadKey> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(_), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(BadKey("NAME+ID+KEY is needed"));
    };
    match BASE64.decode(encoded).ok().as_deref() {
        Some([ED25519, key @ ..]) => {
            Ok((name, key.try_into().map_err(|_| BadKey("not 32 bytes"))?))
        }
        _ => Err(BadKey("not Base64 of an Ed25519 key")),
    }
}
