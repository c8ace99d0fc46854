//! How does the name an account shows relate to the names it signs in with?

use super::template::capped;

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
    let mut words = shown.split(|character| !is_part(character)).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("");
    let last = words.next_back().unwrap_or("");
    Relation { name: relation(shown, core, first, last), digits }
}

fn relation(shown: &str, core: &str, first: &str, last: &str) -> &'static str {
    let is = |beginning: &str, end: &str| is_made_of(core, beginning, end);
    if first.is_empty() || core.is_empty() {
        "unrelated"
    } else if core.chars().filter(|&c| is_part(c)).eq(shown.chars().filter(|&c| is_part(c))) {
        if core.chars().all(is_part) { "all words" } else { "all words, separated" }
    } else if is(first, "") {
        "first only"
    } else if !last.is_empty() && is(last, "") {
        "last only"
    } else if !last.is_empty() && is(first, last) {
        "first and last"
    } else if !last.is_empty() && is(last, first) {
        "last and first"
    } else if !last.is_empty() && is(head(first), last) {
        "initial and last"
    } else if !last.is_empty() && is(first, head(last)) {
        "first and initial"
    } else if !last.is_empty() && is(head(first), head(last)) {
        "initials"
    } else if [first, last].iter().any(|word| word.len() >= 3 && core.contains(word)) {
        "partly"
    } else {
        "unrelated"
    }
}

/// Whether a character is part of a word; all but ASCII is.
const fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || !character.is_ascii()
}

fn head(word: &str) -> &str {
    &word[..word.chars().next().map_or(0, char::len_utf8)]
}

/// Whether a name is these two parts with nothing but separators around them.
fn is_made_of(name: &str, beginning: &str, end: &str) -> bool {
    let separators = |character: char| !is_part(character);
    name.trim_start_matches(separators)
        .strip_prefix(beginning)
        .and_then(|rest| rest.trim_start_matches(separators).strip_prefix(end))
        .is_some_and(|rest| rest.chars().all(separators))
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
