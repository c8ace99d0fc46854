//! What time is it? The one place that asks.

use std::time::{Duration, Instant};

/// Seconds and milliseconds since the Unix epoch.
pub fn now_milliseconds() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Microseconds since the Unix epoch.
pub fn now_microseconds() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// Measures how long something takes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    #[expect(
        clippy::disallowed_methods,
        reason = "durations are measured for people, and decide nothing"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since it began.
    pub fn passed(&self) -> Duration {
        self.0.elapsed()
    }
}
