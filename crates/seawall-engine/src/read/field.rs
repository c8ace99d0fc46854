//! Which fields does Seawall know, and what are they called in the input?

use std::fmt;

/// A field of an input event, in the order of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[expect(missing_docs, reason = "the fields of `Event`, documented there")]
pub enum Field {
    Time,
    Type,
    Account,
    Ip,
    Asn,
    Country,
    Email,
    RecoveryEmail,
    Phone,
    Username,
    DisplayName,
    UserAgent,
    Ja4,
    DeviceId,
    Locale,
    Timezone,
    Referrer,
    Invite,
    PaymentId,
    ChallengeProvider,
    ChallengeOutcome,
    ChallengeMilliseconds,
    ChallengeAttempts,
    Action,
    Target,
    Outcome,
    Trusted,
}

/// Number of fields.
pub const FIELD_COUNT: usize = 27;

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueType {
    /// A moment.
    Time,
    /// Any text.
    Text,
    /// Text that is taken apart: one of a few words, an address, a country.
    Word,
    /// An integer from 0 to 2^32 - 1.
    Integer,
    /// True or false.
    Boolean,
}

impl Field {
    /// All fields, in the order of the reference and of every output.
    pub const ALL: [Self; FIELD_COUNT] = [
        Self::Time,
        Self::Type,
        Self::Account,
        Self::Ip,
        Self::Asn,
        Self::Country,
        Self::Email,
        Self::RecoveryEmail,
        Self::Phone,
        Self::Username,
        Self::DisplayName,
        Self::UserAgent,
        Self::Ja4,
        Self::DeviceId,
        Self::Locale,
        Self::Timezone,
        Self::Referrer,
        Self::Invite,
        Self::PaymentId,
        Self::ChallengeProvider,
        Self::ChallengeOutcome,
        Self::ChallengeMilliseconds,
        Self::ChallengeAttempts,
        Self::Action,
        Self::Target,
        Self::Outcome,
        Self::Trusted,
    ];

    /// The fields every event needs.
    pub const REQUIRED: [Self; 3] = [Self::Time, Self::Type, Self::Account];

    /// Its name in NDJSON, CSV and Parquet.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Type => "type",
            Self::Account => "account",
            Self::Ip => "ip",
            Self::Asn => "asn",
            Self::Country => "country",
            Self::Email => "email",
            Self::RecoveryEmail => "recovery_email",
            Self::Phone => "phone",
            Self::Username => "username",
            Self::DisplayName => "display_name",
            Self::UserAgent => "user_agent",
            Self::Ja4 => "ja4",
            Self::DeviceId => "device_id",
            Self::Locale => "locale",
            Self::Timezone => "timezone",
            Self::Referrer => "referrer",
            Self::Invite => "invite",
            Self::PaymentId => "payment_id",
            Self::ChallengeProvider => "challenge_provider",
            Self::ChallengeOutcome => "challenge_outcome",
            Self::ChallengeMilliseconds => "challenge_ms",
            Self::ChallengeAttempts => "challenge_attempts",
            Self::Action => "action",
            Self::Target => "target",
            Self::Outcome => "outcome",
            Self::Trusted => "trusted",
        }
    }

    /// Finds a field by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// True for the fields every event needs.
    pub const fn required(self) -> bool {
        matches!(self, Self::Time | Self::Type | Self::Account)
    }

    pub(crate) const fn bit(self) -> u32 {
        1 << self as u32
    }

    pub(crate) const fn value_type(self) -> ValueType {
        match self {
            Self::Time => ValueType::Time,
            Self::Type | Self::Ip | Self::Country | Self::ChallengeOutcome | Self::Outcome => {
                ValueType::Word
            }
            Self::Asn | Self::ChallengeMilliseconds | Self::ChallengeAttempts => ValueType::Integer,
            Self::Trusted => ValueType::Boolean,
            _ => ValueType::Text,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

const SLOTS: usize = 256;

/// Finds the field for a name of the source: a small hash table, since it is asked for every field
/// of every NDJSON line.
#[derive(Clone, Debug)]
pub(crate) struct NameTable {
    /// Position in `names` plus one; 0 is an empty slot.
    slots: [u8; SLOTS],
    names: Vec<(Box<str>, Field)>,
}

impl NameTable {
    /// `names` gives each field's name in the source; all names differ.
    pub(crate) fn new(names: Vec<(Box<str>, Field)>) -> Self {
        let mut slots = [0; SLOTS];
        for (position, (name, _)) in (1..).zip(&names) {
            let mut slot = slot_of(name);
            while slots[slot] != 0 {
                slot = (slot + 1) % SLOTS;
            }
            slots[slot] = position;
        }
        Self { slots, names }
    }

    pub(crate) fn field(&self, name: &str) -> Option<Field> {
        let mut slot = slot_of(name);
        loop {
            let position = usize::from(self.slots[slot]).checked_sub(1)?;
            let (candidate, field) = &self.names[position];
            if **candidate == *name {
                return Some(*field);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// The name that `field` has in the source.
    pub(crate) fn name_of(&self, field: Field) -> &str {
        self.names
            .iter()
            .find(|(_, candidate)| *candidate == field)
            .map_or(field.name(), |(name, _)| name)
    }
}

/// Mixes the length with the first and last eight bytes.
fn slot_of(name: &str) -> usize {
    let bytes = name.as_bytes();
    let (head, tail) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
        _ => (bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0),
    };
    let mixed =
        (head ^ tail.rotate_left(23) ^ bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let [.., high] = mixed.to_le_bytes();
    usize::from(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_name_and_sits_at_its_index() {
        let table = NameTable::new(
            Field::ALL.into_iter().map(|field| (field.name().into(), field)).collect(),
        );
        for (index, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, index);
            assert_eq!(table.field(field.name()), Some(field));
            assert_eq!(Field::from_name(field.name()), Some(field));
        }
        for name in ["", "t", "times", "tim", "Account", "challenge_milliseconds", "email "] {
            assert_eq!(table.field(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_collide_are_all_found() {
        let names: Vec<(Box<str>, Field)> = Field::ALL
            .into_iter()
            .map(|field| (format!("properties.{field}.text_value").into(), field))
            .collect();
        let table = NameTable::new(names.clone());
        for (name, field) in names {
            assert_eq!(table.field(&name), Some(field));
        }
    }
}
