//! Where are mailboxes kept?
//!
//! The big providers are called by their names; every other domain is made up, under top-level
//! domains reserved for examples.

use std::fmt::Write as _;

use crate::rng::{below, mix, mix2};

/// The providers that hold nine mailboxes of ten, the largest first.
pub(crate) static PROVIDERS: [&str; 12] = [
    "gmail.com",
    "outlook.com",
    "yahoo.com",
    "hotmail.com",
    "icloud.com",
    "aol.com",
    "proton.me",
    "gmx.de",
    "mail.ru",
    "live.com",
    "naver.com",
    "web.de",
];

/// What a made-up organisation does, which shows in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sector {
    /// Companies, associations, families with a domain of their own.
    Any,
    /// Universities and schools.
    Education,
    /// Internet providers that give their customers mailboxes.
    Access,
    /// Domains bought in bulk to receive confirmation mails.
    Bulk,
}

/// A mail domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Domain {
    /// One of [`PROVIDERS`].
    Provider(u8),
    /// A given one.
    Named(&'static str),
    /// Made up from a number.
    Made {
        /// What it is the domain of.
        sector: Sector,
        /// Which one.
        number: u64,
    },
}

static FIRST: [&str; 32] = [
    "amber", "birch", "bright", "cedar", "clear", "copper", "dawn", "ember", "falcon", "fern",
    "glen", "granite", "harbor", "hazel", "iron", "juniper", "lake", "linden", "maple", "mill",
    "north", "oak", "pine", "quartz", "raven", "river", "silver", "stone", "summit", "vale",
    "west", "willow",
];
static SECOND: [&str; 24] = [
    "bridge", "brook", "cliff", "crest", "dale", "field", "forge", "gate", "grove", "haven",
    "hill", "hollow", "land", "marsh", "mont", "point", "port", "ridge", "shore", "side", "spring",
    "view", "ward", "wood",
];
static TRADES: [&str; 20] = [
    "dental",
    "legal",
    "studio",
    "logistics",
    "press",
    "clinic",
    "works",
    "energy",
    "travel",
    "foods",
    "design",
    "capital",
    "media",
    "motors",
    "systems",
    "textiles",
    "church",
    "choir",
    "family",
    "garden",
];

fn pick(words: &[&'static str], random: u64) -> &'static str {
    words[usize::try_from(below(random, words.len() as u64)).expect("an index of a slice")]
}

impl Domain {
    /// Appends the domain.
    pub(crate) fn push(self, out: &mut String) {
        let (sector, number) = match self {
            Self::Provider(index) => {
                out.push_str(PROVIDERS[usize::from(index)]);
                return;
            }
            Self::Named(name) => {
                out.push_str(name);
                return;
            }
            Self::Made { sector, number } => (sector, number),
        };
        let random = mix(number ^ 0xD0_3A17);
        let (first, second) = (pick(&FIRST, random), pick(&SECOND, mix2(random, 1)));
        // Infallible: writing to a string.
        let _ = match sector {
            Sector::Any => {
                let trade = pick(&TRADES, mix2(random, 2));
                let tail = below(mix2(random, 3), 900);
                write!(out, "{first}{second}-{trade}{tail}.example")
            }
            Sector::Education => write!(out, "students.{first}{second}-university{number}.example"),
            Sector::Access => write!(out, "{first}{second}net{number}.example"),
            Sector::Bulk => {
                let tail = below(mix2(random, 4), 99);
                write!(out, "{second}{first}{tail}.example")
            }
        };
    }
}
