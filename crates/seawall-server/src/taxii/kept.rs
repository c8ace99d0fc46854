//! Which objects of a collection does somebody ask for?

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    path::Path,
};

use seawall_intel::taxii::{Filters, Microseconds, Query, VersionFilter};
use seawall_store::{
    Error,
    tables::{Table, Tables, View},
};

use super::rows::{
    CollectionKey, Entry, Row, chosen, entries, object_key, stamp_key, time_at_end, type_key,
    versions_key,
};

/// Bytes of objects from which a page takes no more.
const PAGE_BYTES: usize = 8 << 20;

/// The tables of all collections.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) tables: Tables,
    pub(super) objects: Table,
    pub(super) versions: Table,
    pub(super) types: Table,
    pub(super) stamps: Table,
    pub(super) statuses: Table,
    pub(super) marks: Table,
}

/// A page of what is asked for.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// In the order in which they were added.
    pub(super) rows: Vec<(Microseconds, Row)>,
    /// Whether there is more.
    pub(super) more: bool,
}

/// Dates, and rows where they are at hand, in order.
type Candidates<'a> = Box<dyn Iterator<Item = Result<(Microseconds, Option<Row>), Error>> + 'a>;
type Dates = Box<dyn Iterator<Item = Result<Microseconds, Error>>>;

impl Kept {
    /// Opens the tables in the data directory.
    pub(super) fn open(data: &Path) -> Result<Self, Error> {
        let tables = Tables::open(&data.join("taxii"))?;
        let table = |name| tables.table(name);
        Ok(Self {
            objects: table("objects")?,
            versions: table("versions")?,
            types: table("types")?,
            stamps: table("stamps")?,
            statuses: table("statuses")?,
            marks: table("marks")?,
            tables,
        })
    }

    /// All versions of an object, oldest first.
    pub(super) fn versions_of(
        &self,
        view: &View,
        collection: CollectionKey,
        id: &str,
    ) -> Result<Vec<Entry>, Error> {
        let found = view.get(&self.versions, &versions_key(collection, id))?;
        Ok(found.map(|content| entries(&content)).unwrap_or_default())
    }

    /// What a query asks for, at most `limit` of it. `versions` is what is meant where it does not say.
    pub(super) fn page(
        &self,
        collection: CollectionKey,
        query: &Query,
        versions: &VersionFilter,
        limit: usize,
    ) -> Result<Page, Error> {
        let view = self.tables.view();
        let asked = Asked {
            kept: self,
            view: &view,
            collection,
            filters: &query.filters,
            versions: query.filters.versions.as_ref().unwrap_or(versions),
            // Both are passed, and neither is included.
            after: query.after.max(query.filters.added_after).unwrap_or(Microseconds::MIN),
        };
        let mut page = Page::default();
        let mut bytes = 0;
        for candidate in asked.candidates()? {
            let (added, row) = candidate?;
            let row = match row {
                Some(row) => row,
                None => match view.get(&self.objects, &object_key(collection, added))? {
                    Some(content) => Row::new(content),
                    None => continue,
                },
            };
            if !asked.passes(added, &row)? {
                continue;
            }
            if page.rows.len() >= limit || bytes >= PAGE_BYTES {
                page.more = true;
                break;
            }
            bytes += row.text().len();
            page.rows.push((added, row));
        }
        Ok(page)
    }
}

struct Asked<'a> {
    kept: &'a Kept,
    view: &'a View,
    collection: CollectionKey,
    filters: &'a Filters,
    versions: &'a VersionFilter,
    after: Microseconds,
}

impl<'a> Asked<'a> {
    /// Where to look: the narrowest table that a filter opens.
    fn candidates(&self) -> Result<Candidates<'a>, Error> {
        let only_stamps = !(self.versions.all || self.versions.first || self.versions.last);
        if let Some(ids) = &self.filters.ids {
            let mut dates = Vec::new();
            for id in ids {
                let known = self.kept.versions_of(self.view, self.collection, id)?;
                let chosen = chosen(&known, self.filters, self.versions);
                dates.extend(chosen.iter().map(|entry| entry.added).filter(|it| *it > self.after));
            }
            dates.sort_unstable();
            return Ok(Box::new(dates.into_iter().map(|date| Ok((date, None)))));
        }
        if only_stamps {
            let key = |version: Microseconds, added| stamp_key(self.collection, version, added);
            let dates = self
                .versions
                .at
                .iter()
                .map(|version| self.dates(&self.kept.stamps, &|added| key(*version, added)));
            return Ok(Box::new(Merged::new(dates.collect())));
        }
        if let Some(types) = &self.filters.types {
            let key = |name: &str, added| type_key(self.collection, name, added);
            let dates =
                types.iter().map(|name| self.dates(&self.kept.types, &|added| key(name, added)));
            return Ok(Box::new(Merged::new(dates.collect())));
        }
        let (from, to) = self.bounds(&|added| object_key(self.collection, added));
        let rows = self.view.range(&self.kept.objects, &from, &to);
        Ok(Box::new(
            rows.map(|row| row.map(|(key, content)| (time_at_end(&key), Some(Row::new(content))))),
        ))
    }

    /// Keys after [`Self::after`] whose beginning is the same.
    fn bounds(&self, key: &dyn Fn(Microseconds) -> Vec<u8>) -> (Vec<u8>, Vec<u8>) {
        (key(self.after.saturating_add(1)), key(Microseconds::MAX))
    }

    fn dates(&self, table: &Table, key: &dyn Fn(Microseconds) -> Vec<u8>) -> Dates {
        let (from, to) = self.bounds(key);
        let rows = self.view.range(table, &from, &to);
        Box::new(rows.map(|row| row.map(|(key, _)| time_at_end(&key))))
    }

    fn passes(&self, added: Microseconds, row: &Row) -> Result<bool, Error> {
        let of_types = |types: &BTreeSet<String>| types.contains(row.object_type());
        if self.filters.types.as_ref().is_some_and(|types| !of_types(types)) {
            return Ok(false);
        }
        if self.filters.ids.is_some() {
            return Ok(true);
        }
        if self.filters.spec_versions.is_none() && *self.versions == VersionFilter::LAST {
            return Ok(row.is_current());
        }
        if self.filters.spec_versions.is_none() && self.versions.all {
            return Ok(row.is_latest());
        }
        let of_these =
            |these: &BTreeSet<_>| row.spec_version().is_some_and(|own| these.contains(&own));
        if self.filters.spec_versions.as_ref().is_some_and(|these| !of_these(these)) {
            return Ok(false);
        }
        let known = self.kept.versions_of(self.view, self.collection, row.id())?;
        let chosen = chosen(&known, self.filters, self.versions);
        Ok(chosen.iter().any(|entry| entry.added == added))
    }
}

/// Dates of several tables, in one order.
struct Merged {
    sources: Vec<Dates>,
    heads: BinaryHeap<Reverse<(Microseconds, usize)>>,
    failed: Option<Error>,
}

impl Merged {
    fn new(sources: Vec<Dates>) -> Self {
        let mut merged = Self { sources, heads: BinaryHeap::new(), failed: None };
        for number in 0..merged.sources.len() {
            merged.advance(number);
        }
        merged
    }

    fn advance(&mut self, number: usize) {
        match self.sources[number].next() {
            Some(Ok(date)) => self.heads.push(Reverse((date, number))),
            Some(Err(error)) => self.failed = Some(error),
            None => {}
        }
    }
}

impl Iterator for Merged {
    type Item = Result<(Microseconds, Option<Row>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            self.heads.clear();
            return Some(Err(error));
        }
        let Reverse((date, number)) = self.heads.pop()?;
        self.advance(number);
        Some(Ok((date, None)))
    }
}
