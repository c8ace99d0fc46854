//! What came of one chunk: which events went to the sink, what was rejected, which fields were there?

use std::collections::BTreeMap;

use seawall_core::event::{Event, Extra, Reject, VALUE_BYTES_MAX};
use serde::{Deserialize, Serialize};

use super::Sink;
use super::draft::{Draft, Fault, TOO_LONG};
use super::field::{FIELD_COUNT, Field};

/// Rejects of one chunk that are listed one by one; the rest are one entry with their number.
const REJECTS_LISTED_MAX: usize = 20_000;
/// Unknown field names that are counted by name.
pub(super) const UNKNOWN_NAMES_MAX: usize = 1_000;
/// Longest unknown name that is counted by name; longer ones are cut.
const UNKNOWN_NAME_BYTES_MAX: usize = 128;
/// What an unknown field is called in a reject.
const EXTRA: &str = "extra";

/// The field of a reject, by its name.
pub(crate) fn reject_field(name: &str) -> Option<&'static str> {
    if name == EXTRA { Some(EXTRA) } else { Field::from_name(name).map(Field::name) }
}

/// Numbers of one chunk, and, added up, of the whole input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(super) events: u64,
    pub(super) rejected_events: u64,
    pub(super) rejected_values: u64,
    pub(super) present: [u64; FIELD_COUNT],
    pub(super) unknown: BTreeMap<String, u64>,
    /// Values of unknown fields beyond the names that are counted.
    pub(super) unknown_uncounted: u64,
}

impl Counts {
    pub(super) fn count_unknown(&mut self, name: &str, values: u64) {
        let name = &name[..name.floor_char_boundary(UNKNOWN_NAME_BYTES_MAX)];
        if let Some(count) = self.unknown.get_mut(name) {
            *count += values;
        } else if self.unknown.len() < UNKNOWN_NAMES_MAX {
            self.unknown.insert(name.to_owned(), values);
        } else {
            self.unknown_uncounted += values;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.rejected_events += other.rejected_events;
        self.rejected_values += other.rejected_values;
        self.unknown_uncounted += other.unknown_uncounted;
        for (sum, count) in self.present.iter_mut().zip(other.present) {
            *sum += count;
        }
        for (name, count) in &other.unknown {
            self.count_unknown(name, *count);
        }
    }
}

/// A reject that was found before any event was looked for.
pub(super) struct Note {
    /// One-based line or row; 0 for the whole source.
    pub(super) line: u64,
    pub(super) field: Option<Field>,
    pub(super) reason: String,
    pub(super) event_kept: bool,
}

impl Note {
    /// Something that could not be read.
    pub(super) fn lost(line: u64, reason: impl Into<String>) -> Self {
        Self { line, field: None, reason: reason.into(), event_kept: false }
    }

    /// A field that is left out of events that are read.
    pub(super) fn left_out(line: u64, field: Field, reason: impl Into<String>) -> Self {
        Self { line, field: Some(field), reason: reason.into(), event_kept: true }
    }
}

/// Takes the events and rejects of one chunk.
pub(super) struct Collector<'c> {
    source: &'c str,
    sink: &'c mut dyn Sink,
    rejects: Vec<Reject>,
    counts: Counts,
    /// Line of the event in the making.
    line: u64,
    /// Where its rejects begin.
    mark: usize,
    /// Line of the first reject that was not listed, and how many there were.
    unlisted: Option<(u64, u64)>,
}

impl<'c> Collector<'c> {
    pub(super) fn new(source: &'c str, sink: &'c mut dyn Sink) -> Self {
        Self {
            source,
            sink,
            rejects: Vec::new(),
            counts: Counts::default(),
            line: 0,
            mark: 0,
            unlisted: None,
        }
    }

    /// Whether events can be passed over, by what [`Self::wants`] says of their account.
    pub(super) fn selective(&self) -> bool {
        self.sink.selective()
    }

    pub(super) fn wants(&mut self, account: &str) -> bool {
        self.sink.wants(account)
    }

    /// Begins an event at a one-based line or row.
    pub(super) fn begin(&mut self, line: u64) {
        self.line = line;
        self.mark = self.rejects.len();
    }

    /// Forgets what was rejected since [`Self::begin`], to read the same line in another way.
    pub(super) fn restart(&mut self) {
        self.rejects.truncate(self.mark);
    }

    /// Sets a field of the event in the making.
    pub(super) fn set<'a>(&mut self, draft: &mut Draft<'a>, field: Field, text: &'a str) {
        if let Err(fault) = draft.set(field, text) {
            self.fault(draft, field, fault);
        }
    }

    /// Notes that a field has a bad value: a required one costs the event, another only the value.
    pub(super) fn fault(&mut self, draft: &mut Draft<'_>, field: Field, fault: Fault) {
        if field.required() {
            draft.spoil(field, fault);
        } else {
            self.reject(Some(field.name()), fault.to_owned(), true);
        }
    }

    /// True if a value of an unknown field can be kept; otherwise it is rejected.
    pub(super) fn extra_fits(&mut self, value: &str) -> bool {
        let fits = value.len() <= VALUE_BYTES_MAX;
        if !fits {
            self.reject(Some(EXTRA), TOO_LONG.to_owned(), true);
        }
        fits
    }

    /// A value of an unknown field that cannot be kept.
    pub(super) fn extra_fault(&mut self, fault: Fault) {
        self.reject(Some(EXTRA), fault.to_owned(), true);
    }

    /// Hands the event to the sink, or rejects it.
    pub(super) fn finish<'e>(&mut self, draft: &Draft<'e>, extra: &'e [Extra<'e>]) {
        match draft.event() {
            Err((field, fault)) => {
                self.rejects.truncate(self.mark);
                self.reject(Some(field.name()), fault.to_owned(), false);
            }
            Ok(event) => {
                self.counts.rejected_values += (self.rejects.len() - self.mark) as u64;
                let mut bits = draft.present();
                while bits != 0 {
                    self.counts.present[bits.trailing_zeros() as usize] += 1;
                    bits &= bits - 1;
                }
                for item in extra {
                    self.counts.count_unknown(item.name, 1);
                }
                self.counts.events += 1;
                if extra.is_empty() {
                    self.sink.event(event);
                } else {
                    self.sink.event(&Event { extra, ..*event });
                }
            }
        }
        self.settle();
    }

    /// Rejects the line as a whole.
    pub(super) fn reject_line(&mut self, line: u64, reason: impl Into<String>) {
        self.begin(line);
        self.reject(None, reason.into(), false);
        self.settle();
    }

    /// Adds a reject that is about more than one event, or about none.
    pub(super) fn note(&mut self, note: Note) {
        self.begin(note.line);
        self.reject(note.field.map(Field::name), note.reason, note.event_kept);
        self.counts.rejected_values += u64::from(note.event_kept);
        self.settle();
    }

    fn reject(&mut self, field: Option<&'static str>, reason: String, event_kept: bool) {
        self.counts.rejected_events += u64::from(!event_kept);
        self.rejects.push(Reject {
            source: self.source.to_owned(),
            line: self.line,
            field,
            reason,
            event_kept,
        });
    }

    /// Keeps the list of rejects within its bound.
    fn settle(&mut self) {
        if self.rejects.len() > REJECTS_LISTED_MAX {
            let over = (self.rejects.len() - REJECTS_LISTED_MAX) as u64;
            let first = self.rejects[REJECTS_LISTED_MAX].line;
            self.rejects.truncate(REJECTS_LISTED_MAX);
            let (line, count) = self.unlisted.unwrap_or((first, 0));
            self.unlisted = Some((line, count + over));
        }
    }

    pub(super) fn counts_mut(&mut self) -> &mut Counts {
        &mut self.counts
    }

    pub(super) fn into_parts(mut self) -> (Vec<Reject>, Counts) {
        if let Some((line, count)) = self.unlisted {
            self.rejects.push(Reject {
                source: self.source.to_owned(),
                line,
                field: None,
                reason: format!("{count} more rejects from here to line {}, not listed", self.line),
                event_kept: false,
            });
        }
        (self.rejects, self.counts)
    }
}

/// What only Parquet needs, where damage covers many rows.
impl Collector<'_> {
    /// Rows that cannot be read at all.
    pub(super) fn reject_rows(&mut self, first_row: u64, rows: u64, reason: &str) {
        if rows == 0 {
            return;
        }
        let last = first_row + rows - 1;
        self.reject_line(first_row, format!("{reason}; rows {first_row} to {last} are skipped"));
        self.counts.rejected_events += rows - 1;
    }

    /// Rows that can be read but for one column.
    pub(super) fn reject_column(&mut self, first_row: u64, rows: u64, field: Field, reason: &str) {
        let last = first_row + rows.max(1) - 1;
        self.begin(first_row);
        let reason = format!("{reason}; the column is left out of rows {first_row} to {last}");
        self.reject(Some(field.name()), reason, true);
        self.counts.rejected_values += rows;
        self.settle();
    }
}
