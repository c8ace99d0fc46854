//! D9: what was taken out of which document, by which rule, and, under seal, what do the pseudonyms stand for?

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Item, Matter},
    words::{date, identifier, item, short_hash, text},
};
use crate::redaction::{Done, Profile, Pseudonym, RedactionEntry};

/// What the log is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactionLog {
    /// The matter.
    pub matter: Matter,
    /// Each document that was made for recipients outside.
    pub documents: Vec<RedactedDocument>,
}

/// A document that was made for its recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactedDocument {
    /// Its name: `D2-v1`.
    pub name: String,
    /// For whom it was made.
    pub profile: Profile,
    /// Who made it.
    pub by: Text,
    /// When.
    pub at: String,
    /// The item with the entries.
    pub log: Item,
    /// What was done, in the order of the document.
    pub entries: Vec<RedactionEntry>,
}

/// What the key is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PseudonymKey {
    /// The matter.
    pub matter: Matter,
    /// The item with the table.
    pub table: Item,
    /// Pseudonym, what it stands for, and the value.
    pub rows: Vec<(String, Pseudonym, String)>,
}

/// The log. It says where, what class and by which rule; never a value.
pub fn redaction_log(input: &RedactionLog) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D9, text("Log of redactions"));
    draft.section("about", "What this is");
    draft.numbered(text("Each document below was made for its recipients from the whole one. What they may not see was replaced before the page was made: it is not under a bar, it is not there. This log says where, what sort of data, and by which rule. It holds no value. What the pseudonyms stand for is in a separate key, filed under seal."));
    draft.section("documents", "Documents");
    let rows = input.documents.iter().map(|each| {
        vec![
            identifier(&each.name),
            text(profile(each.profile)),
            each.by.clone(),
            date(&each.at),
            item(&each.log).text(", ").then(short_hash(&each.log.sha256)),
        ]
    });
    draft.table(
        "Documents, and for whom each was made",
        &[
            ("Document", 3, false),
            ("Made for", 4, false),
            ("By", 2, false),
            ("When", 3, false),
            ("Entries, as kept", 7, false),
        ],
        rows.collect(),
    );
    draft.section("redactions", "Redactions");
    for each in &input.documents {
        if each.entries.is_empty() {
            draft
                .paragraph(text("In ").then(identifier(&each.name)).text(" nothing was replaced."));
            continue;
        }
        draft.table(
            text("In ").then(identifier(&each.name)),
            &[
                ("Page", 2, false),
                ("Place", 6, false),
                ("Class of data", 4, false),
                ("Rule", 4, false),
                ("What was done", 5, false),
            ],
            each.entries.iter().map(row).collect(),
        );
    }
    draft.finish()
}

/// The key to the pseudonyms: for the court, under seal.
pub fn pseudonym_key(input: &PseudonymKey) -> Document {
    let title = text("FILED UNDER SEAL: key to the pseudonyms");
    let mut draft = Draft::new(&input.matter, Kind::D9, title).part(KEY_PART);
    draft.section("about", "What this is");
    draft.numbered(
        text("Sealed. The documents of this case name accounts and persons by pseudonyms that were drawn by chance: they say nothing about what they stand for. This is their key, as kept in ")
            .then(item(&input.table))
            .text(". It is for the court, and for those whom the court lets see it."),
    );
    draft.section("key", "Key");
    let rows = input.rows.iter().map(|(name, kind, value)| {
        vec![identifier(name), text(stands_for(*kind)), Text::default().quoted(value)]
    });
    draft.table(
        "Pseudonyms, and what they stand for",
        &[("Pseudonym", 3, false), ("Stands for", 4, false), ("Value", 9, false)],
        rows.collect(),
    );
    draft.finish()
}

/// The part of the key in the name of its document: `D9-key`.
pub const KEY_PART: &str = "key";

fn row(entry: &RedactionEntry) -> Vec<Text> {
    let page = entry.page.map_or_else(|| text("–"), |page| identifier(&format!("p. {page}")));
    let done = match entry.done {
        Done::Pseudonym => "a pseudonym stands for it",
        Done::Network => "its network stands for it",
        Done::Domain => "its domain stands for it",
        Done::Removed => "taken out",
    };
    vec![
        page,
        Text::default().literal(seawall_evidence::document::LiteralKind::Parameter, &entry.place),
        text(entry.class.title()),
        text(profile(entry.profile)),
        text(done),
    ]
}

const fn stands_for(kind: Pseudonym) -> &'static str {
    match kind {
        Pseudonym::Account => "an account",
        Pseudonym::Victim => "a person who is no defendant",
        Pseudonym::Defendant => "a defendant",
    }
}

const fn profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Internal => "those who work on the case",
        Profile::CourtPublic => "the court's public docket",
        Profile::CourtSealed => "the court, under seal",
        Profile::LawEnforcement => "law enforcement",
        Profile::Partner => "a partner",
        Profile::Press => "the press",
    }
}
