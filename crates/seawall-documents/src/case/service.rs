//! D10: how were defendants told, at which addresses, and where had they used those themselves?

use seawall_evidence::document::{Document, Kind, Span, Text};

use super::{
    draft::Draft,
    known::{Item, Matter},
    words::{date, identifier, item, rule, short_hash, text},
};

/// What notice and service are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The matter.
    pub matter: Matter,
    /// Where defendants can be reached.
    pub addresses: Vec<ServiceAddress>,
    /// The e-mail, paragraph by paragraph.
    pub email: Vec<Text>,
    /// Address of the page on which it is published.
    pub page: String,
    /// What is published there.
    pub published: Vec<Published>,
    /// What was tried.
    pub attempts: Vec<ServiceAttempt>,
}

/// An address that a defendant used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAddress {
    /// Who: `Doe-1`.
    pub defendant: String,
    /// By which channel: e-mail, chat, post.
    pub channel: Text,
    /// The address itself.
    pub address: String,
    /// Where the defendant used it.
    pub used: Text,
    /// The item that shows so.
    pub source: Item,
}

/// A document that everybody may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its id: `D2`.
    pub id: String,
    /// Its name: `D2-v1`.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// Hash of its rendering.
    pub sha256: seawall_evidence::hash::Digest,
}

/// An attempt to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAttempt {
    /// Who: `Doe-1`.
    pub defendant: String,
    /// By which channel.
    pub channel: Text,
    /// Where it was sent.
    pub address: String,
    /// When.
    pub sent_at: String,
    /// What came of it.
    pub result: Text,
    /// The item with the receipt, the bounce or the capture.
    pub receipt: Item,
}

/// The section with the text of the e-mail.
pub(super) const EMAIL: &str = "email";
/// The section with what is published.
pub(super) const PUBLICATION: &str = "publication";

/// A line of the list of what is published, as its recipients may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublishedLine {
    /// Name of the file.
    pub(super) file: String,
    /// What the document is called.
    pub(super) title: String,
    /// Hash of the file.
    pub(super) sha256: String,
}

impl Published {
    /// It as a row of the table of what is published. [`PublishedLine::of`] reads it.
    fn row(&self) -> Vec<Text> {
        vec![
            Text::default().reference(&self.id, &self.id),
            identifier(&format!("{}.pdf", self.name)),
            Text::default().quoted(&self.title),
            identifier(&self.sha256.to_string()),
        ]
    }
}

impl PublishedLine {
    /// What a row of the table says, once redaction has gone over it. [`Published::row`] wrote it.
    pub(super) fn of(row: &[Text]) -> Option<Self> {
        let [_, file, title, sha256] = row else { return None };
        let title = match title.0.as_slice() {
            [Span::Quoted { text }] => text.clone(),
            _ => title.plain(),
        };
        Some(Self { file: file.plain(), title, sha256: sha256.plain() })
    }
}

/// Notice and service, as one document.
pub fn service(input: &Service) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D10, text("Notice and service"));
    draft.section("basis", "By what right");
    draft.numbered(
        text("Other means than those of a treaty are for the court to allow (")
            .then(rule("FRCP 4(f)(3)"))
            .text("). Counsel fills in what was asked and allowed: ")
            .blank("service_basis", "order or motion that allows service by these means"),
    );
    addresses(&mut draft, input);
    draft.section(EMAIL, "Text of the e-mail");
    for paragraph in &input.email {
        draft.paragraph(paragraph.clone());
    }
    if input.email.is_empty() {
        draft.paragraph(Text::default().blank("service_email", "text of the e-mail"));
    }
    published(&mut draft, input);
    proof(&mut draft, input);
    draft.section("server", "Who served");
    draft.paragraph(text("").blank("name", "name and capacity of whoever served"));
    draft.perjury_block();
    draft.finish()
}

fn addresses(draft: &mut Draft, input: &Service) {
    draft.section("addresses", "Service list");
    draft.numbered(text("Each address is one that the defendant used. The item shows where."));
    let rows = input.addresses.iter().map(|each| {
        vec![
            identifier(&each.defendant),
            each.channel.clone(),
            identifier(&each.address),
            each.used.clone(),
            item(&each.source).text(", ").then(short_hash(&each.source.sha256)),
        ]
    });
    draft.table(
        "Addresses, and where the defendant used them",
        &[
            ("Defendant", 3, false),
            ("Channel", 3, false),
            ("Address", 5, false),
            ("Where it was used", 6, false),
            ("Shown by", 6, false),
        ],
        rows.collect(),
    );
}

fn published(draft: &mut Draft, input: &Service) {
    draft.section(PUBLICATION, "Publication");
    draft.numbered(
        text("The page ")
            .then(identifier(&input.page))
            .text(" lists the documents below with their hashes. It has no script, and loads nothing from elsewhere."),
    );
    draft.table(
        "Documents that are published, with their hashes",
        &[("Document", 3, false), ("File", 4, false), ("Title", 6, false), ("Hash", 10, false)],
        input.published.iter().map(Published::row).collect(),
    );
}

fn proof(draft: &mut Draft, input: &Service) {
    draft.section("proof", "Proof of service: what was tried");
    let rows = input.attempts.iter().map(|each| {
        vec![
            identifier(&each.defendant),
            each.channel.clone(),
            identifier(&each.address),
            date(&each.sent_at),
            each.result.clone(),
            item(&each.receipt).text(", ").then(short_hash(&each.receipt.sha256)),
        ]
    });
    draft.table(
        "Attempts, in the order of time",
        &[
            ("Defendant", 3, false),
            ("Channel", 3, false),
            ("Address", 4, false),
            ("Sent", 4, false),
            ("What came of it", 4, false),
            ("Receipt", 6, false),
        ],
        rows.collect(),
    );
}
