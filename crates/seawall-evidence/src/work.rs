//! How is work spread over threads, so that nothing but the time depends on their number?

use std::{
    num::NonZeroUsize,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Does the jobs from 0 to `count` on some threads, and returns what they gave in order.
pub(crate) fn run<T: Send>(
    count: usize,
    threads: NonZeroUsize,
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
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
