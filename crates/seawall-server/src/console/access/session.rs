//! Whose browser is it?

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderValue, header};

/// How long a session lives that nobody uses, in milliseconds.
pub const IDLE: i64 = 12 * 3600 * 1000;
/// How long any session lives.
pub const LONGEST: i64 = 7 * 24 * 3600 * 1000;
/// How long after a sign-in one may add what signs in later, in milliseconds; then one signs in again before.
pub const FRESH: i64 = 10 * 60 * 1000;
/// How long a sign-in may take that was begun.
pub const SIGN_IN: i64 = 10 * 60 * 1000;

/// A browser that somebody signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub person: String,
    /// When it began, in milliseconds since the Unix epoch.
    pub begun_at: i64,
    /// When it was last used, as far as this process knows.
    pub seen_at: i64,
}

/// All sessions, by the digest of their secret.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    by_digest: BTreeMap<String, Session>,
}

impl Sessions {
    /// The person of a session that still counts; it was used now.
    pub fn used(&mut self, digest: &str, now: i64) -> Option<String> {
        let session = self.by_digest.get_mut(digest)?;
        if !counts(session, now) {
            self.by_digest.remove(digest);
            return None;
        }
        session.seen_at = session.seen_at.max(now);
        Some(session.person.clone())
    }

    /// When a session began, in milliseconds since the Unix epoch.
    pub fn begun_at(&self, digest: &str) -> Option<i64> {
        self.by_digest.get(digest).map(|session| session.begun_at)
    }

    /// Whether a session still counts, without using it.
    pub fn is_open(&self, digest: &str, now: i64) -> bool {
        self.by_digest.get(digest).is_some_and(|session| counts(session, now))
    }

    /// Sessions of somebody that are still known.
    pub fn of(&self, person: &str) -> usize {
        self.by_digest.values().filter(|session| session.person == person).count()
    }

    pub(in crate::console) fn begin(&mut self, digest: &str, person: &str, at: i64) {
        self.by_digest.retain(|_, session| at - session.begun_at < LONGEST);
        let session = Session { person: person.to_owned(), begun_at: at, seen_at: at };
        self.by_digest.insert(digest.to_owned(), session);
    }

    pub(in crate::console) fn end(&mut self, digest: &str) {
        self.by_digest.remove(digest);
    }

    pub(in crate::console) fn end_all(&mut self, person: &str) {
        self.by_digest.retain(|_, session| session.person != person);
    }
}

const fn counts(session: &Session, now: i64) -> bool {
    now - session.seen_at < IDLE && now - session.begun_at < LONGEST
}

/// What a browser keeps a secret for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Its session.
    Session,
    /// A sign-in that it began and that takes more than one request.
    SignIn,
}

impl Cookie {
    /// Its name: over TLS one that no other host and no plain page can set.
    const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-seawall",
            (Self::Session, false) => "seawall",
            (Self::SignIn, true) => "__Host-seawall-sign-in",
            (Self::SignIn, false) => "seawall-sign-in",
        }
    }

    /// How long it is kept, in milliseconds.
    const fn age(self) -> i64 {
        match self {
            Self::Session => LONGEST,
            Self::SignIn => SIGN_IN,
        }
    }
}

/// The secret that a browser sends.
pub fn secret(headers: &HeaderMap, cookie: Cookie, secure: bool) -> Option<String> {
    let cookies =
        headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(own, _)| *own == cookie.name(secure))?;
    (value.len() <= 64).then(|| value.to_owned())
}

/// Makes a browser keep a secret, or forget it.
pub fn set(cookie: Cookie, secret: Option<&str>, secure: bool) -> HeaderValue {
    let flags = if secure { "; Secure" } else { "" };
    let age = if secret.is_some() { cookie.age() / 1000 } else { 0 };
    let text = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{flags}",
        cookie.name(secure),
        secret.unwrap_or_default()
    );
    HeaderValue::from_str(&text).expect("a secret has only characters of headers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_nobody_uses_it_and_after_a_week_anyway() {
        let mut sessions = Sessions::default();
        sessions.begin("d", "p-1", 0);
        assert_eq!(sessions.used("d", IDLE - 1).as_deref(), Some("p-1"));
        assert_eq!(sessions.used("d", 2 * IDLE - 2).as_deref(), Some("p-1"));
        assert_eq!(sessions.used("d", 4 * IDLE), None);
        assert_eq!(sessions.used("d", 4 * IDLE), None);
        sessions.begin("e", "p-1", 0);
        let mut at = 0;
        while at < LONGEST {
            assert!(sessions.used("e", at).is_some());
            at += IDLE / 2;
        }
        assert!(sessions.used("e", LONGEST).is_none());
    }

    #[test]
    fn cookies_are_told_apart() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=1; seawall=abc; __Host-seawall=xyz"),
        );
        assert_eq!(secret(&headers, Cookie::Session, false).as_deref(), Some("abc"));
        assert_eq!(secret(&headers, Cookie::Session, true).as_deref(), Some("xyz"));
        assert_eq!(secret(&headers, Cookie::SignIn, false), None);
        let set = set(Cookie::Session, Some("abc"), true);
        let set = set.to_str().expect("text");
        assert!(set.starts_with("__Host-seawall=abc; Path=/; HttpOnly; SameSite=Lax;"));
        assert!(set.ends_with("; Secure"));
    }
}
