//! What are the hashes of files and the roots of their rows? Read once, in batches, on several threads.

use std::{
    fs::File,
    io,
    num::NonZeroUsize,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::{
    cells::{Cell, Cells},
    error::{Error, RowFault},
    manifest::{RowGroup, Window},
    row::{RowWriter, Unwritten},
    salt::{self, SaltKey},
    table::Table,
};
use crate::{hash::Digest, merkle::Frontier};

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
    RowGroup { table: usize, row_group: usize, first_row: u64 },
}

enum Done {
    Content(Result<(Digest, u64), Error>),
    RowGroup(Result<RowGroup, Error>),
}

/// Measures all tables; their rows are counted on from `first_row`. Work is handed out in order, and results are put
/// back in order, so that the number of threads changes nothing but the time.
pub(crate) fn measure(
    tables: &[Table],
    first_row: u64,
    window: &Window,
    key: &SaltKey,
    threads: NonZeroUsize,
) -> Vec<Measured> {
    let jobs = jobs(tables, first_row);
    let done = run(jobs.len(), threads, |job| match jobs[job] {
        Job::Content(table) => Done::Content(content(&tables[table])),
        Job::RowGroup { table, row_group, first_row } => {
            Done::RowGroup(row_group_root(&tables[table], row_group, first_row, window, key))
        }
    });
    let mut measured: Vec<Measured> = Vec::with_capacity(tables.len());
    for done in done {
        match (done, measured.last_mut()) {
            (Done::Content(content), _) => {
                measured.push(Measured { content, row_groups: Vec::new() });
            }
            (Done::RowGroup(row_group), Some(of_table)) => of_table.row_groups.push(row_group),
            (Done::RowGroup(_), None) => {
                unreachable!("the content of a file comes before its row groups")
            }
        }
    }
    measured
}

fn jobs(tables: &[Table], mut first_row: u64) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        jobs.push(Job::Content(index));
        for (row_group, rows) in table.row_groups().iter().enumerate() {
            jobs.push(Job::RowGroup { table: index, row_group, first_row });
            first_row += rows;
        }
    }
    jobs
}

/// Does the jobs from 0 to `count` on some threads, and returns what they gave in order.
fn run<T: Send>(count: usize, threads: NonZeroUsize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= count {
                return done;
            }
            done.push((job, work(job)));
        }
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads.get().min(count)).map(|_| scope.spawn(worker)).collect();
        let own = worker();
        let theirs = helpers.into_iter().map(|helper| match helper.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        theirs.fold(own, |mut all, some| {
            all.extend(some);
            all
        })
    });
    done.sort_unstable_by_key(|(job, _)| *job);
    done.into_iter().map(|(_, result)| result).collect()
}

fn content(table: &Table) -> Result<(Digest, u64), Error> {
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
) -> Result<RowGroup, Error> {
    let mut tree = Frontier::new();
    leaves(table, row_group, first_row, window, key, &mut |_, content| {
        tree.push(Digest::of(content));
    })?;
    Ok(RowGroup { rows: tree.leaves(), root: tree.root() })
}

/// Hands what the leaf of each row of a row group hashes to `each`, with the row's index: `0x00`, salt, row.
pub(crate) fn leaves(
    table: &Table,
    row_group: usize,
    first_row: u64,
    window: &Window,
    key: &SaltKey,
    each: &mut dyn FnMut(u64, &[u8]),
) -> Result<(), Error> {
    let writer = RowWriter::new(table.columns());
    let windowed = window
        .column
        .as_ref()
        .and_then(|name| table.columns().iter().position(|column| column.name == *name));
    let mut content = Vec::new();
    let mut done = 0;
    table.batches(row_group, None, &mut |rows, cells| {
        for row in 0..rows {
            let fault = |fault| table.fault(row_group, done, fault);
            if let Some(position) = windowed
                && !within(window, &cells[position], row)
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
        Ok(())
    })
}

fn within(window: &Window, cells: &Cells, row: usize) -> bool {
    let Ok(Some(Cell::Time(nanoseconds))) = cells.get(row) else { return false };
    let nanoseconds = i128::from(nanoseconds);
    let [from, to] = [window.from, window.to].map(|time| time.timestamp().as_nanosecond());
    (from..to).contains(&nanoseconds)
}
