//! Which words does a pattern consist of? As the lexer of OASIS's grammar has it: the longest word wins.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::syntax::Literal;

/// A word of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A constant that is no boolean.
    Literal(Literal),
    /// Letters, digits and underscores: a keyword or a name.
    Word(&'a str),
    /// As a word, with hyphens.
    HyphenWord(&'a str),
    /// `=`, `[`, …
    Sign(&'static str),
}

/// Signs, longer ones before their beginnings.
const SIGNS: [&str; 17] =
    ["==", "!=", "<>", "<=", ">=", "=", "<", ">", ":", ".", ",", "(", ")", "[", "]", "*", "'"];

/// The words of a pattern with the byte each begins at; or the byte at which no word begins.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, usize> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if let Some(length) = skipped(rest) {
            at += length;
            continue;
        }
        let (token, length) = token(rest).ok_or(at)?;
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

/// Length of the white space or comment that a text begins with.
fn skipped(text: &str) -> Option<usize> {
    if let Some(comment) = text.strip_prefix("/*") {
        return Some(comment.find("*/")? + 4);
    }
    if text.starts_with("//") {
        return Some(text.find(['\n', '\r']).unwrap_or(text.len()));
    }
    let first = text.chars().next()?;
    (first.is_whitespace() || first == '\u{feff}').then(|| first.len_utf8())
}

/// The word that a text begins with, and its length.
fn token(text: &str) -> Option<(Token<'_>, usize)> {
    if let Some((literal, length)) = number(text).or_else(|| quoted(text)) {
        return Some((Token::Literal(literal), length));
    }
    let first = text.bytes().next()?;
    if first.is_ascii_alphabetic() || first == b'_' {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let length = text.bytes().position(|byte| !is_part(byte)).unwrap_or(text.len());
        let word = &text[..length];
        let token = if word.contains('-') { Token::HyphenWord(word) } else { Token::Word(word) };
        return Some((token, length));
    }
    let sign = SIGNS.into_iter().find(|sign| text.starts_with(sign))?;
    // A quote that opens nothing whole.
    (sign != "'").then_some((Token::Sign(sign), sign.len()))
}

/// `-5`, `+5`, `5`, `.5`, `1.5`.
fn number(text: &str) -> Option<(Literal, usize)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(text.starts_with(['+', '-']));
    let unsigned = &text[sign..];
    let whole = digits(unsigned);
    let fraction = unsigned[whole..].strip_prefix('.').map_or(0, digits);
    if fraction > 0 {
        let length = sign + whole + 1 + fraction;
        return Some((Literal::Float(text[..length].parse().ok()?), length));
    }
    // No leading zeros: `012` is two words.
    let whole = if unsigned.starts_with('0') { 1 } else { whole };
    let length = sign + whole;
    (whole > 0).then_some(())?;
    Some((Literal::Integer(text[..length].parse().ok()?), length))
}

/// `'text'`, `h'00ff'`, `b'AAAA'`, `t'2016-06-01T00:00:00Z'`.
fn quoted(text: &str) -> Option<(Literal, usize)> {
    if text.starts_with('\'') {
        return string(text);
    }
    let inside =
        text[1.min(text.len())..].strip_prefix('\'').filter(|_| text.is_char_boundary(1))?;
    let end = inside.find('\'')?;
    let (content, length) = (&inside[..end], end + 3);
    let literal = match text.as_bytes()[0] {
        b'h' => Literal::Bytes(hex(content)?),
        b'b' => Literal::Bytes(STANDARD.decode(content).ok()?),
        b't' if is_time(content) => Literal::Time(content.to_owned()),
        _ => return None,
    };
    Some((literal, length))
}

/// Text in quotes; a backslash hides a quote or a backslash, and nothing else.
fn string(text: &str) -> Option<(Literal, usize)> {
    let mut content = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' => return Some((Literal::Text(content), at + 1)),
            '\\' => match letters.next() {
                Some((_, hidden @ ('\'' | '\\'))) => content.push(hidden),
                _ => return None,
            },
            _ => content.push(letter),
        }
    }
    None
}

/// Bytes of pairs of hexadecimal digits.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()).collect()
}

/// Whether a time has the form that the grammar wants; there may be no such day.
fn is_time(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let Some((start, rest)) = text.split_at_checked(FORM.len()) else { return false };
    let fits = |(form, byte): (&u8, u8)| {
        if *form == b'0' { byte.is_ascii_digit() } else { byte == *form }
    };
    if !FORM.iter().zip(start.bytes()).all(fits) {
        return false;
    }
    let number = |at: usize| start[at..at + 2].parse().unwrap_or(u8::MAX);
    let in_range = (1..=12).contains(&number(5))
        && (1..=31).contains(&number(8))
        && number(11) < 24
        && number(14) < 60
        && number(17) <= 60;
    let digits = rest.strip_suffix('Z').and_then(|rest| rest.strip_prefix('.'));
    let is_fraction =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    in_range && (rest == "Z" || digits.is_some_and(is_fraction))
}

#[cfg(test)]
mod tests {
    use super::{Literal, Token, is_time, tokens};

    fn words(text: &str) -> Vec<Token<'_>> {
        tokens(text).unwrap().into_iter().map(|(_, token)| token).collect()
    }

    #[test]
    fn the_longest_word_wins() {
        assert_eq!(
            words("ipv4-addr:value<=h'00fF'//x"),
            [
                Token::HyphenWord("ipv4-addr"),
                Token::Sign(":"),
                Token::Word("value"),
                Token::Sign("<="),
                Token::Literal(Literal::Bytes(vec![0, 255])),
            ]
        );
        assert_eq!(words("/* a */ -5 .5 012").len(), 4);
        assert_eq!(words(r"'a\'b\\c'"), [Token::Literal(Literal::Text(r"a'b\c".into()))]);
        // What is no literal is a name before a text.
        assert_eq!(words("t'x' h'0' b'='").len(), 6);
        assert_eq!(tokens("a ? b"), Err(2));
        assert_eq!(tokens("'a"), Err(0));
        assert_eq!(tokens(r"'a\b'"), Err(0));
    }

    #[test]
    fn times_have_one_form() {
        for good in ["2016-06-01T00:00:00Z", "2016-02-31T23:59:60.123456789Z"] {
            assert!(is_time(good), "{good}");
        }
        for bad in [
            "2016-06-01T00:00:00",
            "2016-06-01T00:00:00.Z",
            "2016-06-01T00:00:005Z",
            "2016-06-01t00:00:00Z",
            "2016-13-01T00:00:00Z",
            "2016-06-00T00:00:00Z",
            "2016-06-01T24:00:00Z",
            "2016-06-01T00:00:61Z",
            "2016-06-01T00:00:00.5.Z",
            "é",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
    }
}
