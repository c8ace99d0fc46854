//! How far is the work? A bar where there is a terminal, otherwise a line now and then.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use seawall_charts::text::count;

/// Nothing is said before this long: short work needs no progress.
const QUIET: Duration = Duration::from_secs(2);
/// Between two lines where there is no terminal.
const BETWEEN: Duration = Duration::from_secs(5);

/// Tells people how far the work is. No result depends on it.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    stage: String,
    started: Instant,
    stage_started: Instant,
    last_line: Instant,
}

impl Progress {
    /// `interactive`: standard error is a terminal.
    pub(crate) fn new(interactive: bool) -> Self {
        let bar = interactive.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let now = now();
        Self { bar, stage: String::new(), started: now, stage_started: now, last_line: now }
    }

    /// A stage of unknown length begins.
    pub(crate) fn stage(&mut self, name: &str) {
        if self.stage == name {
            return;
        }
        name.clone_into(&mut self.stage);
        self.stage_started = now();
        if let Some(bar) = &self.bar {
            bar.set_style(style("{spinner} {msg}  {elapsed}"));
            bar.set_length(0);
            bar.set_message(format!("{name} …"));
        } else if self.stage_started.duration_since(self.started) >= QUIET {
            say(&format!("{name} …"));
        }
    }

    /// Within a stage `done` of `total` bytes have been read, and `events` events.
    pub(crate) fn bytes(&mut self, name: &str, done: u64, total: u64, events: u64) {
        let begins = self.stage != name;
        if begins {
            name.clone_into(&mut self.stage);
            self.stage_started = now();
        }
        let seconds = self.stage_started.elapsed().as_secs_f64().max(0.001);
        let rate = format!("{} events/s", count(whole(events as f64 / seconds)));
        if let Some(bar) = &self.bar {
            if begins {
                bar.set_style(style(
                    "{msg}  [{bar:30}] {percent:>3} %  {bytes_per_sec}  {eta} left",
                ));
                bar.reset_eta();
            }
            bar.set_length(total);
            bar.set_position(done.min(total));
            bar.set_message(format!("{name}: {rate}"));
            return;
        }
        let share = 100.0 * done as f64 / total.max(1) as f64;
        let left = seconds * (total.saturating_sub(done)) as f64 / done.max(1) as f64;
        self.line(&format!(
            "{name}: {share:.0} % of {}, {rate}, {} left",
            HumanBytes(total),
            HumanDuration(Duration::from_secs_f64(left.min(1e9)))
        ));
    }

    /// Within a stage so many events have been written.
    pub(crate) fn events(&mut self, name: &str, events: u64) {
        self.stage(name);
        let text = format!("{name}: {} events", count(events));
        match &self.bar {
            Some(bar) => bar.set_message(text),
            None => self.line(&text),
        }
    }

    /// The work is over; the bar goes away.
    pub(crate) fn finish(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&mut self, text: &str) {
        let now = now();
        let started = self.stage_started;
        if now.duration_since(started) < QUIET || now.duration_since(self.last_line) < BETWEEN {
            return;
        }
        self.last_line = now;
        say(text);
    }
}

/// Progress that cannot be shown is no reason to stop.
fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, as wanted"
)]
fn whole(rate: f64) -> u64 {
    rate.round() as u64
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates are fixed").progress_chars("━╸ ")
}

#[expect(clippy::disallowed_methods, reason = "for people; no result depends on it")]
fn now() -> Instant {
    Instant::now()
}
