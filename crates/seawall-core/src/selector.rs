//! What an account exposes that an investigator can pivot on: a (kind, value).
//!
//! One file for each kind, one line in [`registry`] each. A kind derives a canonical text from an
//! event; the text is hashed to 64 bits for counting, and is kept only as evidence. A missing field
//! gives no value at all: "absent" is never something two accounts share.

mod account;
mod deriver;
mod kinds;
mod lists;
mod memo;
mod name;
mod parse;
mod recurring;
pub mod registry;
mod shown;
mod subject;
mod text;
mod write;

pub use account::{account_hash, pseudonym, spelled_pseudonym};
pub use deriver::{Deriver, KindSet};
pub use lists::{ListSummary, Lists, NetworkClass, UnknownList};
pub use parse::client::Client;
pub use shown::shown;
pub use subject::{Activity, ActivityStep, Stratum, Subject};

/// Evidence families. A family counts once in a score, so that related kinds (address, prefix,
/// network) are not counted double.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Where from: address, prefix, network.
    Network,
    /// With what: device, browser, client software.
    Device,
    /// Mail domain.
    Domain,
    /// How names are made.
    Name,
    /// Mailboxes and recovery addresses.
    Recovery,
    /// Telephone numbers.
    Phone,
    /// How challenges are solved.
    Challenge,
    /// When, and how time and place agree.
    Timing,
    /// Who sent the account: referrer, invite.
    Referral,
    /// Means of payment.
    Payment,
    /// What the account does after signup.
    Action,
}

/// What a kind may do in detection.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May bind accounts into a campaign.
    Link,
    /// Shared or rented: adds weight to a campaign, never makes one.
    Corroborate,
    /// Context that other evidence is compared within; never evidence.
    Stratum,
}

/// How a kind gets its value.
#[derive(Clone, Copy)]
pub enum Derive {
    /// One value an account: from its signup where that has the fields, otherwise from its earliest
    /// event that has them.
    Event(fn(&Subject<'_>, &mut String) -> bool),
    /// As [`Derive::Event`], of a value that many events have: it is derived anew only where the numbers that
    /// it depends on have not come by lately.
    Recurring(fn(&Subject<'_>) -> Numbers, fn(&Subject<'_>, &mut String) -> bool),
    /// Any number of values an account, one from each of its earliest actions.
    Action(fn(&Subject<'_>, &mut String) -> bool),
    /// One value an account, from what it did over the whole input.
    Activity(fn(&Activity<'_>, &mut String) -> bool),
}

/// What a value depends on: events with equal numbers have the same value, and those with nothing but zeros have
/// none. A number may stand for a text, and does so for one thread only.
pub type Numbers = [u64; 3];

/// A kind of selector: what it is, what it may do, and how it is derived.
///
/// The derivation appends the canonical text to an empty `String` and returns `true`, or returns
/// `false` where the event has no such value (whatever it appended is then ignored).
pub struct Kind {
    /// Name in every output, `snake_case`.
    pub name: &'static str,
    /// What people read, in the singular, lower case: "mail domain".
    pub title: &'static str,
    /// Evidence family.
    pub family: Family,
    /// What it may do.
    pub role: Role,
    /// Personal data: shown masked unless revealed.
    pub personal: bool,
    /// Rises with every change of the derivation, so that kept counts are not mixed.
    pub version: u16,
    /// How its value is made.
    pub derive: Derive,
}

/// Position of a kind in [`registry::KINDS`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct KindId(pub u8);

impl KindId {
    /// The kind itself.
    pub fn kind(self) -> &'static Kind {
        &registry::KINDS[usize::from(self.0)]
    }

    /// Every kind, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..registry::KINDS.len()).map(|index| Self(u8::try_from(index).expect("at most 64 kinds")))
    }

    /// Finds a kind by name.
    pub fn from_name(name: &str) -> Option<Self> {
        let position = registry::KINDS.iter().position(|kind| kind.name == name)?;
        u8::try_from(position).ok().map(Self)
    }
}

/// Hash under which a value is counted: never 0, stable across versions and machines.
///
/// XXH3-64 of the canonical text, seeded with the XXH3-64 of the kind's name. At 750 million
/// distinct values 0.015 collisions are expected.
pub fn value_hash(seed: u64, text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(text.as_bytes(), seed).max(1)
}

/// The seed of a kind for [`value_hash`].
pub fn kind_seed(kind: &Kind) -> u64 {
    xxhash_rust::xxh3::xxh3_64(kind.name.as_bytes())
}

#[cfg(test)]
mod tests;
