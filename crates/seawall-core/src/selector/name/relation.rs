//! How does the name an account shows relate to the names it signs in with?

use super::template::{NAME_BYTES_MAX, capped};

/// How a sign-in name follows from a displayed name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Relation {
    /// In words.
    pub(crate) name: &'static str,
    /// Whether digits follow.
    pub(crate) digits: bool,
}

/// Compares a displayed name with a sign-in name; both folded and without accents.
pub(crate) fn relate(shown: &str, sign_in: &str) -> Relation {
    let (shown, sign_in) = (capped(shown), capped(sign_in));
    let without_digits = sign_in.trim_end_matches(|character: char| character.is_ascii_digit());
    let digits = !without_digits.is_empty() && without_digits.len() < sign_in.len();
    let core = if without_digits.is_empty() { sign_in } else { without_digits };
    let (mut shown_parts, mut core_parts) = (Parts::default(), Parts::default());
    shown_parts.take(shown);
    core_parts.take(core);
    let mut words = shown.split(|character| !is_part(character)).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("");
    let last = words.next_back().unwrap_or("");
    let name = relation(shown_parts.get(), core_parts.get(), first, last);
    let separated = name == "all words" && core_parts.length < core.len();
    Relation { name: if separated { "all words, separated" } else { name }, digits }
}

/// `shown` and `core` without separators; `first` and `last` are the first and last word shown.
fn relation(shown: &[u8], core: &[u8], first: &str, last: &str) -> &'static str {
    let is = |beginning: &str, end: &str| {
        core.len() == beginning.len() + end.len()
            && core.starts_with(beginning.as_bytes())
            && core.ends_with(end.as_bytes())
    };
    let two = !last.is_empty();
    if first.is_empty() || core.is_empty() {
        "unrelated"
    } else if core == shown {
        "all words"
    } else if is(first, "") {
        "first only"
    } else if two && is(last, "") {
        "last only"
    } else if two && is(first, last) {
        "first and last"
    } else if two && is(last, first) {
        "last and first"
    } else if two && is(head(first), last) {
        "initial and last"
    } else if two && is(first, head(last)) {
        "first and initial"
    } else if two && is(head(first), head(last)) {
        "initials"
    } else if [first, last].iter().any(|word| word.len() >= 3 && contains(core, word.as_bytes())) {
        "partly"
    } else {
        "unrelated"
    }
}

/// Whether a short text contains another; the standard search pays off for long ones only.
fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window[0] == part[0] && window == part)
}

/// Whether a character is part of a word; all but ASCII is.
const fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || !character.is_ascii()
}

fn head(word: &str) -> &str {
    &word[..word.chars().next().map_or(0, char::len_utf8)]
}

/// A name without its separators.
struct Parts {
    bytes: [u8; NAME_BYTES_MAX],
    length: usize,
}

impl Default for Parts {
    fn default() -> Self {
        Self { bytes: [0; NAME_BYTES_MAX], length: 0 }
    }
}

impl Parts {
    /// `name` is at most [`NAME_BYTES_MAX`] long.
    fn take(&mut self, name: &str) {
        for byte in name.bytes() {
            self.bytes[self.length] = byte;
            self.length += usize::from(byte.is_ascii_alphanumeric() || !byte.is_ascii());
        }
    }

    fn get(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Letter case of a displayed name: `lower`, `upper`, `title`, `mixed`, or `none` where its script
/// has no case.
pub(crate) fn case_pattern(shown: &str) -> &'static str {
    let (mut lower, mut upper, mut initials, mut words) = (0, 0, 0, 0);
    for word in capped(shown).split_whitespace() {
        let mut cased = word.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).peekable();
        if let Some(first) = cased.peek() {
            words += 1;
            initials += u32::from(first.is_uppercase());
        }
        for character in cased {
            if character.is_uppercase() { upper += 1 } else { lower += 1 }
        }
    }
    match (lower, upper) {
        (0, 0) => "none",
        (_, 0) => "lower",
        (0, _) => "upper",
        _ if initials == words && upper == words => "title",
        _ => "mixed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_named() {
        for (shown, sign_in, name, digits) in [
            ("john smith", "john smith", "all words, separated", false),
            ("johnsmith", "johnsmith", "all words", false),
            ("john smith", "john.smith84", "all words, separated", true),
            ("john smith", "johnsmith", "all words", false),
            ("john q smith", "john_smith", "first and last", false),
            ("john smith", "smithjohn", "last and first", false),
            ("john smith", "jsmith7", "initial and last", true),
            ("john smith", "johns", "first and initial", false),
            ("john smith", "js", "initials", false),
            ("john smith", "john", "first only", false),
            ("john smith", "smith", "last only", false),
            ("john smith", "smithy", "partly", false),
            ("john smith", "xqzv", "unrelated", false),
            ("john", "johnny5", "partly", true),
            ("", "john", "unrelated", false),
            ("!!!", "1234", "unrelated", false),
            ("1234", "1234", "all words", false),
        ] {
            assert_eq!(relate(shown, sign_in), Relation { name, digits }, "{shown} / {sign_in}");
        }
    }

    #[test]
    fn case_is_named() {
        for (shown, expected) in [
            ("John Smith", "title"),
            ("john smith", "lower"),
            ("JOHN", "upper"),
            ("John smith", "mixed"),
            ("McDonald", "mixed"),
            ("王小明", "none"),
            ("", "none"),
        ] {
            assert_eq!(case_pattern(shown), expected, "{shown}");
        }
    }
}
