//! What did a command do, and where in the custody log does it stand?

use serde_json::{Map, Value};

use super::desk::Written;
use crate::{console::Console, failure::Failure, format::AnswerFormat};

/// What a command that writes says: names and values in order, then position and checkpoint.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    lines: Vec<(&'static str, Value)>,
}

impl Answer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a line.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.lines.push((name, value.into()));
        self
    }

    /// Adds a line of something that is shown as text.
    pub(crate) fn text(self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.with(name, value.to_string())
    }

    /// Says it. `written` is where the log stands now.
    pub(crate) fn say(
        self,
        written: Written,
        format: AnswerFormat,
        console: &mut Console,
    ) -> Result<(), Failure> {
        match format {
            AnswerFormat::Table => {
                for (name, value) in &self.lines {
                    let label = name.replace('_', " ");
                    writeln!(console.data(), "{label:<16} {}", shown(value))?;
                }
                console.note("custody", format!("entry {}", written.seq))?;
                console.note(
                    "checkpoint",
                    format!("{} {}", written.checkpoint.size, written.checkpoint.root),
                )?;
            }
            AnswerFormat::Json => {
                let mut document = Map::new();
                document.insert("schema".to_owned(), "seawall.case.answer/v1".into());
                for (name, value) in self.lines {
                    document.insert(name.to_owned(), value);
                }
                document.insert("custody_seq".to_owned(), written.seq.into());
                document.insert("checkpoint".to_owned(), serde_json::to_value(written.checkpoint)?);
                serde_json::to_writer_pretty(&mut *console.data(), &document)?;
                writeln!(console.data())?;
            }
        }
        Ok(())
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => seawall_charts::text::visible(text, 400),
        Value::Object(fields) if fields.is_empty() => "none".to_owned(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name} {}", shown(value)))
            .collect::<Vec<_>>()
            .join("; "),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
