//! By what pattern was this name put together?
//!
//! `john.smith84` becomes `FIRST.LAST{YY}`, `happypanda` `WORDWORD`, `jsmith` `LLAST`, `xqzvkwpt`
//! `RAND{8}`. A generator keeps to one pattern, or a few; people spread over many.

use unicode_script::UnicodeScript as _;

use super::{
    super::write::push_number,
    dictionary::{Dictionary, Known, Rolling},
    model::looks_random,
};

/// Longer names are no names; the rest is left out.
pub(super) const NAME_BYTES_MAX: usize = 128;

/// The longest part of a name, from its start, that is looked at.
pub(crate) fn capped(name: &str) -> &str {
    &name[..name.floor_char_boundary(NAME_BYTES_MAX)]
}

/// Appends the pattern of a folded name.
pub(crate) fn push_template(out: &mut String, name: &str) {
    let mut before = None;
    let mut rest = capped(name);
    while !rest.is_empty() {
        let end =
            rest.bytes().position(|byte| Class::of(byte) == Class::Separator).unwrap_or(rest.len());
        push_segment(out, &rest[..end], &mut before);
        rest = &rest[end..];
        if let Some(&separator) = rest.as_bytes().first() {
            out.push(char::from(separator));
            rest = &rest[1..];
        }
    }
}

/// Appends the pattern of letters and digits without anything between. `before` is what the name
/// before this was taken for: after a given name comes a surname.
fn push_segment(out: &mut String, segment: &str, before: &mut Option<Token>) {
    if is_mixed(segment) {
        push_counted(out, "MIX", segment.chars().count());
        return;
    }
    let mut rest = segment;
    while let Some(&first) = rest.as_bytes().first() {
        let class = Class::of(first);
        let end = rest.bytes().position(|byte| Class::of(byte) != class).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match class {
            Class::Digit => push_digits(out, run),
            Class::Letter => push_letters(out, run.as_bytes(), before),
            Class::Other | Class::Separator => {
                let script = run.chars().next().map_or("", |first| first.script().full_name());
                push_counted(out, script, run.chars().count());
                *before = Some(Token::Other);
            }
        }
        rest = after;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Letter,
    /// ASCII that is neither.
    Separator,
    /// Anything but ASCII: told apart by script and length only.
    Other,
}

impl Class {
    /// By byte; a table, since names switch between classes at random.
    const TABLE: [Self; 256] = {
        let mut table = [Self::Other; 256];
        let mut byte = 0;
        while byte < 128_u8 {
            table[byte as usize] = Self::of_ascii(byte);
            byte += 1;
        }
        table
    };

    fn of(byte: u8) -> Self {
        Self::TABLE[usize::from(byte)]
    }

    const fn of_ascii(byte: u8) -> Self {
        match byte {
            b'0'..=b'9' => Self::Digit,
            b'a'..=b'z' => Self::Letter,
            _ => Self::Separator,
        }
    }
}

/// Whether letters and digits alternate as in `x7k2q9`, which no spoken name does.
fn is_mixed(segment: &str) -> bool {
    let mut changes = 0;
    let mut digit = segment.as_bytes().first().is_some_and(u8::is_ascii_digit);
    for byte in segment.bytes() {
        changes += u32::from(byte.is_ascii_digit() != digit);
        digit = byte.is_ascii_digit();
    }
    changes >= 3 && segment.is_ascii()
}

fn push_counted(out: &mut String, token: &str, count: usize) {
    out.push_str(token);
    out.push('{');
    push_number(out, u64::try_from(count).unwrap_or(u64::MAX));
    out.push('}');
}

fn push_digits(out: &mut String, run: &str) {
    match run.parse::<u32>() {
        _ if run.len() == 2 => out.push_str("{YY}"),
        // Years in which somebody who writes it may be born, or sign up.
        Ok(1940..=2029) if run.len() == 4 => out.push_str("{YYYY}"),
        _ => push_counted(out, "DIGITS", run.len()),
    }
}

/// Appends what a run of Latin letters is made of.
fn push_letters(out: &mut String, run: &[u8], before: &mut Option<Token>) {
    let (first, second) = take_apart(Dictionary::get(), run);
    for part in [Some(first), second].into_iter().flatten() {
        match part {
            Part::Known(known) => push_token(out, known, before),
            Part::Initial => out.push('L'),
            Part::Unknown(letters) if looks_random(letters) => {
                push_counted(out, "RAND", letters.len());
            }
            Part::Unknown(_) => out.push_str("NAME"),
        }
        if !matches!(part, Part::Known(_)) {
            *before = Some(Token::Other);
        }
    }
}

/// A part of a run of letters.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// An entry of the dictionary.
    Known(Known),
    /// A single letter.
    Initial,
    /// Nothing that the dictionary has.
    Unknown(&'a [u8]),
}

/// Shortest entry that counts beside letters that are none: shorter ones begin too many words.
const BESIDE_UNKNOWN_MIN: usize = 4;
/// Fewest letters that are a part of their own.
const PART_MIN: usize = 3;

/// The one or two parts a run is made of: an entry; two entries (`johnsmith`, the longest first one);
/// an entry and an initial (`jsmith`, `johns`); an entry and something else (`johnxyz`, `xyzjohn`).
fn take_apart<'a>(dictionary: &Dictionary, run: &'a [u8]) -> (Part<'a>, Option<Part<'a>>) {
    if run.len() == 1 {
        return (Part::Initial, None);
    }
    let (mut two, mut beginning) = (None, None);
    let mut hash = Rolling::START;
    // One pass finds all entries that the run begins with.
    for (index, &byte) in run.iter().enumerate() {
        hash = hash.then(byte);
        let end = index + 1;
        if end < 2 {
            continue;
        }
        let Some(known) = dictionary.find_hashed(&run[..end], hash) else { continue };
        let rest = &run[end..];
        if rest.is_empty() {
            return (Part::Known(known), None);
        }
        if end < PART_MIN {
            continue;
        }
        if rest.len() == 1 {
            two = two.or(Some((Part::Known(known), Part::Initial)));
        } else if let Some(second) = dictionary.find(rest) {
            two = Some((Part::Known(known), Part::Known(second)));
        } else if end >= BESIDE_UNKNOWN_MIN && rest.len() >= PART_MIN {
            beginning = Some((Part::Known(known), Part::Unknown(rest)));
        }
    }
    let initial = || {
        let known = (run.len() >= 5).then(|| dictionary.find(&run[1..])).flatten()?;
        Some((Part::Initial, Part::Known(known)))
    };
    match two.or_else(initial).or(beginning).or_else(|| take_end(dictionary, run)) {
        Some((first, second)) => (first, Some(second)),
        None => (Part::Unknown(run), None),
    }
}

/// The longest entry that a run ends with, and what is before it.
fn take_end<'a>(dictionary: &Dictionary, run: &'a [u8]) -> Option<(Part<'a>, Part<'a>)> {
    let starts = PART_MIN..(run.len() + 1).saturating_sub(BESIDE_UNKNOWN_MIN);
    // Longer runs are no names, and would take the square of their length.
    starts.take(if run.len() <= 24 { run.len() } else { 0 }).find_map(|start| {
        let known = dictionary.find(&run[start..])?;
        Some((Part::Unknown(&run[..start]), Part::Known(known)))
    })
}

/// What a part of a name was taken for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    First,
    Last,
    Word,
    /// An initial, or nothing the dictionary knows.
    Other,
}

/// Appends what an entry is taken for; many are several things, so what came before decides.
fn push_token(out: &mut String, known: Known, before: &mut Option<Token>) {
    let order = match before {
        None => [Token::First, Token::Word, Token::Last],
        Some(Token::First | Token::Other) => [Token::Last, Token::First, Token::Word],
        Some(Token::Last) => [Token::First, Token::Last, Token::Word],
        Some(Token::Word) => [Token::Word, Token::First, Token::Last],
    };
    let is = |token: &Token| match token {
        Token::First => known.given(),
        Token::Last => known.surname(),
        Token::Word => known.word(),
        Token::Other => false,
    };
    let token = order.into_iter().find(is).unwrap_or(Token::Other);
    out.push_str(match token {
        Token::First => "FIRST",
        Token::Last => "LAST",
        Token::Word | Token::Other => "WORD",
    });
    *before = Some(token);
}

/// Appends the lengths of the runs of letters (`L`, with anything but ASCII), of digits (`D`), and
/// other characters as they are: `john.smith84` becomes `L4.L5D2`.
pub(crate) fn push_shape(out: &mut String, name: &str) {
    let mut rest = capped(name).as_bytes();
    while let Some(&first) = rest.first() {
        let is_letter = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        let letter = is_letter(first);
        if !letter && !first.is_ascii_digit() {
            out.push(char::from(first));
            rest = &rest[1..];
            continue;
        }
        let same = |byte: u8| if letter { is_letter(byte) } else { byte.is_ascii_digit() };
        let end = rest.iter().position(|&byte| !same(byte)).unwrap_or(rest.len());
        out.push(if letter { 'L' } else { 'D' });
        push_number(out, rest[..end].iter().filter(|&&byte| byte & 0xc0 != 0x80).map(|_| 1).sum());
        rest = &rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (name, expected) in [
            ("john.smith84", "FIRST.LAST{YY}"),
            ("johnsmith84", "FIRSTLAST{YY}"),
            ("smith_john", "LAST_FIRST"),
            ("jsmith", "LLAST"),
            ("johnk", "FIRSTL"),
            ("j.smith", "L.LAST"),
            ("maria1990", "FIRST{YYYY}"),
            ("happypanda777", "WORDWORDDIGITS{3}"),
            ("s0001", "LDIGITS{4}"),
            ("xqzvkwpt", "RAND{8}"),
            ("x7k2q9vb", "MIX{8}"),
            ("vandersloot", "NAME"),
            ("johnxyz", "FIRSTNAME"),
            ("johnqxzvkw", "FIRSTRAND{6}"),
            ("xyzjohn", "NAMEFIRST"),
            ("николай77", "Cyrillic{7}{YY}"),
            ("anna maria", "FIRST FIRST"),
            ("james.martin", "FIRST.LAST"),
            ("", ""),
        ] {
            let mut out = String::new();
            push_template(&mut out, name);
            assert_eq!(out, expected, "{name}");
        }
    }

    #[test]
    fn shapes_are_run_lengths() {
        for (name, expected) in [
            ("hello.wonders2024", "L5.L7D4"),
            ("john.smith84", "L4.L5D2"),
            ("a__1", "L1__D1"),
            ("жук7", "L3D1"),
            ("", ""),
        ] {
            let mut out = String::new();
            push_shape(&mut out, name);
            assert_eq!(out, expected, "{name}");
        }
    }
}
