//! Whose event is this line, as far as that can be told without taking the line apart?
//!
//! For a reading that wants the events of few accounts. What is told is right; where it is not certain,
//! nothing is told, and the line is taken apart as any other.

use memchr::{memchr, memchr_iter, memmem::Finder};

use super::field::{Field, NameTable};

/// Finds the account in lines of JSON.
pub(super) struct Skimmer {
    account: Finder<'static>,
    class: Finder<'static>,
}

impl Skimmer {
    /// `class` is the attribute by which an event of another schema is known.
    pub(super) fn new(names: &NameTable, class: &str) -> Self {
        let quoted = |name: &str| format!("\"{name}\"");
        Self {
            account: Finder::new(&quoted(names.name_of(Field::Account))).into_owned(),
            class: Finder::new(&quoted(class)).into_owned(),
        }
    }

    /// The account of a line that is an event, unless there is doubt.
    ///
    /// Without a backslash a quote always begins or ends a text, so that the name in quotes is a whole text, and
    /// the name of a member where a colon follows. Where it stands once only, the event has no other account.
    pub(super) fn account<'l>(&self, line: &'l [u8]) -> Option<&'l str> {
        let start = self.account.find(line)?;
        let after = &line[start + self.account.needle().len()..];
        let value = after.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let value = value.strip_prefix(b"\"")?;
        let value = &value[..memchr(b'"', value)?];
        let doubt = value.is_empty()
            || memchr(b'\\', line).is_some()
            || self.account.find(after).is_some()
            || self.class.find(line).is_some();
        if doubt { None } else { std::str::from_utf8(value).ok() }
    }
}

/// The value at `position` in a record of CSV without its line end; nothing where there are quotes before it ends.
pub(super) fn csv_value(record: &[u8], position: usize) -> Option<&str> {
    let mut commas = memchr_iter(b',', record);
    let start = match position.checked_sub(1) {
        Some(before) => commas.nth(before)? + 1,
        None => 0,
    };
    let end = commas.next().unwrap_or(record.len());
    if memchr(b'"', &record[..end]).is_some() {
        return None;
    }
    std::str::from_utf8(&record[start..end]).ok()
}
