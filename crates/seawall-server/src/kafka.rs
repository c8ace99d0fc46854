//! How do events come from Kafka, and decisions get there?
//!
//! [`take_in`] is one member of a consumer group: what it reads goes to the journal, each event with its topic, partition
//! and offset in its own entry. [`pass_on`] follows the journal, and gives what was decided to a topic. Both go on at what
//! the journal says; [`settings`] is what a user says.

mod pass_on;
mod settings;
mod take_in;
mod unreachable;

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use rdkafka::{
    ClientConfig, client::ClientContext, config::RDKafkaLogLevel, error::KafkaError,
    statistics::Statistics,
};

pub use settings::{Absent, Begin, Input, Output, Settings, SettingsError};

use crate::{api::App, clock::now_milliseconds, service::StreamStats};

/// How long after a failure it is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often clients tell how far topics go, in milliseconds.
const STATISTICS_MILLISECONDS: &str = "1000";

/// Threads that read and write topics; they end when it is dropped.
pub struct Running {
    end: Arc<End>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Begins to read and write the topics of the settings.
    pub fn start(app: &Arc<App>, settings: &Settings) -> Result<Self, KafkaError> {
        let end = Arc::new(End::default());
        let mut threads = Vec::new();
        if let Some(input) = &settings.input {
            let reader = take_in::TakeIn::new(app, settings, input, &end)?;
            threads.push(std::thread::spawn(move || reader.run()));
        }
        if let Some(output) = &settings.output {
            let writer = pass_on::PassOn::new(app, settings, output, &end)?;
            threads.push(std::thread::spawn(move || writer.run()));
        }
        Ok(Self { end, threads })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end.come();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// The end of the server, which threads wait for.
#[derive(Default)]
struct End {
    has_come: Mutex<bool>,
    told: Condvar,
}

impl End {
    fn come(&self) {
        *self.has_come.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.told.notify_all();
    }

    fn has_come(&self) -> bool {
        *self.has_come.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, unless the end comes.
    fn pause(&self, duration: Duration) {
        let guard = self.has_come.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.told.wait_timeout_while(guard, duration, |has_come| !*has_come));
    }
}

/// What a client tells of itself goes to the numbers of the server.
struct Told {
    stats: Arc<StreamStats>,
    /// Name of the streams, where this client reads.
    reads: Option<String>,
    /// What was said last of a connection that was given up.
    failed: Mutex<Option<String>>,
}

impl Told {
    fn new(app: &App, reads: Option<String>) -> Self {
        let stats = Arc::clone(app.service.stream_stats());
        Self { stats, reads, failed: Mutex::default() }
    }

    fn fault(&self, error: &KafkaError) {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.stats.fault(now_milliseconds(), unreachable::explained(error, failed.as_deref()));
    }

    fn hear(&self, facility: &str, line: &str) {
        if facility == unreachable::FAILED {
            let said = unreachable::said(line);
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(said);
        }
    }

    #[expect(clippy::iter_over_hash_type, reason = "each end is put in its own place")]
    fn ends(&self, statistics: &Statistics) {
        let Some(name) = &self.reads else { return };
        let mut ends = BTreeMap::new();
        for topic in statistics.topics.values() {
            for (number, partition) in &topic.partitions {
                // Those that others of the group read are told without an end.
                if partition.hi_offset >= 0 && partition.desired {
                    ends.insert((stream(name, &topic.topic), *number), partition.hi_offset);
                }
            }
        }
        self.stats.set_ends(ends);
    }
}

impl ClientContext for Told {
    fn stats(&self, statistics: Statistics) {
        self.ends(&statistics);
    }

    fn error(&self, error: KafkaError, _: &str) {
        self.fault(&error);
    }

    fn log(&self, _: RDKafkaLogLevel, facility: &str, line: &str) {
        self.hear(facility, line);
    }
}

/// Name of a topic as a stream.
fn stream(name: &str, topic: &str) -> String {
    format!("{name}/{topic}")
}

/// What all clients have in common; what the user says of them goes before.
fn client(settings: &Settings) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", settings.brokers.join(","))
        .set("client.id", "seawall")
        .set("statistics.interval.ms", STATISTICS_MILLISECONDS)
        // Why a connection was given up is said there and nowhere else.
        .set_log_level(RDKafkaLogLevel::Info);
    for (name, value) in &settings.client {
        config.set(name, value);
    }
    config
}
