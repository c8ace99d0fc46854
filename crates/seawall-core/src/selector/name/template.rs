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
    const fn of(byte: u8) -> Self {
        match byte {
            b'0'..=b'9' => Self::Digit,
            b'a'..=b'z' => Self::Letter,
            0x80.. => Self::Other,
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
    let dictionary = Dictionary::get();
    if let [_] = run {
        out.push('L');
    } else if let Some((whole, split)) = split(dictionary, run) {
        match (whole, split) {
            (Some(known), _) => push_token(out, known, before),
            (None, Split::Two(first, second)) => {
                push_token(out, first, before);
                push_token(out, second, before);
            }
            (None, Split::Initial(known)) => {
                out.push('L');
                *before = Some(Token::Other);
                push_token(out, known, before);
            }
            (None, Split::FinalInitial(known)) => {
                push_token(out, known, before);
                out.push('L');
            }
            (None, Split::None) => {}
        }
        return;
    } else if looks_random(run) {
        push_counted(out, "RAND", run.len());
    } else {
        out.push_str("NAME");
    }
    *before = Some(Token::Other);
}

/// How a run that is no entry itself is made of entries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Split {
    None,
    /// `johnsmith`.
    Two(Known, Known),
    /// `jsmith`.
    Initial(Known),
    /// `johns`.
    FinalInitial(Known),
}

/// What the whole run is known as, and otherwise how it is made of known parts; `None` where neither.
///
/// One pass over the letters finds all entries that the run begins with; the longest one of three
/// letters or more whose rest is an entry too wins.
fn split(dictionary: &Dictionary, run: &[u8]) -> Option<(Option<Known>, Split)> {
    let mut best = Split::None;
    let mut hash = Rolling::START;
    for (index, &byte) in run.iter().enumerate() {
        hash = hash.then(byte);
        let end = index + 1;
        if end < 2 {
            continue;
        }
        let Some(known) = dictionary.find_hashed(&run[..end], hash) else { continue };
        let rest = &run[end..];
        match rest.len() {
            0 => return Some((Some(known), Split::None)),
            1 if end >= 3 && best == Split::None => best = Split::FinalInitial(known),
            2.. if end >= 3 => {
                if let Some(second) = dictionary.find(rest) {
                    best = Split::Two(known, second);
                }
            }
            _ => {}
        }
    }
    if best == Split::None
        && run.len() >= 5
        && let Some(known) = dictionary.find(&run[1..])
    {
        best = Split::Initial(known);
    }
    (best != Split::None).then_some((None, best))
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
