//! How is a document made for one recipient? Each of its texts is gone over, and what was done is noted.

use std::collections::BTreeSet;

use seawall_evidence::document::{Block, Document, Place, Span, Text};
use serde::Serialize;

use super::{
    profile::{Class, Profile, Treatment},
    pseudonyms::{Pseudonym, Pseudonyms},
};
use crate::leak::{Pattern, find};

/// A document for a recipient, and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The document.
    pub document: Document,
    /// What was done, in the order of the document.
    pub entries: Vec<RedactionEntry>,
}

/// Something that was replaced or taken out. Says where, what class and by which rule; never the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RedactionEntry {
    /// Name of the document.
    pub document: String,
    /// Where in it.
    pub place: String,
    /// What sort of data.
    pub class: Class,
    /// By which rule: the profile.
    pub profile: Profile,
    /// What was done: `pseudonym`, `network`, `domain`, `removed`.
    pub done: &'static str,
    /// The page, once it has been rendered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u64>,
    #[serde(skip)]
    at: Place,
}

/// Makes `document` for the recipients of `profile`. `infrastructure` are addresses of defendants, which stay.
///
/// Goes over words, quotations and answers: what was written by people. Figures, references and literals are made
/// of the case's own records, from which who fills them in leaves out what the profile does not show.
pub fn redact(
    document: &Document,
    profile: Profile,
    names: &Pseudonyms,
    infrastructure: &BTreeSet<String>,
) -> Redacted {
    let mut document = document.clone();
    let mut redactor = Redactor {
        profile,
        names: names.all(),
        infrastructure,
        name: document.name(),
        entries: Vec::new(),
    };
    redactor.text(&mut document.title, &Place::Caption);
    for section in &mut document.blocks {
        redactor.text(&mut section.heading, &Place::Heading { section: section.id.clone() });
        for (index, block) in section.blocks.iter_mut().enumerate() {
            let place =
                Place::Block { section: section.id.clone(), block: index + 1, number: None };
            for text in texts(block) {
                redactor.text(text, &place);
            }
        }
    }
    Redacted { document, entries: redactor.entries }
}

impl Redacted {
    /// Notes the page on which each thing was done.
    pub fn locate(&mut self, rendering: &crate::pdf::Rendering) {
        for entry in &mut self.entries {
            entry.page = rendering.page_of(&entry.at);
        }
    }
}

fn texts(block: &mut Block) -> Vec<&mut Text> {
    match block {
        Block::Paragraph { text, .. } => vec![text],
        Block::List { items: texts, .. } | Block::Signature { lines: texts } => {
            texts.iter_mut().collect()
        }
        Block::Table(table) => {
            let headings = table.columns.iter_mut().map(|column| &mut column.heading);
            std::iter::once(&mut table.caption)
                .chain(headings)
                .chain(table.rows.iter_mut().flatten())
                .collect()
        }
        Block::Picture(picture) => vec![&mut picture.alternative, &mut picture.caption],
    }
}

struct Redactor<'a> {
    profile: Profile,
    names: Vec<(&'a str, Pseudonym, String)>,
    infrastructure: &'a BTreeSet<String>,
    name: String,
    entries: Vec<RedactionEntry>,
}

impl Redactor<'_> {
    fn text(&mut self, text: &mut Text, place: &Place) {
        for span in &mut text.0 {
            match span {
                Span::Text { text } | Span::Quoted { text } => *text = self.words(text, place),
                Span::Blank { answer: Some(answer), .. } => *answer = self.words(answer, place),
                _ => {}
            }
        }
    }

    fn words(&mut self, words: &str, place: &Place) -> String {
        let mut out = words.to_owned();
        let mut classes = Vec::new();
        for (value, kind, name) in &self.names {
            if !value.is_empty() && out.contains(value) {
                out = out.replace(value, name);
                classes.push(if *kind == Pseudonym::Account {
                    Class::Account
                } else {
                    Class::Person
                });
            }
        }
        for class in classes {
            self.note(class, "pseudonym", place);
        }
        self.patterns(&out, place)
    }

    /// What looks like personal data, from left to right; of two that overlap the one that starts first.
    fn patterns(&mut self, words: &str, place: &Place) -> String {
        let mut found = find(words);
        found.sort_by_key(|(range, pattern)| (range.start, std::cmp::Reverse(range.end), *pattern));
        let (mut out, mut done) = (String::with_capacity(words.len()), 0);
        for (range, pattern) in found {
            if range.start < done {
                continue;
            }
            out.push_str(&words[done..range.start]);
            out.push_str(&self.shown(&words[range.clone()], pattern, place));
            done = range.end;
        }
        out.push_str(&words[done..]);
        out
    }

    fn shown(&mut self, value: &str, pattern: Pattern, place: &Place) -> String {
        let class = if self.infrastructure.contains(value) {
            Class::DefendantInfrastructure
        } else {
            class(pattern)
        };
        let (text, done) = match self.profile.treatment(class) {
            Treatment::Show => return value.to_owned(),
            Treatment::Network => {
                network(value).map_or((removed(class), "removed"), |text| (text, "network"))
            }
            Treatment::Domain => match value.rsplit_once('@') {
                Some((_, domain)) => (format!("[removed]@{domain}"), "domain"),
                None => (removed(class), "removed"),
            },
            // Whoever has no name yet is taken out.
            Treatment::Pseudonym | Treatment::Remove => (removed(class), "removed"),
        };
        self.note(class, done, place);
        text
    }

    fn note(&mut self, class: Class, done: &'static str, place: &Place) {
        self.entries.push(RedactionEntry {
            document: self.name.clone(),
            place: place.to_string(),
            class,
            profile: self.profile,
            done,
            page: None,
            at: place.clone(),
        });
    }
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

fn removed(class: Class) -> String {
    let what = match class {
        Class::Account => "account",
        Class::Person => "name",
        Class::EmailAddress => "address",
        Class::PhoneNumber => "telephone number",
        Class::IpAddress => "IP address",
        Class::PrivateNumber => "private number",
        Class::MessageContent => "message",
        Class::DefendantInfrastructure => "infrastructure",
    };
    format!("[removed: {what}]")
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

    fn shown(profile: Profile, words: &str) -> (String, Vec<(Class, &'static str)>) {
        let mut names = Pseudonyms::default();
        names.assign(&[1; 32], super::super::Pseudonym::Account, ["u123@mail.example".to_owned()]);
        let infrastructure = BTreeSet::from(["198.51.100.23".to_owned()]);
        let mut redactor = Redactor {
            profile,
            names: names.all(),
            infrastructure: &infrastructure,
            name: "D1-v1".to_owned(),
            entries: Vec::new(),
        };
        let text = redactor.words(words, &Place::Whole);
        (text, redactor.entries.iter().map(|entry| (entry.class, entry.done)).collect())
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
                (Class::Account, "pseudonym"),
                (Class::IpAddress, "network"),
                (Class::IpAddress, "network"),
                (Class::PhoneNumber, "removed"),
                (Class::EmailAddress, "domain"),
                (Class::PrivateNumber, "removed"),
            ]
        );
        let (press, _) = shown(Profile::Press, words);
        assert_eq!(press.matches("[removed").count(), 5);
        assert!(press.contains("198.51.100.23") && !press.contains("203.0.113"));
    }

    #[test]
    fn the_log_has_no_values() {
        let (_, entries) = shown(Profile::Press, "bob@corp.example");
        assert_eq!(entries, [(Class::EmailAddress, "removed")]);
    }
}
