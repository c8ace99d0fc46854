//! What has the server done since it started, in numbers?

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use seawall_core::decision::Answer;

/// Upper bounds of the histograms' buckets, in microseconds.
const BOUNDS: [u64; 12] = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 250_000];

/// Durations in buckets.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    microseconds: AtomicU64,
}

impl Histogram {
    pub(crate) fn add(&self, duration: Duration) {
        let passed = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        if let Some(bucket) = BOUNDS.iter().position(|bound| passed <= *bound) {
            self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(passed, Ordering::Relaxed);
    }

    fn write(&self, name: &str, help: &str, out: &mut String) {
        let mut sum = 0;
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} histogram");
        for (bound, bucket) in BOUNDS.iter().zip(&self.buckets) {
            sum += bucket.load(Ordering::Relaxed);
            let _ = writeln!(out, "{name}_bucket{{le=\"{}\"}} {sum}", *bound as f64 / 1e6);
        }
        let count = self.count.load(Ordering::Relaxed);
        let seconds = self.microseconds.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "{name}_sum {seconds}\n{name}_count {count}");
    }
}

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    pub(crate) events: AtomicU64,
    pub(crate) rejects: AtomicU64,
    answers: [AtomicU64; 3],
    pub(crate) late: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) not_kept: AtomicU64,
    pub(crate) deciding: Histogram,
    pub(crate) answering: Histogram,
}

impl Stats {
    pub(crate) fn answered(&self, answer: Answer) {
        self.answers[answer as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Prometheus text, with sizes of the state.
    pub(crate) fn exposition(
        &self,
        sizes: [u64; 4],
        journal_entries: u64,
        labels: u64,
        [waiting, lost]: [u64; 2],
    ) -> String {
        let mut out = String::new();
        let mut number = |name: &str, kind: &str, help: &str, values: &[(&str, u64)]| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (label, value) in values {
                let _ = writeln!(out, "{name}{label} {value}");
            }
        };
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        number("seawall_events_total", "counter", "Events taken in.", &[("", of(&self.events))]);
        number("seawall_rejects_total", "counter", "Events rejected.", &[("", of(&self.rejects))]);
        let answer = |answer: Answer| of(&self.answers[answer as usize]);
        let answers = [
            ("{decision=\"allow\"}", answer(Answer::Allow)),
            ("{decision=\"challenge\"}", answer(Answer::Challenge)),
            ("{decision=\"block\"}", answer(Answer::Block)),
        ];
        number("seawall_decisions_total", "counter", "Decisions by answer.", &answers);
        number(
            "seawall_late_total",
            "counter",
            "Decisions answered late.",
            &[("", of(&self.late))],
        );
        let refused = [("", of(&self.refused))];
        number(
            "seawall_overloaded_total",
            "counter",
            "Requests refused for want of room.",
            &refused,
        );
        let not_kept = [("", of(&self.not_kept))];
        number("seawall_not_kept_total", "counter", "Requests that could not be kept.", &not_kept);
        let [tracked, known, provisional, signups] = sizes;
        number("seawall_selectors_tracked", "gauge", "Selectors tracked.", &[("", tracked)]);
        number("seawall_accounts_known", "gauge", "Accounts known.", &[("", known)]);
        let nodes = [("", provisional)];
        number(
            "seawall_provisional_selectors",
            "gauge",
            "Selectors in campaigns in the making.",
            &nodes,
        );
        number("seawall_signups", "gauge", "Signups seen.", &[("", signups)]);
        number(
            "seawall_journal_entries",
            "gauge",
            "Entries of the journal.",
            &[("", journal_entries)],
        );
        number("seawall_labels", "gauge", "Labels.", &[("", labels)]);
        let waiting = [("", waiting)];
        number("seawall_webhooks_waiting", "gauge", "Messages that wait to be sent.", &waiting);
        let lost = [("", lost)];
        number("seawall_webhooks_lost_total", "counter", "Messages there was no room for.", &lost);
        self.deciding.write("seawall_deciding_seconds", "Time to decide, in process.", &mut out);
        self.answering.write(
            "seawall_answering_seconds",
            "Time to answer a decision, from request to response.",
            &mut out,
        );
        out
    }
}
