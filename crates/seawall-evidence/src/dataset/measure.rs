//! What are the hashes of files and the roots of their rows? Read once, in batches, on several threads.

use std::{fs::File, io, num::NonZeroUsize, ops::Range};

use super::{
    cells::Cells,
    error::{Error, RowFault},
    manifest::{RowGroup, Window},
    row::{RowWriter, Unwritten},
    salt::{self, SaltKey},
    table::Table,
};
use crate::{hash::Digest, merkle::Frontier, work};

/// What was found in a file.
#[derive(Debug)]
pub(crate) struct Measured {
    /// Hash and bytes.
    pub(crate) content: Result<(Digest, u64), Error>,
    /// The row groups, in order.
    pub(crate) row_groups: Vec<Result<RowGroup, Error>>,
}

/// One piece of work.
#[derive(Debug, Clone, Copy)]
enum Job {
    Content(usize),
    RowGroup { part: usize, row_group: usize, first_row: u64 },
}

enum Done {
    Content(Result<(Digest, u64), Error>),
    RowGroup(Result<RowGroup, Error>),
}

/// What else is done with the rows, batch by batch, once they have been looked at: how many there are, and all columns.
pub(crate) type Watch<'a> = &'a (dyn Fn(usize, &[Cells]) + Sync);

/// A file that is to be measured.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) table: Table,
    /// Index within the dataset of its first row.
    pub(crate) first_row: u64,
    /// Hash and bytes, where they are known already.
    pub(crate) content: Option<(Digest, u64)>,
}

/// Measures files. Work is handed out in order, and results are put back in order, so that the number of threads
/// changes nothing but the time.
pub(crate) fn measure(
    parts: &[Part],
    window: &Window,
    key: &SaltKey,
    threads: NonZeroUsize,
    watch: Watch<'_>,
) -> Vec<Measured> {
    let jobs = jobs(parts);
    let done = work::run(jobs.len(), threads, |job| match jobs[job] {
        Job::Content(part) => Done::Content(content(&parts[part])),
        Job::RowGroup { part, row_group, first_row } => {
            let table = &parts[part].table;
            Done::RowGroup(row_group_root(table, row_group, first_row, window, key, watch))
        }
    });
    let mut measured: Vec<Measured> = Vec::with_capacity(parts.len());
    for done in done {
        match (done, measured.last_mut()) {
            (Done::Content(content), _) => {
                measured.push(Measured { content, row_groups: Vec::new() });
            }
            (Done::RowGroup(row_group), Some(of_part)) => of_part.row_groups.push(row_group),
            (Done::RowGroup(_), None) => {
                unreachable!("the content of a file comes before its row groups")
            }
        }
    }
    measured
}

fn jobs(parts: &[Part]) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        jobs.push(Job::Content(index));
        let mut first_row = part.first_row;
        for (row_group, rows) in part.table.row_groups().iter().enumerate() {
            jobs.push(Job::RowGroup { part: index, row_group, first_row });
            first_row += rows;
        }
    }
    jobs
}

fn content(part: &Part) -> Result<(Digest, u64), Error> {
    if let Some(known) = part.content {
        return Ok(known);
    }
    let table = &part.table;
    let read = || -> io::Result<(Digest, u64)> {
        let file = io::BufReader::with_capacity(256 << 10, File::open(table.path())?);
        Digest::of_reader(file)
    };
    read().map_err(|source| Error::Read { file: table.name().to_owned(), source })
}

fn row_group_root(
    table: &Table,
    row_group: usize,
    first_row: u64,
    window: &Window,
    key: &SaltKey,
    watch: Watch<'_>,
) -> Result<RowGroup, Error> {
    let mut tree = Frontier::new();
    let mut each = |_, content: &[u8]| tree.push(Digest::of(content));
    leaves(table, row_group, first_row, window, key, &mut each, watch)?;
    Ok(RowGroup { rows: tree.leaves(), root: tree.root() })
}

/// Hands what the leaf of each row of a row group hashes to `each`, with the row's index: `0x00`, salt, row; and each
/// batch that is done to `watch`.
pub(crate) fn leaves(
    table: &Table,
    row_group: usize,
    first_row: u64,
    window: &Window,
    key: &SaltKey,
    each: &mut dyn FnMut(u64, &[u8]),
    watch: Watch<'_>,
) -> Result<(), Error> {
    let mut writer = RowWriter::new(table.columns());
    let windowed = window
        .column
        .as_ref()
        .and_then(|name| table.columns().iter().position(|column| column.name == *name));
    let open = window.from.timestamp().as_nanosecond()..window.to.timestamp().as_nanosecond();
    let mut content = Vec::new();
    let mut done = 0;
    table.batches(row_group, None, &mut |rows, cells| {
        for row in 0..rows {
            let fault = |fault| table.fault(row_group, done, fault);
            if let Some(position) = windowed
                && !within(&open, &cells[position], row)
            {
                return Err(fault(RowFault::OutsideWindow(table.columns()[position].name.clone())));
            }
            let index = first_row + done;
            salt::begin_leaf(&mut content, key.salt(index));
            writer.write(cells, row, &mut content).map_err(|unwritten| {
                fault(match unwritten {
                    Unwritten::NotText(position) => {
                        RowFault::NotText(table.columns()[position].name.clone())
                    }
                    Unwritten::TooLong => RowFault::TooLong,
                })
            })?;
            each(index, &content);
            done += 1;
        }
        watch(rows, cells);
        Ok(())
    })
}

/// Is the value a time, in nanoseconds, that lies in the window?
fn within(window: &Range<i128>, cells: &Cells, row: usize) -> bool {
    match cells {
        Cells::Time(_) => cells.word(row).is_some_and(|at| window.contains(&at.into())),
        _ => false,
    }
}
