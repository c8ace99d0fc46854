//! What is each piece of a text: words, a number, a name, a gap, or somebody else's words?

use serde::{Deserialize, Serialize};

/// A text, piece by piece.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Span>);

/// A piece of text that says what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "span", rename_all = "snake_case", deny_unknown_fields)]
pub enum Span {
    /// Words. A number in them is refused at release.
    Text {
        /// The words.
        text: String,
    },
    /// A number that was counted.
    Figure {
        /// Id of the figure: `F-012`.
        id: String,
        /// The figure as displayed.
        shown: String,
    },
    /// A name of an item, exhibit, asset or document, or a field of its record.
    Reference {
        /// Id of what is meant.
        id: String,
        /// The field of its record that is shown; absent when it is the name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// What is shown.
        shown: String,
    },
    /// Something with a digit that counts nothing.
    Literal {
        /// What it is instead.
        kind: LiteralKind,
        /// What is shown.
        text: String,
    },
    /// What a person must fill in.
    Blank {
        /// What the document calls it: `experience`.
        id: String,
        /// What is wanted.
        label: String,
        /// Whether it must be there, and filled in before release.
        required: bool,
        /// Whether it is filled in on paper: a signature.
        by_hand: bool,
        /// What the person said, in that person's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<String>,
    },
    /// Text from outside, shown in a frame.
    Quoted {
        /// The text as it was found.
        text: String,
    },
}

/// What a literal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiteralKind {
    /// A day, or a moment.
    Date,
    /// A rule, a statute, a standard, a paragraph.
    Citation,
    /// A docket number, an address, a hash.
    Identifier,
    /// A version.
    Version,
    /// A number that was set and not measured: a confidence level, a period of notice.
    Parameter,
    /// What one types.
    Command,
}

impl Text {
    /// Words.
    pub fn new(text: impl Into<String>) -> Self {
        Self::default().text(text)
    }

    /// Then words. No words are no span.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { self } else { self.with(Span::Text { text }) }
    }

    /// Then a figure.
    #[must_use]
    pub fn figure(self, id: impl Into<String>, shown: impl Into<String>) -> Self {
        self.with(Span::Figure { id: id.into(), shown: shown.into() })
    }

    /// Then the name of something.
    #[must_use]
    pub fn reference(self, id: impl Into<String>, shown: impl Into<String>) -> Self {
        self.with(Span::Reference { id: id.into(), field: None, shown: shown.into() })
    }

    /// Then a field of the record of something.
    #[must_use]
    pub fn field(
        self,
        id: impl Into<String>,
        field: impl Into<String>,
        shown: impl Into<String>,
    ) -> Self {
        self.with(Span::Reference { id: id.into(), field: Some(field.into()), shown: shown.into() })
    }

    /// Then something with a digit that counts nothing.
    #[must_use]
    pub fn literal(self, kind: LiteralKind, text: impl Into<String>) -> Self {
        self.with(Span::Literal { kind, text: text.into() })
    }

    /// Then a gap that a person must fill before release.
    #[must_use]
    pub fn blank(self, id: impl Into<String>, label: impl Into<String>) -> Self {
        self.with(Span::Blank {
            id: id.into(),
            label: label.into(),
            required: true,
            by_hand: false,
            answer: None,
        })
    }

    /// Then a line that a person fills on paper.
    #[must_use]
    pub fn line(self, id: impl Into<String>, label: impl Into<String>) -> Self {
        self.with(Span::Blank {
            id: id.into(),
            label: label.into(),
            required: true,
            by_hand: true,
            answer: None,
        })
    }

    /// Then text from outside.
    #[must_use]
    pub fn quoted(self, text: impl Into<String>) -> Self {
        self.with(Span::Quoted { text: text.into() })
    }

    /// Then another text.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    fn with(mut self, span: Span) -> Self {
        self.0.push(span);
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
