//! Jobs on several threads, with results in an order that does not depend on them.

use std::ops::Range;

/// Rows that one job of [`by_rows`] looks at.
const ROWS_AT_ONCE: usize = 1 << 15;

/// Runs a job for each stretch of so many rows; results in the order of the rows.
pub(crate) fn by_rows<T: Send>(
    threads: usize,
    rows: usize,
    job: impl Fn(Range<usize>) -> T + Sync,
) -> Vec<T> {
    in_parallel(threads, rows.div_ceil(ROWS_AT_ONCE), |part| {
        let start = part * ROWS_AT_ONCE;
        job(start..(start + ROWS_AT_ONCE).min(rows))
    })
}

/// Has a job fill `each` places for each row, so many rows at a time.
pub(crate) fn fill_rows<T: Send>(
    threads: usize,
    places: &mut [T],
    each: usize,
    job: impl Fn(Range<usize>, &mut [T]) + Sync,
) {
    let parts = places.chunks_mut((ROWS_AT_ONCE * each).max(1)).map(std::sync::Mutex::new);
    let parts: Vec<_> = parts.collect();
    in_parallel(threads, parts.len(), |part| {
        let mut places = parts[part].lock().expect("each job has a part of its own");
        let start = part * ROWS_AT_ONCE;
        job(start..start + places.len() / each, &mut places);
    });
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

/// Cuts things into no more than so many parts with about as much in each, going by how much there is of each thing.
pub(crate) fn cut(counts: &[u32], parts: usize) -> Vec<Range<usize>> {
    let all: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let each = all.div_ceil(parts.max(1) as u64).max(1);
    let (mut cut, mut start, mut filled) = (Vec::new(), 0, 0);
    for (at, count) in counts.iter().enumerate() {
        filled += u64::from(*count);
        if filled >= each {
            cut.push(start..at + 1);
            (start, filled) = (at + 1, 0);
        }
    }
    cut.extend((start < counts.len()).then_some(start..counts.len()));
    cut
}
