//! Does what is about to go out give away what must stay?
//!
//! What is looked at is the finished file, not what it was made from: the same bytes that the recipient gets.

use std::{collections::BTreeSet, path::Path};

use seawall_core::case::asset::Operator;
use seawall_documents::leak::{self, Policy};
use seawall_evidence::document::{Block, Document, Span};

use crate::{
    case::{Desk, read_file},
    failure::{Exit, Failure},
};

/// Longest list of texts that must not get out.
const DENY_BYTES_MAX: u64 = 4 << 20;
/// The gap in which people say where they can be reached.
const CONTACT: &str = "contact";

/// What the rendering and the model of a document give away, one line each, without the text itself.
pub(super) fn leaks(
    desk: &Desk,
    deny: Option<&Path>,
    rendering: &[u8],
    model: &Document,
    model_bytes: &[u8],
) -> Result<Vec<String>, Failure> {
    let policy = Policy { deny: denied(deny)?, allow: allowed(desk, model) };
    let in_rendering = leak::in_pdf(rendering, &policy);
    let in_model = leak::in_text(model_bytes, &policy);
    let say = |file: &str, leaks: Vec<leak::Leak>| -> Vec<String> {
        leaks.into_iter().map(|leak| format!("{file}, {leak}")).collect()
    };
    Ok([say("rendering", in_rendering), say("model", in_model)].concat())
}

/// Texts of the case that must not get out: one a line, `#` begins a comment.
fn denied(path: Option<&Path>) -> Result<Vec<String>, Failure> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let text = String::from_utf8(read_file(path, DENY_BYTES_MAX)?)
        .map_err(|_| Failure::new(Exit::Usage, format!("{} is not UTF-8", path.display())))?;
    let lines = text.lines().map(str::trim);
    Ok(lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

/// What looks like personal data and is meant to be read: the operation's own infrastructure, where its operators
/// take orders, and where the other side can reach whoever signs.
fn allowed(desk: &Desk, model: &Document) -> BTreeSet<String> {
    let mut allowed = BTreeSet::new();
    for known in desk.state.assets.values() {
        allowed.insert(known.asset.identifier.clone());
        let contacts =
            |operator: &Operator| [operator.abuse_contact.clone(), operator.legal_contact.clone()];
        allowed.extend(known.asset.operators.iter().flat_map(contacts).flatten());
        let wanted = known.asset.end_state.iter();
        allowed.extend(wanted.flat_map(|state| state.addresses.iter().cloned()));
    }
    let blocks = model.blocks.iter().flat_map(|section| &section.blocks);
    for span in blocks.flat_map(Block::texts).flat_map(|text| &text.0) {
        if let Span::Blank { id, answer: Some(answer), .. } = span
            && id == CONTACT
        {
            allowed.insert(answer.clone());
        }
    }
    allowed
}
