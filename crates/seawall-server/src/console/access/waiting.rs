//! What waits for a second request of the same browser? Each counts once, and for ten minutes.

use std::collections::BTreeMap;

use super::session::SIGN_IN;

/// That wait at most; then the oldest is forgotten.
const WAITING_MAX: usize = 10_000;

/// What waits, by a key that only its browser knows.
#[derive(Debug)]
pub struct Waiting<T> {
    by_key: BTreeMap<String, (i64, T)>,
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self { by_key: BTreeMap::new() }
    }
}

impl<T> Waiting<T> {
    /// Has something wait; what had this key is forgotten. `now` in milliseconds since the Unix epoch.
    pub fn begin(&mut self, key: String, what: T, now: i64) {
        self.by_key.retain(|_, (at, _)| now - *at < SIGN_IN);
        if self.by_key.len() >= WAITING_MAX {
            let oldest = self.by_key.iter().min_by_key(|(_, (at, _))| *at);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.by_key.remove(&oldest);
            }
        }
        self.by_key.insert(key, (now, what));
    }

    /// What waits under a key; it is gone then.
    pub fn take(&mut self, key: &str, now: i64) -> Option<T> {
        let (at, what) = self.by_key.remove(key)?;
        (now - at < SIGN_IN).then_some(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_counts_once_and_for_ten_minutes() {
        let mut waiting = Waiting::default();
        waiting.begin("s".to_owned(), 1, 0);
        assert_eq!(waiting.take("other", 1), None);
        assert_eq!(waiting.take("s", SIGN_IN - 1), Some(1));
        assert_eq!(waiting.take("s", SIGN_IN - 1), None);
        waiting.begin("s".to_owned(), 2, 0);
        assert_eq!(waiting.take("s", SIGN_IN), None);
    }

    #[test]
    fn no_more_is_kept_than_may_wait() {
        let mut waiting = Waiting::default();
        for number in 0..=WAITING_MAX {
            waiting.begin(format!("s{number}"), number, number as i64);
        }
        assert_eq!(waiting.by_key.len(), WAITING_MAX);
        assert_eq!(waiting.take("s0", 1), None);
        assert_eq!(waiting.take("s1", 1), Some(1));
    }
}
