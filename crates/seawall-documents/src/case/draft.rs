//! How is a document put together? Sections and numbered paragraphs, and where its figures come from.

use std::collections::BTreeMap;

use seawall_evidence::document::{
    Block, Case, Column, Document, ExhibitMark, Kind, Section, Source, Status, Table, Text,
};

use super::known::{Figure, Matter};

/// A document that is being written.
pub(super) struct Draft {
    document: Document,
    sources: BTreeMap<String, Source>,
    /// Figures of the case that paragraphs may show which were written elsewhere.
    figures: Vec<Figure>,
    paragraphs: u32,
}

/// A column: its heading, its share of the width, and whether it holds numbers.
pub(super) type ColumnOf<'a> = (&'a str, u32, bool);

impl Draft {
    pub(super) fn new(matter: &Matter, kind: Kind, title: Text) -> Self {
        Self {
            document: Document {
                kind,
                part: None,
                version: matter.version,
                title,
                case: Case {
                    id: matter.id.clone(),
                    court: matter.court.clone(),
                    parties: matter.parties.clone(),
                    docket: matter.docket.clone(),
                },
                status: Status::Draft,
                dated: matter.dated.clone(),
                checkpoint: matter.checkpoint.clone(),
                bates: None,
                exhibit: None,
                blocks: Vec::new(),
                sources: Vec::new(),
            },
            sources: BTreeMap::new(),
            figures: matter.figures.clone(),
            paragraphs: 0,
        }
    }

    /// One of several documents of its type.
    pub(super) fn part(mut self, part: &str) -> Self {
        self.document.part = Some(part.to_owned());
        self
    }

    /// A letter or a report: no caption of a court.
    pub(super) fn without_caption(mut self) -> Self {
        let id = std::mem::take(&mut self.document.case.id);
        self.document.case = Case { id, ..Case::default() };
        self
    }

    pub(super) fn exhibit(mut self, mark: ExhibitMark) -> Self {
        self.document.exhibit = Some(mark);
        self
    }

    pub(super) fn section(&mut self, id: &str, heading: impl Into<Text>) {
        self.document.blocks.push(Section {
            id: id.to_owned(),
            heading: heading.into(),
            blocks: Vec::new(),
        });
    }

    /// A figure in words, whose source is kept.
    pub(super) fn figure(&mut self, figure: &Figure) -> Text {
        self.sources.insert(
            figure.id.clone(),
            Source {
                figure: figure.id.clone(),
                label: figure.label.clone(),
                query: figure.query.clone(),
                datasets: figure.datasets.clone(),
            },
        );
        Text::default().figure(&figure.id, &figure.display)
    }

    pub(super) fn optional_figure(&mut self, figure: Option<&Figure>) -> Text {
        figure.map_or_else(|| Text::new("–"), |figure| self.figure(figure))
    }

    /// A paragraph with the next number.
    pub(super) fn numbered(&mut self, text: Text) {
        self.paragraphs += 1;
        self.push(Block::Paragraph { number: Some(self.paragraphs), text });
    }

    pub(super) fn paragraph(&mut self, text: impl Into<Text>) {
        self.push(Block::Paragraph { number: None, text: text.into() });
    }

    /// What people said, or a gap for them to say it.
    pub(super) fn said_or_blank(&mut self, said: &[Text], blank: &str, label: &str) {
        for paragraph in said {
            self.paragraph(paragraph.clone());
        }
        if said.is_empty() {
            self.paragraph(Text::default().blank(blank, label));
        }
    }

    pub(super) fn list(&mut self, items: Vec<Text>) {
        self.push_list(false, items);
    }

    pub(super) fn steps(&mut self, items: Vec<Text>) {
        self.push_list(true, items);
    }

    fn push_list(&mut self, ordered: bool, items: Vec<Text>) {
        if !items.is_empty() {
            self.push(Block::List { ordered, items });
        }
    }

    pub(super) fn table(
        &mut self,
        caption: impl Into<Text>,
        columns: &[ColumnOf<'_>],
        rows: Vec<Vec<Text>>,
    ) {
        if rows.is_empty() {
            return self.paragraph("None.");
        }
        let column = |(heading, width, numeric): &ColumnOf<'_>| Column {
            heading: Text::new(*heading),
            width: *width,
            numeric: *numeric,
        };
        let columns = columns.iter().map(column).collect();
        self.push(Block::Table(Table { caption: caption.into(), columns, rows }));
    }

    /// What is known of one thing, a line a field.
    pub(super) fn facts(&mut self, caption: impl Into<Text>, facts: Vec<(&str, Text)>) {
        let rows = facts.into_iter().map(|(name, value)| vec![Text::new(name), value]).collect();
        self.table(caption, &[("Field", 2, false), ("Value", 7, false)], rows);
    }

    pub(super) fn push(&mut self, block: Block) {
        let section = self.document.blocks.last_mut();
        section.expect("a section is opened before anything is written").blocks.push(block);
    }

    /// The unsigned declaration under 28 U.S.C. § 1746.
    pub(super) fn perjury_block(&mut self) {
        self.section("declaration", "Declaration");
        self.paragraph(
            Text::new("Pursuant to ")
                .then(super::words::rule("28 U.S.C. § 1746"))
                .text(", I declare under penalty of perjury under the laws of the United States of America that the foregoing is true and correct."),
        );
        self.signature();
    }

    /// Lines for date and name.
    pub(super) fn signature(&mut self) {
        self.push(Block::Signature {
            lines: vec![
                Text::new("Executed on ").line("signature_date", "date and place"),
                Text::default().line("signature", "signature"),
            ],
        });
    }

    pub(super) fn finish(mut self) -> Document {
        for figure in std::mem::take(&mut self.figures) {
            if self.document.shows(&figure.id) {
                self.figure(&figure);
            }
        }
        self.document.sources = self.sources.into_values().collect();
        self.document
    }
}
