//! Which values do others know as an operation's, and who says so?

use std::collections::BTreeMap;

use super::ListSummary;
use crate::selector::{KindId, Role, kind_seed, value_hash};

/// Those who know a value that are kept.
const KNOWN_BY_MAX: usize = 8;

/// Values by kind and hash.
#[derive(Debug, Default)]
pub(super) struct Known {
    by_value: BTreeMap<u64, (KindId, Vec<Box<str>>)>,
}

impl Known {
    /// Lines of a kind, a canonical value and who knows it, with tabs between.
    pub(super) fn add(&mut self, text: &str) -> ListSummary {
        let mut summary = ListSummary::default();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            match self.add_line(line) {
                Some(()) => summary.entries += 1,
                None => summary.bad_lines += 1,
            }
        }
        summary
    }

    fn add_line(&mut self, line: &str) -> Option<()> {
        let mut fields = line.split('\t');
        let (kind, value) = (fields.next()?, fields.next()?);
        let by = fields.next().unwrap_or("not said").trim();
        let id = KindId::from_name(kind)?;
        // A stratum is what others are compared within: it is nobody's mark.
        if id.kind().role == Role::Stratum || value.is_empty() || fields.next().is_some() {
            return None;
        }
        let hash = value_hash(kind_seed(id.kind()), value);
        let (_, known) = self.by_value.entry(hash).or_insert_with(|| (id, Vec::new()));
        if known.len() < KNOWN_BY_MAX && !known.iter().any(|known| **known == *by) {
            known.push(by.into());
            known.sort_unstable();
        }
        Some(())
    }

    pub(super) fn by(&self, value: u64) -> &[Box<str>] {
        self.by_value.get(&value).map_or(&[], |(_, by)| by)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = (KindId, u64)> {
        self.by_value.iter().map(|(hash, (kind, _))| (*kind, *hash))
    }
}
