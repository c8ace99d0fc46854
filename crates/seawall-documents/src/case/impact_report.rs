//! D17: did it work? What was to be measured had to be registered before anything was done; whatever else changed in
//! the same time is named; and what only people can judge is a gap.

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Figure, Item, Matter},
    status_report::{AssetStatus, statuses},
    words::{date, hash, item, text},
};

/// What the report is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpactReport {
    /// The matter.
    pub matter: Matter,
    /// The item with what was registered.
    pub registration: Item,
    /// What was expected, as registered.
    pub hypothesis: Vec<Text>,
    /// The first day of the window before, as registered.
    pub from: String,
    /// The last day of the window after.
    pub to: String,
    /// Every change of the site's defences in the window, by day.
    pub interventions: Vec<(String, Text)>,
    /// What was measured.
    pub measures: Vec<ImpactMeasure>,
    /// What it is compared with, and how.
    pub model: Vec<Text>,
    /// What the same method finds on days on which nothing was done.
    pub placebo: Vec<Text>,
    /// How far the result depends on choices.
    pub sensitivity: Vec<Text>,
    /// What else may have caused it.
    pub other_causes: Vec<Text>,
    /// Where it went instead.
    pub displacement: Vec<Text>,
    /// What became of each asset.
    pub assets: Vec<AssetStatus>,
}

/// Something measured before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpactMeasure {
    /// In the window before.
    pub before: Figure,
    /// In the window after.
    pub after: Figure,
    /// The interval of the effect and how it was reckoned; a gap where nobody said.
    pub interval: Option<Text>,
}

/// The report.
pub fn impact_report(input: &ImpactReport) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D17, text("Report on the impact"));
    registration(&mut draft, input);
    draft.section("interventions", "What was done, and what else changed");
    let days = input.interventions.iter().map(|(day, what)| vec![date(day), what.clone()]);
    draft.table(
        "Changes of the defences in the window",
        &[("Day", 2, false), ("What", 9, false)],
        days.collect(),
    );
    draft.said_or_blank(&input.other_causes, "other_causes", "what else may have caused it");
    draft.section("assets", "What became of each asset");
    statuses(&mut draft, &input.assets);
    measures(&mut draft, &input.measures);
    let mut said = |id: &str, heading: &str, said: &[Text], label: &str| {
        draft.section(id, heading);
        draft.said_or_blank(said, id, label);
    };
    said("model", "What it is compared with", &input.model, "model, baseline and comparators");
    said(
        "placebo",
        "Where nothing was done",
        &input.placebo,
        "what the method finds on days on which nothing was done",
    );
    said(
        "sensitivity",
        "How far it depends on choices",
        &input.sensitivity,
        "results under other choices",
    );
    said(
        "displacement",
        "Where it went instead",
        &input.displacement,
        "changes in other campaigns, and in what no campaign explains",
    );
    draft.section("signature", "Submitted by");
    draft.paragraph(text("").blank("name", "name and capacity"));
    draft.signature();
    draft.finish()
}

fn registration(draft: &mut Draft, input: &ImpactReport) {
    let registered = &input.registration;
    draft.section("registration", "What was to be measured");
    draft.numbered(
        text("Hypothesis, measures, windows and model were written down as ")
            .then(item(registered))
            .text(" and taken into the case on ")
            .then(date(&registered.acquired_at))
            .text(", before anything below was done. Its hash is ")
            .then(hash(&registered.sha256))
            .text("."),
    );
    draft.numbered(
        text("The window is from ")
            .then(date(&input.from))
            .text(" to ")
            .then(date(&input.to))
            .text(", both days included."),
    );
    draft.said_or_blank(&input.hypothesis, "hypothesis", "what was expected, as registered");
}

/// Before and after side by side, never a change by itself: without its window and interval it says nothing.
fn measures(draft: &mut Draft, measures: &[ImpactMeasure]) {
    draft.section("measures", "What was measured");
    let rows = measures.iter().enumerate().map(|(index, measure)| {
        let gap = || {
            text("").blank(
                format!("interval_{}", index + 1),
                "interval of the effect, and how it was reckoned",
            )
        };
        let [before, after] = [&measure.before, &measure.after];
        vec![
            text("").field(&before.id, "label", &before.label),
            draft.figure(before),
            text("").field(&after.id, "label", &after.label),
            draft.figure(after),
            measure.interval.clone().unwrap_or_else(gap),
        ]
    });
    let rows = rows.collect();
    draft.table(
        "Before and after",
        &[
            ("Before: what", 4, false),
            ("Figure", 2, true),
            ("After: what", 4, false),
            ("Figure", 2, true),
            ("Interval of the effect", 4, false),
        ],
        rows,
    );
}
