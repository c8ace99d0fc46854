//! D3: which exhibits are there, and what does each show?

use seawall_evidence::document::{
    Block, Document, ExhibitKind, ExhibitMark, Kind, Picture, Table, Text,
};

use super::{
    draft::Draft,
    investigator::figures,
    known::{Exhibit, Figure, Matter},
    words::{date, exhibit as name, field, hash, item, optional, rule, short_hash, text},
};

/// What stands in an exhibit, after the description of its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExhibitContent {
    /// A picture: a capture of a page, a chart.
    Picture(Picture),
    /// Text from outside: a chat, a page, a mail.
    Quoted(String),
    /// Rows of the item.
    Table(Table),
    /// Figures.
    Figures(String, Vec<Figure>),
}

/// The index.
pub fn exhibit_index(matter: &Matter, exhibits: &[Exhibit]) -> Document {
    let mut draft = Draft::new(matter, Kind::D3, text("Index of exhibits"));
    draft.section("index", "Exhibits");
    let rows = exhibits.iter().map(|each| {
        let source = each.item.as_ref().map_or_else(|| text("–"), |each| short_hash(&each.sha256));
        let figures = each.figures.iter().map(|id| Text::default().reference(id, id));
        vec![
            name(each),
            each.title.clone(),
            in_law(each.kind),
            optional(each.pages.as_ref()),
            optional(each.bates.as_ref()),
            source,
            super::words::joined(figures, ", "),
            each.confidentiality.clone(),
        ]
    });
    draft.table(
        "Index",
        &[
            ("No.", 2, false),
            ("Title", 7, false),
            ("Kind", 4, false),
            ("Pages", 2, true),
            ("Page numbers", 5, false),
            ("Source", 5, false),
            ("Figures", 4, false),
            ("Handling", 3, false),
        ],
        rows.collect(),
    );
    draft.section("kinds", "Kinds");
    draft.list(vec![
        text("Record: an item of evidence, or a copy of one."),
        text("Summary: a summary of voluminous records, offered as evidence (")
            .then(rule("Fed. R. Evid. 1006"))
            .text(")."),
        text("Aid: an illustrative aid, which is not evidence (")
            .then(rule("Fed. R. Evid. 107"))
            .text("). Each of its pages says so."),
    ]);
    draft.finish()
}

fn in_law(kind: ExhibitKind) -> Text {
    match kind {
        ExhibitKind::Record => text("record"),
        ExhibitKind::Summary => text("summary, ").then(rule("Rule 1006")),
        ExhibitKind::Aid => text("aid, ").then(rule("Rule 107")),
    }
}

/// An exhibit.
pub fn exhibit(matter: &Matter, exhibit: &Exhibit, content: &[ExhibitContent]) -> Document {
    let mark = ExhibitMark { number: exhibit.number.clone(), kind: exhibit.kind };
    let mut draft = Draft::new(matter, Kind::Exhibit, exhibit.title.clone())
        .part(&exhibit.number)
        .without_caption()
        .exhibit(mark);
    draft.section("source", "What this is");
    let mut facts = vec![("Exhibit", name(exhibit)), ("Kind", in_law(exhibit.kind))];
    if let Some(source) = &exhibit.item {
        facts.extend([
            ("Item", item(source)),
            ("What it is", source.title.clone()),
            ("Acquired", date(&source.acquired_at).text(" by ").then(source.acquired_by.clone())),
            ("How", source.method.clone().text(", with ").then(source.tool.clone())),
            ("From", source.source.clone()),
            ("Size in bytes", field(&source.size)),
            ("Hash", hash(&source.sha256)),
        ]);
    }
    facts.push(("Handling", exhibit.confidentiality.clone()));
    draft.facts(Text::default(), facts);
    draft.section("content", "Content");
    for each in content {
        match each {
            ExhibitContent::Picture(picture) => draft.push(Block::Picture(picture.clone())),
            ExhibitContent::Quoted(words) => draft.paragraph(Text::default().quoted(words)),
            ExhibitContent::Table(table) => draft.push(Block::Table(table.clone())),
            ExhibitContent::Figures(caption, shown) => figures(&mut draft, caption, shown),
        }
    }
    draft.finish()
}
