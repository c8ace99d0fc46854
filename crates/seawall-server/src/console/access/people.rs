//! Who may use the console? A fold over what was done; pure.

use std::collections::{BTreeMap, BTreeSet};

use super::capability::{Capability, Role};

/// Longest name.
pub const NAME_CHARACTERS_MAX: usize = 64;

/// Somebody who may use the console, or is invited to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Its id, which never changes.
    pub id: String,
    /// The name to sign in with.
    pub name: String,
    /// What it may do.
    pub roles: BTreeSet<Role>,
    /// Hash of its password, in the format of PHC; none until it has joined.
    pub password: Option<String>,
    /// SHA-256 of the link that lets it set a password, and until when that counts, in milliseconds since the Unix epoch.
    pub invitation: Option<(String, i64)>,
    /// It may not sign in any more.
    pub disabled: bool,
    /// When it was added, in milliseconds since the Unix epoch.
    pub added_at: i64,
    /// When it signed in last.
    pub signed_in_at: Option<i64>,
    /// As which person it acts in cases, by their name there; whoever manages people says so.
    pub case_name: Option<String>,
}

impl Person {
    /// All that its roles may do.
    pub fn capabilities(&self) -> BTreeSet<Capability> {
        self.roles.iter().flat_map(|role| role.capabilities().iter().copied()).collect()
    }
}

/// Everyone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    by_id: BTreeMap<String, Person>,
}

impl People {
    /// Everyone, by id.
    pub fn all(&self) -> impl Iterator<Item = &Person> {
        self.by_id.values()
    }

    /// Somebody by its id.
    pub fn by_id(&self, id: &str) -> Option<&Person> {
        self.by_id.get(id)
    }

    /// Somebody by the name to sign in with, whatever its case.
    pub fn by_name(&self, name: &str) -> Option<&Person> {
        let name = name.trim().to_lowercase();
        self.by_id.values().find(|person| person.name.to_lowercase() == name)
    }

    /// Who acts as that person in cases.
    pub fn by_case_name(&self, name: &str) -> Option<&Person> {
        self.by_id.values().find(|person| person.case_name.as_deref() == Some(name))
    }

    /// Whose invitation it is, while it counts.
    pub fn invited(&self, digest: &str, now: i64) -> Option<&Person> {
        self.by_id.values().find(|person| {
            let invitation = person.invitation.as_ref();
            !person.disabled && invitation.is_some_and(|(own, until)| own == digest && now < *until)
        })
    }

    /// Whether anybody ever set a password.
    pub fn anyone_joined(&self) -> bool {
        self.by_id.values().any(|person| person.password.is_some())
    }

    /// Whether somebody else than this one can still manage people.
    pub fn another_manager(&self, than: &str) -> bool {
        self.by_id.values().any(|person| {
            person.id != than
                && !person.disabled
                && person.password.is_some()
                && person.capabilities().contains(&Capability::People)
        })
    }

    pub(in crate::console) fn invite(
        &mut self,
        id: &str,
        name: &str,
        roles: &BTreeSet<Role>,
        invitation: (String, i64),
        at: i64,
    ) {
        let person = self.by_id.entry(id.to_owned()).or_insert_with(|| Person {
            id: id.to_owned(),
            name: name.to_owned(),
            roles: BTreeSet::new(),
            password: None,
            invitation: None,
            disabled: false,
            added_at: at,
            signed_in_at: None,
            case_name: None,
        });
        name.clone_into(&mut person.name);
        person.roles.clone_from(roles);
        person.invitation = Some(invitation);
    }

    pub(in crate::console) fn change(&mut self, id: &str, change: impl FnOnce(&mut Person)) {
        if let Some(person) = self.by_id.get_mut(id) {
            change(person);
        }
    }
}
