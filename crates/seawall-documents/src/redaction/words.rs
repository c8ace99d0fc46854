//! What in a piece of text may a recipient not see, and what stands there instead?

use std::collections::BTreeSet;

use seawall_evidence::document::{LiteralKind, Span};

use super::{
    apply::Done,
    profile::{Class, Profile, Treatment},
    pseudonyms::{Pseudonym, Pseudonyms},
};
use crate::leak::{Pattern, find};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// As it was.
    Kept(String),
    /// What stands for something.
    Replaced {
        /// What stands there now.
        text: String,
        /// What sort of data it was.
        class: Class,
        /// What was done to it.
        done: Done,
    },
}

impl Piece {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Kept(text) | Self::Replaced { text, .. } => text,
        }
    }

    /// As a span; what was kept is what it was. A pseudonym has a number that counts nothing.
    pub(super) fn into_span(self, kept: impl Fn(String) -> Span) -> Option<Span> {
        match self {
            Self::Kept(text) => (!text.is_empty()).then(|| kept(text)),
            Self::Replaced { text, .. } if text.chars().any(char::is_numeric) => {
                Some(Span::Literal { kind: LiteralKind::Identifier, text })
            }
            Self::Replaced { text, .. } => Some(Span::Text { text }),
        }
    }
}

/// A recipient, and what there is to see.
pub(super) struct Seen<'a> {
    profile: Profile,
    names: Vec<(&'a str, Pseudonym, String)>,
    infrastructure: &'a BTreeSet<String>,
    messages: Vec<String>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(
        profile: Profile,
        names: &'a Pseudonyms,
        infrastructure: &'a BTreeSet<String>,
        messages: &[String],
    ) -> Self {
        let removes = Class::MessageContent.treatment(profile) == Treatment::Remove;
        let messages = messages.iter().filter(|_| removes).map(|message| plain(message)).collect();
        Self { profile, names: names.all(), infrastructure, messages }
    }

    /// Whether a quotation is from what people wrote to each other, and must not be seen.
    pub(super) fn is_message(&self, quoted: &str) -> bool {
        let quoted = plain(quoted);
        !quoted.is_empty() && self.messages.iter().any(|message| message.contains(&quoted))
    }

    pub(super) fn removes_small(&self) -> bool {
        Class::SmallCount.treatment(self.profile) == Treatment::Remove
    }

    /// The text, part by part: first whoever has a name, then what looks like personal data.
    pub(super) fn pieces(&self, words: &str) -> Vec<Piece> {
        let mut pieces = vec![Piece::Kept(words.to_owned())];
        for (value, kind, name) in &self.names {
            pieces = split(pieces, |text| {
                let at = standing(text, value)?;
                Some((at..at + value.len(), self.named(*kind, name)))
            });
        }
        split(pieces, |text| {
            let mut found = find(text);
            found.retain(|(range, pattern)| self.shown(&text[range.clone()], *pattern).is_some());
            // Of two that overlap the one that starts first, and of those the longer.
            let first = found.into_iter().min_by_key(|(range, pattern)| {
                (range.start, std::cmp::Reverse(range.end), *pattern)
            });
            let (range, pattern) = first?;
            let piece = self.shown(&text[range.clone()], pattern)?;
            Some((range, piece))
        })
    }

    fn named(&self, kind: Pseudonym, name: &str) -> Piece {
        let class = match kind {
            Pseudonym::Account => Class::Account,
            Pseudonym::Victim | Pseudonym::Defendant => Class::Person,
        };
        // Whom the case is against is spoken of by that name everywhere.
        let is_removed =
            kind != Pseudonym::Defendant && class.treatment(self.profile) == Treatment::Remove;
        if is_removed {
            return Piece::Replaced { text: replaced(class), class, done: Done::Removed };
        }
        Piece::Replaced { text: name.to_owned(), class, done: Done::Pseudonym }
    }

    /// What stands for something that looks like personal data; `None` where it may be seen.
    fn shown(&self, value: &str, pattern: Pattern) -> Option<Piece> {
        let class = if self.infrastructure.contains(value) {
            Class::DefendantInfrastructure
        } else {
            class(pattern)
        };
        let (text, done) = match class.treatment(self.profile) {
            Treatment::Show => return None,
            Treatment::Network => match network(value) {
                Some(text) => (text, Done::Network),
                None => (replaced(class), Done::Removed),
            },
            Treatment::Domain => match value.rsplit_once('@') {
                Some((_, domain)) => (format!("[removed]@{domain}"), Done::Domain),
                None => (replaced(class), Done::Removed),
            },
            // Whoever has no name yet is taken out.
            Treatment::Pseudonym | Treatment::Remove => (replaced(class), Done::Removed),
        };
        Some(Piece::Replaced { text, class, done })
    }
}

/// Cuts out of each kept part what `next` finds first in it, until it finds nothing.
fn split(
    pieces: Vec<Piece>,
    next: impl Fn(&str) -> Option<(std::ops::Range<usize>, Piece)>,
) -> Vec<Piece> {
    let mut out = Vec::new();
    for piece in pieces {
        let Piece::Kept(mut rest) = piece else {
            out.push(piece);
            continue;
        };
        while let Some((range, instead)) = next(&rest) {
            out.push(Piece::Kept(rest[..range.start].to_owned()));
            out.push(instead);
            rest.drain(..range.end);
        }
        out.push(Piece::Kept(rest));
    }
    out
}

/// Where `value` stands by itself: not within a longer word or number.
fn standing(text: &str, value: &str) -> Option<usize> {
    let joins = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    let edge = |inner: Option<char>, outer: Option<char>| joins(inner) && joins(outer);
    text.match_indices(value).map(|(at, _)| at).find(|&at| {
        let before = text[..at].chars().next_back();
        let after = text[at + value.len()..].chars().next();
        !value.is_empty()
            && !edge(value.chars().next(), before)
            && !edge(value.chars().next_back(), after)
    })
}

/// As it is compared: without differences of space.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const fn class(pattern: Pattern) -> Class {
    match pattern {
        Pattern::SocialSecurityNumber | Pattern::CardNumber | Pattern::BirthDate => {
            Class::PrivateNumber
        }
        Pattern::EmailAddress => Class::EmailAddress,
        Pattern::PhoneNumber => Class::PhoneNumber,
        Pattern::IpAddress => Class::IpAddress,
    }
}

/// What stands for what was taken out.
pub(super) fn replaced(class: Class) -> String {
    format!("[removed: {}]", class.title())
}

/// `203.0.113.0/24` or `2001:db8:1::/48` for an address in it.
fn network(value: &str) -> Option<String> {
    match value.parse().ok()? {
        std::net::IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            Some(format!("{first}.{second}.{third}.0/24"))
        }
        std::net::IpAddr::V6(address) => {
            let [first, second, third, ..] = address.segments();
            let network = std::net::Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0);
            Some(format!("{network}/48"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(profile: Profile, words: &str) -> (String, Vec<(Class, Done)>) {
        let mut names = Pseudonyms::default();
        names.assign(&[1; 32], Pseudonym::Account, ["u123@mail.example".to_owned()]);
        names.assign(&[1; 32], Pseudonym::Victim, ["Ana Lee".to_owned()]);
        names.assign(&[1; 32], Pseudonym::Defendant, ["Bo Kim".to_owned()]);
        let infrastructure = BTreeSet::from(["198.51.100.23".to_owned()]);
        let messages = ["Hi,\nsend me the\n money".to_owned()];
        let seen = Seen::new(profile, &names, &infrastructure, &messages);
        assert_eq!(seen.is_message("send me  the money"), profile != Profile::CourtSealed);
        assert!(!seen.is_message("something else") && !seen.is_message(""));
        let pieces = seen.pieces(words);
        let done = pieces.iter().filter_map(|piece| match piece {
            Piece::Replaced { class, done, .. } => Some((*class, *done)),
            Piece::Kept(_) => None,
        });
        let done = done.collect();
        (pieces.iter().map(Piece::text).collect(), done)
    }

    #[test]
    fn what_a_recipient_may_not_see_is_gone() {
        let words = "u123@mail.example from 203.0.113.7 and 2001:db8:1::7 to 198.51.100.23, call +1 202 555 0147, mail bob@corp.example, SSN 078-05-1120";
        let (text, entries) = shown(Profile::CourtPublic, words);
        assert_eq!(
            text,
            "ACCT-000001 from 203.0.113.0/24 and 2001:db8:1::/48 to 198.51.100.23, call [removed: telephone number], mail [removed]@corp.example, SSN [removed: private number]"
        );
        assert_eq!(
            entries,
            [
                (Class::Account, Done::Pseudonym),
                (Class::IpAddress, Done::Network),
                (Class::IpAddress, Done::Network),
                (Class::PhoneNumber, Done::Removed),
                (Class::EmailAddress, Done::Domain),
                (Class::PrivateNumber, Done::Removed),
            ]
        );
        let (press, _) = shown(Profile::Press, words);
        assert_eq!(press.matches("[removed").count(), 5);
        assert!(press.contains("198.51.100.23") && !press.contains("203.0.113"));
    }

    #[test]
    fn persons_have_names_of_the_case_and_none_of_their_own() {
        let words = "Ana Lee paid Bo Kim; Ana Leeson did not";
        let (court, _) = shown(Profile::CourtSealed, words);
        assert_eq!(court, "VICTIM-01 paid Doe-1; Ana Leeson did not");
        let (press, done) = shown(Profile::Press, words);
        assert_eq!(press, "[removed: name] paid Doe-1; Ana Leeson did not");
        assert_eq!(done, [(Class::Person, Done::Removed), (Class::Person, Done::Pseudonym)]);
    }
}
