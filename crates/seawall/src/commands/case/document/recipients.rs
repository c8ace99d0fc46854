//! How is a document made for those who shall read it? What they may not see is replaced in the model.

use std::collections::BTreeSet;

use seawall_core::case::disclosure::{ContentClass, Profile};
use seawall_documents::{
    case::KEY_PART,
    redaction::{Known, Pseudonym, Pseudonyms, Redacted, redact},
};
use seawall_evidence::{
    custody::Act,
    document::{Block, Document, Kind, Span, Text},
};

use super::{Words, leaks, lists, small_counts::small_counts};
use crate::{
    case::{Desk, id},
    commands::case::{detection::MEMBERS, figure},
    failure::{Exit, Failure},
};

/// Longest message that quotations are held against.
const MESSAGE_BYTES_MAX: usize = 1 << 20;

/// For whom documents are made, and what of the case they may not see.
pub(in crate::commands::case) struct Recipients {
    pub(in crate::commands::case) profile: Profile,
    names: Pseudonyms,
    infrastructure: BTreeSet<String>,
    messages: Vec<String>,
    small_counts: BTreeSet<String>,
}

impl Recipients {
    /// Gathers what the documents may hold that is not for everybody. Accounts and persons in them that have no
    /// pseudonym yet are given one; the acts that keep the table are added to `acts`.
    pub(in crate::commands::case) fn of(
        desk: &mut Desk,
        profile: Option<Profile>,
        documents: &[&Document],
        words: &Words,
        acts: &mut Vec<Act>,
    ) -> Result<Self, Failure> {
        let before = lists::key_table(desk)?;
        let mut names = before.clone();
        let accounts = accounts(desk, &spoken(documents))?;
        let mut seed = [0; 32];
        rand::Rng::fill_bytes(&mut desk.chance, &mut seed);
        names.assign(&seed, Pseudonym::Account, accounts);
        for (kind, values) in &words.names {
            names.assign(&seed, *kind, values.iter().filter(|value| !value.is_empty()).cloned());
        }
        // Kinds that nobody has a name of are no reason for a new table.
        if names.table() != before.table() {
            acts.extend(lists::keep_key_table(desk, &names)?);
        }
        let answers = figure::answers_of(&desk.state, &desk.vault)?;
        let questions =
            answers.into_iter().map(|(id, answer)| (id, answer.query.question)).collect();
        // Where somebody can be reached is meant to be read.
        let contacts = words.answers.iter().filter(|(blank, _)| leaks::is_contact(blank));
        let contacts = contacts.map(|(_, answer)| answer.clone());
        Ok(Self {
            profile: profile.unwrap_or(Profile::Internal),
            names,
            infrastructure: leaks::infrastructure(desk).into_iter().chain(contacts).collect(),
            messages: messages(desk)?,
            small_counts: small_counts(&figure::figures(&desk.state, &desk.vault)?, &questions),
        })
    }

    /// The document as they may see it.
    pub(in crate::commands::case) fn made_for(
        &self,
        document: &Document,
    ) -> Result<Redacted, Failure> {
        if is_key(document) {
            if self.profile != Profile::CourtSealed {
                return Err(Failure::new(
                    Exit::Permission,
                    "the key to the pseudonyms is for the court under seal\nhint: --profile court-sealed",
                ));
            }
            return Ok(Redacted::whole(document.clone()));
        }
        let known = Known {
            names: &self.names,
            infrastructure: &self.infrastructure,
            messages: &self.messages,
            small_counts: &self.small_counts,
        };
        Ok(redact(document, self.profile, known))
    }
}

/// Whether it is the key to the pseudonyms.
pub(super) fn is_key(document: &Document) -> bool {
    document.kind == Kind::D9 && document.part.as_deref() == Some(KEY_PART)
}

/// The words of documents, each with what may be a part of a name at its edges taken off.
fn spoken(documents: &[&Document]) -> BTreeSet<String> {
    let mut spoken = BTreeSet::new();
    let texts = documents.iter().flat_map(|document| {
        let blocks = document.blocks.iter().flat_map(|section| &section.blocks);
        blocks.flat_map(Block::texts).chain([&document.title])
    });
    for span in texts.flat_map(|text: &Text| &text.0) {
        let words = match span {
            Span::Text { text } | Span::Quoted { text } | Span::Literal { text, .. } => text,
            Span::Blank { answer: Some(answer), .. } => answer,
            _ => continue,
        };
        for word in words.split_whitespace() {
            spoken.insert(word.to_owned());
            spoken.insert(word.trim_matches(|edge: char| !edge.is_alphanumeric()).to_owned());
            let parts = word.split(|edge: char| !edge.is_alphanumeric());
            spoken.extend(parts.map(str::to_owned));
        }
    }
    spoken
}

/// Those of the words that are members of a campaign, as the runs of the case found them.
fn accounts(desk: &Desk, spoken: &BTreeSet<String>) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for output in desk.state.runs.values().flat_map(|run| &run.outputs) {
        let item = desk.item(output.as_str())?;
        if !item.source.as_str().ends_with(MEMBERS) {
            continue;
        }
        let mut reader = csv::Reader::from_reader(desk.vault.open(item.sha256)?);
        for row in reader.records() {
            let row = row?;
            let account = row.get(0).unwrap_or_default();
            if spoken.contains(account) && !account.is_empty() {
                found.push(account.to_owned());
            }
        }
    }
    Ok(found)
}

/// What people wrote to each other, as far as it is text.
fn messages(desk: &Desk) -> Result<Vec<String>, Failure> {
    let mut messages = Vec::new();
    for known in desk.state.items.values() {
        let usable = known.state != seawall_core::case::state::ItemState::Disposed;
        if known.facts.class != ContentClass::Content || !usable {
            continue;
        }
        let item = desk.item(id(&known.facts.id).as_str())?;
        if item.size > MESSAGE_BYTES_MAX as u64 {
            continue;
        }
        messages.extend(String::from_utf8(desk.content(item.sha256)?).ok());
    }
    Ok(messages)
}
