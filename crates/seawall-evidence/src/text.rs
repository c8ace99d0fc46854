//! Which texts may stand in a record? Short ones, in one line, without control characters.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that may not stand where it was meant to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {need}")]
pub struct BadText {
    what: &'static str,
    need: &'static str,
}

fn in_one_line(text: &str, bytes_max: usize) -> bool {
    !text.trim().is_empty() && text.len() <= bytes_max && !text.chars().any(char::is_control)
}

/// What a name in a signature line may be: no space, no plus, nothing invisible (C2SP signed-note).
pub(crate) fn is_name(text: &str) -> bool {
    in_one_line(text, 255) && !text.chars().any(|letter| letter.is_whitespace() || letter == '+')
}

fn is_id(text: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'.' | b'_' | b'-');
    text.len() <= 128
        && text.bytes().all(plain)
        && text.bytes().next().is_some_and(|letter| letter.is_ascii_alphanumeric())
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $need:literal, $is:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes `text` if it may stand there.
            pub fn new(text: impl Into<String>) -> Result<Self, BadText> {
                let text = text.into();
                let is: fn(&str) -> bool = $is;
                if is(&text) { Ok(Self(text)) } else { Err(BadText { what: $what, need: $need }) }
            }

            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = BadText;

            fn from_str(text: &str) -> Result<Self, BadText> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

texts! {
    /// Who acts: a short name that also names the person's key, such as `ada` or `j.doe`.
    Actor, "the name of a person", "at most 255 bytes, no spaces, no `+`", is_name;
    /// As what somebody acts: `analyst`, `counsel`.
    Role, "a role", "one line of at most 255 bytes", |text| in_one_line(text, 255);
    /// What something is called within a case: `item-01H…`, `F-012`, `D2`.
    Id, "an id", "at most 128 letters, digits, `.`, `_`, `-`, not opening with one of the marks", is_id;
    /// A sentence that a person wrote, or words that describe.
    Words, "a text", "one line of at most 4096 bytes that is not blank", |text| in_one_line(text, 4096);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_long_and_hidden_texts_are_refused() {
        for bad in ["", " ", "a\nb", "a\u{7f}", &"a".repeat(4097)] {
            assert!(Words::new(bad).is_err(), "{bad:?}");
            assert!(Actor::new(bad).is_err(), "{bad:?}");
            assert!(Id::new(bad).is_err(), "{bad:?}");
        }
        for bad in ["a b", "a+b", "a\u{a0}b"] {
            assert!(Actor::new(bad).is_err(), "{bad:?}");
        }
        for bad in ["-a", "a/b", "..", "é"] {
            assert!(Id::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Id::new("F-012").unwrap().as_str(), "F-012");
        assert!(serde_json::from_str::<Role>("\"\"").is_err());
    }
}
