//! How is a document made for those who shall read it? What they may not see is replaced in the model.

use std::collections::BTreeSet;

use seawall_core::case::disclosure::{ContentClass, Profile};
use seawall_documents::{
    case::KEY_PART,
    redaction::{Known, Pseudonym, Pseudonyms, Redacted, redact},
};
use seawall_evidence::{
    custody::Act,
    document::{Document, Kind},
};

use super::{Words, accounts::accounts, leaks, lists, small_counts::small_counts};
use crate::{
    case::{Desk, id},
    commands::case::figure,
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
        let accounts = accounts(desk, documents)?;
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
        Ok(Self {
            profile: profile.unwrap_or(Profile::Internal),
            names,
            infrastructure: leaks::infrastructure(desk),
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
