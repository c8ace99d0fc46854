//! D2: how does the detector work, how often is it wrong, and what did it find?

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    investigator::{figures, identity},
    known::{Figure, Item, Matter, RecordField},
    method_sheet::MethodSheet,
    words::{command, date, field, item, text},
};

/// What the declaration is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TechnicalDeclaration {
    /// The matter.
    pub matter: Matter,
    /// Where the data come from, and whether they are complete.
    pub sources: Vec<SourceCompleteness>,
    /// What is counted, from the widest to the narrowest.
    pub definitions: Vec<Definition>,
    /// The detector in plain words, a paragraph each.
    pub plain_words: Vec<Text>,
    /// Can it be judged?
    pub method: MethodSheet,
    /// How it was applied here, a paragraph each.
    pub application: Vec<Text>,
    /// What came of it.
    pub results: Vec<Outcome>,
    /// What it does not show.
    pub limits: Vec<Text>,
}

/// Whether all that a source sent is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCompleteness {
    /// The frozen dataset.
    pub dataset: Item,
    /// Name of the source.
    pub source: Text,
    /// First and last day.
    pub from: String,
    /// To, excluded.
    pub to: String,
    /// Rows received.
    pub received: RecordField,
    /// Rows sealed.
    pub sealed: RecordField,
    /// What is missing, and why.
    pub gaps: Vec<Text>,
}

/// A word that is counted, with what it means here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The word: `created`.
    pub word: Text,
    /// What it means here.
    pub meaning: Text,
    /// How many, if it was counted.
    pub figure: Option<Figure>,
}

/// Results under one caption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What they are about.
    pub caption: String,
    /// The figures.
    pub figures: Vec<Figure>,
}

/// The declaration. It cannot be released while the method sheet has an empty field: each is a gap in the model.
pub fn technical_declaration(input: &TechnicalDeclaration) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D2, text("Technical declaration"));
    identity(&mut draft);
    data(&mut draft, input);
    definitions(&mut draft, input);
    draft.section("detector", "The detector in plain words");
    for paragraph in &input.plain_words {
        draft.numbered(paragraph.clone());
    }
    draft.section("reliability", "Validation, error rates and negative control");
    draft.numbered(text("The method sheet states what the method was tested on, how often it was wrong, with intervals, and what the same procedure finds where there is nothing to find."));
    input.method.write(&mut draft);
    draft.section("application", "Application");
    for paragraph in &input.application {
        draft.numbered(paragraph.clone());
    }
    draft.section("results", "Results");
    for outcome in &input.results {
        figures(&mut draft, &outcome.caption, &outcome.figures);
    }
    draft.section("limits", "Limits");
    draft.list(input.limits.clone());
    replay(&mut draft);
    draft.perjury_block();
    draft.finish()
}

fn data(draft: &mut Draft, input: &TechnicalDeclaration) {
    draft.section("data", "Data and their completeness");
    draft.numbered(text("The data are frozen: their content is fixed by a root over every row. For each source, the rows received are those sealed and the gaps listed; there is nothing else."));
    let rows = input.sources.iter().map(|each| {
        let gaps = if each.gaps.is_empty() {
            text("none")
        } else {
            super::words::joined(each.gaps.iter().cloned(), "; ")
        };
        let window = date(&each.from).text(" to ").then(date(&each.to));
        vec![
            item(&each.dataset),
            each.source.clone(),
            window,
            field(&each.received),
            field(&each.sealed),
            gaps,
        ]
    });
    draft.table(
        "What was received, and what is missing",
        &[
            ("Dataset", 4, false),
            ("Source", 3, false),
            ("Window", 4, false),
            ("Received", 3, true),
            ("Sealed", 3, true),
            ("Gaps", 4, false),
        ],
        rows.collect(),
    );
}

fn definitions(draft: &mut Draft, input: &TechnicalDeclaration) {
    draft.section("definitions", "Definitions");
    draft.numbered(text("Attempted, created, used and sold are different numbers. The words below are used in this sense only."));
    let rows: Vec<Vec<Text>> = input
        .definitions
        .iter()
        .map(|each| {
            let figure = draft.optional_figure(each.figure.as_ref());
            vec![each.word.clone(), each.meaning.clone(), figure]
        })
        .collect();
    draft.table(
        "What is counted",
        &[("Word", 2, false), ("Meaning", 6, false), ("Figure", 2, true)],
        rows,
    );
}

fn replay(draft: &mut Draft) {
    draft.section("replay", "How to compute this again");
    draft.numbered(text("Each number can be computed again from the verification bundle, without a network and without our help:"));
    draft.steps(vec![
        text("Run ").then(command("seawall verify BUNDLE --level 1")).text(" to derive each figure from its aggregate, and to hold each number in this document against its figure."),
        text("Run ").then(command("seawall verify BUNDLE --level 2")).text(" where the sealed data are at hand, to compute the aggregates again."),
        text("The queries are written in SQL as well, in the folder ").then(command("data/queries")).text(", for use with any other engine."),
    ]);
    draft.numbered(text("Rows for a sample are drawn by a seed to which both sides contribute, as described in the format; neither side can choose them. How many, is for the other side to name."));
}
