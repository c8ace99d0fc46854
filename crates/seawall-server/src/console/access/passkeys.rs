//! Which passkeys has somebody? A fold over what was done; pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Passkeys of one person at most.
pub const PASSKEYS_MAX: usize = 16;

/// What is kept of a passkey, each in base64url: nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// What the authenticator calls it.
    pub id: String,
    /// Its public key.
    pub key: String,
    /// How the browser may reach the authenticator.
    pub transports: u8,
}

/// A passkey that somebody signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its id, in the audit log.
    pub id: String,
    /// Whose it is.
    pub person: String,
    /// What they call it.
    pub name: String,
    /// What it is recognised by.
    pub credential: Credential,
    /// Its counter, and what else changes as it is used, in base64url.
    pub state: String,
    /// When it was added, in milliseconds since the Unix epoch.
    pub added_at: i64,
    /// When it was used last.
    pub used_at: Option<i64>,
}

/// Everyone's, by what the authenticator calls them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passkeys {
    by_credential: BTreeMap<String, Passkey>,
}

impl Passkeys {
    /// Whether anybody has one.
    pub fn any(&self) -> bool {
        !self.by_credential.is_empty()
    }

    /// The one that an authenticator calls so.
    pub fn by_credential(&self, id: &str) -> Option<&Passkey> {
        self.by_credential.get(id)
    }

    /// Those of one person, the newest first.
    pub fn of(&self, person: &str) -> Vec<&Passkey> {
        let mut own: Vec<_> =
            self.by_credential.values().filter(|own| own.person == person).collect();
        own.sort_by(|left, right| (right.added_at, &right.id).cmp(&(left.added_at, &left.id)));
        own
    }

    pub(in crate::console) fn add(
        &mut self,
        id: &str,
        (person, at): (&str, i64),
        name: &str,
        credential: &Credential,
        state: &str,
    ) {
        let passkey = Passkey {
            id: id.to_owned(),
            person: person.to_owned(),
            name: name.to_owned(),
            credential: credential.clone(),
            state: state.to_owned(),
            added_at: at,
            used_at: None,
        };
        self.by_credential.insert(credential.id.clone(), passkey);
    }

    pub(in crate::console) fn used(&mut self, id: &str, state: &str, at: i64) {
        if let Some(own) = self.by_credential.values_mut().find(|own| own.id == id) {
            state.clone_into(&mut own.state);
            own.used_at = Some(at);
        }
    }

    pub(in crate::console) fn remove(&mut self, id: &str) {
        self.by_credential.retain(|_, own| own.id != id);
    }

    pub(in crate::console) fn end_all(&mut self, person: &str) {
        self.by_credential.retain(|_, own| own.person != person);
    }
}
