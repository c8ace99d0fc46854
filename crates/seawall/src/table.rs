//! Which campaigns were found, as rows?

use std::io::Write;

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width,
};
use seawall_charts::{
    period,
    text::{bits, confidence, count, visible},
    words,
};
use seawall_core::campaign::findings::{Campaign, Findings};
use serde::Serialize;

use crate::{failure::Failure, format::Format};

/// Rows of the table for people; the files have all.
const ROWS_MAX: usize = 100;
/// Name of the form of the JSON document.
const SCHEMA: &str = "seawall.campaigns/v1";

/// A line below the header and none between the rows: ids begin them.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A column of the table for people.
struct Column {
    title: &'static str,
    /// Width of the terminal from which there is room for it.
    from_width: usize,
    /// Least width without its padding; 0 for that of its content.
    least: u16,
    figure: bool,
    cell: fn(&Campaign) -> String,
}

impl Column {
    const fn figure(title: &'static str, from_width: usize, cell: fn(&Campaign) -> String) -> Self {
        Self { title, from_width, least: 0, figure: true, cell }
    }

    const fn text(
        title: &'static str,
        from_width: usize,
        least: u16,
        cell: fn(&Campaign) -> String,
    ) -> Self {
        Self { title, from_width, least, figure: false, cell }
    }
}

const COLUMNS: [Column; 8] = [
    Column::text("Campaign", 0, 0, |campaign| visible(&campaign.campaign, 20)),
    Column::text("Name", 0, 20, |campaign| visible(&campaign.name, 60)),
    Column::figure("Accounts", 0, |campaign| count(campaign.accounts)),
    Column::figure("Bits", 0, |campaign| bits(campaign.bits)),
    Column::figure("Confidence", 100, |campaign| confidence(campaign.confidence)),
    Column::text("Seen", 110, 12, |campaign| period(&campaign.first_seen, &campaign.last_seen)),
    Column::text("What binds it", 0, 12, |campaign| binds(campaign, ", ")),
    Column::text("Best innocent explanation", 96, 12, innocent),
];

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    run: &'a seawall_core::campaign::findings::RunSummary,
    items: &'a [Campaign],
    excused: &'a [Campaign],
}

/// Writes the campaigns in the form asked for; a table is `width` columns wide.
pub(crate) fn write(
    out: &mut dyn Write,
    findings: &Findings,
    format: Format,
    width: usize,
) -> Result<(), Failure> {
    match format {
        Format::Table => people(out, findings, width)?,
        Format::Json => {
            let document = Document {
                schema: SCHEMA,
                run: &findings.run,
                items: &findings.campaigns,
                excused: &findings.excused,
            };
            serde_json::to_writer_pretty(&mut *out, &document)?;
            writeln!(out)?;
        }
        Format::Ndjson => {
            for campaign in &findings.campaigns {
                serde_json::to_writer(&mut *out, campaign)?;
                writeln!(out)?;
            }
        }
        Format::Csv => rows(out, findings)?,
    }
    Ok(())
}

fn people(out: &mut dyn Write, findings: &Findings, width: usize) -> Result<(), Failure> {
    if findings.campaigns.is_empty() {
        writeln!(
            out,
            "No campaign among {} accounts. {} clusters were excused or stayed below {} bits.",
            count(findings.run.accounts),
            count(findings.excused.len() as u64),
            bits(findings.run.report_bits)
        )?;
        return Ok(());
    }
    let columns: Vec<&Column> =
        COLUMNS.iter().filter(|column| width >= column.from_width).collect();
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(columns.iter().map(|column| column.title));
    for campaign in findings.campaigns.iter().take(ROWS_MAX) {
        table.add_row(columns.iter().map(|column| (column.cell)(campaign)));
    }
    for (index, column) in columns.iter().enumerate() {
        let Some(drawn) = table.column_mut(index) else { continue };
        drawn.set_padding((0, 2));
        if column.figure {
            drawn.set_cell_alignment(CellAlignment::Right);
        }
        drawn.set_constraint(match column.least {
            0 => ColumnConstraint::ContentWidth,
            least => ColumnConstraint::LowerBoundary(Width::Fixed(least)),
        });
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    if let Some(more) = findings.campaigns.len().checked_sub(ROWS_MAX).filter(|more| *more > 0) {
        writeln!(out, "… and {} more campaigns.", count(more as u64))?;
    }
    Ok(())
}

fn rows(out: &mut dyn Write, findings: &Findings) -> Result<(), Failure> {
    writeln!(
        out,
        "campaign,name,accounts,bits,confidence,first_seen,last_seen,binds,innocent_explanation,innocent_bits_left"
    )?;
    for campaign in &findings.campaigns {
        let innocent = campaign.granted();
        let left = innocent.and_then(|explanation| explanation.bits_left);
        let fields = [
            campaign.campaign.clone(),
            campaign.name.clone(),
            campaign.accounts.to_string(),
            format!("{:.3}", campaign.bits),
            format!("{:.6}", campaign.confidence),
            campaign.first_seen.clone(),
            campaign.last_seen.clone(),
            binds(campaign, ";"),
            innocent.map_or_else(String::new, |explanation| explanation.name.clone()),
            left.map_or_else(String::new, |bits| format!("{bits:.3}")),
        ];
        writeln!(out, "{}", fields.map(|field| quoted(&field)).join(","))?;
    }
    Ok(())
}

/// RFC 4180: quotes where a field needs them. Control characters are shown, not sent to a terminal.
fn quoted(field: &str) -> String {
    let field = visible(field, 4_096);
    if field.contains([',', '"']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

/// The families that count, strongest first.
fn binds(campaign: &Campaign, separator: &str) -> String {
    let families: Vec<&str> = campaign
        .families
        .iter()
        .filter(|family| !family.excused)
        .take(3)
        .map(|family| words::family(family.family))
        .collect();
    families.join(separator)
}

fn innocent(campaign: &Campaign) -> String {
    campaign
        .granted()
        .map_or_else(|| "none".to_owned(), |explanation| visible(&explanation.name, 40))
}

#[cfg(test)]
mod tests {
    use seawall_core::campaign::findings::{Findings, fixture};

    use super::write;
    use crate::format::Format;

    fn text(findings: &Findings, format: Format, width: usize) -> String {
        let mut out = Vec::new();
        write(&mut out, findings, format, width).expect("into memory");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn the_table_for_people() {
        insta::assert_snapshot!("table-120", text(&fixture::findings(), Format::Table, 120));
        insta::assert_snapshot!("table-80", text(&fixture::findings(), Format::Table, 80));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [80, 100, 140] {
            for findings in [fixture::findings(), fixture::hostile(&"Ω W ".repeat(1_000))] {
                let table = text(&findings, Format::Table, width);
                for line in table.lines() {
                    assert!(line.chars().count() <= width, "{width}: {line}");
                }
            }
        }
    }

    #[test]
    fn rows_for_machines() {
        insta::assert_snapshot!("table-csv", text(&fixture::findings(), Format::Csv, 80));
        let ndjson = text(&fixture::findings(), Format::Ndjson, 80);
        assert_eq!(ndjson.lines().count(), 4);
        let document: serde_json::Value =
            serde_json::from_str(&text(&fixture::findings(), Format::Json, 80)).expect("JSON");
        assert_eq!(document["schema"], "seawall.campaigns/v1");
        assert_eq!(document["items"][1]["accounts"], 3_480);
        assert_eq!(document["items"].as_array().map(Vec::len), Some(4));
    }

    #[test]
    fn hostile_names_reach_no_terminal() {
        let hostile = fixture::hostile("\u{1b}[2J\u{202e}\"=1+1\n,x");
        for format in [Format::Table, Format::Csv] {
            let shown = text(&hostile, format, 120);
            assert!(!shown.contains(['\u{1b}', '\u{202e}']));
        }
        assert_eq!(text(&hostile, Format::Csv, 80).lines().count(), 5);
    }

    #[test]
    fn nothing_found_is_said_plainly() {
        let mut findings = fixture::findings();
        findings.campaigns.clear();
        assert_eq!(
            text(&findings, Format::Table, 80),
            "No campaign among 104,832 accounts. 4 clusters were excused or stayed below 4.0 bits.\n"
        );
    }
}
