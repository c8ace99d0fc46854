//! What was left out? Each source numbers what it sends, and each number is sealed or lies in a gap that has a reason.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    error::Error,
    manifest::{ROWS_MAX, names},
};

/// Most sources of a dataset.
pub const SOURCES_MAX: usize = 10_000;
/// Most gaps of a source.
pub const GAPS_MAX: usize = 100_000;
/// Longest reason.
pub const REASON_BYTES_MAX: usize = 1_000;

/// What one source sent, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is called.
    pub name: String,
    /// The first number in the window, as the source counts.
    pub first: u64,
    /// The last number in the window.
    pub last: u64,
    /// Numbers from the first to the last.
    pub received: u64,
    /// Rows of the dataset that come from it.
    pub sealed: u64,
    /// Numbers without a row, in order.
    pub gaps: Vec<Gap>,
}

/// Numbers of a source that are not in the dataset, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The first number.
    pub first: u64,
    /// The last number.
    pub last: u64,
    /// Why: lost on the way, not readable, withheld.
    pub reason: String,
}

/// What does not add up: the sources, in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance(pub Vec<Line>);

/// A source in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The source.
    pub source: String,
    /// Numbers from its first to its last.
    pub received: u64,
    /// Rows sealed.
    pub sealed: u64,
    /// Numbers in gaps.
    pub in_gaps: u64,
}

impl Line {
    /// Numbers that are neither sealed nor in a gap; negative if there are more rows than numbers.
    pub fn unaccounted(&self) -> i128 {
        i128::from(self.received) - i128::from(self.sealed) - i128::from(self.in_gaps)
    }
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|line| line.source.chars().count()).max().unwrap_or(0).max(6);
        write!(
            f,
            "{:width$}  {:>16}  {:>16}  {:>16}  {:>16}",
            "source", "received", "sealed", "gaps", "unaccounted"
        )?;
        for line in &self.0 {
            let Line { source, received, sealed, in_gaps } = line;
            let unaccounted = line.unaccounted();
            write!(
                f,
                "\n{source:width$}  {received:>16}  {sealed:>16}  {in_gaps:>16}  {unaccounted:>16}"
            )?;
        }
        Ok(())
    }
}

/// Is each source well formed, and complete: received = sealed + gaps?
pub fn check(sources: &[Source]) -> Result<(), Error> {
    names("source", SOURCES_MAX, sources.iter().map(|source| source.name.as_str()))?;
    sources.iter().try_for_each(check_source)?;
    balance(sources)
}

fn check_source(source: &Source) -> Result<(), Error> {
    let fault = |what| Error::Source { source_name: source.name.clone(), what };
    if source.last < source.first || source.last > ROWS_MAX {
        return Err(fault("its last number is before its first, or too large"));
    }
    if source.received != source.last - source.first + 1 {
        return Err(fault(
            "what it received is not what lies between its first and its last number",
        ));
    }
    if source.gaps.len() > GAPS_MAX {
        return Err(fault("it has too many gaps"));
    }
    let mut next = source.first;
    for gap in &source.gaps {
        if gap.last < gap.first || gap.last > source.last {
            return Err(fault("a gap ends before it begins, or after the source does"));
        }
        if gap.first < next {
            return Err(fault(
                "two gaps share numbers, are out of order, or begin before the source does",
            ));
        }
        if gap.reason.trim().is_empty() || gap.reason.len() > REASON_BYTES_MAX {
            return Err(fault("a gap has no reason, or one that is too long"));
        }
        next = gap.last + 1;
    }
    Ok(())
}

fn balance(sources: &[Source]) -> Result<(), Error> {
    let lines: Vec<Line> = sources.iter().map(line).collect();
    if lines.iter().all(|line| line.unaccounted() == 0) {
        return Ok(());
    }
    Err(Error::Incomplete(Balance(lines)))
}

fn line(source: &Source) -> Line {
    let in_gaps = source.gaps.iter().map(|gap| gap.last - gap.first + 1).sum();
    Line { source: source.name.clone(), received: source.received, sealed: source.sealed, in_gaps }
}

/// Have the files as many rows of each source as it says are sealed? `files` are pairs of source and rows.
pub(crate) fn check_files<'a>(
    sources: &[Source],
    files: impl Iterator<Item = (&'a str, u64)>,
) -> Result<(), Error> {
    let mut counted: std::collections::BTreeMap<&str, u64> =
        sources.iter().map(|source| (source.name.as_str(), 0)).collect();
    for (source, rows) in files {
        let Some(count) = counted.get_mut(source) else {
            return Err(Error::UnknownSource { source_name: source.to_owned() });
        };
        *count = count.saturating_add(rows);
    }
    for source in sources {
        let counted = counted[source.name.as_str()];
        if counted != source.sealed {
            return Err(Error::Sealed {
                source_name: source.name.clone(),
                stated: source.sealed,
                counted,
            });
        }
    }
    Ok(())
}
