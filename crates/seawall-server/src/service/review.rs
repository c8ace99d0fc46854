//! What would another policy have answered?

use std::{collections::BTreeMap, path::Path, sync::Arc};

use seawall_core::decision::{
    Answer,
    exposed::Loaded,
    grounds::Grounds,
    policy::{Budgets, Policy},
    record::{Record, decide},
    scored::Ready,
};
use seawall_store::{journal::Readers, place::Folder};
use serde::Serialize;

use super::{Error, data::Data, entry::RECORD};

/// A decision that would be another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Number of the event's entry in the journal.
    pub sequence: u64,
    /// When it happened, in milliseconds since the Unix epoch.
    pub time: i64,
    /// Hash of the account id, 16 hexadecimal digits.
    pub account_hash: String,
    /// What was answered, and by which rule.
    pub was: Answer,
    /// See `was`.
    pub was_rule: Option<String>,
    /// What would be answered, and by which rule.
    pub would_be: Answer,
    /// See `would_be`.
    pub would_be_rule: Option<String>,
}

/// What came of a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Review {
    /// Decisions looked at.
    pub decisions: u64,
    /// Of these, those that would be other ones.
    pub changed: u64,
    /// How many went from which answer to which.
    pub changes: BTreeMap<String, u64>,
}

/// Asks a policy about the decisions of a data directory since a moment, in milliseconds since the Unix epoch. `each` is
/// told of those that would be other ones, in their order. Reads only; a server may be running.
pub fn review(
    data: &Path,
    policy: &Policy,
    since: i64,
    each: &mut dyn FnMut(&Change) -> std::io::Result<()>,
) -> Result<Review, Error> {
    let data = Data::new(data);
    let readers = Readers::open(Arc::new(Folder::new(data.journal())))?;
    let mut loaded: Option<Loaded> = None;
    let mut model: Option<Ready> = None;
    let mut budgets = Budgets::default();
    let mut review = Review::default();
    for entry in readers.from(readers.oldest()?) {
        let (sequence, entry) = entry?;
        if entry.kind != RECORD {
            continue;
        }
        let record = Record::decode(&entry.content).map_err(|_| Error::Entry { sequence })?;
        if record.inputs.time < since {
            continue;
        }
        let loaded = match loaded.take() {
            Some(own) if own.id == record.snapshot => loaded.insert(own),
            _ => loaded.insert(data.snapshot(&record.snapshot)?),
        };
        let model = match record.model() {
            None => None,
            Some(id) => Some(match model.take() {
                Some(own) if own.id == id => model.insert(own),
                _ => model.insert(data.model(id)?),
            }),
        };
        let change = ask(loaded, policy, model.as_deref(), &record, &mut budgets);
        review.decisions += 1;
        if change.was != change.would_be {
            review.changed += 1;
            let name = format!("{} to {}", change.was.as_str(), change.would_be.as_str());
            *review.changes.entry(name).or_default() += 1;
            each(&change).map_err(|source| Error::Io { path: "-".into(), source })?;
        }
    }
    Ok(review)
}

/// What the policy says of a decision, with a budget of its own.
fn ask(
    loaded: &Loaded,
    policy: &Policy,
    model: Option<&Ready>,
    record: &Record,
    budgets: &mut Budgets,
) -> Change {
    let mut inputs = record.inputs.clone();
    let (stratum, seconds) = (inputs.stratum, inputs.time.div_euclid(1000));
    inputs.spent = budgets.spent(stratum, seconds, policy.budget());
    let decision = decide(loaded, policy, model, &inputs, Grounds::find(loaded, &inputs));
    budgets.spend(stratum, seconds, policy.budget(), decision.decision);
    Change {
        sequence: inputs.sequence,
        time: inputs.time,
        account_hash: format!("{:016x}", inputs.account),
        was: record.decision.decision,
        was_rule: record.decision.rule.clone(),
        would_be: decision.decision,
        would_be_rule: decision.rule,
    }
}
