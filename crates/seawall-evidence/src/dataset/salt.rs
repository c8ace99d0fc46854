//! How is a row hidden behind its hash? By a salt of its own, which only the holder of the key can make.

use std::{fmt, str::FromStr};

use crate::hash::{Digest, NotADigest, State};

/// Prefix of a leaf (RFC 6962, section 2.1).
const LEAF: u8 = 0;

/// Where the row begins in what its leaf hashes.
pub(crate) const ROW_START: usize = 33;

/// The key that the salts of a dataset's rows are made with: 32 random bytes.
///
/// Who has it can test guesses of rows against their hashes. It goes to those who may see all rows.
#[derive(Clone)]
pub struct SaltKey {
    bytes: [u8; 32],
    /// The two hashes of HMAC, with the key taken in already.
    inner: State,
    outer: State,
}

impl SaltKey {
    /// The key that has these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let padded = |pad: u8| {
            let mut block = [pad; 64];
            block.iter_mut().zip(bytes).for_each(|(padded, byte)| *padded ^= byte);
            State::START.block(&block)
        };
        Self { bytes, inner: padded(0x36), outer: padded(0x5c) }
    }

    /// The id by which a manifest names the key: its SHA-256.
    pub fn id(&self) -> Digest {
        Digest::of(self.bytes)
    }

    /// The key in hexadecimal digits, as a bundle carries it.
    pub fn to_hex(&self) -> String {
        Digest::from_bytes(self.bytes).to_string()
    }

    /// The salt of row `index`: HMAC-SHA-256 (RFC 2104) over the index as 8 bytes, big-endian.
    pub fn salt(&self, index: u64) -> Digest {
        self.outer.finish(self.inner.finish(&index.to_be_bytes()).as_bytes())
    }
}

impl FromStr for SaltKey {
    type Err = NotADigest;

    fn from_str(hex: &str) -> Result<Self, NotADigest> {
        Ok(Self::from_bytes(*hex.parse::<Digest>()?.as_bytes()))
    }
}

impl fmt::Debug for SaltKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SaltKey({})", self.id())
    }
}

/// The leaf of a row: SHA-256(`0x00` ‖ salt ‖ row).
pub(crate) fn leaf(salt: Digest, row: &[u8]) -> Digest {
    let mut content = Vec::with_capacity(ROW_START + row.len());
    begin_leaf(&mut content, salt);
    content.extend_from_slice(row);
    Digest::of(content)
}

/// Makes `content` what a leaf hashes before its row.
pub(crate) fn begin_leaf(content: &mut Vec<u8>, salt: Digest) {
    content.clear();
    content.push(LEAF);
    content.extend_from_slice(salt.as_bytes());
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use proptest::prelude::*;
    use sha2::Sha256;

    use super::*;

    proptest! {
        #[test]
        fn salt_agrees_with_the_library(bytes in any::<[u8; 32]>(), index in any::<u64>()) {
            let mut library = Hmac::<Sha256>::new_from_slice(&bytes).unwrap();
            library.update(&index.to_be_bytes());
            let expected: [u8; 32] = library.finalize().into_bytes().into();
            prop_assert_eq!(SaltKey::from_bytes(bytes).salt(index), Digest::from_bytes(expected));
        }
    }

    /// Computed with `printf '\0\0\0\0\0\0\0\7' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b…`.
    #[test]
    fn salt_agrees_with_openssl() {
        let key = SaltKey::from_bytes([0x0b; 32]);
        assert_eq!(
            key.salt(7).to_string(),
            "33eccd419508eecb3d7e7d18f837a0dcdf02269b557b1329b575154a37117369"
        );
        assert_eq!(key.to_hex().parse::<SaltKey>().unwrap().salt(7), key.salt(7));
        assert!(!format!("{key:?}").contains("0b0b"), "the key is not shown");
    }
}
