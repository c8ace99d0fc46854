//! Who may try a password again, and when?

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Failures within [`WINDOW`] after which a name has to wait.
const FAILURES_MAX: u32 = 8;
/// Failures of all names together after which everyone has to wait.
const FAILURES_MAX_TOTAL: u32 = 120;
/// In milliseconds.
const WINDOW: i64 = 15 * 60 * 1000;
/// Names remembered at most.
const NAMES_MAX: usize = 10_000;

/// Failed attempts of the last quarter of an hour.
#[derive(Debug, Default)]
pub struct Attempts {
    failures: Mutex<BTreeMap<String, (u32, i64)>>,
}

/// The name under which all failures are counted.
const EVERYONE: &str = "\0";

impl Attempts {
    /// Whether somebody of this name may try; failures count per name, known or not.
    pub fn allowed(&self, name: &str, now: i64) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let below = |name: &str, most: u32| {
            failures.get(name).is_none_or(|(count, since)| *count < most || now - since >= WINDOW)
        };
        below(&key(name), FAILURES_MAX) && below(EVERYONE, FAILURES_MAX_TOTAL)
    }

    /// An attempt failed.
    pub fn failed(&self, name: &str, now: i64) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.retain(|_, (_, since)| now - *since < WINDOW);
        for name in [key(name), EVERYONE.to_owned()] {
            if failures.len() < NAMES_MAX || failures.contains_key(&name) {
                failures.entry(name).or_insert((0, now)).0 += 1;
            }
        }
    }

    /// An attempt succeeded.
    pub fn succeeded(&self, name: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(name));
    }
}

fn key(name: &str) -> String {
    name.trim().to_lowercase().chars().take(64).collect()
}

/// Questions of a person's models within [`MINUTE`].
const QUESTIONS_MAX: u32 = 120;
/// In milliseconds.
const MINUTE: i64 = 60 * 1000;

/// How many questions the models of each person asked in this minute.
#[derive(Debug, Default)]
pub struct Pace {
    asked: Mutex<BTreeMap<String, (u32, i64)>>,
}

impl Pace {
    /// Counts a question of a person's model; whether it may be answered.
    pub fn allowed(&self, person: &str, now: i64) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, (_, since)| now - *since < MINUTE);
        let own = asked.entry(person.to_owned()).or_insert((0, now));
        own.0 = own.0.saturating_add(1);
        own.0 <= QUESTIONS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_of_a_person_wait_and_those_of_others_do_not() {
        let pace = Pace::default();
        for _ in 0..QUESTIONS_MAX {
            assert!(pace.allowed("p-1", 0));
        }
        assert!(!pace.allowed("p-1", MINUTE - 1));
        assert!(pace.allowed("p-2", MINUTE - 1));
        assert!(pace.allowed("p-1", MINUTE));
    }

    #[test]
    fn a_name_waits_after_eight_failures_and_no_other_does() {
        let attempts = Attempts::default();
        for _ in 0..8 {
            assert!(attempts.allowed("Ann", 0));
            attempts.failed("ann ", 0);
        }
        assert!(!attempts.allowed("ANN", 1));
        assert!(attempts.allowed("bob", 1));
        assert!(attempts.allowed("ann", WINDOW));
    }

    #[test]
    fn many_names_together_wait_as_well() {
        let attempts = Attempts::default();
        for index in 0..FAILURES_MAX_TOTAL {
            attempts.failed(&format!("n{index}"), 0);
        }
        assert!(!attempts.allowed("fresh", 1));
    }
}
