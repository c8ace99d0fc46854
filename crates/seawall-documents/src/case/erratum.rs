//! D19: which figure was wrong, what takes its place, and who was told the wrong one?

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Figure, Matter},
    words::{date, identifier, joined, text},
};

/// What the erratum is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erratum {
    /// The matter.
    pub matter: Matter,
    /// The correction in the name of the document.
    pub part: String,
    /// What is corrected.
    pub corrections: Vec<Correction>,
    /// The documents that went out with a wrong figure.
    pub affected: Vec<AffectedDocument>,
    /// Whether it matters to what was asked or decided.
    pub materiality: Vec<Text>,
    /// What recipients are asked to do.
    pub asked: Vec<Text>,
}

/// A figure that another takes the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// As it was told.
    pub was: Figure,
    /// What is right.
    pub is: Figure,
    /// Why it was wrong.
    pub cause: Text,
    /// The day on which that was found.
    pub found: String,
}

/// A version of a document that went out with a wrong figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedDocument {
    /// Its id: `D2`.
    pub id: String,
    /// Its name, with its version: `D2-v1`.
    pub name: String,
    /// To whom it went.
    pub recipient: Text,
    /// When it did, to the minute.
    pub released_at: String,
    /// Ids of the wrong figures in it.
    pub figures: Vec<String>,
}

/// The erratum.
pub fn erratum(input: &Erratum) -> Document {
    let mut draft =
        Draft::new(&input.matter, Kind::D19, text("Correction of figures")).part(&input.part);
    draft.section("corrections", "What changes");
    draft.numbered(text("The documents named below told figures that were wrong. What they said, and what is right, is this; both can be recomputed from the sealed data."));
    let rows = input.corrections.iter().map(|each| {
        vec![
            text("").field(&each.was.id, "label", &each.was.label),
            draft.figure(&each.was),
            text("").field(&each.is.id, "label", &each.is.label),
            draft.figure(&each.is),
        ]
    });
    let rows = rows.collect();
    draft.table(
        "Corrected figures",
        &[("Told", 5, false), ("Figure", 3, true), ("Right", 5, false), ("Figure", 3, true)],
        rows,
    );
    draft.section("causes", "Why they were wrong");
    let causes = input
        .corrections
        .iter()
        .map(|each| vec![reference(&each.was.id), date(&each.found), each.cause.clone()]);
    draft.table(
        "Causes",
        &[("Figure", 2, false), ("Found on", 3, false), ("Cause", 9, false)],
        causes.collect(),
    );
    affected(&mut draft, &input.affected);
    draft.section("materiality", "Whether it matters");
    draft.said_or_blank(
        &input.materiality,
        "materiality",
        "whether it bears on what was asked, found or ordered",
    );
    draft.section("asked", "What we ask of recipients");
    draft.said_or_blank(&input.asked, "asked", "what recipients should do with what they have");
    draft.section("signature", "Submitted by");
    draft.paragraph(text("").blank("name", "name and capacity"));
    draft.signature();
    draft.finish()
}

fn affected(draft: &mut Draft, affected: &[AffectedDocument]) {
    draft.section("affected", "Who was told");
    let rows = affected.iter().map(|each| {
        vec![
            text("").reference(&each.id, &each.id),
            identifier(&each.name),
            each.recipient.clone(),
            date(&each.released_at),
            joined(each.figures.iter().map(|id| reference(id)), ", "),
        ]
    });
    draft.table(
        "Documents with a wrong figure, from the custody log",
        &[
            ("Document", 2, false),
            ("Version", 3, false),
            ("Recipient", 5, false),
            ("Released", 4, false),
            ("Figures", 3, false),
        ],
        rows.collect(),
    );
}

fn reference(id: &str) -> Text {
    Text::default().reference(id, id)
}
