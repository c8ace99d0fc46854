//! How is a record written so that it has one spelling only? RFC 8785, within the limits of the format.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Number, Value};

mod glance;

/// Integers beyond this are not exact in every JSON parser (RFC 8785, section 3.2.2.3; RFC 7493, section 2.2).
pub const INTEGER_MAX: i64 = (1 << 53) - 1;

/// Longest canonical JSON that is read or written.
pub const BYTES_MAX: usize = 64 << 20;

/// Arrays and objects within one another.
pub const DEPTH_MAX: usize = 32;

/// Why something has no canonical spelling, or bytes are not one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The value cannot be written as JSON at all, or has a key twice.
    #[error("cannot be written as JSON")]
    Write(#[source] serde_json::Error),
    /// The bytes are not JSON, or not of the shape that is needed.
    #[error("not the JSON that is needed here: {0}")]
    Read(serde_json::Error),
    /// A fraction or an exponent.
    #[error("a number is not an integer\nhint: fractions are written as a pair of integers")]
    Fraction,
    /// An integer beyond ±(2⁵³ − 1).
    #[error("an integer is beyond 2^53 - 1\nhint: larger ones are written as text")]
    Integer,
    /// A `null`.
    #[error("null is not a value\nhint: what is absent is left out")]
    Null,
    /// Arrays and objects too deep within one another.
    #[error("more than {DEPTH_MAX} arrays and objects within one another")]
    Depth,
    /// Too many bytes.
    #[error("{bytes} bytes, more than the {max} that are read or written at once")]
    Size {
        /// How many there are.
        bytes: usize,
        /// How many are allowed.
        max: usize,
    },
    /// The same value has another spelling, which is the one.
    #[error("not canonical from byte {byte} on (RFC 8785)")]
    Spelling {
        /// Position of the first byte that differs from the canonical spelling, from 0.
        byte: usize,
    },
}

/// The canonical spelling of `value`.
pub fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    within_limits(&serde_json::to_value(value).map_err(Error::Write)?, 0)?;
    // From the value itself, not from what it was turned into: there a key that occurs twice is lost.
    let bytes = serde_json_canonicalizer::to_vec(&value).map_err(Error::Write)?;
    within_size(&bytes, BYTES_MAX)?;
    Ok(bytes)
}

/// Reads canonical JSON, and refuses any other spelling of the same value.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    parse_up_to(bytes, BYTES_MAX)
}

/// As [`parse`], of at most `bytes_max` bytes.
pub fn parse_up_to<T: DeserializeOwned>(bytes: &[u8], bytes_max: usize) -> Result<T, Error> {
    within_size(bytes, bytes_max)?;
    if !glance::is_canonical(bytes) {
        parse_slowly(bytes)?;
    }
    serde_json::from_slice(bytes).map_err(Error::Read)
}

/// Writes what was read once more, and compares.
fn parse_slowly(bytes: &[u8]) -> Result<(), Error> {
    // The parser of serde_json stops by itself at 128 levels, before the stack does.
    let value: Value = serde_json::from_slice(bytes).map_err(Error::Read)?;
    within_limits(&value, 0)?;
    let canonical = serde_json_canonicalizer::to_vec(&value).map_err(Error::Write)?;
    if canonical != bytes {
        let same = canonical.iter().zip(bytes).take_while(|(left, right)| left == right).count();
        return Err(Error::Spelling { byte: same });
    }
    Ok(())
}

fn within_size(bytes: &[u8], max: usize) -> Result<(), Error> {
    if bytes.len() > max {
        return Err(Error::Size { bytes: bytes.len(), max });
    }
    Ok(())
}

fn within_limits(value: &Value, depth: usize) -> Result<(), Error> {
    match value {
        Value::Null => Err(Error::Null),
        Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Number(number) => exact(number),
        Value::Array(_) | Value::Object(_) if depth == DEPTH_MAX => Err(Error::Depth),
        Value::Array(values) => values.iter().try_for_each(|value| within_limits(value, depth + 1)),
        Value::Object(fields) => {
            fields.values().try_for_each(|value| within_limits(value, depth + 1))
        }
    }
}

fn exact(number: &Number) -> Result<(), Error> {
    if number.is_f64() {
        return Err(Error::Fraction);
    }
    match number.as_i64() {
        Some(integer) if (-INTEGER_MAX..=INTEGER_MAX).contains(&integer) => Ok(()),
        _ => Err(Error::Integer),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// The example of RFC 8785, section 3.2.3: keys sort as UTF-16.
    #[test]
    fn keys_of_the_rfc() {
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\
            \"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\
            \"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
        assert_eq!(String::from_utf8(to_bytes(&value).unwrap()).unwrap(), expected);
        assert_eq!(parse::<Value>(expected.as_bytes()).unwrap(), value);
    }

    /// The strings of RFC 8785, section 3.2.2, without its fractions.
    #[test]
    fn strings_of_the_rfc() {
        let value = json!({"string": "\u{20ac}$\u{f}\u{a}A'\u{42}\u{22}\u{5c}\u{5c}\u{22}/", "literals": [true, false]});
        let expected =
            "{\"literals\":[true,false],\"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assert_eq!(String::from_utf8(to_bytes(&value).unwrap()).unwrap(), expected);
    }

    #[test]
    fn other_spellings_are_refused() {
        for (bytes, byte) in [
            ("{\"b\":1,\"a\":2}", 2),
            ("{\"a\":1, \"b\":2}", 7),
            ("{\"a\":1,\"a\":1}", 6),
            ("\"\\u0041\"", 1),
            ("\"\\/\"", 1),
            ("[1]\n", 3),
        ] {
            let error = parse::<Value>(bytes.as_bytes()).unwrap_err();
            assert!(
                matches!(error, Error::Spelling { byte: at } if at == byte),
                "{bytes}: {error:?}"
            );
        }
    }

    #[test]
    fn limits() {
        let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse::<Value>(deep(DEPTH_MAX).as_bytes()).is_ok());
        let of = |text: &str| parse::<Value>(text.as_bytes()).unwrap_err();
        assert!(matches!(of(&deep(DEPTH_MAX + 1)), Error::Depth));
        assert!(matches!(of(&deep(1_000_000)), Error::Read(_)));
        assert!(matches!(of("null"), Error::Null));
        assert!(matches!(of("{\"a\":[null]}"), Error::Null));
        for fraction in ["0.5", "1.0", "1e3", "-0"] {
            assert!(matches!(of(fraction), Error::Fraction), "{fraction}");
        }
        for integer in ["9007199254740992", "-9007199254740992", "18446744073709551615"] {
            assert!(matches!(of(integer), Error::Integer), "{integer}");
        }
        assert!(
            matches!(of("99999999999999999999"), Error::Fraction),
            "beyond 64 bits a parser makes fractions"
        );
        assert_eq!(parse::<i64>(b"-9007199254740991").unwrap(), -INTEGER_MAX);
        assert!(matches!(parse_up_to::<Value>(b"[1,2]", 4), Err(Error::Size { bytes: 5, max: 4 })));
        assert!(matches!(to_bytes(&0.5), Err(Error::Fraction)));
        assert!(matches!(to_bytes(&u64::MAX), Err(Error::Integer)));
        assert!(matches!(to_bytes(&None::<u8>), Err(Error::Null)));
    }

    #[test]
    fn a_key_twice_is_refused() {
        #[derive(Serialize)]
        struct Twice {
            a: u8,
            #[serde(flatten)]
            rest: BTreeMap<String, u8>,
        }
        let twice = Twice { a: 1, rest: [("a".to_owned(), 2)].into() };
        assert!(matches!(to_bytes(&twice), Err(Error::Write(_))));
    }

    pub(super) fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            (-INTEGER_MAX..=INTEGER_MAX).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in values()) {
            let bytes = to_bytes(&value).unwrap();
            prop_assert_eq!(parse::<Value>(&bytes).unwrap(), value);
        }

        #[test]
        fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(value) = parse::<Value>(&bytes) {
                prop_assert_eq!(to_bytes(&value).unwrap(), bytes);
            }
        }
    }
}
