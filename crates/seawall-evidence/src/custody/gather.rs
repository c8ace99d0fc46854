//! Which items and seals does a log speak of?

use super::{Action, Entry, EntryError, SealBody};
use crate::item::Item;

/// Every item, in the order it came in.
pub fn items(entries: &[Entry]) -> impl Iterator<Item = Item> {
    entries.iter().filter(|entry| entry.action.brings_item()).filter_map(|entry| entry.body().ok())
}

/// Each seal as its latest entry has it, in the order they were made.
pub fn seals(entries: &[Entry]) -> Result<Vec<SealBody>, EntryError> {
    let mut seals: Vec<SealBody> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.action == Action::Seal) {
        let seal: SealBody = entry.body()?;
        match seals.iter_mut().find(|known| known.id == seal.id) {
            Some(known) => *known = seal,
            None => seals.push(seal),
        }
    }
    Ok(seals)
}
