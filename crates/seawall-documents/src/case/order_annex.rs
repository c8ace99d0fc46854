//! D5: what exactly must this respondent do, with which assets, by when, and how does it report back?

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Asset, Matter, Operator},
    words::{asset, date, identifier, joined, short_hash, text},
};

/// What the gap for where a respondent takes orders is called, before a point and the part of the document: each
/// respondent has another.
pub const ORDERS_CONTACT: &str = "orders_contact";

/// What the annex for one respondent is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderAnnex {
    /// The matter.
    pub matter: Matter,
    /// The respondent in the name of the document: `registry-of-example`.
    pub part: String,
    /// Who must act.
    pub respondent: Operator,
    /// The assets, in the order of the schedule.
    pub assets: Vec<OrderedAsset>,
    /// By when; empty leaves a gap.
    pub time: Vec<Text>,
    /// What must be kept.
    pub preserve: Vec<Text>,
    /// What must not be told, to whom, and until when; empty leaves a gap.
    pub confidentiality: Vec<Text>,
}

/// What is ordered of one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedAsset {
    /// Its number in the schedule.
    pub number: u32,
    /// What it is.
    pub asset: Asset,
    /// What the respondent does for it: registry, registrar, host.
    pub capacities: Vec<Text>,
    /// What to do, step by step.
    pub steps: Vec<Text>,
    /// What the row rests on: hash of the snapshot.
    pub snapshot: seawall_evidence::hash::Digest,
    /// When that was taken.
    pub snapshot_at: String,
}

/// The annex.
pub fn order_annex(input: &OrderAnnex) -> Document {
    let title = text("Annex to the order: ").then(input.respondent.organisation.clone());
    let mut draft = Draft::new(&input.matter, Kind::D5, title).part(&input.part);
    respondent(&mut draft, input);
    draft.section("steps", "What to do, asset by asset");
    for ordered in &input.assets {
        asset_steps(&mut draft, ordered);
    }
    draft.section("time", "By when");
    draft.said_or_blank(&input.time, "order_time", "by when");
    draft.section("preserve", "What to preserve");
    draft.list(input.preserve.clone());
    draft.section("confidentiality", "Confidentiality");
    draft.said_or_blank(
        &input.confidentiality,
        "order_confidentiality",
        "who may be told what, and from when on",
    );
    draft.section("contact", "Contact");
    draft.paragraph(
        text("Questions, and the form below, go to: ")
            .blank("contact", "one person, with telephone and address"),
    );
    report_back(&mut draft, input);
    draft.finish()
}

fn respondent(draft: &mut Draft, input: &OrderAnnex) {
    let who = &input.respondent;
    draft.section("respondent", "Who this is for");
    let mut facts = vec![
        ("Respondent", who.organisation.clone()),
        ("Country or address", who.address.clone()),
        ("Where orders are taken", orders(input)),
    ];
    if let Some(iana) = &who.iana {
        facts.insert(1, ("Number with IANA", identifier(iana)));
    }
    draft.facts(Text::default(), facts);
    let rows = input.assets.iter().map(|ordered| {
        vec![
            number(ordered.number),
            asset(&ordered.asset),
            joined(ordered.capacities.iter().cloned(), ", "),
            short_hash(&ordered.snapshot).text(" of ").then(date(&ordered.snapshot_at)),
        ]
    });
    draft.table(
        "Assets this is about, by their number in the schedule (Appendix A)",
        &[("No.", 2, false), ("Name", 6, false), ("You act as", 4, false), ("Snapshot", 7, false)],
        rows.collect(),
    );
    draft.paragraph("Nothing is asked of any other name, machine or account. If one of these is not yours, or if an act would hit others who are not named here, do not act: say so in the form below.");
}

/// Where the order is to be served: nobody is ordered anything at a place that is still to be found.
fn orders(input: &OrderAnnex) -> Text {
    let gap = || {
        let blank = format!("{ORDERS_CONTACT}.{}", input.part);
        Text::default().blank(blank, "where this respondent takes orders")
    };
    input.respondent.contact.as_deref().map_or_else(gap, identifier)
}

fn asset_steps(draft: &mut Draft, ordered: &OrderedAsset) {
    draft.paragraph(
        number(ordered.number)
            .text(", ")
            .then(asset(&ordered.asset))
            .text(", as ")
            .then(joined(ordered.capacities.iter().cloned(), ", "))
            .text(":"),
    );
    if ordered.steps.is_empty() {
        draft.list(vec![text(
            "Nothing is to be changed by you; keep it as it is, and undo nothing that others do under this order.",
        )]);
    }
    draft.steps(ordered.steps.clone());
}

/// The form that comes back, filled in on paper.
fn report_back(draft: &mut Draft, input: &OrderAnnex) {
    draft.section("report", "Report back");
    draft.paragraph("Please return this form when the steps are done, and say what was not done and why. It is not taken as proof: the state of each asset is measured.");
    let rows = input.assets.iter().flat_map(|ordered| {
        let line = |field: &str, label: &str| {
            Text::default().line(format!("report.{}.{field}", ordered.number), label)
        };
        let which = number(ordered.number).text(", ").then(asset(&ordered.asset));
        [
            vec![which, line("done", "done, or not and why")],
            vec![Text::default(), line("at", "date and time, in UTC")],
            vec![Text::default(), line("reference", "your reference")],
        ]
    });
    draft.table(
        Text::default(),
        &[("Asset", 4, false), ("What was done", 6, false)],
        rows.collect(),
    );
    draft.paragraph(
        text("Preserved, and since when: ").line("report.preserved", "what, since when"),
    );
    draft.paragraph(text("Filled in by: ").line("report.name", "name and position"));
    draft.signature();
}

fn number(number: u32) -> Text {
    identifier(&format!("A-{number}"))
}
