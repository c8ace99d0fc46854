//! D11: what does an agency need to open a file the same day? A criminal referral.

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    investigator::{Purchase, figures},
    known::{Asset, Figure, Item, Matter},
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
    /// Evidence.
    pub evidence: Vec<Item>,
    /// What is not handed over, and why.
    pub withheld: Vec<Withheld>,
    /// What must stay secret, and until when.
    pub secrecy: Text,
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
}

/// The referral.
pub fn referral(input: &Referral) -> Document {
    let mut draft =
        Draft::new(&input.matter, Kind::D11, text("Criminal referral")).without_caption();
    draft.section("summary", "Summary");
    for paragraph in &input.summary {
        draft.paragraph(paragraph.clone());
    }
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
    draft.table("Events", &[("Day", 2, false), ("Event", 7, false)], rows.collect());
    draft.section("loss", "Loss, victims and nexus");
    figures(&mut draft, "Loss", &input.loss.figures);
    draft.list(input.loss.nexus.clone());
    draft.section("identifiers", "Identifiers by type");
    let rows = input
        .identifiers
        .iter()
        .map(|(kind, value)| vec![kind.clone(), Text::default().quoted(value)]);
    draft.table(
        "Identifiers, as found",
        &[("Type", 3, false), ("Identifier", 7, false)],
        rows.collect(),
    );
    purchases(&mut draft, input);
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
    evidence(&mut draft, input);
    draft.section("secrecy", "Secrecy");
    draft.paragraph(input.secrecy.clone());
    draft.section("form", "Field sheet for an online complaint");
    let rows =
        input.complaint_form.iter().map(|(name, value)| vec![Text::new(name), value.clone()]);
    draft.table("Fields", &[("Field", 3, false), ("Value", 7, false)], rows.collect());
    draft.finish()
}

fn purchases(draft: &mut Draft, input: &Referral) {
    draft.section("purchases", "Test purchases");
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
    let rows =
        input.evidence.iter().map(|each| vec![item(each), each.title.clone(), hash(&each.sha256)]);
    draft.table(
        "Index of evidence",
        &[("Item", 4, false), ("What it is", 5, false), ("Hash", 7, false)],
        rows.collect(),
    );
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
    if !input.withheld.is_empty() {
        let classes = joined(input.withheld.iter().map(|each| each.class.clone()), ", ");
        draft.paragraph(
            text("Withheld items are preserved and can be produced upon legal process for: ")
                .then(classes)
                .text("."),
        );
    }
}
