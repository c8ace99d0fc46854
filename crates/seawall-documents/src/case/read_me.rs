//! README-FIRST: how does somebody who trusts nobody check a bundle?

use seawall_evidence::document::{Document, Kind, Status, Text};

use super::{
    draft::Draft,
    known::Matter,
    words::{command, identifier, rule, text},
};

/// What the instructions are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadMe {
    /// The matter.
    pub matter: Matter,
    /// Fingerprints of the keys that signed: whose, and the key as it stands in the bundle.
    pub keys: Vec<(Text, String)>,
    /// What is not in the bundle, and why.
    pub missing: Vec<Text>,
}

/// The instructions.
pub fn read_me(input: &ReadMe) -> Document {
    let mut draft =
        Draft::new(&input.matter, Kind::ReadMe, text("Read this first: how to check this bundle"))
            .without_caption();
    draft.section("what", "What this is");
    draft.paragraph("This folder holds documents, and the evidence that each of their numbers comes from. You can check it on a laptop without a network, without asking us, and without our software. If a check fails, it names the item, the page and the figure.");
    draft.section("tools", "What you need");
    draft.list(vec![
        text("Any tool for BagIt (").then(rule("RFC 8493")).text("), or ").then(command("sha256sum -c manifest-sha256.txt")).text(": are all files there, unchanged?"),
        text("Python, version ").then(super::words::version("3.11")).text(" or later: ").then(command("python3 data/verify.py .")).text(" checks the log, signatures, seals, time-stamps, approvals and releases. It is one file, and you can read it."),
        text("The program ").then(command("seawall")).text(", if you want to check figures and data as well: ").then(command("seawall verify . --level 2")).text("."),
    ]);
    draft.section("steps", "What to do");
    draft.steps(vec![
        text("Compare the custody log's size and root at the end of this page with those printed in every document you have been given, and with those that you were given before. An older log must be the beginning of a newer one; the program checks that."),
        text("Compare the keys below with those that you got from their owners by another way."),
        text("Run the checks. Each line says ").then(command("PASS")).text(", ").then(command("FAIL")).text(" or ").then(command("SKIP")).text(", and why."),
        text("Pick figures that matter, look up their query in ").then(command("data/queries")).text(", and run its SQL over the sealed data with a program of your own choice."),
        text("Pick rows at random. The format describes how both sides draw them, so that neither chooses."),
    ]);
    draft.section("codes", "What the program's exit code means");
    let row = |code: &str, meaning: &str| vec![command(code), text(meaning)];
    draft.table(
        Text::default(),
        &[("Code", 1, false), ("Meaning", 8, false)],
        vec![
            row("0", "every check passed"),
            row("2", "wrong usage"),
            row("3", "something that this level needs is not in the bundle"),
            row("6", "a number differs from what the sealed data give"),
            row("7", "a byte, a hash, a signature, an order or an approval is not what it was"),
        ],
    );
    draft.section("keys", "Keys");
    let rows = input.keys.iter().map(|(whose, key)| vec![whose.clone(), identifier(key)]);
    draft.table("Keys that signed", &[("Whose", 3, false), ("Key", 7, false)], rows.collect());
    draft.section("missing", "What is not in this bundle");
    if input.missing.is_empty() {
        draft.paragraph("Nothing was left out.");
    }
    draft.list(input.missing.clone());
    draft.section("format", "The format");
    draft.paragraph(
        text("Every file is described in ")
            .then(command("data/case-format.md"))
            .text(". It is enough to write a checker of your own."),
    );
    // Nobody drafts it any further: it goes with a bundle, and says how to check that.
    Document { status: Status::Released, ..draft.finish() }
}
