//! How far behind is the server with its streams, in numbers?

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;

use super::locked;

/// Counts since the start, and what brokers said last.
#[derive(Debug, Default)]
pub(crate) struct StreamStats {
    pub(crate) events: AtomicU64,
    pub(crate) rejects: AtomicU64,
    pub(crate) passed_on: AtomicU64,
    /// Entries of the journal that were not looked at yet.
    pub(crate) entries_behind: AtomicU64,
    faults: AtomicU64,
    last_fault: Mutex<Option<Fault>>,
    /// The end of each partition that is read.
    ends: Mutex<BTreeMap<(String, i32), i64>>,
}

/// Something that went wrong between the server and a broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    /// When, in milliseconds since the Unix epoch.
    pub(crate) at: i64,
    pub(crate) what: String,
}

/// A partition that is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Partition {
    stream: String,
    partition: i32,
    /// The next offset, as the journal has it.
    next_offset: i64,
    /// The end of the partition, as the broker said last; none where this server does not read it now.
    end_offset: Option<i64>,
    /// Messages between the two.
    lag: Option<i64>,
}

impl StreamStats {
    pub(crate) fn fault(&self, at: i64, what: String) {
        self.faults.fetch_add(1, Ordering::Relaxed);
        *locked(&self.last_fault) = Some(Fault { at, what });
    }

    pub(crate) fn faults(&self) -> (u64, Option<Fault>) {
        (self.faults.load(Ordering::Relaxed), locked(&self.last_fault).clone())
    }

    /// What a broker said of the partitions that are read.
    pub(crate) fn set_ends(&self, ends: BTreeMap<(String, i32), i64>) {
        *locked(&self.ends) = ends;
    }

    /// All partitions that were ever read, or are read now.
    pub(crate) fn partitions(&self, next: &BTreeMap<(String, i32), i64>) -> Vec<Partition> {
        let ends = locked(&self.ends);
        let unread = ends.keys().filter(|own| !next.contains_key(*own)).map(|own| (own, &0));
        let partition = |((stream, partition), next): (&(String, i32), &i64)| {
            let end_offset = ends.get(&(stream.clone(), *partition)).copied();
            let lag = end_offset.map(|end| (end - next).max(0));
            let (stream, partition, next_offset) = (stream.clone(), *partition, *next);
            Partition { stream, partition, next_offset, end_offset, lag }
        };
        next.iter().chain(unread).map(partition).collect()
    }

    /// Prometheus text; nothing where no stream was ever read or written.
    pub(crate) fn exposition(&self, next: &BTreeMap<(String, i32), i64>) -> String {
        let mut out = String::new();
        let counters = [
            ("events", "Events taken in from streams.", &self.events),
            ("rejects", "Messages of streams that were no events.", &self.rejects),
            ("passed_on", "Decisions passed on to streams.", &self.passed_on),
            ("faults", "Failures between the server and brokers.", &self.faults),
        ];
        for (name, help, count) in counters {
            let (name, count) =
                (format!("seawall_stream_{name}_total"), count.load(Ordering::Relaxed));
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {count}");
        }
        let name = "seawall_stream_entries_behind";
        let behind = self.entries_behind.load(Ordering::Relaxed);
        let help = "Entries of the journal that were not passed on yet.";
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {behind}");
        let name = "seawall_stream_lag";
        let _ = writeln!(out, "# HELP {name} Messages not read yet.\n# TYPE {name} gauge");
        for own in self.partitions(next) {
            let Partition { stream, partition, lag: Some(lag), .. } = own else { continue };
            let _ = writeln!(out, "{name}{{stream=\"{stream}\",partition=\"{partition}\"}} {lag}");
        }
        out
    }
}
