//! With what does a model ask for somebody? A fold over what was done; pure.

use std::collections::BTreeMap;

/// Tokens of one person at most, those that expired not counted.
pub const TOKENS_MAX: usize = 16;
/// Days that one may count.
pub const DAYS: [i64; 3] = [7, 30, 90];
/// A day, in milliseconds.
pub const DAY: i64 = 24 * 3600 * 1000;

/// A token by which a model may ask what its person may look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalToken {
    /// Its id, in the audit log.
    pub id: String,
    /// Who asks with it.
    pub person: String,
    /// What its person calls it.
    pub name: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub made_at: i64,
    /// Until when it counts, in the same.
    pub until: i64,
    /// When it was used last, since the server started.
    pub used_at: Option<i64>,
}

/// All that count, by the SHA-256 of what is shown once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonalTokens {
    by_digest: BTreeMap<String, PersonalToken>,
}

impl PersonalTokens {
    /// The token of a digest, which was used now; none where it does not count, or not any more.
    pub fn used(&mut self, digest: &str, now: i64) -> Option<&PersonalToken> {
        let own = self.by_digest.get_mut(digest).filter(|own| now < own.until)?;
        own.used_at = Some(now);
        Some(own)
    }

    /// Those of one person, the newest first; also those that expired less than [`DAYS`] ago at the most.
    pub fn of(&self, person: &str) -> Vec<&PersonalToken> {
        let mut own: Vec<_> = self.by_digest.values().filter(|own| own.person == person).collect();
        own.sort_by(|left, right| (right.made_at, &right.id).cmp(&(left.made_at, &left.id)));
        own
    }

    pub(in crate::console) fn make(&mut self, digest: &str, token: PersonalToken) {
        let oldest = token.made_at - DAYS[2] * DAY;
        self.by_digest.retain(|_, own| own.until > oldest);
        self.by_digest.insert(digest.to_owned(), token);
    }

    pub(in crate::console) fn revoke(&mut self, id: &str) {
        self.by_digest.retain(|_, own| own.id != id);
    }

    pub(in crate::console) fn end_all(&mut self, person: &str) {
        self.by_digest.retain(|_, own| own.person != person);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_counts_until_it_expires_or_is_taken_away() {
        let mut tokens = PersonalTokens::default();
        for (digest, person) in [("d1", "p-1"), ("d2", "p-1"), ("d3", "p-2")] {
            let (id, name) = (format!("k-{digest}"), "laptop".to_owned());
            let token = PersonalToken {
                id,
                person: person.to_owned(),
                name,
                made_at: 0,
                until: 100,
                used_at: None,
            };
            tokens.make(digest, token);
        }
        assert_eq!(tokens.used("d1", 99).map(|own| own.used_at), Some(Some(99)));
        assert_eq!(tokens.used("d1", 100), None);
        tokens.revoke("k-d1");
        assert_eq!(tokens.used("d1", 1), None);
        tokens.end_all("p-1");
        assert_eq!((tokens.of("p-1").len(), tokens.of("p-2").len()), (0, 1));
    }
}
