//! D16: what does a partner get, under which terms, and how is it called back?

use seawall_evidence::{
    document::{Document, Kind, Text},
    hash::Digest,
};

use super::{
    draft::Draft,
    known::Matter,
    words::{date, hash, identifier, text},
};

/// What the cover is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerPackage {
    /// The matter.
    pub matter: Matter,
    /// Which partner, in the name of the document.
    pub part: String,
    /// Who gets it.
    pub recipient: Text,
    /// Traffic Light Protocol: `TLP:AMBER`.
    pub marking: String,
    /// Files: name, what it holds, its hash.
    pub files: Vec<(String, Text, Digest)>,
    /// How sure we are, in the words of the case.
    pub confidence: Vec<Text>,
    /// Day on which it expires.
    pub expires: String,
    /// Id under which it is called back.
    pub recall: String,
    /// What may be done with it.
    pub terms: Vec<Text>,
}

/// The cover.
pub fn partner_package(input: &PartnerPackage) -> Document {
    let title = text("Information for ").then(input.recipient.clone());
    let mut draft = Draft::new(&input.matter, Kind::D16, title).part(&input.part).without_caption();
    draft.section("terms", "Terms");
    draft.facts(
        Text::default(),
        vec![
            ("Marking", identifier(&input.marking)),
            ("Expires", date(&input.expires)),
            ("Recall id", identifier(&input.recall)),
            ("Contact", Text::default().blank("contact", "one person, with address")),
        ],
    );
    draft.list(input.terms.clone());
    draft.section("content", "What is enclosed");
    let rows = input
        .files
        .iter()
        .map(|(name, what, sha256)| vec![identifier(name), what.clone(), hash(sha256)]);
    draft.table(
        "Files",
        &[("File", 4, false), ("What it holds", 5, false), ("Hash", 7, false)],
        rows.collect(),
    );
    draft.section("confidence", "How sure we are");
    draft.list(input.confidence.clone());
    draft.section("recall", "If it turns out to be wrong");
    draft.paragraph(text("We will say so under the recall id above, and ask you to delete what you hold and to tell those to whom you passed it on. Please tell us what you find to be wrong."));
    draft.finish()
}
