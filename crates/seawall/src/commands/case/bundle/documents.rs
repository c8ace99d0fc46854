//! Which documents are for whoever gets this bundle, and which files go with them?

use std::collections::BTreeMap;

use seawall_core::case::{Id, disclosure::Profile};
use seawall_evidence::{bundle::Contents, item::Item};

use super::path;
use crate::{
    case::{Desk, to_core},
    failure::Failure,
};

/// Documents that were released, exhibits among them: their models and renderings, and what goes with them.
pub(super) fn documents(
    desk: &Desk,
    all: &[Item],
    elsewhere: &BTreeMap<Id, &'static str>,
    contents: &mut Contents<'_>,
) -> Result<(), Failure> {
    for key in &desk.state.released {
        let Some(record) = desk.state.documents.get(key) else { continue };
        if elsewhere.contains_key(&record.model) {
            continue;
        }
        let with_it = record.companions.iter().map(|file| (&file.item, file.extension.as_str()));
        let own = [(&record.model, "json"), (&record.rendering, "pdf")];
        for (id, extension) in own.into_iter().chain(with_it) {
            let item = all.iter().find(|item| to_core(&item.id) == *id);
            let item = item.ok_or_else(|| crate::case::no_item(id.as_str()))?;
            let name = format!("data/documents/{}-v{}.{extension}", key.0, key.1);
            contents.add(path(&name)?, desk.content(item.sha256)?)?;
        }
    }
    Ok(())
}

/// Items that are for other eyes than those of this bundle, each with why: documents that were made for others, and
/// what the pseudonyms stand for.
pub(super) fn elsewhere(desk: &Desk, all: &[Item], bundle: Profile) -> BTreeMap<Id, &'static str> {
    let mut elsewhere = BTreeMap::new();
    for record in desk.state.documents.values() {
        let profile = record.profile.unwrap_or(Profile::Internal);
        if !profile.may_lie_in(bundle) {
            for item in [&record.model, &record.rendering] {
                elsewhere.insert(item.clone(), "of a document made for others");
            }
        }
    }
    // What was made of such a document is for others as well.
    for item in all {
        if item.derived_from.iter().any(|from| elsewhere.contains_key(&to_core(from))) {
            elsewhere.insert(to_core(&item.id), "of a document made for others");
        }
    }
    // Every version of the table, and not the last alone.
    if bundle != Profile::CourtSealed {
        for table in desk.state.key_tables.iter().map(|table| table.item.clone()) {
            elsewhere.insert(table, "what the pseudonyms stand for is for the court, under seal");
        }
    }
    elsewhere
}
