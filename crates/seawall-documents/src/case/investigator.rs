//! D1: what did the investigator examine and find, of the investigator's own knowledge?

use std::collections::BTreeSet;

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Asset, Exhibit, Figure, Item, Matter},
    words::{asset, date, exhibit, hash, identifier, item, joined, references, text},
};

/// What the declaration is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvestigatorDeclaration {
    /// The matter.
    pub matter: Matter,
    /// What was examined.
    pub examined: Vec<Item>,
    /// How the operation was found, a paragraph each.
    pub found: Vec<Text>,
    /// Test purchases, with what was bought.
    pub purchases: Vec<Purchase>,
    /// Of the accounts bought, those that led to the campaign; with the share and its interval.
    pub purchase_results: Vec<Figure>,
    /// The infrastructure.
    pub assets: Vec<Asset>,
    /// What harm it did.
    pub harm: Vec<Figure>,
    /// What is attached.
    pub exhibits: Vec<Exhibit>,
}

/// A test purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Day.
    pub day: String,
    /// Where it was bought.
    pub seller: Asset,
    /// The offer, as the seller words it.
    pub offer: String,
    /// How many accounts were delivered.
    pub delivered: Figure,
    /// The record of it.
    pub record: Item,
}

/// The declaration.
pub fn investigator_declaration(input: &InvestigatorDeclaration) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D1, text("Declaration of the investigator"));
    identity(&mut draft);
    basis(&mut draft, input);
    draft.section("found", "How the operation was found");
    for paragraph in &input.found {
        draft.numbered(paragraph.clone());
    }
    purchases(&mut draft, input);
    assets(&mut draft, input);
    harm(&mut draft, input);
    draft.section("exhibits", "Exhibits");
    draft.numbered(text("True and correct copies of the following are attached."));
    let rows = input.exhibits.iter().map(|each| vec![exhibit(each), each.title.clone()]);
    draft.table(
        "Exhibits to this declaration",
        &[("Exhibit", 1, false), ("What it shows", 6, false)],
        rows.collect(),
    );
    draft.perjury_block();
    draft.finish()
}

/// Who speaks: only that person can say it.
pub(super) fn identity(draft: &mut Draft) {
    draft.section("identity", "Identity, role and experience");
    draft.numbered(
        text("My name is ")
            .blank("name", "name")
            .text(". I am ")
            .blank("role", "position and employer")
            .text(", and of full age."),
    );
    draft.numbered(
        text("My training and experience are as follows: ")
            .blank("experience", "training and experience")
            .text("."),
    );
}

fn basis(draft: &mut Draft, input: &InvestigatorDeclaration) {
    draft.section("basis", "Basis of knowledge");
    draft.numbered(text("I make this declaration from personal knowledge, and from my review of the records named below, which were kept in the evidence vault of this case. Where I rely on what others told me, I say so."));
    draft.numbered(text("Each number below is followed by the id of its figure. The figure says which query over which sealed data yields it, so that it can be computed again by others."));
    draft.section("examined", "What was examined");
    draft.numbered(text(
        "I examined the following items. The hash identifies the content that I examined.",
    ));
    let rows = input.examined.iter().map(|each| {
        vec![
            each.title.clone(),
            date(&each.acquired_at),
            each.source.clone(),
            item(each).text(", ").then(hash(&each.sha256)),
        ]
    });
    draft.table(
        "Items examined",
        &[
            ("Item", 4, false),
            ("Acquired", 3, false),
            ("Source", 4, false),
            ("Id and hash", 6, false),
        ],
        rows.collect(),
    );
}

fn purchases(draft: &mut Draft, input: &InvestigatorDeclaration) {
    draft.section("purchases", "Test purchases");
    if input.purchases.is_empty() {
        return draft.numbered(text("No test purchases were made."));
    }
    draft.numbered(text("Accounts were bought under a written plan that had been approved before the first purchase. They were accounts of our own platform only, and were not used."));
    let rows: Vec<Vec<Text>> = input
        .purchases
        .iter()
        .map(|each| {
            let delivered = draft.figure(&each.delivered);
            vec![
                date(&each.day),
                asset(&each.seller),
                Text::default().quoted(&each.offer),
                delivered,
                item(&each.record),
            ]
        })
        .collect();
    draft.table(
        "Purchases",
        &[
            ("Day", 3, false),
            ("Seller", 4, false),
            ("Offer, in the seller's words", 6, false),
            ("Delivered", 2, true),
            ("Record", 4, false),
        ],
        rows,
    );
    figures(draft, "What the purchases led to", &input.purchase_results);
}

fn assets(draft: &mut Draft, input: &InvestigatorDeclaration) {
    draft.section("assets", "Infrastructure");
    draft.numbered(text("The operation uses the following infrastructure. How each was tied to it is shown in the exhibits named."));
    let rows = input.assets.iter().map(|each| {
        vec![asset(each), each.kind.clone(), each.role.clone(), references(&each.proof)]
    });
    draft.table(
        "Infrastructure",
        &[("Name", 4, false), ("What it is", 2, false), ("Role", 3, false), ("Shown in", 3, false)],
        rows.collect(),
    );
    attributions(draft, &input.assets);
}

/// How sure it is that each asset is the operation's, and what else was thought of.
fn attributions(draft: &mut Draft, assets: &[Asset]) {
    let said = |each: &Asset| {
        let said = each.attribution.as_ref()?;
        let grades: BTreeSet<&String> = said.grades.iter().collect();
        let alternatives = said.alternatives.iter().map(|(explanation, against)| {
            text("It could be ").quoted(explanation).text("; against that: ").quoted(against)
        });
        Some(vec![
            asset(each),
            said.confidence.clone(),
            joined(grades.into_iter().map(|grade| identifier(grade)), ", "),
            joined(alternatives, ". "),
        ])
    };
    let rows: Vec<Vec<Text>> = assets.iter().filter_map(said).collect();
    if rows.is_empty() {
        return;
    }
    draft.numbered(text("How sure it is that each belongs to the operation is said in words: low, moderate or high. A source is graded by the Admiralty code: a letter for how reliable it is, from A to F, and a digit for how credible what it says is. Other explanations were weighed."));
    draft.table(
        "How sure that is, and what else it could be",
        &[
            ("Name", 3, false),
            ("How sure", 2, false),
            ("Sources", 2, false),
            ("Other explanations, and what speaks against them", 8, false),
        ],
        rows,
    );
}

fn harm(draft: &mut Draft, input: &InvestigatorDeclaration) {
    draft.section("harm", "Harm");
    if input.harm.is_empty() {
        return draft.numbered(text("The harm is stated elsewhere."));
    }
    figures(draft, "Harm", &input.harm);
}

/// Figures with what they count.
pub(super) fn figures(draft: &mut Draft, caption: &str, figures: &[Figure]) {
    let rows: Vec<Vec<Text>> = figures
        .iter()
        .map(|each| {
            let shown = draft.figure(each);
            vec![Text::default().field(&each.id, "label", &each.label), shown]
        })
        .collect();
    draft.table(caption, &[("What is counted", 6, false), ("Figure", 2, true)], rows);
}
