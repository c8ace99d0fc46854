//! How is the part before the @, or a username, put together?

use std::fmt::Write as _;

use super::Name;
use crate::rng::{Rng, mix2};

/// What a person makes of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    GivenDotFamily,
    GivenFamily,
    InitialFamily,
    GivenUnderscoreFamily,
    FamilyGiven,
    FamilyDotGiven,
    Given,
    GivenInitial,
    Nickname,
    WordGiven,
    TwoWords,
    FamilyOnly,
}

/// In order of popularity; cultures shift it.
pub(crate) static PATTERNS: [Pattern; 12] = [
    Pattern::GivenFamily,
    Pattern::GivenDotFamily,
    Pattern::Given,
    Pattern::InitialFamily,
    Pattern::Nickname,
    Pattern::WordGiven,
    Pattern::GivenInitial,
    Pattern::GivenUnderscoreFamily,
    Pattern::TwoWords,
    Pattern::FamilyGiven,
    Pattern::FamilyOnly,
    Pattern::FamilyDotGiven,
];

/// What follows a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digits {
    /// Nothing.
    None,
    /// Two digits of the year of birth.
    ShortYear(u16),
    /// The year of birth.
    Year(u16),
    /// This number in this many digits.
    Number(u64, u8),
}

/// How a name is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Local {
    /// As a person makes it.
    Human(Pattern, Digits),
    /// Given and family name as an institution joins them, a number after namesakes.
    Institution {
        /// What stands between; `None` is an initial and the family name.
        separator: Option<char>,
        /// Number after the second and later namesakes; 0 is none.
        namesake: u64,
    },
    /// A fixed stem and a running number.
    Counter {
        /// The stem.
        stem: &'static str,
        /// The running number.
        number: u64,
    },
    /// Random characters.
    Random {
        /// How many.
        length: u8,
        /// Of which alphabet.
        alphabet: &'static str,
        /// Which.
        random: u64,
    },
    /// Given, family and a number from a template of a program.
    Template {
        /// What stands between.
        separator: &'static str,
        /// Digits.
        number: u64,
        /// How many.
        width: u8,
        /// First letters as capitals.
        capitals: bool,
    },
    /// Consonant and vowel in turn, as name generators do it.
    Syllables {
        /// How many.
        count: u8,
        /// Which.
        random: u64,
        /// Number at the end, two digits.
        number: u8,
    },
    /// One mailbox under many names: `base+tag`.
    Tagged {
        /// The base.
        base: u64,
        /// The tag.
        tag: u64,
    },
    /// What a mail relay makes up.
    Relay(u64),
}

static WORDS: [&str; 48] = [
    "shadow", "tiger", "blue", "sunny", "dark", "lucky", "pixel", "rocket", "coffee", "happy",
    "ninja", "star", "moon", "king", "queen", "wolf", "dragon", "candy", "ghost", "turbo", "crazy",
    "golden", "silent", "magic", "retro", "panda", "storm", "ocean", "cherry", "mango", "cosmic",
    "metal", "lazy", "gamer", "music", "angel", "baby", "cool", "mr", "miss", "the", "real",
    "official", "just", "super", "little", "big", "fox",
];

static SUFFIXES: [&str; 10] = ["", "y", "ito", "x", "o", "ie", "z", "ka", "u", "s"];

fn one(words: &[&'static str], rng: &mut Rng) -> &'static str {
    rng.pick(words)
}

fn capitalise(out: &mut str, from: usize) {
    if let Some(letter) = out.get_mut(from..=from) {
        letter.make_ascii_uppercase();
    }
}

impl Pattern {
    fn push(self, name: Name, key: u64, out: &mut String) {
        let mut rng = Rng::new(key, 0x9A_77);
        let given = |out: &mut String| name.culture.push_given(name.given, out);
        let family = |out: &mut String| {
            let from = out.len();
            name.culture.push_family(name.family, out);
            while let Some(hyphen) = out[from..].find('-') {
                out.remove(from + hyphen);
            }
        };
        match self {
            Self::GivenFamily => {
                given(out);
                family(out);
            }
            Self::GivenDotFamily => {
                given(out);
                out.push('.');
                family(out);
            }
            Self::GivenUnderscoreFamily => {
                given(out);
                out.push('_');
                family(out);
            }
            Self::FamilyGiven => {
                family(out);
                given(out);
            }
            Self::FamilyDotGiven => {
                family(out);
                out.push('.');
                given(out);
            }
            Self::InitialFamily => {
                let from = out.len();
                given(out);
                out.truncate(from + 1);
                family(out);
            }
            Self::Given => given(out),
            Self::GivenInitial => {
                given(out);
                let from = out.len();
                family(out);
                out.truncate(from + 1);
            }
            Self::Nickname => {
                let from = out.len();
                given(out);
                out.truncate(out.len().min(from + 4));
                out.push_str(one(&SUFFIXES, &mut rng));
            }
            Self::WordGiven => {
                out.push_str(one(&WORDS, &mut rng));
                given(out);
            }
            Self::TwoWords => {
                out.push_str(one(&WORDS, &mut rng));
                out.push_str(one(&["", "_", ".", ""], &mut rng));
                out.push_str(one(&WORDS, &mut rng));
            }
            Self::FamilyOnly => family(out),
        }
    }
}

impl Local {
    /// Appends the text. `key` decides what the style leaves open.
    pub(crate) fn push(self, name: Name, key: u64, out: &mut String) {
        // Writing to a string is infallible.
        let _ = match self {
            Self::Human(pattern, digits) => {
                pattern.push(name, key, out);
                match digits {
                    Digits::None => Ok(()),
                    Digits::ShortYear(year) => write!(out, "{:02}", year % 100),
                    Digits::Year(year) => write!(out, "{year}"),
                    Digits::Number(number, width) => {
                        write!(out, "{number:0width$}", width = usize::from(width))
                    }
                }
            }
            Self::Institution { separator, namesake } => {
                let pattern = match separator {
                    Some('.') => Pattern::GivenDotFamily,
                    Some(_) => Pattern::GivenUnderscoreFamily,
                    None => Pattern::InitialFamily,
                };
                pattern.push(name, key, out);
                if namesake == 0 { Ok(()) } else { write!(out, "{namesake}") }
            }
            Self::Counter { stem, number } => write!(out, "{stem}{number:04}"),
            Self::Random { length, alphabet, random } => {
                push_random(length, alphabet, random, out);
                Ok(())
            }
            Self::Template { separator, number, width, capitals } => {
                let from = out.len();
                name.culture.push_given(name.given, out);
                out.push_str(separator);
                let middle = out.len();
                name.culture.push_family(name.family, out);
                if capitals {
                    capitalise(out, from);
                    capitalise(out, middle);
                }
                if width == 0 {
                    Ok(())
                } else {
                    write!(out, "{number:0width$}", width = usize::from(width))
                }
            }
            Self::Syllables { count, random, number } => {
                for position in 0..u64::from(count) {
                    let word = mix2(random, position);
                    push_random(1, "bdfgklmnprstvz", word, out);
                    push_random(1, "aeiou", mix2(word, 1), out);
                }
                write!(out, "{number:02}")
            }
            Self::Tagged { base, tag } => {
                push_random(9, "abcdefghijklmnopqrstuvwxyz", base, out);
                write!(out, "+{tag}")
            }
            Self::Relay(random) => {
                push_random(10, "abcdefghijkmnpqrstuvwxyz23456789", random, out);
                Ok(())
            }
        };
    }
}

fn push_random(length: u8, alphabet: &str, random: u64, out: &mut String) {
    let mut rng = Rng::new(random, 0x4A_4D);
    for _ in 0..length {
        out.push(char::from(rng.pick(alphabet.as_bytes())));
    }
}
