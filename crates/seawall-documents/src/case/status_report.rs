//! D21: what became of each asset: ordered, served, claimed to be done, and measured to be done?

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Asset, Matter},
    words::{asset, date, joined, text},
};

/// What the report is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport {
    /// The matter.
    pub matter: Matter,
    /// Each asset with its days.
    pub assets: Vec<AssetStatus>,
    /// What is open, and what is asked of the court or of partners.
    pub open: Vec<Text>,
}

/// What became of an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetStatus {
    /// The asset.
    pub asset: Asset,
    /// Who was ordered.
    pub respondent: Text,
    /// Day of the order.
    pub ordered: Option<String>,
    /// Day of service.
    pub served: Option<String>,
    /// Day on which the respondent said that it was done.
    pub claimed: Option<String>,
    /// Day on which it was measured to be done.
    pub verified: Option<String>,
    /// The measurements, each with where from and how.
    pub measurements: Vec<Text>,
}

/// The report.
pub fn status_report(input: &StatusReport) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D21, text("Status report"));
    draft.section("status", "Status of each asset");
    statuses(&mut draft, &input.assets);
    draft.section("measurements", "Measurements");
    let rows = input
        .assets
        .iter()
        .map(|each| vec![asset(&each.asset), joined(each.measurements.iter().cloned(), "; ")]);
    draft.table(
        "What was measured",
        &[("Asset", 3, false), ("Measurements", 8, false)],
        rows.collect(),
    );
    draft.section("open", "What is open");
    if input.open.is_empty() {
        draft.numbered(text("Nothing."));
    }
    for each in &input.open {
        draft.numbered(each.clone());
    }
    draft.section("signature", "Submitted by");
    draft.paragraph(text("").blank("name", "name and capacity"));
    draft.signature();
    draft.finish()
}

/// The table with the day of each step, and what its columns mean.
pub(super) fn statuses(draft: &mut Draft, assets: &[AssetStatus]) {
    draft.numbered(text("\u{201c}Claimed\u{201d} is what a respondent said. \u{201c}Verified\u{201d} is what was measured: from several places, by several means, and again a day later."));
    let day = |day: Option<&String>| day.map_or_else(|| text("–"), |day| date(day));
    let rows = assets.iter().map(|each| {
        vec![
            asset(&each.asset),
            each.respondent.clone(),
            day(each.ordered.as_ref()),
            day(each.served.as_ref()),
            day(each.claimed.as_ref()),
            day(each.verified.as_ref()),
        ]
    });
    draft.table(
        "Status",
        &[
            ("Asset", 5, false),
            ("Respondent", 4, false),
            ("Ordered", 3, false),
            ("Served", 3, false),
            ("Claimed", 3, false),
            ("Verified", 3, false),
        ],
        rows.collect(),
    );
}
