//! Is there anything in this field, and how do texts that look alike become equal?

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

/// What programs write where they have nothing. Two accounts do not share it.
const NOTHING: [&str; 11] =
    ["-", "--", "null", "none", "nil", "undefined", "unknown", "n/a", "na", "nan", "(not set)"];

/// The text without surrounding space; `None` where it only says that there is nothing, like `null`
/// or an advertising id of zeros.
pub(super) fn present(text: &str) -> Option<&str> {
    let text = text.trim();
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
    let mut first = true;
    for word in text.split_whitespace() {
        if !first {
            out.push(' ');
        }
        first = false;
        if word.is_ascii() {
            out.extend(word.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            push_folded_word(out, word);
        }
    }
}

/// A word with other than ASCII in it. Folds to Latin only if it has Latin letters already or would
/// become Latin as a whole, since most Cyrillic and Greek words have some letters of Latin form.
fn push_folded_word(out: &mut String, word: &str) {
    let lower: String = word.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let mut folded = String::with_capacity(lower.len());
    let mut whole = true;
    let mut latin = false;
    for character in lower.chars() {
        latin |= character.is_ascii_alphabetic();
        match imitated(character) {
            Some(letter) => folded.push(letter),
            None => {
                whole &= !character.is_alphabetic();
                folded.push(character);
            }
        }
    }
    out.push_str(if whole || latin { &folded } else { &lower });
}

/// The ASCII character that a character looks like, lower case; itself where it is ASCII.
fn imitated(character: char) -> Option<char> {
    if character.is_ascii() {
        return Some(character);
    }
    let mut buffer = [0; 4];
    let mut prototype = skeleton(character.encode_utf8(&mut buffer));
    match (prototype.next()?, prototype.next(), prototype.next()) {
        // The prototype of `m` itself.
        ('r', Some('n'), None) => Some('m'),
        (single, None, None) if single.is_ascii_alphanumeric() => Some(single.to_ascii_lowercase()),
        _ => None,
    }
}

/// Appends a folded name without accents, for comparison with mail addresses: `josé` as `jose`.
pub(super) fn push_without_marks(out: &mut String, folded: &str) {
    if folded.is_ascii() {
        out.push_str(folded);
        return;
    }
    let unmarked = folded
        .nfd()
        .filter(|&character| !unicode_normalization::char::is_combining_mark(character));
    for character in unmarked {
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
