//! How do decisions get to a topic?
//!
//! In the order of the journal, each once as long as the server runs: the producer is idempotent, and never gives a
//! message up. How far the topic has them is in the journal; after a crash, those that it had not said yet are sent
//! once more, with the same id.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rdkafka::{
    ClientContext,
    config::RDKafkaLogLevel,
    error::{KafkaError, RDKafkaErrorCode},
    message::{DeliveryResult, Header, OwnedHeaders},
    producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext},
    statistics::Statistics,
};
use serde_json::json;

use super::{Begin, End, Output, PAUSE, Settings, Told, client, stream};
use crate::{
    api::App,
    clock::{Stopwatch, now_milliseconds},
    service::{Error, Follow, Given, PassedOn, ToPassOn},
    webhook::{Message, Topic},
};

/// Entries of the journal that are looked at together.
const TOGETHER_MAX: usize = 2000;
/// Pause where nothing new is in the journal.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Longest wait for a broker, so that the end of the server is seen.
const WAIT: Duration = Duration::from_millis(100);
/// Entries without decisions after which it is kept how far it is.
const UNKEPT_MAX: u64 = 100_000;
/// How long the end of a server waits for what is under way.
const END_MAX: Duration = Duration::from_secs(5);

/// Counts what did not arrive.
struct Arrivals {
    told: Told,
    lost: AtomicU64,
}

impl ClientContext for Arrivals {
    fn stats(&self, statistics: Statistics) {
        self.told.ends(&statistics);
    }

    fn error(&self, error: KafkaError, _: &str) {
        self.told.fault(&error);
    }

    fn log(&self, _: RDKafkaLogLevel, facility: &str, line: &str) {
        self.told.hear(facility, line);
    }
}

impl ProducerContext for Arrivals {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, _)) = result {
            self.lost.fetch_add(1, Ordering::Relaxed);
            self.told.fault(error);
        }
    }
}

/// Writes a topic.
pub(super) struct PassOn {
    producer: BaseProducer<Arrivals>,
    app: Arc<App>,
    stream: String,
    output: Output,
    end: Arc<End>,
}

impl PassOn {
    pub(super) fn new(
        app: &Arc<App>,
        settings: &Settings,
        output: &Output,
        end: &Arc<End>,
    ) -> Result<Self, KafkaError> {
        let told = Told::new(app, None);
        let producer = client(settings)
            .set("enable.idempotence", "true")
            .set("message.timeout.ms", "0")
            .create_with_context(Arrivals { told, lost: AtomicU64::new(0) })?;
        let stream = stream(&settings.name, &output.topic);
        let (app, output, end) = (Arc::clone(app), output.clone(), Arc::clone(end));
        Ok(Self { producer, app, stream, output, end })
    }

    /// Passes on until the end.
    pub(super) fn run(&self) {
        while !self.end.has_come() {
            if let Err(error) = self.follow() {
                if matches!(error, Error::Closed) {
                    return;
                }
                self.fault(error.to_string());
                self.end.pause(PAUSE);
            }
        }
    }

    /// Goes on at what the journal says, until the end or something does not arrive.
    fn follow(&self) -> Result<(), Error> {
        let given = self.begin()?;
        let mut kept = given.next;
        let mut follow = self.app.service.follow(given);
        while !self.end.has_come() {
            let before = follow.next;
            let found = follow.read(&self.app.service, TOGETHER_MAX)?;
            if found.is_empty() {
                if follow.next >= kept + UNKEPT_MAX {
                    self.keep(&follow, Vec::new())?;
                    kept = follow.next;
                }
                self.behind(&follow);
                if follow.next == before {
                    self.end.pause(LOOK_EVERY);
                }
                continue;
            }
            if !self.send(&found) {
                return Ok(());
            }
            let stats = self.app.service.stream_stats();
            stats.passed_on.fetch_add(found.len() as u64, Ordering::Relaxed);
            self.keep(&follow, found.into_iter().filter_map(|own| own.alarm).collect())?;
            kept = follow.next;
            self.behind(&follow);
        }
        Ok(())
    }

    /// Where it is gone on; at the very first start that is kept, so that what follows is not passed over.
    fn begin(&self) -> Result<Given, Error> {
        let service = &self.app.service;
        if let Some(given) = service.given(&self.stream) {
            return Ok(given);
        }
        let next = match self.output.begin {
            Begin::Oldest => service.oldest()?,
            Begin::Newest => service.entries(),
        };
        service.keep_passed_on(&PassedOn {
            stream: self.stream.clone(),
            next,
            campaigns: Vec::new(),
        })?;
        Ok(Given { next, ..Given::default() })
    }

    fn keep(&self, follow: &Follow, campaigns: Vec<String>) -> Result<(), Error> {
        let passed_on = PassedOn { stream: self.stream.clone(), next: follow.next, campaigns };
        self.app.service.keep_passed_on(&passed_on)
    }

    fn behind(&self, follow: &Follow) {
        let behind = self.app.service.entries().saturating_sub(follow.next);
        self.app.service.stream_stats().entries_behind.store(behind, Ordering::Relaxed);
    }

    fn fault(&self, what: String) {
        self.app.service.stream_stats().fault(now_milliseconds(), what);
    }

    /// Sends decisions, and waits until the topic has them all; `false` where it has not.
    fn send(&self, found: &[ToPassOn]) -> bool {
        let lost = || self.producer.context().lost.swap(0, Ordering::Relaxed);
        for own in found {
            let topics =
                [Some(Topic::DecisionMade), own.alarm.as_ref().map(|_| Topic::CampaignAlarm)];
            for topic in topics.into_iter().flatten() {
                if !self.hand_over(own, topic) {
                    return false;
                }
            }
        }
        let mut ending: Option<Stopwatch> = None;
        while self.producer.in_flight_count() > 0 {
            self.producer.poll(WAIT);
            // At the end what is under way has some time left.
            if self.end.has_come() {
                let ending = ending.get_or_insert_with(Stopwatch::start);
                if ending.passed() >= END_MAX {
                    return false;
                }
            }
        }
        let lost = lost();
        if lost > 0 {
            self.end.pause(PAUSE);
        }
        lost == 0
    }

    /// Hands a message to the producer, as soon as it has room.
    fn hand_over(&self, own: &ToPassOn, topic: Topic) -> bool {
        let message = Message { sequence: own.record.inputs.sequence, topic };
        let mut body = message.body(&own.record);
        let data = &mut body["data"];
        if topic == Topic::DecisionMade {
            data["reasons"] = json!(own.record.decision.reasons);
            if self.output.accounts {
                data["account"] = json!(own.cause.account);
            }
            if let Some((stream, partition, offset)) = &own.cause.origin {
                data["origin"] =
                    json!({ "stream": stream, "partition": partition, "offset": offset });
            }
        }
        let (id, body) = (message.id(), body.to_string());
        let key = format!("{:016x}", own.record.inputs.account);
        let headers = || OwnedHeaders::new().insert(Header { key: "id", value: Some(&id) });
        let mut record =
            BaseRecord::to(&self.output.topic).key(&key).payload(&body).headers(headers());
        loop {
            match self.producer.send(record) {
                Ok(()) => return true,
                Err((error, back)) => {
                    if error.rdkafka_error_code() != Some(RDKafkaErrorCode::QueueFull) {
                        self.fault(error.to_string());
                        self.end.pause(PAUSE);
                        return false;
                    }
                    if self.end.has_come() {
                        return false;
                    }
                    self.producer.poll(WAIT);
                    record = back;
                }
            }
        }
    }
}
