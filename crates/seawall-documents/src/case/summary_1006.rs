//! D7: what do voluminous records come to? A summary under FRE 1006, which is evidence itself.

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Figure, Item, Matter},
    words::{command, date, field, hash, item, rule, text},
};

/// What the summary is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The matter.
    pub matter: Matter,
    /// What is summarised.
    pub records: Vec<Item>,
    /// How voluminous it is.
    pub volume: Vec<Figure>,
    /// Why it cannot conveniently be examined in court.
    pub inconvenience: Vec<Text>,
    /// How it was summarised.
    pub method: Vec<Text>,
    /// The result.
    pub tables: Vec<SummaryTable>,
}

/// A table of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryTable {
    /// What it shows.
    pub caption: Text,
    /// Headings of the columns of figures.
    pub columns: Vec<String>,
    /// Rows: what each is about, and its figures. A cell that was withheld is none.
    pub rows: Vec<(Text, Vec<Option<Figure>>)>,
}

/// The summary.
pub fn summary(input: &Summary) -> Document {
    let title = text("Summary of voluminous records, ").then(rule("Fed. R. Evid. 1006"));
    let mut draft = Draft::new(&input.matter, Kind::D7, title);
    draft.section("records", "What is summarised");
    let rows = input.records.iter().map(|each| {
        vec![
            each.title.clone(),
            date(&each.acquired_at),
            field(&each.size),
            item(each).text(", ").then(hash(&each.sha256)),
        ]
    });
    draft.table(
        "Records",
        &[
            ("Record", 4, false),
            ("Acquired", 3, false),
            ("Bytes", 3, true),
            ("Id and hash", 7, false),
        ],
        rows.collect(),
    );
    draft.section("volume", "Volume");
    super::investigator::figures(&mut draft, "How much there is", &input.volume);
    draft.section("inconvenience", "Why the records cannot conveniently be examined in court");
    draft.list(input.inconvenience.clone());
    draft.section("method", "Method");
    draft.steps(input.method.clone());
    draft.section("result", "Result");
    for table in &input.tables {
        result(&mut draft, table);
    }
    availability(&mut draft);
    draft.section("check", "How to check this");
    draft.paragraph(text("Run ").then(command("seawall verify BUNDLE --level 2")).text(" over the records. It computes each number above again, and names what differs. The same queries are written in SQL for use with any other engine."));
    draft.finish()
}

fn result(draft: &mut Draft, table: &SummaryTable) {
    let mut columns = vec![("", 4, false)];
    columns.extend(table.columns.iter().map(|name| (name.as_str(), 2, true)));
    let rows = table.rows.iter().map(|(name, figures)| {
        let mut row = vec![name.clone()];
        row.extend(figures.iter().map(|figure| match figure {
            Some(figure) => draft.figure(figure),
            None => text("withheld"),
        }));
        row
    });
    let rows = rows.collect();
    draft.table(table.caption.clone(), &columns, rows);
}

fn availability(draft: &mut Draft) {
    draft.section("availability", "Availability of the records");
    draft.paragraph(
        text("Under ")
            .then(rule("Fed. R. Evid. 1006(b)"))
            .text(" the records are made available for examination and copying at ")
            .blank("availability_place", "place")
            .text(", at ")
            .blank("availability_time", "time")
            .text(", in electronic form. Whoever examines them needs no software of ours."),
    );
}
