//! Which rows does a list have, in every form that people and machines ask for?

use std::io::Write;

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use seawall_charts::text::spreadsheet_safe;
use serde_json::{Map, Value};

use crate::{console::Console, failure::Failure, format::Format};

const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A list: columns by name, each row with as many values. Absent is `Value::Null`, and left out of JSON.
#[derive(Debug)]
pub(crate) struct Rows {
    schema: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<Value>>,
}

impl Rows {
    pub(crate) const fn new(schema: &'static str, columns: &'static [&'static str]) -> Self {
        Self { schema, columns, rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Vec<Value>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }

    /// Writes the list to standard output.
    pub(crate) fn write(&self, format: Format, console: &mut Console) -> Result<(), Failure> {
        match format {
            Format::Table => self.people(console)?,
            Format::Json => {
                let items: Vec<Value> = self.objects().collect();
                let document = serde_json::json!({ "schema": self.schema, "items": items });
                serde_json::to_writer_pretty(&mut *console.data(), &document)?;
                writeln!(console.data())?;
            }
            Format::Ndjson => {
                for object in self.objects() {
                    serde_json::to_writer(&mut *console.data(), &object)?;
                    writeln!(console.data())?;
                }
            }
            Format::Csv => self.write_csv(console.data())?,
        }
        Ok(())
    }

    /// Writes the list as CSV.
    pub(crate) fn write_csv(&self, out: &mut dyn Write) -> Result<(), Failure> {
        writeln!(out, "{}", self.columns.join(","))?;
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|value| quoted(&plain(value))).collect();
            writeln!(out, "{}", cells.join(","))?;
        }
        Ok(())
    }

    fn objects(&self) -> impl Iterator<Item = Value> {
        self.rows.iter().map(|row| {
            let fields = self.columns.iter().zip(row).filter(|(_, value)| !value.is_null());
            Value::Object(
                fields
                    .map(|(name, value)| ((*name).to_owned(), value.clone()))
                    .collect::<Map<_, _>>(),
            )
        })
    }

    fn people(&self, console: &mut Console) -> Result<(), Failure> {
        if self.rows.is_empty() {
            writeln!(console.data(), "None.")?;
            return Ok(());
        }
        let mut table = Table::new();
        table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(console.width).unwrap_or(u16::MAX));
        table.set_header(self.columns.iter().map(|name| title(name)));
        for row in &self.rows {
            table
                .add_row(row.iter().map(|value| seawall_charts::text::visible(&plain(value), 400)));
        }
        for index in 0..self.columns.len() {
            if let Some(column) = table.column_mut(index) {
                column.set_padding((0, 2));
            }
        }
        for line in table.lines() {
            writeln!(console.data(), "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn title(name: &str) -> String {
    let text = name.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

/// A field of CSV (RFC 4180), safe from spreadsheets that run what begins with a sign.
fn quoted(text: &str) -> String {
    let text = spreadsheet_safe(text);
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Rows;
    use crate::{console::Console, format::Format};

    fn written(format: Format) -> String {
        let mut rows = Rows::new("seawall.test/v1", &["id", "note"]);
        rows.push(vec![json!("a-1"), json!("say \"hi\", twice")]);
        rows.push(vec![json!("=1+1"), Value::Null]);
        let (mut console, out, _) = Console::kept(80);
        rows.write(format, &mut console).expect("written");
        out.text()
    }

    #[test]
    fn absent_is_left_out_and_csv_is_quoted() {
        assert_eq!(
            written(Format::Ndjson),
            "{\"id\":\"a-1\",\"note\":\"say \\\"hi\\\", twice\"}\n{\"id\":\"=1+1\"}\n"
        );
        assert_eq!(written(Format::Csv), "id,note\na-1,\"say \"\"hi\"\", twice\"\n'=1+1,\n");
        assert!(written(Format::Table).starts_with("Id"));
        let document: Value = serde_json::from_str(&written(Format::Json)).expect("JSON");
        assert_eq!(document["items"][1], json!({ "id": "=1+1" }));
    }
}
