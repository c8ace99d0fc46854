//! Are these bytes canonical for sure? Most are, and show it in one look; of the others nothing is said here.

use super::DEPTH_MAX;

/// Digits of an integer that is exact in every parser, whatever they are.
const DIGITS_MAX: usize = 15;

/// Whether the bytes are JSON in its one spelling and within the limits, as far as that is seen at a glance: keys are
/// of plain ASCII, escapes have two letters, integers are short. `false` says nothing.
pub(super) fn is_canonical(bytes: &[u8]) -> bool {
    if str::from_utf8(bytes).is_err() {
        return false;
    }
    let mut glance = Glance { rest: bytes };
    glance.value(0).is_some() && glance.rest.is_empty()
}

/// What has not been looked at yet. `None` is "not for sure".
struct Glance<'a> {
    rest: &'a [u8],
}

impl<'a> Glance<'a> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take(&mut self, expected: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.rest.first()? {
            b'"' => self.string().map(drop),
            b'{' | b'[' if depth == DEPTH_MAX => None,
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b't' => self.take(b"true"),
            b'f' => self.take(b"false"),
            _ => self.integer(),
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.take(b"[")?;
        if self.take(b"]").is_some() {
            return Some(());
        }
        loop {
            self.value(depth + 1)?;
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// Keys of ASCII sort by their bytes as they do by UTF-16; one that is not above the last is out of order, or twice.
    fn object(&mut self, depth: usize) -> Option<()> {
        self.take(b"{")?;
        if self.take(b"}").is_some() {
            return Some(());
        }
        let mut last: Option<&[u8]> = None;
        loop {
            let key = self.string()?;
            let is_plain = key.is_ascii() && !key.contains(&b'\\');
            if !is_plain || last.is_some_and(|last| last >= key) {
                return None;
            }
            last = Some(key);
            self.take(b":")?;
            self.value(depth + 1)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// What stands between the quotes.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.take(b"\"")?;
        let whole = self.rest;
        loop {
            let ends = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
            let length = self.rest.iter().position(ends)?;
            self.rest = &self.rest[length..];
            match self.next()? {
                b'"' => return Some(&whole[..whole.len() - self.rest.len() - 1]),
                b'\\' if b"\"\\bfnrt".contains(&self.next()?) => {}
                _ => return None,
            }
        }
    }

    fn integer(&mut self) -> Option<()> {
        let is_negative = self.take(b"-").is_some();
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        let is_plain = match number {
            [b'0'] => !is_negative,
            [] | [b'0', ..] => false,
            _ => digits <= DIGITS_MAX,
        };
        is_plain.then_some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::is_canonical;
    use crate::canonical::{self, tests::values};

    #[test]
    fn what_is_not_for_sure_is_left_to_the_slow_way() {
        for sure in [
            "{}",
            "[]",
            "0",
            "-1",
            "\"é\\n\\\"\"",
            "{\"a\":[1,true,false,{}],\"b\":\"\u{7f}\"}",
            "999999999999999",
        ] {
            assert!(is_canonical(sure.as_bytes()), "{sure}");
            assert!(canonical::parse::<Value>(sure.as_bytes()).is_ok(), "{sure}");
        }
        for unsure in [
            "",
            " 1",
            "1 ",
            "01",
            "-0",
            "1.0",
            "1e3",
            "-",
            "+1",
            "null",
            "[1,]",
            "[,1]",
            "[1 ,2]",
            "{\"b\":1,\"a\":2}",
            "{\"a\":1,\"a\":1}",
            "{\"a\":1,}",
            "{\"a\"}",
            "{\"é\":1}",
            "\"\\u0041\"",
            "\"\\/\"",
            "\"\n\"",
            "\"a",
            "\"\\",
            "9007199254740992",
            "tru",
            "truefalse",
            "[1]]",
        ] {
            assert!(!is_canonical(unsure.as_bytes()), "{unsure}");
        }
        let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(is_canonical(deep(canonical::DEPTH_MAX).as_bytes()));
        assert!(!is_canonical(deep(canonical::DEPTH_MAX + 1).as_bytes()));
        assert!(!is_canonical(b"\"\xff\""));
    }

    proptest! {
        /// What the glance takes, the slow way takes: also where a byte of something canonical was changed.
        #[test]
        fn the_slow_way_agrees(value in values(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = canonical::to_bytes(&value).unwrap();
            prop_assert!(!is_canonical(&bytes) || canonical::parse_slowly(&bytes).is_ok());
            let at = at.index(bytes.len());
            bytes[at] = byte;
            prop_assert!(!is_canonical(&bytes) || canonical::parse_slowly(&bytes).is_ok());
            bytes.remove(at);
            prop_assert!(!is_canonical(&bytes) || canonical::parse_slowly(&bytes).is_ok());
        }
    }
}
