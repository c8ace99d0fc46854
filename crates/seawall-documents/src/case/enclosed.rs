//! Which files go with a document, and how does whoever reads it know that they are those?

use seawall_evidence::{
    document::{Block, Column, Document, Section, Table, Text},
    hash::Digest,
};

use super::words::{hash, identifier, text};

/// Prints the files that go with a document, each as name, what it is, and hash: who approves the document approves
/// them as well.
pub fn enclose(document: &mut Document, files: &[(String, &str, Digest)]) {
    if files.is_empty() {
        return;
    }
    let columns = [("File", 4), ("What it is", 4), ("Hash", 7)].map(|(heading, width)| Column {
        heading: text(heading),
        width,
        numeric: false,
    });
    let rows = files
        .iter()
        .map(|(name, what, sha256)| vec![identifier(name), text(what), hash(sha256)])
        .collect();
    let table = Table { caption: Text::default(), columns: columns.into(), rows };
    document.blocks.push(Section {
        id: "enclosed".to_owned(),
        heading: text("Files that go with this document"),
        blocks: vec![Block::Table(table)],
    });
}
