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
const NAME_BYTES_MAX: usize = 128;

/// The longest part of a name, from its start, that is looked at.
pub(crate) fn capped(name: &str) -> &str {
    &name[..name.floor_char_boundary(NAME_BYTES_MAX)]
}

/// Appends the pattern of a folded name.
pub(crate) fn push_template(out: &mut String, name: &str) {
    let mut rest = capped(name);
    let mut position = 0;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|character: char| !character.is_alphanumeric()).unwrap_or(rest.len());
        if end == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            push_segment(out, &rest[..end], &mut position);
            rest = &rest[end..];
        }
    }
}

/// Appends the pattern of letters and digits without anything between. `position` counts the names
/// so far: the first of two is the given name.
fn push_segment(out: &mut String, segment: &str, position: &mut usize) {
    if is_mixed(segment) {
        push_counted(out, "MIX", segment.chars().count());
        return;
    }
    let mut rest = segment;
    while let Some(first) = rest.chars().next() {
        let class = Class::of(first);
        let end = rest.find(|other| Class::of(other) != class).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match class {
            Class::Digit => push_digits(out, run),
            Class::Letter => push_letters(out, run.as_bytes(), position),
            Class::Other => push_counted(out, first.script().full_name(), run.chars().count()),
        }
        rest = after;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Letter,
    Other,
}

impl Class {
    fn of(character: char) -> Self {
        match character {
            '0'..='9' => Self::Digit,
            'a'..='z' => Self::Letter,
            _ => Self::Other,
        }
    }
}

/// Whether letters and digits alternate as in `x7k2q9`, which no spoken name does.
fn is_mixed(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let changes = bytes
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
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
fn push_letters(out: &mut String, run: &[u8], position: &mut usize) {
    let dictionary = Dictionary::get();
    if let [_] = run {
        out.push('L');
    } else if let Some((whole, split)) = split(dictionary, run) {
        match (whole, split) {
            (Some(known), _) => push_token(out, known, position),
            (None, Split::Two(first, second)) => {
                push_token(out, first, position);
                push_token(out, second, position);
            }
            (None, Split::Initial(known)) => {
                out.push('L');
                *position += 1;
                push_token(out, known, position);
            }
            (None, Split::FinalInitial(known)) => {
                push_token(out, known, position);
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
    *position += 1;
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

fn push_token(out: &mut String, known: Known, position: &mut usize) {
    let token = match (known.given(), known.surname(), *position) {
        (true, false, _) | (true, true, 0) => "FIRST",
        (false, true, _) | (true, true, _) => "LAST",
        (false, false, _) => "WORD",
    };
    out.push_str(token);
    *position += 1;
}

/// Appends the lengths of the runs of letters (`L`), digits (`D`) and other characters as they are:
/// `john.smith84` becomes `L4.L5D2`.
pub(crate) fn push_shape(out: &mut String, name: &str) {
    let mut characters = capped(name).chars().peekable();
    while let Some(character) = characters.next() {
        let letter = character.is_alphabetic();
        let digit = character.is_numeric();
        if !letter && !digit {
            out.push(character);
            continue;
        }
        let mut length = 1;
        while characters
            .next_if(|next| if letter { next.is_alphabetic() } else { next.is_numeric() })
            .is_some()
        {
            length += 1;
        }
        out.push(if letter { 'L' } else { 'D' });
        push_number(out, length);
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
