//! How are objects told apart?

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Longest name of a type (STIX 2.1, 2.12 and 11.2).
const TYPE_BYTES_MAX: usize = 250;
/// Digits and hyphens of a UUID.
const UUID_BYTES: usize = 36;

/// An identifier of STIX: the type of the object, `--`, a UUID.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StixId {
    text: Box<str>,
    type_bytes: u8,
}

/// A text that is no [`StixId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of STIX: a type in lower case, `--`, and a UUID")]
pub struct NotAnId;

impl StixId {
    /// The id of that type and UUID. The type is one of ours or was checked.
    pub(super) fn new(object_type: &str, uuid: Uuid) -> Self {
        format!("{object_type}--{uuid}").parse().expect("a type and a UUID")
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The type of the object.
    pub fn object_type(&self) -> &str {
        &self.text[..usize::from(self.type_bytes)]
    }

    /// What comes after the type.
    pub fn uuid(&self) -> Uuid {
        let digits = &self.text[usize::from(self.type_bytes) + 2..];
        Uuid::parse_str(digits).expect("checked when it was made")
    }
}

impl FromStr for StixId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (object_type, uuid) = text.split_once("--").ok_or(NotAnId)?;
        let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        // Matchers of others use types with underscores; the standard has hyphens only.
        let sound = object_type.bytes().all(|letter| plain(letter) || b"-_".contains(&letter));
        let type_bytes = match u8::try_from(object_type.len()) {
            Ok(bytes @ 1..) if usize::from(bytes) <= TYPE_BYTES_MAX && sound => bytes,
            _ => return Err(NotAnId),
        };
        if uuid.len() != UUID_BYTES || Uuid::parse_str(uuid).is_err() {
            return Err(NotAnId);
        }
        Ok(Self { text: text.into(), type_bytes })
    }
}

impl fmt::Display for StixId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for StixId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for StixId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for StixId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::StixId;

    #[test]
    fn an_id_is_a_type_and_a_uuid() {
        let id: StixId = "x-mitre-tactic--e18dca82-0524-4338-9a66-e13e67c81ac4".parse().unwrap();
        assert_eq!(id.object_type(), "x-mitre-tactic");
        assert_eq!(id.uuid().to_string(), "e18dca82-0524-4338-9a66-e13e67c81ac4");
        for bad in [
            "",
            "indicator",
            "--e18dca82-0524-4338-9a66-e13e67c81ac4",
            "indicator--e18dca82",
            "Indicator--e18dca82-0524-4338-9a66-e13e67c81ac4",
            "indicator--e18dca8205244338-9a66-e13e67c81ac4-----",
            "indicator--{e18dca82-0524-4338-9a66-e13e67c81ac4}",
            &format!("{}--e18dca82-0524-4338-9a66-e13e67c81ac4", "a".repeat(251)),
        ] {
            assert!(bad.parse::<StixId>().is_err(), "{bad}");
        }
    }
}
