//! D11: what does an agency need to open a file the same day? A criminal referral.

use seawall_evidence::document::{Block, Document, Kind, Span, Text};

use super::{
    draft::Draft,
    investigator::{Purchase, figures},
    known::{Asset, Figure, Item, Matter},
    schedule_files::{csv_writer, guarded},
    words::{asset, date, hash, identifier, item, joined, text},
};

/// What the referral is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// The matter.
    pub matter: Matter,
    /// The whole, on one page.
    pub summary: Vec<Text>,
    /// Subjects, as identifiers: nobody is named.
    pub subjects: Vec<(String, Text)>,
    /// What happened when.
    pub timeline: Vec<Moment>,
    /// What it cost whom.
    pub loss: Loss,
    /// Identifiers by type: wallets, addresses, handles.
    pub identifiers: Vec<(Text, String)>,
    /// Test purchases.
    pub purchases: Vec<Purchase>,
    /// Infrastructure, with its provider and whether data there have been preserved.
    pub infrastructure: Vec<(Asset, Text, Text)>,
    /// To whom evidence is handed over, and by what right.
    pub ground: Text,
    /// Evidence.
    pub evidence: Vec<Item>,
    /// What is not handed over, and why.
    pub withheld: Vec<Withheld>,
    /// What must stay secret, and until when.
    pub secrecy: Vec<Text>,
    /// The complainant, for the form of the Internet Crime Complaint Center: name of field, and what to put there.
    pub complaint_form: Vec<(String, Text)>,
}

/// What happened when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: String,
    /// What happened.
    pub what: Text,
}

/// Loss, and where its victims are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Amounts and numbers.
    pub figures: Vec<Figure>,
    /// What ties it to the jurisdiction.
    pub nexus: Vec<Text>,
}

/// Something that is not handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// What.
    pub what: Text,
    /// What class of data it is.
    pub class: Text,
    /// Why.
    pub why: Text,
    /// Whether a process in law could reach it. What is privileged none does.
    pub producible: bool,
}

/// The table of identifiers.
const IDENTIFIERS: &str = "identifiers";

/// The referral.
pub fn referral(input: &Referral) -> Document {
    let mut draft =
        Draft::new(&input.matter, Kind::D11, text("Criminal referral")).without_caption();
    draft.section("summary", "Summary");
    draft.said_or_blank(&input.summary, "summary", "the whole, in a few sentences");
    draft.paragraph(text("Contact: ").blank("contact", "one person, with telephone and address"));
    draft.section("offences", "Offences suspected");
    draft.paragraph(
        text("For counsel: ").blank("offences", "statutes suspected to have been violated"),
    );
    draft.section("subjects", "Subjects, as identifiers");
    let rows = input.subjects.iter().map(|(label, basis)| vec![identifier(label), basis.clone()]);
    draft.table("Subjects", &[("Subject", 2, false), ("Known by", 7, false)], rows.collect());
    draft.section("timeline", "Timeline");
    let rows = input.timeline.iter().map(|moment| vec![date(&moment.day), moment.what.clone()]);
    draft.table("Events", &[("Day", 2, false), ("Event", 9, false)], rows.collect());
    draft.section("loss", "Loss, victims and nexus");
    figures(&mut draft, "Loss", &input.loss.figures);
    draft.said_or_blank(&input.loss.nexus, "nexus", "what ties it to the jurisdiction");
    identifiers(&mut draft, input);
    purchases(&mut draft, input);
    infrastructure(&mut draft, input);
    withheld(&mut draft, input);
    draft.section("secrecy", "Secrecy");
    draft.said_or_blank(&input.secrecy, "secrecy", "what must stay secret, and until when");
    draft.section("form", "Field sheet for an online complaint");
    let rows =
        input.complaint_form.iter().map(|(name, value)| vec![Text::new(name), value.clone()]);
    draft.table("Fields", &[("Field", 3, false), ("Value", 7, false)], rows.collect());
    // Long, and looked up rather than read: it stands last.
    evidence(&mut draft, input);
    draft.finish()
}

/// The identifiers as CSV (RFC 4180): type and identifier, as the referral shows them.
pub fn identifiers_csv(referral: &Document) -> Vec<u8> {
    let mut writer = csv_writer();
    let never = "memory takes all rows, and all rows have one cell a column";
    writer.write_record(["type", "identifier"]).expect(never);
    let sections = referral.blocks.iter().filter(|section| section.id == IDENTIFIERS);
    for block in sections.flat_map(|section| &section.blocks) {
        let Block::Table(table) = block else { continue };
        for row in &table.rows {
            let cells = row.iter().map(|cell| match cell.0.as_slice() {
                [Span::Quoted { text }] => text.clone(),
                _ => cell.plain(),
            });
            writer.write_record(cells.map(|cell| guarded(&cell))).expect(never);
        }
    }
    writer.into_inner().expect(never)
}

fn identifiers(draft: &mut Draft, input: &Referral) {
    draft.section(IDENTIFIERS, "Identifiers by type");
    let rows = input
        .identifiers
        .iter()
        .map(|(kind, value)| vec![kind.clone(), Text::default().quoted(value)]);
    draft.table(
        "Identifiers, as found",
        &[("Type", 3, false), ("Identifier", 7, false)],
        rows.collect(),
    );
}

fn infrastructure(draft: &mut Draft, input: &Referral) {
    draft.section("infrastructure", "Infrastructure and preservation");
    let rows = input.infrastructure.iter().map(|(each, provider, preserved)| {
        vec![asset(each), each.role.clone(), provider.clone(), preserved.clone()]
    });
    draft.table(
        "Infrastructure",
        &[
            ("Name", 4, false),
            ("Role", 3, false),
            ("Provider", 4, false),
            ("Preservation", 4, false),
        ],
        rows.collect(),
    );
}

fn purchases(draft: &mut Draft, input: &Referral) {
    draft.section("purchases", "Test purchases");
    if input.purchases.is_empty() {
        return draft.paragraph("No test purchases were made.");
    }
    let rows: Vec<Vec<Text>> = input
        .purchases
        .iter()
        .map(|each| {
            let delivered = draft.figure(&each.delivered);
            vec![date(&each.day), asset(&each.seller), delivered, item(&each.record)]
        })
        .collect();
    draft.table(
        "Purchases",
        &[("Day", 2, false), ("Seller", 4, false), ("Delivered", 2, true), ("Record", 4, false)],
        rows,
    );
}

fn evidence(draft: &mut Draft, input: &Referral) {
    draft.section("evidence", "Evidence");
    draft.paragraph(input.ground.clone());
    let rows =
        input.evidence.iter().map(|each| vec![item(each), each.title.clone(), hash(&each.sha256)]);
    draft.table(
        "Index of evidence",
        &[("Item", 4, false), ("What it is", 5, false), ("Hash", 7, false)],
        rows.collect(),
    );
}

fn withheld(draft: &mut Draft, input: &Referral) {
    draft.section("withheld", "What is withheld, and why");
    let rows = input
        .withheld
        .iter()
        .map(|each| vec![each.what.clone(), each.class.clone(), each.why.clone()]);
    draft.table(
        "Withheld",
        &[("What", 4, false), ("Class of data", 3, false), ("Why", 5, false)],
        rows.collect(),
    );
    let mut classes: Vec<Text> = Vec::new();
    for each in input.withheld.iter().filter(|each| each.producible) {
        if !classes.contains(&each.class) {
            classes.push(each.class.clone());
        }
    }
    if !classes.is_empty() {
        draft.paragraph(
            text("Withheld items are preserved and can be produced upon legal process for: ")
                .then(joined(classes, ", "))
                .text("."),
        );
    }
}
