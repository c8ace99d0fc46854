//! Is there anything in this field, and how do texts that look alike become equal?

use std::{borrow::Cow, sync::LazyLock};

use unicode_normalization::{
    IsNormalized, UnicodeNormalization as _, char::is_combining_mark, is_nfkc_quick,
};
use unicode_security::confusable_detection::skeleton;

/// What programs write where they have nothing. Two accounts do not share it.
const NOTHING: [&str; 11] =
    ["-", "--", "null", "none", "nil", "undefined", "unknown", "n/a", "na", "nan", "(not set)"];

/// The text without surrounding space; `None` where it only says that there is nothing, like `null`
/// or an advertising id of zeros.
pub(super) fn present(text: &str) -> Option<&str> {
    let text = trimmed(text);
    let first = *text.as_bytes().first()?;
    let suspicious = matches!(first, b'-' | b'0' | b'(' | b'n' | b'N' | b'u' | b'U');
    if suspicious
        && (NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
            || text.bytes().all(|byte| matches!(byte, b'0' | b'-')))
    {
        return None;
    }
    Some(text)
}

/// As [`str::trim`], which is slow where there is nothing to trim.
fn trimmed(text: &str) -> &str {
    let visible = |byte: &u8| (b'!'..=b'~').contains(byte);
    match text.as_bytes() {
        [single] if visible(single) => text,
        [first, .., last] if visible(first) && visible(last) => text,
        _ => text.trim(),
    }
}

/// Whether a text is the pseudonym a site puts where it will not show the value itself: a hash in
/// hexadecimal or Base64, at least 16 characters with a letter and a digit.
pub(super) fn is_pseudonym(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 16
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-=+/:".contains(byte))
        && bytes.iter().any(u8::is_ascii_digit)
        && bytes.iter().any(u8::is_ascii_alphabetic)
}

/// Appends a name as it is compared: lower case, single spaces, and letters that imitate Latin ones
/// (UTS #39) as those. `paypal` in Cyrillic letters becomes `paypal`; `николай` stays as it is.
pub(super) fn push_folded(out: &mut String, text: &str) {
    if text.is_ascii() {
        push_folded_ascii(out, text);
        return;
    }
    // First, since it makes spaces of some marks.
    let normal = compatible(text);
    for (index, word) in normal.split_whitespace().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        push_folded_word(out, word);
    }
}

fn push_folded_ascii(out: &mut String, text: &str) {
    let start = out.len();
    let is_space = |byte: u8| byte == b' ' || matches!(byte, b'\t'..=b'\r');
    let mut rest = text.trim_ascii();
    // Nearly every name has at most one space between its words.
    while let Some(space) = rest.bytes().position(is_space) {
        out.push_str(&rest[..space]);
        out.push(' ');
        rest = rest[space..].trim_start_matches(|character| matches!(character, ' ' | '\t'..='\r'));
    }
    out.push_str(rest);
    out[start..].make_ascii_lowercase();
}

/// Compatibility form (NFKC): full width and styled letters become plain ones.
fn compatible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfkc().collect())
    }
}

/// Letters of common scripts that are their own compatibility form, whatever stands beside them; the
/// full test looks each character up in large tables.
fn is_plain(character: char) -> bool {
    matches!(character,
        '\0'..='\x7f'
        | 'À'..='ÿ'
        | 'Ѐ'..='҂' | 'Ҋ'..='ԯ' // Cyrillic without its marks
        | 'ぁ'..='ゖ' | 'ァ'..='ヺ'
        | '一'..='\u{9fff}')
}

/// A word of a text with other than ASCII in it. Folds to Latin only if it has Latin letters already or would
/// become Latin as a whole, since most Cyrillic and Greek words have some letters of Latin form.
fn push_folded_word(out: &mut String, word: &str) {
    let lower: String = word.chars().flat_map(char::to_lowercase).collect();
    let lower = compatible(&lower);
    let start = out.len();
    let mut whole = true;
    let mut latin = false;
    for character in lower.chars() {
        latin |= character.is_ascii_alphabetic();
        if let Some(letter) = imitated(character) {
            out.push(letter);
        } else {
            whole = whole && !character.is_alphabetic();
            out.push(character);
        }
    }
    if !whole && !latin {
        out.truncate(start);
        out.push_str(&lower);
    }
}

/// Characters of the Basic Multilingual Plane by the ASCII character that they look like; 0 where
/// by none. The rest is only imitated by styled letters, which NFKC has made plain already.
static IMITATED: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    (0..=0xffff_u32)
        .map(|code| match char::from_u32(code).filter(|character| !character.is_ascii()) {
            Some(character) => prototype(character).unwrap_or(0),
            None => 0,
        })
        .collect()
});

/// The ASCII character that a character looks like, lower case; itself where it is ASCII.
fn imitated(character: char) -> Option<char> {
    if character.is_ascii() {
        return Some(character);
    }
    let code = usize::try_from(u32::from(character)).ok()?;
    IMITATED.get(code).filter(|&&letter| letter != 0).map(|&letter| char::from(letter))
}

fn prototype(character: char) -> Option<u8> {
    let mut buffer = [0; 4];
    let mut prototype = skeleton(character.encode_utf8(&mut buffer));
    match (prototype.next()?, prototype.next(), prototype.next()) {
        // The prototype of `m` itself.
        ('r', Some('n'), None) => Some(b'm'),
        (single, None, None) if single.is_ascii_alphanumeric() => {
            u8::try_from(single.to_ascii_lowercase()).ok()
        }
        _ => None,
    }
}

/// A folded name without accents on its Latin letters, for comparison with mail addresses: `josé`
/// as `jose`.
pub(super) fn without_marks(folded: &str) -> Cow<'_, str> {
    let is_marked = |character| matches!(character, '\u{c0}'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}');
    if folded.is_ascii() || !folded.contains(is_marked) {
        return Cow::Borrowed(folded);
    }
    let mut out = String::with_capacity(folded.len());
    for character in folded.nfd().filter(|&character| !is_combining_mark(character)) {
        match character {
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        push_folded(&mut out, text);
        out
    }

    #[test]
    fn imitations_become_what_they_imitate() {
        for imitation in [
            "раураl",       // Cyrillic but for the last letter
            "ｐａｙｐａｌ", // full width
            "𝐩𝐚𝐲𝐩𝐚𝐥",       // mathematical bold
            "PAYPAL",
            "pаypаl", // two Cyrillic letters
        ] {
            assert_eq!(folded(imitation), "paypal", "{imitation}");
        }
        assert_eq!(folded("scope"), folded("ѕсоре"));
    }

    #[test]
    fn other_scripts_stay_readable() {
        for name in ["николай", "мария", "γιώργος", "王小明", "さくら", "محمد", "josé"]
        {
            assert_eq!(folded(name), name);
        }
        assert_eq!(folded("  Anna\u{a0} MARIA "), "anna maria");
    }

    #[test]
    fn plain_letters_are_their_own_compatibility_form() {
        for first in (0..=0xffff).filter_map(char::from_u32).filter(|&first| is_plain(first)) {
            let text = first.to_string();
            assert_eq!(text.nfkc().collect::<String>(), text);
            assert!(first.to_lowercase().all(is_plain), "{first}");
            for second in ['a', 'é', 'й', 'か', '一'] {
                let pair: String = [first, second].iter().collect();
                assert_eq!(pair.nfkc().collect::<String>(), pair);
            }
        }
    }

    #[test]
    fn accents_are_dropped_for_comparison() {
        for (name, expected) in
            [("josé", "jose"), ("łukasz", "lukasz"), ("nguyễn", "nguyen"), ("мария", "мария")]
        {
            assert_eq!(without_marks(name), expected);
        }
    }

    #[test]
    fn nothing_is_absent() {
        for nothing in [
            "",
            "  ",
            "-",
            "null",
            "NULL",
            "undefined",
            "0",
            "00000000-0000-0000-0000-000000000000",
            "N/A",
        ] {
            assert_eq!(present(nothing), None, "{nothing}");
        }
        assert_eq!(present(" nora "), Some("nora"));
        assert_eq!(present("0f"), Some("0f"));
    }

    #[test]
    fn pseudonyms_are_told_from_words() {
        assert!(is_pseudonym("9f86d081884c7d659a2feaa0c55ad015"));
        assert!(!is_pseudonym("12345678901234567890"));
        assert!(!is_pseudonym("not an address at all 1"));
        assert!(!is_pseudonym("short1"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
