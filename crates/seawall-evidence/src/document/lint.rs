//! Is every number in a document a figure, every reference real, and every gap of a person left to that person?

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Block, Document, Kind, LiteralKind, Source, Table, Text,
    finding::{Finding, Place, Problem},
    kind::required_blanks,
    number,
    text::Span,
};

/// What a case knows, for a document to be held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Figures, by id.
    pub figures: BTreeMap<String, KnownFigure>,
    /// Items, exhibits, assets and documents, by id.
    pub references: BTreeMap<String, KnownReference>,
}

/// A figure as its record has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFigure {
    /// What it displays.
    pub display: String,
    /// Whether it is `bound` or `verified`, and not superseded.
    pub bound: bool,
    /// Where it comes from.
    pub source: Source,
}

/// Something that a document may refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownReference {
    /// What it may be called, besides its id.
    pub names: BTreeSet<String>,
    /// The fields of its record that may be shown, as shown.
    pub fields: BTreeMap<String, String>,
}

/// All that keeps `document` from being released, in the order of the document. A draft may have open gaps and
/// unbound figures, so this is asked at release, and shown before.
pub fn lint(document: &Document, known: &Known) -> Vec<Finding> {
    let mut linter = Linter {
        document,
        known,
        name: document.name(),
        findings: Vec::new(),
        blanks: BTreeSet::new(),
    };
    linter.whole();
    for section in &document.blocks {
        linter.text(&section.heading, &Place::Heading { section: section.id.clone() });
        for (index, block) in section.blocks.iter().enumerate() {
            let place =
                |number| Place::Block { section: section.id.clone(), block: index + 1, number };
            linter.block(block, &place);
        }
    }
    linter.blanks();
    linter.powers();
    linter.findings
}

struct Linter<'a> {
    document: &'a Document,
    known: &'a Known,
    name: String,
    findings: Vec<Finding>,
    /// Gaps seen so far.
    blanks: BTreeSet<&'a str>,
}

impl<'a> Linter<'a> {
    fn whole(&mut self) {
        let document = self.document;
        let case = &document.case;
        self.text(&document.title, &Place::Caption);
        for line in case.court.iter().chain(&case.parties).chain(&case.docket) {
            self.text(line, &Place::Caption);
        }
    }

    fn block(&mut self, block: &'a Block, place: &dyn Fn(Option<usize>) -> Place) {
        match block {
            Block::Paragraph { number, text } => {
                self.text(text, &place(number.and_then(|number| number.try_into().ok())));
            }
            Block::List { items: texts, .. } | Block::Signature { lines: texts } => {
                for (index, text) in texts.iter().enumerate() {
                    self.text(text, &place(Some(index + 1)));
                }
            }
            Block::Table(table) => self.table(table, place),
            Block::Picture(picture) => {
                self.text(&picture.alternative, &place(None));
                self.text(&picture.caption, &place(None));
            }
        }
    }

    fn table(&mut self, table: &'a Table, place: &dyn Fn(Option<usize>) -> Place) {
        self.text(&table.caption, &place(None));
        for column in &table.columns {
            self.text(&column.heading, &place(None));
        }
        for (index, row) in table.rows.iter().enumerate() {
            let place = place(Some(index + 1));
            if row.len() != table.columns.len() {
                self.report(&place, Problem::RaggedTable);
            }
            for cell in row {
                self.text(cell, &place);
            }
        }
    }

    fn text(&mut self, text: &'a Text, place: &Place) {
        // Neighbouring words are one text: a number must not hide in the gap between them.
        let mut words = String::new();
        for span in &text.0 {
            if let Span::Text { text } = span {
                words.push_str(text);
                continue;
            }
            self.words(&std::mem::take(&mut words), place);
            self.span(span, place);
        }
        self.words(&words, place);
    }

    fn words(&mut self, words: &str, place: &Place) {
        if let Some(around) = number::bare(words) {
            self.report(place, Problem::BareNumber { around });
        }
    }

    fn span(&mut self, span: &'a Span, place: &Place) {
        match span {
            Span::Text { .. } | Span::Quoted { .. } => {}
            Span::Figure { id, shown } => self.figure(id, shown, place),
            Span::Reference { id, field, shown } => {
                self.reference(id, field.as_deref(), shown, place);
            }
            Span::Literal { kind, text } => {
                if !number::is_literal(*kind, text) {
                    self.report(place, Problem::NotALiteral { text: text.clone() });
                }
            }
            Span::Blank { id, label, required, by_hand, answer } => {
                self.blanks.insert(id);
                self.words(label, place);
                let said = answer.as_ref().is_some_and(|answer| !answer.trim().is_empty());
                if *required && !by_hand && !said {
                    self.report(place, Problem::OpenBlank { blank: id.clone() });
                }
            }
        }
    }

    fn figure(&mut self, id: &str, shown: &str, place: &Place) {
        let figure = id.to_owned();
        let Some(known) = self.known.figures.get(id) else {
            return self.report(place, Problem::UnknownFigure { figure });
        };
        if !known.bound {
            self.report(place, Problem::UnboundFigure { figure: figure.clone() });
        }
        if known.display != shown {
            let (expected, shown) = (known.display.clone(), shown.to_owned());
            self.report(place, Problem::WrongFigure { figure: figure.clone(), expected, shown });
        }
        if !self.document.sources.contains(&known.source) {
            self.report(place, Problem::WrongSource { figure });
        }
    }

    fn reference(&mut self, id: &str, field: Option<&str>, shown: &str, place: &Place) {
        let known = self.known.references.get(id);
        let right = match (known, field) {
            (None, _) => None,
            (Some(known), None) => Some(shown == id || known.names.contains(shown)),
            (Some(known), Some(field)) => known.fields.get(field).map(|value| value == shown),
        };
        let id = id.to_owned();
        match right {
            Some(true) => {}
            Some(false) => {
                self.report(place, Problem::WrongReference { id, shown: shown.to_owned() });
            }
            None => {
                let field = field.map(str::to_owned);
                self.report(place, Problem::UnknownReference { id, field });
            }
        }
    }

    fn blanks(&mut self) {
        for blank in required_blanks(self.document.kind) {
            if !self.blanks.contains(blank) {
                self.report(&Place::Whole, Problem::MissingBlank { blank: (*blank).to_owned() });
            }
        }
    }

    /// A private party asks; only a governmental entity can demand preservation under 18 USC 2703(f). What is printed
    /// as such a power in a letter of the site would be false, whoever wrote it in.
    fn powers(&mut self) {
        if self.document.kind != Kind::D14 {
            return;
        }
        let document = self.document;
        for section in &document.blocks {
            for (index, block) in section.blocks.iter().enumerate() {
                if block.texts().into_iter().flat_map(|text| &text.0).any(names_statute) {
                    let (section, block) = (section.id.clone(), index + 1);
                    let place = Place::Block { section, block, number: None };
                    self.report(&place, Problem::ClaimedPower);
                }
            }
        }
    }

    fn report(&mut self, place: &Place, problem: Problem) {
        self.findings.push(Finding {
            document: self.name.clone(),
            place: place.clone(),
            page: None,
            problem,
        });
    }
}

/// Whether a span, as people read it, names the statute on preservation. Names of records may have those digits.
fn names_statute(span: &Span) -> bool {
    let words = match span {
        Span::Literal { kind: LiteralKind::Identifier | LiteralKind::Date, .. } => return false,
        Span::Text { text } | Span::Quoted { text } | Span::Literal { text, .. } => text,
        Span::Blank { answer: Some(answer), .. } => answer,
        _ => return false,
    };
    words.contains("2703")
}
