//! What does a Rust file say, once comments, strings or tests are left out?

/// What a stretch of a Rust file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything that is neither of the others.
    Code,
    /// `//`, `///`, `//!` and `/* */`.
    Comment,
    /// String and character literals, with their quotes.
    Literal,
}

/// The file up to `#[cfg(test)] mod tests {`, which stands last (clippy sees to that).
pub(super) fn without_tests(text: &str) -> &str {
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let opens = |next: &&str| next.starts_with("mod ") && next.trim_end().ends_with('{');
        if line.trim_end() == "#[cfg(test)]" && lines.peek().is_some_and(opens) {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

/// Whether a path is a test's: an integration test, `tests.rs`, or a file below `tests/`.
pub(super) fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// The text with everything but one kind of part blanked; lines and columns stay where they were.
pub(super) fn only(text: &str, wanted: Part) -> String {
    let mut kept = Vec::with_capacity(text.len());
    for (part, length) in parts(text) {
        let start = kept.len();
        let own = &text.as_bytes()[start..start + length];
        if part == wanted {
            kept.extend_from_slice(own);
        } else {
            kept.extend(own.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
        }
    }
    String::from_utf8(kept).expect("parts end between characters")
}

/// The kinds and lengths of the parts of a file, in order.
fn parts(text: &str) -> Vec<(Part, usize)> {
    let mut parts: Vec<(Part, usize)> = Vec::new();
    let mut at = 0;
    let mut after_name = false;
    while at < text.len() {
        let rest = &text[at..];
        let (part, length) = part(rest, after_name);
        let last = rest[..length].chars().next_back();
        after_name =
            part == Part::Code && last.is_some_and(|last| last.is_alphanumeric() || last == '_');
        match parts.last_mut() {
            Some(previous) if previous.0 == part => previous.1 += length,
            _ => parts.push((part, length)),
        }
        at += length;
    }
    parts
}

/// The part that a text starts with; code is taken one character at a time.
fn part(text: &str, after_name: bool) -> (Part, usize) {
    let first = text.chars().next().map_or(1, char::len_utf8);
    if text.starts_with("//") {
        return (Part::Comment, text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return (Part::Comment, block_comment(text));
    }
    if !after_name && let Some(length) = raw_string(text) {
        return (Part::Literal, length);
    }
    if text.starts_with('"') {
        return (Part::Literal, until_quote(text, '"'));
    }
    if let Some(inside) = text.strip_prefix('\'') {
        let mut characters = inside.chars();
        return match (characters.next(), characters.next()) {
            (Some('\\'), _) => (Part::Literal, until_quote(text, '\'')),
            (Some(character), Some('\'')) => (Part::Literal, character.len_utf8() + 2),
            // A lifetime or a label.
            _ => (Part::Code, 1),
        };
    }
    (Part::Code, first)
}

/// Length up to and with the closing quote that no backslash hides.
fn until_quote(text: &str, quote: char) -> usize {
    let mut hidden = false;
    for (at, character) in text.char_indices().skip(1) {
        if hidden {
            hidden = false;
        } else if character == '\\' {
            hidden = true;
        } else if character == quote {
            return at + 1;
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let prefix = if text.starts_with("br") { 2 } else { usize::from(text.starts_with('r')) };
    if prefix == 0 {
        return None;
    }
    let hashes = text[prefix..].len() - text[prefix..].trim_start_matches('#').len();
    let start = prefix + hashes + 1;
    if !text[prefix + hashes..].starts_with('"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    Some(text[start..].find(&end).map_or(text.len(), |at| start + at + end.len()))
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Identifiers of a stretch of code with the line each stands on, from 1.
pub(super) fn identifiers(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(number, line)| {
        line.split(|character: char| !(character.is_alphanumeric() || character == '_'))
            .filter(|word| word.starts_with(|first: char| first.is_alphabetic() || first == '_'))
            .map(move |word| (number + 1, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        let text = "let a = \"x // \\\" y\"; // c \"d\"\nlet r = r#\"e \" f\"#; /* g /* h */ i */ let c = 'j';\nfn f<'k>(l: &'k str) {}";
        let code = only(text, Part::Code);
        for gone in ['x', 'y', 'd', 'g', 'h', 'i', 'j'] {
            assert!(!code.contains(gone), "{gone} in {code}");
        }
        assert!(code.contains("fn f<'k>(l: &'k str)"), "{code}");
        assert!(!code.contains(" f\""), "{code}");
        let comments = only(text, Part::Comment);
        assert!(
            comments.contains("// c \"d\"") && comments.contains("/* g /* h */ i */"),
            "{comments}"
        );
        assert!(!comments.contains("let"), "{comments}");
        assert_eq!(code.len(), text.len());
        assert_eq!(code.lines().count(), text.lines().count());
    }

    #[test]
    fn a_name_that_ends_in_r_begins_no_raw_string() {
        assert!(only("for\"a\" b", Part::Code).contains('b'));
        assert!(only("let r = 1; bar", Part::Code).contains("bar"));
    }

    #[test]
    fn tests_are_cut_off_only_where_they_are_inside() {
        let inside = "//! A.\nfn a() {}\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(without_tests(inside), "//! A.\nfn a() {}\n");
        let outside = "//! A.\n#[cfg(test)]\nmod tests;\nfn a() {}\n";
        assert_eq!(without_tests(outside), outside);
    }
}
