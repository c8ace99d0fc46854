//! Is this the password?
//!
//! Argon2id with the parameters that its authors recommend first for little memory. At most two are computed at a time: each
//! takes 19 MiB, and who does not know a password must not be able to take the machine.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use tokio::sync::Semaphore;

/// Shortest and longest password, in characters.
pub const CHARACTERS: std::ops::RangeInclusive<usize> = 12..=256;

/// What is compared with where nobody has this name, so that one cannot tell by the time it takes.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2Vhd2FsbHNlYXdhbGw$\
    1jGJrcMhYB3bQAmPnM6UMzQ3yOjGDqTJiLW9hCqQ1Qk";

/// Computes hashes of passwords, a few at a time.
#[derive(Debug)]
pub struct Hasher {
    places: Semaphore,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { places: Semaphore::new(2) }
    }
}

impl Hasher {
    /// What is kept of a password; none where it cannot be computed.
    pub async fn hash(&self, password: String) -> Option<String> {
        let _place = self.places.acquire().await.ok()?;
        let hash =
            move || Some(Argon2::default().hash_password(password.as_bytes()).ok()?.to_string());
        tokio::task::spawn_blocking(hash).await.ok()?
    }

    /// Whether it is the one that was kept; where nothing is kept it never is, and takes as long.
    pub async fn is(&self, password: String, kept: Option<String>) -> bool {
        let Ok(_place) = self.places.acquire().await else { return false };
        let check = move || {
            let known = kept.is_some();
            let kept = kept.unwrap_or_else(|| NOBODY.to_owned());
            let Ok(kept) = PasswordHash::new(&kept) else { return false };
            Argon2::default().verify_password(password.as_bytes(), &kept).is_ok() && known
        };
        tokio::task::spawn_blocking(check).await.unwrap_or(false)
    }
}

/// Whether a password may be set.
pub fn check(password: &str, name: &str) -> Result<(), &'static str> {
    let characters = password.chars().count();
    if characters < *CHARACTERS.start() {
        return Err("A password has at least 12 characters.");
    }
    if characters > *CHARACTERS.end() {
        return Err("A password has at most 256 characters.");
    }
    let mut distinct: Vec<char> = password.to_lowercase().chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 || password.to_lowercase() == name.to_lowercase() {
        return Err("This password is too easy to guess.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_with_for_nobody_takes_as_long_as_a_real_hash() {
        let kept = PasswordHash::new(NOBODY).expect("a hash");
        let real = Argon2::default().hash_password(b"correct horse battery").expect("computed");
        let real = real.to_string();
        let real = PasswordHash::new(&real).expect("a hash");
        assert_eq!(kept.algorithm, real.algorithm);
        assert_eq!(kept.params.to_string(), real.params.to_string());
    }

    #[test]
    fn short_long_and_simple_ones_are_refused() {
        assert!(check("short", "ann").is_err());
        assert!(check(&"x".repeat(300), "ann").is_err());
        assert!(check("aaaaaaaaaaaaaaaa", "ann").is_err());
        assert!(check("Ann Of The Sea", "ann of the sea").is_err());
        assert!(check("tide and seawall", "ann").is_ok());
    }
}
