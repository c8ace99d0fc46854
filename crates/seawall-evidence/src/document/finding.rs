//! What keeps a document from being released, and where is it?

use std::fmt;

/// Something that blocks release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Name of the document: `D2-v1`.
    pub document: String,
    /// Where in it.
    pub place: Place,
    /// The page, if it has been rendered.
    pub page: Option<u64>,
    /// What is wrong.
    pub problem: Problem,
}

/// Where in a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The document as a whole.
    Whole,
    /// Its title, or a line of its caption.
    Caption,
    /// The heading of a section.
    Heading {
        /// Id of the section.
        section: String,
    },
    /// A block of a section.
    Block {
        /// Id of the section.
        section: String,
        /// Which of its blocks, from 1.
        block: usize,
        /// Number of the paragraph, or of the row of the table, from 1.
        number: Option<usize>,
    },
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Words hold a digit or a number in words.
    BareNumber {
        /// The words around it.
        around: String,
    },
    /// A literal says a quantity, or is not of the form that its kind has.
    NotALiteral {
        /// What is shown.
        text: String,
    },
    /// No such figure.
    UnknownFigure {
        /// Id of the figure.
        figure: String,
    },
    /// The figure is not bound to data, or has been superseded.
    UnboundFigure {
        /// Id of the figure.
        figure: String,
    },
    /// The document shows something else than the figure says.
    WrongFigure {
        /// Id of the figure.
        figure: String,
        /// What the figure says.
        expected: String,
        /// What the document shows.
        shown: String,
    },
    /// The document does not say, or says wrongly, where the figure comes from.
    WrongSource {
        /// Id of the figure.
        figure: String,
    },
    /// A reference to nothing, or to a field that is not there.
    UnknownReference {
        /// What was referred to.
        id: String,
        /// Which field of it.
        field: Option<String>,
    },
    /// A reference shows something else than what it refers to.
    WrongReference {
        /// What was referred to.
        id: String,
        /// What the document shows.
        shown: String,
    },
    /// A gap that this type of document must show is not there.
    MissingBlank {
        /// What it is called.
        blank: String,
    },
    /// A gap has not been filled by a person.
    OpenBlank {
        /// What it is called.
        blank: String,
    },
    /// A private letter names a power that only governmental entities have (18 USC 2703(f)).
    ClaimedPower,
    /// A row has more or fewer cells than the table has columns.
    RaggedTable,
}

impl Problem {
    /// The figure that it is about.
    pub fn figure(&self) -> Option<&str> {
        match self {
            Self::UnknownFigure { figure }
            | Self::UnboundFigure { figure }
            | Self::WrongFigure { figure, .. }
            | Self::WrongSource { figure } => Some(figure),
            _ => None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.document, self.place)?;
        if let Some(page) = self.page {
            write!(f, ", page {page}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the document"),
            Self::Caption => f.write_str("caption"),
            Self::Heading { section } => write!(f, "heading of `{section}`"),
            Self::Block { section, block, number: None } => {
                write!(f, "section `{section}`, block {block}")
            }
            Self::Block { section, block, number: Some(number) } => {
                write!(f, "section `{section}`, block {block}, number {number}")
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BareNumber { around } => write!(f, "a number that is no figure: `{around}`"),
            Self::NotALiteral { text } => write!(f, "`{text}` is not of the kind that it says"),
            Self::UnknownFigure { figure } => write!(f, "no figure {figure}"),
            Self::UnboundFigure { figure } => write!(f, "figure {figure} is not bound to data"),
            Self::WrongFigure { figure, expected, shown } => {
                write!(f, "figure {figure} is shown as `{shown}`, and is `{expected}`")
            }
            Self::WrongSource { figure } => {
                write!(f, "the source of figure {figure} is missing or not its own")
            }
            Self::UnknownReference { id, field: None } => write!(f, "a reference to no `{id}`"),
            Self::UnknownReference { id, field: Some(field) } => {
                write!(f, "a reference to no `{field}` of `{id}`")
            }
            Self::WrongReference { id, shown } => {
                write!(f, "the reference to `{id}` is shown as `{shown}`, which it is not")
            }
            Self::MissingBlank { blank } => {
                write!(f, "`{blank}` must be left to a person, and is missing")
            }
            Self::OpenBlank { blank } => write!(f, "`{blank}` has not been filled in"),
            Self::ClaimedPower => {
                f.write_str("a private letter claims no statutory power to have records preserved")
            }
            Self::RaggedTable => f.write_str("a row has not one cell a column"),
        }
    }
}
