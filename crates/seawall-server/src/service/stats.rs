//! What has the server done since it started, in numbers?

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use seawall_core::decision::Answer;

use super::OVER;

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

/// How much there is now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// Selectors, accounts, selectors of campaigns in the making, signups.
    pub(crate) tracked: u64,
    pub(crate) known: u64,
    pub(crate) provisional: u64,
    /// Campaigns in the making that are excused.
    pub(crate) excused: u64,
    pub(crate) signups: u64,
    pub(crate) labels: u64,
    pub(crate) journal_entries: u64,
    /// Entries that the latest checkpoint stands for.
    pub(crate) checkpoint: u64,
    pub(crate) webhooks_waiting: u64,
    pub(crate) webhooks_lost: u64,
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

    /// Prometheus text, with sizes of the state, and what a challenger said beside the champion.
    pub(crate) fn exposition(&self, sizes: &Sizes, compared: [u64; 4]) -> String {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let mut out = String::new();
        let answers = "seawall_decisions_total";
        let _ = writeln!(out, "# HELP {answers} Decisions by answer.\n# TYPE {answers} counter");
        for answer in [Answer::Allow, Answer::Challenge, Answer::Block] {
            let (word, count) = (answer.as_str(), of(&self.answers[answer as usize]));
            let _ = writeln!(out, "{answers}{{decision=\"{word}\"}} {count}");
        }
        let models = "seawall_models_compared_total";
        let help =
            "Signups that champion and challenger were asked about, by who was over for whom.";
        let _ = writeln!(out, "# HELP {models} {help}\n# TYPE {models} counter");
        for (over, count) in OVER.iter().zip(compared) {
            let _ = writeln!(out, "{models}{{over=\"{over}\"}} {count}");
        }
        let counters = [
            ("events", "Events taken in.", of(&self.events)),
            ("rejects", "Events rejected.", of(&self.rejects)),
            ("late", "Decisions answered late.", of(&self.late)),
            ("overloaded", "Requests refused for want of room.", of(&self.refused)),
            ("not_kept", "Requests that could not be kept.", of(&self.not_kept)),
            ("webhooks_lost", "Messages that there was no room for.", sizes.webhooks_lost),
        ];
        for (name, help, value) in counters {
            number(&mut out, &format!("seawall_{name}_total"), "counter", help, value);
        }
        let gauges = [
            ("selectors_tracked", "Selectors tracked.", sizes.tracked),
            ("accounts_known", "Accounts known.", sizes.known),
            ("provisional_selectors", "Selectors in campaigns in the making.", sizes.provisional),
            ("provisional_excused", "Campaigns in the making that are excused.", sizes.excused),
            ("signups", "Signups seen.", sizes.signups),
            ("journal_entries", "Entries of the journal.", sizes.journal_entries),
            ("checkpoint_entries", "Entries that a checkpoint stands for.", sizes.checkpoint),
            ("labels", "Labels.", sizes.labels),
            ("webhooks_waiting", "Messages that wait to be sent.", sizes.webhooks_waiting),
        ];
        for (name, help, value) in gauges {
            number(&mut out, &format!("seawall_{name}"), "gauge", help, value);
        }
        self.deciding.write("seawall_deciding_seconds", "Time to decide, in process.", &mut out);
        self.answering.write(
            "seawall_answering_seconds",
            "Time to answer a decision, from request to response.",
            &mut out,
        );
        out
    }
}

fn number(out: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
}
