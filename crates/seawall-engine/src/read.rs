//! How does the input become events and rejects?
//!
//! One thread cuts the input into pieces of whole events ([`produce`]), others parse them, and the
//! calling thread receives what came of each piece in the order of the input. Whatever the number of
//! threads, the pieces are the same, and so is everything that comes of them.

mod field;
mod map;
mod time;
mod draft;
mod collector;
mod cutter;
mod skim;
mod ndjson;
mod lines;
mod ocsf;
mod csv;
mod column;
mod parquet;
mod source;
mod produce;
mod spare;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use seawall_core::event::{Event, Reject};

pub(crate) use self::field::ValueType;
pub use self::field::{FIELD_COUNT, Field};
pub use self::lines::LineReader;
pub use self::map::FieldMap;
pub(crate) use self::source::EXTENSIONS_TEXT;
pub use self::source::{Compression, Format, InputDigest, Source, Stamp};
pub(crate) use self::spare::Spare;
pub(crate) use self::time::format_rfc3339;

use self::collector::Collector;
pub(crate) use self::collector::{Counts, reject_field};
use self::cutter::Limits;
pub(crate) use self::produce::Start;
use self::produce::{Producer, Task, Work};
use crate::Error;

/// Takes the events of a piece of the input, in their order.
pub trait Sink: Send {
    /// Takes an event; its text is gone when this returns.
    fn event(&mut self, event: &Event<'_>);

    /// The piece is at its end: what is worth doing on the thread that parsed it.
    fn end(&mut self) {}

    /// Whether the events of some accounts only are wanted, which [`Self::wants`] tells.
    fn selective(&self) -> bool {
        false
    }

    /// Whether the events of an account are wanted. Of a selective sink this is asked before an event is read, where
    /// its account can be had for little; if not, the event is passed over as if it were not there, with all
    /// that is wrong with it.
    fn wants(&mut self, _account: &str) -> bool {
        true
    }
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of the files as they are stored.
    pub bytes_done: u64,
    /// Bytes of all files.
    pub bytes_total: u64,
    /// Events so far.
    pub events: u64,
}

/// What the input held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadSummary {
    /// Events handed to sinks.
    pub events: u64,
    /// Events rejected, as far as their number is known; a file that cannot be read counts as one.
    pub rejected_events: u64,
    /// Values left out of events that were kept.
    pub rejected_values: u64,
    /// Events that have each known field, in the order of the fields.
    pub fields: Vec<(Field, u64)>,
    /// Values of each unknown field, by name. A Parquet column that is not a field of ours is not decoded,
    /// so it counts once for each row and is not in `Event::extra`.
    pub unknown_fields: BTreeMap<String, u64>,
    /// Values of unknown fields beyond the first thousand names.
    pub unknown_fields_uncounted: u64,
}

/// Reads all of `source` on `threads` parsing threads and one that reads ahead.
///
/// Every piece of the input gets a sink of its own from `new_sink`. On the calling thread `finish`
/// receives each sink, once its piece is parsed, together with the rejects of the piece; sinks and
/// rejects come in the order of the input, whatever the number of threads. `progress` is told after
/// every piece. Pieces under way are bounded, and so is memory.
///
/// An error, of the input or of `finish`, stops the reading after the pieces before it; those have been handed to
/// `finish`.
pub fn read<S: Sink>(
    source: &Source,
    threads: usize,
    new_sink: &(dyn Fn() -> S + Sync),
    finish: &mut dyn FnMut(S, Vec<Reject>) -> Result<(), Error>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReadSummary, Error> {
    read_with(source, threads, Limits::default(), new_sink, finish, progress)
}

/// What an earlier reading of the same source came to, before it was stopped.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// Where it stopped.
    pub(crate) start: Start,
    pub(crate) counts: Counts,
}

/// What is said of a piece of the input, beside its events.
#[derive(Debug)]
pub(crate) struct Told {
    /// Position of its source.
    pub(crate) entry: usize,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) counts: Counts,
    /// Bytes of the input read up to its end.
    pub(crate) bytes_done: u64,
}

/// As [`read`], from where an earlier reading stopped.
pub(crate) fn read_on<S: Sink>(
    source: &Source,
    threads: usize,
    earlier: Earlier,
    new_sink: &(dyn Fn() -> S + Sync),
    finish: &mut dyn FnMut(S, Told) -> Result<(), Error>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReadSummary, Error> {
    read_from(source, threads, Limits::default(), earlier, new_sink, finish, progress)
}

/// What came of a task.
struct Done<S> {
    sequence: u64,
    sink: S,
    told: Told,
}

fn read_with<S: Sink>(
    source: &Source,
    threads: usize,
    limits: Limits,
    new_sink: &(dyn Fn() -> S + Sync),
    finish: &mut dyn FnMut(S, Vec<Reject>) -> Result<(), Error>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReadSummary, Error> {
    let finish = &mut |sink, told: Told| finish(sink, told.rejects);
    read_from(source, threads, limits, Earlier::default(), new_sink, finish, progress)
}

fn read_from<S: Sink>(
    source: &Source,
    threads: usize,
    limits: Limits,
    earlier: Earlier,
    new_sink: &(dyn Fn() -> S + Sync),
    finish: &mut dyn FnMut(S, Told) -> Result<(), Error>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReadSummary, Error> {
    let threads = threads.max(1);
    let Earlier { start, counts: mut total } = earlier;
    let under_way_max = threads * 2 + 2;
    thread::scope(|scope| {
        let (permit_sender, permits) = bounded(under_way_max);
        let (task_sender, tasks) = bounded::<Task>(under_way_max);
        let (done_sender, done) = unbounded();
        for () in std::iter::repeat_n((), under_way_max) {
            permit_sender.send(()).expect("there is room for every permit");
        }
        let producer =
            scope.spawn(move || Producer::new(source, limits, start, permits, task_sender).run());
        for _ in 0..threads {
            let (tasks, done_sender) = (tasks.clone(), done_sender.clone());
            scope.spawn(move || work(source, &tasks, &done_sender, new_sink));
        }
        drop((tasks, done_sender));

        let mut waiting = BTreeMap::new();
        let mut next = 0;
        let mut finished = Ok(());
        'reading: for result in done {
            let result: Done<S> = result.unwrap_or_else(|panic| resume_unwind(panic));
            waiting.insert(result.sequence, result);
            while let Some(result) = waiting.remove(&next) {
                next += 1;
                total.add(&result.told.counts);
                let bytes_done = result.told.bytes_done;
                finished = finish(result.sink, result.told);
                if finished.is_err() {
                    break 'reading;
                }
                progress(Progress {
                    bytes_done,
                    bytes_total: source.bytes_total(),
                    events: total.events,
                });
                // Where all input has been read nobody waits for a permit any more.
                let _ = permit_sender.send(());
            }
        }
        // Nobody waits for a permit that will not come.
        drop(permit_sender);
        let produced = producer.join().unwrap_or_else(|panic| resume_unwind(panic));
        finished.and(produced)?;
        Ok(summary(total))
    })
}

fn work<S: Sink>(
    source: &Source,
    tasks: &Receiver<Task>,
    done: &Sender<thread::Result<Done<S>>>,
    new_sink: &(dyn Fn() -> S + Sync),
) {
    for task in tasks {
        // A sink that panics must end the reading: the threads that wait for it would wait for ever.
        let result = catch_unwind(AssertUnwindSafe(|| perform(source, task, new_sink())));
        let failed = result.is_err();
        if done.send(result).is_err() || failed {
            return;
        }
    }
}

fn perform<S: Sink>(source: &Source, task: Task, mut sink: S) -> Done<S> {
    let mut collector = Collector::new(&source.entries[task.entry].name, &mut sink);
    match task.work {
        Work::Note(note) => collector.note(note),
        Work::Ndjson { first_line, bytes } => {
            ndjson::parse(&bytes, first_line, &source.names, &mut collector);
        }
        Work::Csv { header, first_line, bytes, start } => {
            csv::parse(&bytes[start..], first_line, &header, &mut collector);
        }
        Work::Parquet { plan, slice } => plan.parse(slice, &mut collector),
    }
    let (rejects, counts) = collector.into_parts();
    sink.end();
    let told = Told { entry: task.entry, rejects, counts, bytes_done: task.bytes_done };
    Done { sequence: task.sequence, sink, told }
}

fn summary(total: Counts) -> ReadSummary {
    ReadSummary {
        events: total.events,
        rejected_events: total.rejected_events,
        rejected_values: total.rejected_values,
        fields: Field::ALL.into_iter().zip(total.present).collect(),
        unknown_fields: total.unknown,
        unknown_fields_uncounted: total.unknown_uncounted,
    }
}

#[cfg(test)]
mod tests;
