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

/// A displayed name, ready to be compared.
pub(crate) struct Shown<'a> {
    whole: Parts,
    first: &'a str,
    last: &'a str,
}

impl<'a> Shown<'a> {
    /// Takes a name that is folded and without accents.
    pub(crate) fn new(shown: &'a str) -> Self {
        let shown = capped(shown);
        let mut words =
            shown.split(|character| !is_part(character)).filter(|word| !word.is_empty());
        Self {
            whole: Parts::of(shown),
            first: words.next().unwrap_or(""),
            last: words.next_back().unwrap_or(""),
        }
    }

    /// Compares it with a sign-in name, folded.
    pub(crate) fn relate(&self, sign_in: &str) -> Relation {
        let sign_in = capped(sign_in);
        let end =
            sign_in.bytes().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
        let digits = (1..sign_in.len()).contains(&end);
        let core = if digits { &sign_in[..end] } else { sign_in };
        let parts = Parts::of(core);
        let name = relation(self.whole.get(), parts.get(), self.first, self.last);
        let separated = name == "all words" && parts.length < core.len();
        Relation { name: if separated { "all words, separated" } else { name }, digits }
    }
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

impl Parts {
    /// `name` is at most [`NAME_BYTES_MAX`] long.
    fn of(name: &str) -> Self {
        let mut parts = Self { bytes: [0; NAME_BYTES_MAX], length: 0 };
        for byte in name.bytes() {
            parts.bytes[parts.length] = byte;
            parts.length += usize::from(byte.is_ascii_alphanumeric() || !byte.is_ascii());
        }
        parts
    }

    fn get(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Letter case of a displayed name: `lower`, `upper`, `title`, `mixed`, or `none` where its script
/// has no case.
pub(crate) fn case_pattern(shown: &str) -> &'static str {
    let (mut lower, mut upper, mut initials, mut words) = (0, 0, 0, 0);
    let mut within = false;
    for character in capped(shown).chars() {
        let is_upper = character.is_uppercase();
        if is_upper || character.is_lowercase() {
            upper += u32::from(is_upper);
            lower += u32::from(!is_upper);
            words += u32::from(!within);
            initials += u32::from(!within && is_upper);
            within = true;
        } else if character.is_whitespace() {
            within = false;
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
            assert_eq!(
                Shown::new(shown).relate(sign_in),
                Relation { name, digits },
                "{shown} / {sign_in}"
            );
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
