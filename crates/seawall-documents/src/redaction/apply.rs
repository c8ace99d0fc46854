//! How is a document made for one recipient? Each of its texts is gone over, and what was done is noted.

use std::collections::BTreeSet;

use seawall_evidence::document::{Block, Document, Place, Span, Text};
use serde::{Deserialize, Serialize};

use super::{
    profile::{Class, Profile},
    pseudonyms::Pseudonyms,
    words::{Piece, Seen, replaced},
};
use crate::case::ORDERS_CONTACT;

/// What a document may hold that is not for everybody, and what stands for it.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Names of the case for accounts and persons.
    pub names: &'a Pseudonyms,
    /// Addresses of defendants, and where their operators take orders: they stay.
    pub infrastructure: &'a BTreeSet<String>,
    /// What people wrote to each other, as far as it is in the case.
    pub messages: &'a [String],
    /// Figures that count so few people that they may tell who they are.
    pub small_counts: &'a BTreeSet<String>,
}

/// A document for a recipient, and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The document.
    pub document: Document,
    /// What was done, in the order of the document.
    pub entries: Vec<RedactionEntry>,
    /// Where, entry by entry.
    places: Vec<Place>,
}

/// Something that was replaced or taken out. Says where, what class and by which rule; never the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedactionEntry {
    /// Name of the document.
    pub document: String,
    /// Where in it.
    pub place: String,
    /// What sort of data.
    pub class: Class,
    /// By which rule: the profile.
    pub profile: Profile,
    /// What was done.
    pub done: Done,
    /// The page, once it has been rendered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u64>,
}

/// What was done to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// A name of the case stands for it.
    Pseudonym,
    /// Its network stands for it.
    Network,
    /// Its domain stands for it.
    Domain,
    /// It was taken out.
    Removed,
}

/// Makes `document` for the recipients of `profile`.
///
/// Goes over words, quotations, answers and what people set as literals. References are names of records, and stay;
/// figures stay unless they are counts of few people.
pub fn redact(document: &Document, profile: Profile, known: Known<'_>) -> Redacted {
    let mut document = document.clone();
    let seen = Seen::new(profile, known.names, known.infrastructure, known.messages);
    let mut redactor = Redactor {
        seen,
        profile,
        small_counts: known.small_counts,
        name: document.name(),
        entries: Vec::new(),
        places: Vec::new(),
    };
    redactor.text(&mut document.title, &Place::Caption);
    let case = &mut document.case;
    for line in case.court.iter_mut().chain(&mut case.parties).chain(&mut case.docket) {
        redactor.text(line, &Place::Caption);
    }
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
    let (entries, places) = (redactor.entries, redactor.places);
    let shown: Vec<bool> =
        document.sources.iter().map(|source| document.shows(&source.figure)).collect();
    let mut shown = shown.into_iter();
    document.sources.retain(|_| shown.next() == Some(true));
    Redacted { document, entries, places }
}

impl Redacted {
    /// A document that is for these recipients as it is.
    pub const fn whole(document: Document) -> Self {
        Self { document, entries: Vec::new(), places: Vec::new() }
    }

    /// Notes the page on which each thing was done.
    pub fn locate(&mut self, rendering: &crate::pdf::Rendering) {
        for (entry, place) in self.entries.iter_mut().zip(&self.places) {
            entry.page = rendering.page_of(place);
        }
    }
}

/// The gap in which people say where they can be reached.
pub const CONTACT: &str = "contact";

/// Whether it is a gap for where somebody can be reached: whoever signs, or who takes orders. That is meant to be read.
pub fn is_contact(blank: &str) -> bool {
    let orders = blank.strip_prefix(ORDERS_CONTACT).is_some_and(|rest| rest.starts_with('.'));
    blank == CONTACT || orders
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
    seen: Seen<'a>,
    profile: Profile,
    small_counts: &'a BTreeSet<String>,
    name: String,
    entries: Vec<RedactionEntry>,
    places: Vec<Place>,
}

impl Redactor<'_> {
    fn text(&mut self, text: &mut Text, place: &Place) {
        let mut out = Text::default();
        for span in std::mem::take(&mut text.0) {
            self.span(span, place, &mut out);
        }
        *text = out;
    }

    fn span(&mut self, span: Span, place: &Place, out: &mut Text) {
        match span {
            Span::Text { text } => {
                for piece in self.pieces(&text, place) {
                    out.0.extend(piece.into_span(|text| Span::Text { text }));
                }
            }
            Span::Literal { kind, text } => {
                let pieces = self.pieces(&text, place);
                let is_whole = pieces.len() == 1;
                // What is left of a literal is words, unless a digit is in it.
                let kept = |text: String| {
                    if is_whole || text.chars().any(char::is_numeric) {
                        Span::Literal { kind, text }
                    } else {
                        Span::Text { text }
                    }
                };
                out.0.extend(pieces.into_iter().filter_map(|piece| piece.into_span(kept)));
            }
            Span::Quoted { text } if self.seen.is_message(&text) => {
                self.note(Class::MessageContent, Done::Removed, place);
                out.0.push(Span::Text { text: replaced(Class::MessageContent) });
            }
            Span::Quoted { text } => {
                out.0.push(Span::Quoted { text: self.whole(&text, place) });
            }
            Span::Blank { id, label, required, by_hand, answer } => {
                let answer =
                    answer.map(
                        |answer| if is_contact(&id) { answer } else { self.whole(&answer, place) },
                    );
                out.0.push(Span::Blank { id, label, required, by_hand, answer });
            }
            Span::Figure { id, .. }
                if self.seen.removes_small() && self.small_counts.contains(&id) =>
            {
                self.note(Class::SmallCount, Done::Removed, place);
                out.0.push(Span::Text { text: replaced(Class::SmallCount) });
            }
            other => out.0.push(other),
        }
    }

    fn pieces(&mut self, words: &str, place: &Place) -> Vec<Piece> {
        let pieces = self.seen.pieces(words);
        for piece in &pieces {
            if let Piece::Replaced { class, done, .. } = piece {
                self.note(*class, *done, place);
            }
        }
        pieces
    }

    fn whole(&mut self, words: &str, place: &Place) -> String {
        self.pieces(words, place).iter().map(Piece::text).collect()
    }

    fn note(&mut self, class: Class, done: Done, place: &Place) {
        self.entries.push(RedactionEntry {
            document: self.name.clone(),
            place: place.to_string(),
            class,
            profile: self.profile,
            done,
            page: None,
        });
        self.places.push(place.clone());
    }
}
