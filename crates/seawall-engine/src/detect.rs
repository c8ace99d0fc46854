//! Which accounts are one operation's?
//!
//! The steps, in the order of the data: the [`scene`] (who is judged against whom), [`hot`] selectors,
//! their [`pairs`], [`groups`] of them (small ones in [`pools`]), each group's [`profile`] against its
//! [`peers`], and its [`score`] against innocent explanations. What stands is parted into [`blocks`],
//! [`unite`]d with its like or [`part`]ed from its unlike (both compared by a [`sample`]), and completed
//! through [`ties`], with values that it only seemed to be [`lacking`]. [`decoys`] run the same steps over
//! data in which no operation can exist.

mod blocks;
mod candidate;
mod concentration;
mod decoys;
mod facts;
mod findings;
mod groups;
mod hot;
mod lacking;
mod pairs;
mod part;
mod peers;
mod phrasing;
mod pools;
mod profile;
mod run;
mod sample;
mod scene;
mod score;
mod ties;
mod unite;
mod words;

pub use crate::ingest::Knowledge;
pub use run::{DetectOptions, Detection, Step, detect};

/// Rows that one job of [`by_rows`] looks at.
const ROWS_AT_ONCE: usize = 1 << 15;

/// Runs a job for each stretch of so many rows; results in the order of the rows.
pub(crate) fn by_rows<T: Send>(
    threads: usize,
    rows: usize,
    job: impl Fn(std::ops::Range<usize>) -> T + Sync,
) -> Vec<T> {
    in_parallel(threads, rows.div_ceil(ROWS_AT_ONCE), |part| {
        let start = part * ROWS_AT_ONCE;
        job(start..(start + ROWS_AT_ONCE).min(rows))
    })
}

/// Runs `count` jobs on `threads` threads; results in the order of the jobs.
pub(crate) fn in_parallel<T: Send>(
    threads: usize,
    count: usize,
    job: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let slots: Vec<std::sync::Mutex<Option<T>>> =
        (0..count).map(|_| std::sync::Mutex::new(None)).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, count.max(1)) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(slot) = slots.get(index) else { break };
                    let result = job(index);
                    *slot.lock().expect("each job has a slot of its own") = Some(result);
                }
            });
        }
    });
    slots
        .into_iter()
        .map(|slot| slot.into_inner().expect("the workers have ended").expect("every job has run"))
        .collect()
}
