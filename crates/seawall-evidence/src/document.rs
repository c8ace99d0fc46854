//! What does a document say? The model from which it is rendered, and which others check.
//!
//! A document is data: sections of blocks, whose text is a list of spans that say what they are. A number is never
//! words: it is a [`Span::Figure`], or a [`Span::Literal`] that counts nothing. [`lint()`] holds a model to that.

mod finding;
mod kind;
mod lint;
mod number;
mod plain;
mod text;

pub use finding::{Finding, Place, Problem};
pub use kind::{Kind, required_blanks};
pub use lint::{Known, KnownFigure, KnownReference, lint};
pub use text::{LiteralKind, Span, Text};

use serde::{Deserialize, Serialize};

use crate::hash::Digest;

/// A document: a function of this, and of the pictures that it names, is what people see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Which of the documents of a case it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Which of several of its type: `902-13`, a respondent, `Ex-4`. It is part of the document's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Counted from 1.
    pub version: u32,
    /// What stands above it.
    pub title: Text,
    /// The matter it belongs to.
    pub case: Case,
    /// Draft until people have released it.
    pub status: Status,
    /// When this version was made: RFC 3339, in UTC. The date in the rendering's metadata.
    pub dated: String,
    /// The custody log when this version was made, as printed in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<PrintedCheckpoint>,
    /// The numbers on its pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bates: Option<Bates>,
    /// Its sticker, if it is an exhibit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<ExhibitMark>,
    /// What it says.
    pub blocks: Vec<Section>,
    /// Where each figure that it shows comes from, sorted by figure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
}

impl Document {
    /// Its name without an extension: `D2-v1`, `D6-902-13-v1`, `Ex-4-v1`.
    pub fn name(&self) -> String {
        let kind = self.kind.id();
        match (&self.part, self.kind) {
            (Some(part), Kind::Exhibit) => format!("{part}-v{}", self.version),
            (Some(part), _) => format!("{kind}-{part}-v{}", self.version),
            (None, _) => format!("{kind}-v{}", self.version),
        }
    }
}

impl Document {
    /// Whether a text of its sections shows this figure.
    pub fn shows(&self, figure: &str) -> bool {
        let is = |span: &Span| matches!(span, Span::Figure { id, .. } if id == figure);
        self.blocks.iter().any(|section| {
            let mut texts = section.blocks.iter().flat_map(Block::texts);
            texts.any(|text| text.0.iter().any(is)) || section.heading.0.iter().any(is)
        })
    }
}

impl Block {
    /// Its texts, in order.
    pub fn texts(&self) -> Vec<&Text> {
        match self {
            Self::Paragraph { text, .. } => vec![text],
            Self::List { items: texts, .. } | Self::Signature { lines: texts } => {
                texts.iter().collect()
            }
            Self::Table(table) => {
                let headings = table.columns.iter().map(|column| &column.heading);
                let cells = table.rows.iter().flatten();
                std::iter::once(&table.caption).chain(headings).chain(cells).collect()
            }
            Self::Picture(picture) => vec![&picture.alternative, &picture.caption],
        }
    }
}

/// The caption: where the matter is pending, between whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Id of the case.
    pub id: String,
    /// The court, line by line; empty before there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub court: Vec<Text>,
    /// The parties as the caption has them, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Text>,
    /// Docket number and judge, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub docket: Vec<Text>,
}

/// Whether people have let it go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// For counsel only: each page says so.
    Draft,
    /// Approved and released as it stands.
    Released,
}

/// Size and root of the custody log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintedCheckpoint {
    /// Number of entries.
    pub size: u64,
    /// Merkle root over them.
    pub root: Digest,
}

/// Page numbers that run through a whole production ("Bates numbers").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bates {
    /// What stands before the number.
    pub prefix: String,
    /// Number of its first page.
    pub first: u64,
    /// Number of its last page.
    pub last: u64,
}

impl Bates {
    /// A page's number as printed: the prefix, and seven digits or more.
    pub fn shown(&self, number: u64) -> String {
        format!("{}-{number:07}", self.prefix)
    }
}

/// What the sticker on an exhibit says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExhibitMark {
    /// `Ex-4`.
    pub number: String,
    /// What it is in law.
    pub kind: ExhibitKind,
}

/// What an exhibit is in law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExhibitKind {
    /// An item of evidence, or a copy of one.
    #[serde(rename = "record")]
    Record,
    /// A summary of voluminous records, which is evidence (FRE 1006).
    #[serde(rename = "summary_1006")]
    Summary,
    /// An illustrative aid, which is not evidence (FRE 107): each page says so.
    #[serde(rename = "aid_107")]
    Aid,
}

/// A part of a document, under a heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What it is called in findings: `completeness`.
    pub id: String,
    /// What stands above it.
    pub heading: Text,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// Words; with a number where paragraphs are numbered through.
    Paragraph {
        /// Its number in the document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<u32>,
        /// What it says.
        text: Text,
    },
    /// Points.
    List {
        /// Whether their order matters.
        ordered: bool,
        /// What they say.
        items: Vec<Text>,
    },
    /// A table; its headings repeat on each page.
    Table(Table),
    /// A picture, by the hash of its file.
    Picture(Picture),
    /// Lines for the hand: a signature, a date.
    Signature {
        /// Who signs, as what, under which words.
        lines: Vec<Text>,
    },
}

/// Rows under headings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What it shows.
    pub caption: Text,
    /// Its columns, from left to right.
    pub columns: Vec<Column>,
    /// Its rows, each with one cell a column.
    pub rows: Vec<Vec<Text>>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What stands above it.
    pub heading: Text,
    /// Its share of the width, in parts.
    pub width: u32,
    /// Whether its cells are numbers, which stand to the right.
    pub numeric: bool,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Hash of the file.
    pub sha256: Digest,
    /// What the file is.
    pub media_type: MediaType,
    /// What it shows, for those who do not see it.
    pub alternative: Text,
    /// What stands below it.
    pub caption: Text,
}

/// Files that can stand in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediaType {
    /// Scalable vector graphics.
    #[serde(rename = "image/svg+xml")]
    Svg,
    /// Portable network graphics.
    #[serde(rename = "image/png")]
    Png,
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
}

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Id of the figure: `F-012`.
    pub figure: String,
    /// What it counts, as its record says.
    pub label: String,
    /// Id of the query: `Q-003`.
    pub query: String,
    /// Roots of the datasets it was counted in.
    pub datasets: Vec<Digest>,
}

#[cfg(test)]
mod tests;
