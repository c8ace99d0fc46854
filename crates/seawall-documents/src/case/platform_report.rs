//! D13: which pages, channels or accounts on a platform serve the operation, and how do they hang together?

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Figure, Item, Matter},
    words::{date, hash, identifier, item, text},
};

/// What the report is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformReport {
    /// The matter.
    pub matter: Matter,
    /// Which platform, in the name of the document.
    pub part: String,
    /// Name of the platform.
    pub platform: Text,
    /// The clause of its terms, in its words.
    pub clause: String,
    /// What is reported.
    pub objects: Vec<PlatformObject>,
    /// How they are linked: the id of one, of another, and by what.
    pub links: Vec<(String, String, Text)>,
    /// How large it is.
    pub figures: Vec<Figure>,
    /// What is asked.
    pub asked: Vec<Text>,
}

/// An account, page, channel or video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformObject {
    /// Its id on the platform.
    pub id: String,
    /// Its address.
    pub url: String,
    /// What it says of itself.
    pub says: String,
    /// The capture.
    pub capture: Item,
}

/// The report.
pub fn platform_report(input: &PlatformReport) -> Document {
    let title = text("Report to ").then(input.platform.clone());
    let mut draft = Draft::new(&input.matter, Kind::D13, title).part(&input.part).without_caption();
    draft.section("about", "What this is about");
    draft.paragraph(
        text("From: ")
            .blank("name", "name and position")
            .text(", ")
            .blank("contact", "address for replies"),
    );
    super::investigator::figures(&mut draft, "How large it is", &input.figures);
    draft.section("clause", "The term of yours that it violates");
    draft.paragraph(Text::default().quoted(&input.clause));
    draft.section("objects", "What is reported");
    let rows = input.objects.iter().map(|each| {
        vec![
            identifier(&each.id),
            identifier(&each.url),
            Text::default().quoted(&each.says),
            date(&each.capture.acquired_at),
            item(&each.capture),
        ]
    });
    draft.table(
        "Accounts and pages",
        &[
            ("Id", 3, false),
            ("Address", 6, false),
            ("Its own words", 5, false),
            ("Seen", 3, false),
            ("Capture", 4, false),
        ],
        rows.collect(),
    );
    let mut captures: Vec<&Item> = Vec::new();
    for object in &input.objects {
        if !captures.contains(&&object.capture) {
            captures.push(&object.capture);
        }
    }
    let rows = captures.into_iter().map(|capture| vec![item(capture), hash(&capture.sha256)]);
    draft.table("Captures, enclosed", &[("Capture", 3, false), ("Hash", 7, false)], rows.collect());
    draft.section("network", "How they hang together");
    let rows = input
        .links
        .iter()
        .map(|(left, right, by)| vec![identifier(left), identifier(right), by.clone()]);
    draft.table(
        "Links",
        &[("This", 3, false), ("And this", 3, false), ("Share", 6, false)],
        rows.collect(),
    );
    draft.section("asked", "What we ask");
    draft.steps(input.asked.clone());
    draft.finish()
}
