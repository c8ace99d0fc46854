//! Who can read an object? Whoever has the key of the case, which wraps the key of each object.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::hash::Digest;

/// Opens a wrapped key, and is authenticated with it.
const MARK: &[u8] = b"seawall-key/v1\n";
const NONCE_BYTES: usize = 24;
/// Mark, nonce, key and tag.
pub(super) const WRAPPED_BYTES: usize = MARK.len() + NONCE_BYTES + 32 + 16;

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the key of a case: Base64 of 32 bytes is needed")]
pub struct NotAKey;

/// The key of a case. Forgotten when dropped, and never shown but by [`CaseKey::secret_text`].
#[derive(Clone)]
pub struct CaseKey(Zeroizing<[u8; 32]>);

/// The key of one object.
pub(super) struct ObjectKey(pub(super) Zeroizing<[u8; 32]>);

impl CaseKey {
    /// A new key.
    pub fn generate(random: &mut dyn CryptoRng) -> Self {
        Self(random_bytes(random))
    }

    /// The key as text, to be stored where nobody else reads.
    pub fn secret_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64.encode(self.0.as_slice()))
    }

    /// XChaCha20-Poly1305, with the hash of the content beside it, so that a key fits no other object.
    pub(super) fn wrap(
        &self,
        key: &ObjectKey,
        sha256: Digest,
        random: &mut dyn CryptoRng,
    ) -> Vec<u8> {
        let nonce = random_bytes::<NONCE_BYTES>(random);
        let aad = associated(sha256);
        let payload = Payload { msg: key.0.as_slice(), aad: &aad };
        let wrapped = self
            .cipher()
            .encrypt(&XNonce::from(*nonce), payload)
            .expect("a key is not too long to encrypt");
        [MARK, nonce.as_slice(), &wrapped].concat()
    }

    pub(super) fn unwrap(&self, wrapped: &[u8], sha256: Digest) -> Option<ObjectKey> {
        let (nonce, wrapped) = wrapped.strip_prefix(MARK)?.split_first_chunk::<NONCE_BYTES>()?;
        let aad = associated(sha256);
        let payload = Payload { msg: wrapped, aad: &aad };
        let key = Zeroizing::new(self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?);
        Some(ObjectKey(Zeroizing::new(key.as_slice().try_into().ok()?)))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

impl FromStr for CaseKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let bytes = Zeroizing::new(BASE64.decode(text).map_err(|_| NotAKey)?);
        Ok(Self(Zeroizing::new(bytes.as_slice().try_into().map_err(|_| NotAKey)?)))
    }
}

impl fmt::Debug for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseKey")
    }
}

impl ObjectKey {
    pub(super) fn generate(random: &mut dyn CryptoRng) -> Self {
        Self(random_bytes(random))
    }
}

fn associated(sha256: Digest) -> Vec<u8> {
    [MARK, sha256.as_bytes()].concat()
}

pub(super) fn random_bytes<const N: usize>(random: &mut dyn CryptoRng) -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    random.fill_bytes(bytes.as_mut_slice());
    bytes
}
