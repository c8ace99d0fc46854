//! D8: who had each item, what was done to it, and can that be checked?

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Item, Matter},
    words::{command, date, field, hash, identifier, item, rule, text},
};

/// What the report is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustodyReport {
    /// The matter.
    pub matter: Matter,
    /// Each item with what was done to it.
    pub items: Vec<ItemHistory>,
    /// Why the methods were chosen.
    pub justification: Vec<Text>,
    /// Where something is missing, late or unclear.
    pub gaps: Vec<Text>,
}

/// An item and its entries in the custody log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemHistory {
    /// The item.
    pub item: Item,
    /// Its entries, in order.
    pub entries: Vec<CustodyRow>,
}

/// An entry of the custody log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustodyRow {
    /// Its position.
    pub seq: u64,
    /// When.
    pub time: String,
    /// Who.
    pub actor: Text,
    /// Acting as what.
    pub role: Text,
    /// What was done: `acquire`, `view`, …
    pub action: String,
    /// Why.
    pub reason: Text,
}

/// Actions by which content changes hands or form, and those by which it is looked at again.
const HANDLING: &[&str] = &[
    "acquire",
    "receive",
    "import",
    "transfer_in",
    "transfer_out",
    "copy",
    "export",
    "seal",
    "dispose",
];
const CHECKING: &[&str] = &["verify"];

/// The report. Its headings are the requirements of ISO/IEC 27037.
pub fn custody_report(input: &CustodyReport) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D8, text("Custody report"));
    auditability(&mut draft, input);
    repeatability(&mut draft, input);
    draft.section("reproducibility", "Reproducibility");
    draft.numbered(text("Others reach the same result with other tools: the format is published with the bundle, and ").then(command("verify.py")).text(" is a second implementation that shares no code with the first. The hash is ").then(rule("SHA-256 (NIST FIPS 180-4)")).text(", the log ").then(rule("RFC 6962")).text(", the time-stamps ").then(rule("RFC 3161")).text("."));
    draft.section("justifiability", "Justifiability");
    draft.numbered(text("The methods were chosen for these reasons:"));
    draft.list(input.justification.clone());
    draft.section("gaps", "Gaps");
    if input.gaps.is_empty() {
        draft.numbered(text("No gap is known."));
    } else {
        draft.numbered(text("The following is missing, late or unclear:"));
        draft.list(input.gaps.clone());
    }
    draft.finish()
}

fn auditability(draft: &mut Draft, input: &CustodyReport) {
    draft.section("auditability", "Auditability");
    draft.numbered(text("Every act on an item, readings and refusals included, is an entry of an append-only log. The log's size and root stand at the end of this document: with them, a removed or changed entry is noticed."));
    for history in &input.items {
        let each = &history.item;
        draft.facts(
            each.title.clone(),
            vec![
                ("Item", item(each)),
                ("Hash", hash(&each.sha256)),
                ("Size in bytes", field(&each.size)),
                ("Acquired", date(&each.acquired_at).text(" by ").then(each.acquired_by.clone())),
                ("How", each.method.clone().text(", with ").then(each.tool.clone())),
                ("From", each.source.clone()),
            ],
        );
        entries(draft, "Holders, transfers and copies", history, |action| {
            HANDLING.contains(&action)
        });
        let others = |action: &str| !HANDLING.contains(&action) && !CHECKING.contains(&action);
        entries(draft, "Who has seen it, and other acts", history, others);
    }
}

fn repeatability(draft: &mut Draft, input: &CustodyReport) {
    draft.section("repeatability", "Repeatability");
    draft.numbered(text("The same procedure with the same tools gives the same result. Each verification hashed the content again and compared."));
    for history in &input.items {
        let caption = text("Verifications of ").then(item(&history.item));
        entries(draft, caption, history, |action| CHECKING.contains(&action));
    }
}

fn entries(
    draft: &mut Draft,
    caption: impl Into<Text>,
    history: &ItemHistory,
    which: impl Fn(&str) -> bool,
) {
    let caption = caption.into();
    let rows: Vec<Vec<Text>> = history
        .entries
        .iter()
        .filter(|entry| which(&entry.action))
        .map(|entry| {
            vec![
                identifier(&format!("entry {}", entry.seq)),
                date(&entry.time),
                entry.actor.clone(),
                entry.role.clone(),
                text(&entry.action.replace('_', " ")),
                entry.reason.clone(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return draft.paragraph(caption.text(": none."));
    }
    draft.table(
        caption,
        &[
            ("Entry", 2, false),
            ("Time", 6, false),
            ("Who", 3, false),
            ("As", 2, false),
            ("Act", 2, false),
            ("Reason", 5, false),
        ],
        rows,
    );
}
