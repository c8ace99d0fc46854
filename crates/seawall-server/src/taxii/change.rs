//! What becomes of the tables when objects are added and removed?

use std::{
    collections::{BTreeMap, btree_map},
    sync::Arc,
};

use axum::body::Bytes;
use seawall_intel::{
    stix::StixId,
    taxii::{Filters, Microseconds, SpecVersion, VersionFilter},
};
use seawall_store::{
    Error,
    tables::{Changes, View},
};

use super::{
    kept::Kept,
    rows::{
        CollectionKey, Entry, Row, chosen, entries_content, flags, mark, object_key, row_content,
        stamp_key, time_at_end, type_key, versions_key,
    },
};

/// An object that is to be added.
#[derive(Clone, Debug)]
pub(super) struct NewObject {
    pub(super) id: StixId,
    pub(super) version: Option<Microseconds>,
    pub(super) spec_version: SpecVersion,
    /// As it came.
    pub(super) text: Bytes,
    /// When another server had got it.
    pub(super) added: Option<Microseconds>,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is there, as of this date.
    Added(Microseconds),
    /// This version was there already.
    Present(Microseconds),
    /// Another content of this version was there, and stays.
    Differs(Microseconds),
}

/// An object whose versions change.
struct Touched {
    before: Vec<Entry>,
    now: Vec<Entry>,
    texts: BTreeMap<Microseconds, Bytes>,
}

/// Changes that are made together. What was changed before in the same go is seen.
pub(super) struct Batch<'a> {
    kept: &'a Kept,
    view: View,
    changes: Changes,
    touched: BTreeMap<(CollectionKey, Arc<str>), Touched>,
    /// The latest date given, of each collection that gave one.
    latest: BTreeMap<CollectionKey, Microseconds>,
    now: Microseconds,
}

impl<'a> Batch<'a> {
    pub(super) fn new(kept: &'a Kept, now: Microseconds) -> Self {
        Self {
            kept,
            view: kept.tables.view(),
            changes: kept.tables.changes(),
            touched: BTreeMap::new(),
            latest: BTreeMap::new(),
            now,
        }
    }

    fn touched(&mut self, collection: CollectionKey, id: &str) -> Result<&mut Touched, Error> {
        let key = (collection, Arc::from(id));
        match self.touched.entry(key) {
            btree_map::Entry::Occupied(occupied) => Ok(occupied.into_mut()),
            btree_map::Entry::Vacant(vacant) => {
                let before = self.kept.versions_of(&self.view, collection, id)?;
                let now = before.clone();
                Ok(vacant.insert(Touched { before, now, texts: BTreeMap::new() }))
            }
        }
    }

    fn latest(&mut self, collection: CollectionKey) -> Result<Microseconds, Error> {
        if let Some(latest) = self.latest.get(&collection) {
            return Ok(*latest);
        }
        let kept = self.view.get(&self.kept.marks, &collection)?;
        Ok(kept.map_or(Microseconds::MIN, |content| time_at_end(&content)))
    }

    /// A date that no object of the collection has: later than all, or the one that is asked for, or the next free one.
    fn date(
        &mut self,
        collection: CollectionKey,
        asked: Option<Microseconds>,
    ) -> Result<Microseconds, Error> {
        let latest = self.latest(collection)?;
        let Some(mut date) = asked.filter(|date| *date <= latest) else {
            let date = asked.unwrap_or(self.now).max(latest.saturating_add(1));
            self.latest.insert(collection, date);
            return Ok(date);
        };
        while self.is_taken(collection, date)? {
            date += 1;
        }
        self.latest.insert(collection, latest.max(date));
        Ok(date)
    }

    fn is_taken(&self, collection: CollectionKey, date: Microseconds) -> Result<bool, Error> {
        let of_this = self.touched.iter().filter(|((owner, _), _)| *owner == collection);
        let mut now = of_this.flat_map(|(_, touched)| &touched.now);
        if now.any(|entry| entry.added == date) {
            return Ok(true);
        }
        Ok(self.view.get(&self.kept.objects, &object_key(collection, date))?.is_some())
    }

    /// Adds an object, unless this version of it is there.
    pub(super) fn add(
        &mut self,
        collection: CollectionKey,
        object: &NewObject,
    ) -> Result<Outcome, Error> {
        let id = object.id.as_str();
        let same = |entry: &&Entry| object.version.is_none_or(|version| version == entry.version);
        let touched = self.touched(collection, id)?;
        if let Some(entry) = touched.now.iter().find(same).copied() {
            let pending = touched.texts.get(&entry.added).cloned();
            let is_same = if let Some(text) = pending {
                is_same(&text, &object.text)
            } else {
                let key = object_key(collection, entry.added);
                let row = self.view.get(&self.kept.objects, &key)?.map(Row::new);
                row.is_none_or(|row| is_same(row.text(), &object.text))
            };
            let outcome = if is_same { Outcome::Present } else { Outcome::Differs };
            return Ok(outcome(entry.added));
        }
        let added = self.date(collection, object.added)?;
        let version = object.version.unwrap_or(added);
        let touched = self.touched(collection, id)?;
        touched.now.push(Entry { version, added, spec_version: object.spec_version });
        touched.now.sort_unstable();
        touched.texts.insert(added, object.text.clone());
        Ok(Outcome::Added(added))
    }

    /// Removes versions of an object; `None` where there is no such object, otherwise how many were removed.
    pub(super) fn remove(
        &mut self,
        collection: CollectionKey,
        id: &str,
        filters: &Filters,
    ) -> Result<Option<usize>, Error> {
        let touched = self.touched(collection, id)?;
        if touched.now.is_empty() {
            return Ok(None);
        }
        let all = VersionFilter::ALL;
        let versions = filters.versions.as_ref().unwrap_or(&all);
        let asks_nothing = filters.versions.is_none() && filters.spec_versions.is_none();
        let removed = if asks_nothing {
            std::mem::take(&mut touched.now)
        } else {
            chosen(&touched.now, filters, versions)
        };
        touched.now.retain(|entry| !removed.contains(entry));
        Ok(Some(removed.len()))
    }

    /// Keeps a row beside the objects.
    pub(super) fn put_status(&mut self, key: &[u8], content: &[u8]) {
        self.changes.put(&self.kept.statuses, key, content);
    }

    /// Removes statuses before that key, a bounded number.
    pub(super) fn remove_statuses(&mut self, before: &[u8], count_max: usize) -> Result<(), Error> {
        for row in self.view.range(&self.kept.statuses, &[], before).take(count_max) {
            self.changes.remove(&self.kept.statuses, &row?.0);
        }
        Ok(())
    }

    /// Brings all of it to the disk.
    pub(super) fn commit(mut self) -> Result<(), Error> {
        for (collection, latest) in &self.latest {
            self.changes.put(&self.kept.marks, collection, &mark(*latest));
        }
        let touched = std::mem::take(&mut self.touched);
        for ((collection, id), touched) in &touched {
            self.write(*collection, id, touched)?;
        }
        self.changes.commit()
    }

    fn write(
        &mut self,
        collection: CollectionKey,
        id: &str,
        touched: &Touched,
    ) -> Result<(), Error> {
        let Self { kept, changes, view, .. } = self;
        let Touched { before, now, texts } = touched;
        if before == now {
            return Ok(());
        }
        let object_type = id.split_once("--").map_or(id, |(object_type, _)| object_type);
        for entry in before.iter().filter(|entry| !now.contains(entry)) {
            changes.remove(&kept.objects, &object_key(collection, entry.added));
            changes.remove(&kept.types, &type_key(collection, object_type, entry.added));
            changes.remove(&kept.stamps, &stamp_key(collection, entry.version, entry.added));
        }
        let flags_before = flags(before);
        for (entry, flags) in now.iter().zip(flags(now)) {
            let key = object_key(collection, entry.added);
            if let Some(text) = texts.get(&entry.added) {
                changes.put(&kept.objects, &key, &row_content(flags, entry, id, text));
                changes.put(&kept.types, &type_key(collection, object_type, entry.added), &[]);
                changes.put(&kept.stamps, &stamp_key(collection, entry.version, entry.added), &[]);
                continue;
            }
            let place = before.iter().position(|known| known == entry);
            let is_changed = place.is_none_or(|place| flags_before[place] != flags);
            if is_changed && let Some(content) = view.get(&kept.objects, &key)? {
                changes.put(&kept.objects, &key, &Row::new(content).with_flags(flags));
            }
        }
        let key = versions_key(collection, id);
        if now.is_empty() {
            changes.remove(&kept.versions, &key);
        } else {
            changes.put(&kept.versions, &key, &entries_content(now));
        }
        Ok(())
    }
}

/// Whether two texts of JSON say the same.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let value = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).ok();
    one == other || value(one).is_some_and(|it| Some(it) == value(other))
}
