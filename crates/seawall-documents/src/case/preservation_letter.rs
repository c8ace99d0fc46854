//! D14: what is a private party asked to keep, over which window, and why? A request, and never an order.
//!
//! The sender has no power to demand it. The statute under which governmental entities demand preservation is not
//! named here, and the linter refuses this document where somebody writes it in.

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::{Asset, Matter},
    words::{asset, date, text},
};

/// What the letter is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreservationLetter {
    /// The matter.
    pub matter: Matter,
    /// The recipient in the name of the document: `host`.
    pub part: String,
    /// Who is written to.
    pub recipient: Text,
    /// What it is about.
    pub assets: Vec<Asset>,
    /// What is to be kept.
    pub what: Vec<Text>,
    /// The first day of the window.
    pub from: String,
    /// The last.
    pub to: String,
    /// Why it may matter.
    pub why: Vec<Text>,
    /// By which day an answer is asked for.
    pub reply_by: String,
}

/// The letter.
pub fn preservation_letter(input: &PreservationLetter) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D14, text("Request to preserve records"))
        .part(&input.part)
        .without_caption();
    draft.section("about", "What this is about");
    draft.paragraph(text("To: ").then(input.recipient.clone()));
    draft.paragraph(
        text("From: ")
            .blank("name", "name and position")
            .text(", ")
            .blank("contact", "address for replies"),
    );
    draft.paragraph(
        "We expect litigation about the following, and ask you to keep what you have of it:",
    );
    draft.list(
        input.assets.iter().map(|each| asset(each).text(", ").then(each.role.clone())).collect(),
    );
    draft.section("power", "What this letter is not");
    draft.paragraph("This is a request of a private party. We claim no statutory power to demand preservation, and this letter is no order, no subpoena, and no request of an authority. Whether you follow it is for you to decide, with counsel of your own. Duties that you have by law or contract apart from this letter stay as they are.");
    draft.section("what", "What we ask you to keep");
    draft.list(input.what.clone());
    draft.section("window", "For which window");
    draft.paragraph(
        text("From ")
            .then(date(&input.from))
            .text(" to ")
            .then(date(&input.to))
            .text(", both days included, and what you hold of before."),
    );
    draft.section("why", "Why it may matter");
    draft.list(input.why.clone());
    draft.section("hold", "The hold we ask for");
    draft.steps(vec![
        text("Please suspend deletion, by routine or on request, of what is listed above."),
        text("Please keep it where it is, as it is. Send us nothing: what people wrote, and what is known of customers, needs a legal ground to be handed over, and this letter is none."),
        text("Please do not close or change the account on our account alone, and tell us before it would be deleted."),
        text("Please keep it until we release you, or until you tell us that you will not."),
    ]);
    draft.paragraph(
        text("Please say by ")
            .then(date(&input.reply_by))
            .text(" whether you will, and what no longer exists."),
    );
    draft.paragraph(text("Reference: ").blank("reference", "reference to give in replies"));
    draft.signature();
    draft.finish()
}
