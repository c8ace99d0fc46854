//! Who is in front of the screen, and what may they do?

pub mod capability;
pub mod guard;
pub mod limit;
pub mod passkeys;
pub mod password;
pub mod people;
pub mod session;
pub mod tokens;
pub mod waiting;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::TryRng as _;
use sha2::{Digest as _, Sha256};

use crate::access::hexadecimal;

/// 32 random bytes as text; none where the system gives none.
pub fn secret() -> Option<String> {
    let mut bytes = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).ok()?;
    Some(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// A few random hexadecimal digits, for ids.
pub(super) fn id(prefix: &str) -> Option<String> {
    let number = rand::rngs::SysRng.try_next_u64().ok()?;
    Some(format!("{prefix}-{number:016x}"))
}

/// What is kept of a secret.
pub fn digest(secret: &str) -> String {
    hexadecimal(Sha256::digest(secret.as_bytes()).into())
}
