//! How does a document read without any layout? For comparing with a rendering, and for looking at changes.

use std::fmt::Write as _;

use super::{Block, Document, Text, text::Span};

impl Document {
    /// All that it says, in order: a line a paragraph, a line a row.
    pub fn plain_text(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        let case = &self.case;
        lines.extend(case.court.iter().chain(&case.parties).chain(&case.docket).map(Text::plain));
        lines.push(self.title.plain());
        for section in &self.blocks {
            lines.push(String::new());
            lines.push(section.heading.plain());
            for block in &section.blocks {
                block.plain(&mut lines);
            }
        }
        lines.join("\n") + "\n"
    }
}

impl Block {
    fn plain(&self, lines: &mut Vec<String>) {
        match self {
            Self::Paragraph { number: None, text } => lines.push(text.plain()),
            Self::Paragraph { number: Some(number), text } => {
                lines.push(format!("{number}. {}", text.plain()));
            }
            Self::List { ordered, items } => {
                lines.extend(items.iter().enumerate().map(|(index, item)| {
                    let item = item.plain();
                    if *ordered { format!("{}. {item}", index + 1) } else { format!("• {item}") }
                }));
            }
            Self::Table(table) => {
                lines.push(table.caption.plain());
                let row = |cells: Vec<String>| cells.join(" | ");
                lines.push(row(table
                    .columns
                    .iter()
                    .map(|column| column.heading.plain())
                    .collect()));
                lines.extend(
                    table.rows.iter().map(|cells| row(cells.iter().map(Text::plain).collect())),
                );
            }
            Self::Picture(picture) => lines.push(picture.caption.plain()),
            Self::Signature { lines: texts } => lines.extend(texts.iter().map(Text::plain)),
        }
    }
}

impl Text {
    /// What it says. A gap reads `[label]`.
    pub fn plain(&self) -> String {
        let mut plain = String::new();
        for span in &self.0 {
            match span {
                Span::Text { text } | Span::Literal { text, .. } | Span::Quoted { text } => {
                    plain.push_str(text);
                }
                Span::Figure { shown, .. } | Span::Reference { shown, .. } => plain.push_str(shown),
                Span::Blank { answer: Some(answer), .. } => plain.push_str(answer),
                Span::Blank { label, .. } => {
                    write!(plain, "[{label}]").expect("a String takes all that is written to it");
                }
            }
        }
        plain
    }
}
