//! Where did a page end?
//!
//! A cursor holds the date of the last object that was handed out, and the filters. Dates of a collection only grow and
//! no two objects have the same one, so that what is added meanwhile comes later, and nothing comes twice.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use super::Microseconds;

/// Longest cursor that is looked at.
const CURSOR_BYTES_MAX: usize = 96 << 10;

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Date of the last object of the page.
    pub after: Microseconds,
    /// Filters, names and values, in order.
    pub pairs: Vec<(String, String)>,
}

/// A text that is no cursor of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that a page gave")]
pub struct NotACursor;

impl Position {
    /// As text that goes into a URL as it is.
    pub fn write(&self) -> String {
        let mut bytes = self.after.to_be_bytes().to_vec();
        // The filters of a client come back to it; the first page already bounded them.
        serde_json::to_writer(&mut bytes, &self.pairs).expect("texts, to memory");
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Self::write`] wrote.
    pub fn read(text: &str) -> Result<Self, NotACursor> {
        if text.len() > CURSOR_BYTES_MAX {
            return Err(NotACursor);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| NotACursor)?;
        let (after, pairs) = bytes.split_first_chunk::<8>().ok_or(NotACursor)?;
        let pairs = serde_json::from_slice(pairs).map_err(|_| NotACursor)?;
        Ok(Self { after: Microseconds::from_be_bytes(*after), pairs })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Position;

    proptest! {
        #[test]
        fn a_cursor_comes_back(after in any::<i64>(), pairs in prop::collection::vec((".*", ".*"), 0..4)) {
            let position = Position { after, pairs };
            let text = position.write();
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
            prop_assert_eq!(Position::read(&text), Ok(position));
        }

        #[test]
        fn whatever_stands_there_is_read_or_refused(text in ".*") {
            let _ = Position::read(&text);
        }
    }
}
