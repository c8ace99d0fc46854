//! Does what is about to go out give away what must stay?
//!
//! What is looked at is the finished file, not what it was made from: the same bytes that the recipient gets.

use std::{collections::BTreeSet, path::Path};

use seawall_charts::text::counted;
use seawall_core::case::asset::Operator;
use seawall_documents::{
    leak::{self, Policy},
    redaction::is_contact,
};
use seawall_evidence::document::{Block, Document, Span};

use super::{accounts::accounts, deny::lines, lists, recipients::is_key};
use crate::{case::Desk, failure::Failure};

/// A document that is about to go out, file by file.
pub(super) struct Outgoing<'a> {
    pub(super) rendering: &'a [u8],
    pub(super) model: &'a Document,
    pub(super) model_bytes: &'a [u8],
    /// What goes with it: ending of the name, content.
    pub(super) companions: &'a [(String, Vec<u8>)],
}

/// What the files of a document give away, one line each, without the text itself.
pub(super) fn leaks(
    desk: &Desk,
    deny: Option<&Path>,
    outgoing: &Outgoing<'_>,
) -> Result<Vec<String>, Failure> {
    let Outgoing { rendering, model, model_bytes, companions } = *outgoing;
    let mut policy = Policy { deny: lists::deny_list(desk)?, allow: allowed(desk, model) };
    if let Some(path) = deny {
        policy.deny.extend(lines(path)?);
    }
    if is_key(model) {
        // What the pseudonyms stand for is what their key is for: it goes to the court, under seal.
        let values: Vec<_> = lists::key_table(desk)?.table();
        let values: BTreeSet<String> = values.into_iter().map(|(_, _, value)| value).collect();
        policy.deny.retain(|text| !values.contains(text));
        policy.allow.extend(values);
    }
    let mut found = vec![
        ("rendering", leak::in_pdf(rendering, &policy)),
        ("model", leak::in_text(model_bytes, &policy)),
    ];
    for (extension, content) in companions {
        let search = if extension == "html" { leak::in_html } else { leak::in_text };
        found.push((extension.as_str(), search(content, &policy)));
    }
    let say = |(file, leaks): (&str, Vec<leak::Leak>)| -> Vec<String> {
        leaks.into_iter().map(|leak| format!("{file}, {leak}")).collect()
    };
    let mut said: Vec<String> = found.into_iter().flat_map(say).collect();
    // Data that came in after it was drafted may know a word of it as an account.
    let accounts = if is_key(model) { 0 } else { accounts(desk, &[model])?.len() };
    if accounts > 0 {
        let accounts = counted(accounts as u64, "account", "accounts");
        said.push(format!("model, {accounts} in clear: drafted anew, it has pseudonyms for them"));
    }
    Ok(said)
}

/// What looks like personal data and is meant to be read: the operation's own infrastructure, where its operators
/// take orders, and where the other side can reach whoever signs.
fn allowed(desk: &Desk, model: &Document) -> BTreeSet<String> {
    let mut allowed = infrastructure(desk);
    let blocks = model.blocks.iter().flat_map(|section| &section.blocks);
    for span in blocks.flat_map(Block::texts).flat_map(|text| &text.0) {
        if let Span::Blank { id, answer: Some(answer), .. } = span
            && is_contact(id)
        {
            // As a whole, and the address alone: what is read without its spaces has nothing else of it.
            let addresses = answer.split_whitespace().filter(|word| word.contains('@'));
            let edge = |character: char| !character.is_alphanumeric();
            allowed.extend(addresses.map(|word| word.trim_matches(edge).to_owned()));
            allowed.insert(answer.clone());
        }
    }
    allowed
}

/// The operation's own infrastructure, and where its operators take orders: shown to everybody.
pub(super) fn infrastructure(desk: &Desk) -> BTreeSet<String> {
    let mut allowed = BTreeSet::new();
    for known in desk.state.assets.values() {
        allowed.insert(known.asset.identifier.clone());
        let contacts =
            |operator: &Operator| [operator.abuse_contact.clone(), operator.legal_contact.clone()];
        allowed.extend(known.asset.operators.iter().flat_map(contacts).flatten());
        let wanted = known.asset.end_state.iter();
        allowed.extend(wanted.flat_map(|state| state.addresses.iter().cloned()));
    }
    allowed
}
