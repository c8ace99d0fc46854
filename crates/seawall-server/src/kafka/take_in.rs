//! How do events come from topics, each once?
//!
//! The offset of a message is in the entry of its event. Where a partition is given to this reader it goes on behind what
//! the journal has; what the group says counts only where the journal has nothing. The group's offsets are told to the
//! broker once events are on the disk, so that others see how far reading is.
//!
//! Nothing more is asked for until what was read is written: where the server is overloaded, or its disk full, messages
//! wait where they are.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rdkafka::{
    ClientContext, Message as _, Offset, TopicPartitionList,
    config::RDKafkaLogLevel,
    consumer::{BaseConsumer, Consumer as _, ConsumerContext, RebalanceProtocol},
    error::{KafkaError, RDKafkaErrorCode},
    statistics::Statistics,
    types::RDKafkaRespErr,
};

use super::{Absent, Begin, End, Input, PAUSE, Settings, Told, client, stream};
use crate::{
    api::App,
    clock::now_milliseconds,
    service::{Error, Streamed},
};

/// Messages that are written together.
const TOGETHER_MAX: usize = 1000;
/// Bytes that are written together.
const TOGETHER_BYTES_MAX: usize = 1 << 20;
/// Longest wait for a message, so that the end of the server is seen.
const WAIT: Duration = Duration::from_millis(100);
/// Longest wait for what a broker says of offsets.
const ASK: Duration = Duration::from_secs(10);
/// Pause where too much waits.
const BUSY_PAUSE: Duration = Duration::from_millis(50);

/// Decides where partitions are begun.
struct Placer {
    app: Arc<App>,
    name: String,
    input: Input,
    told: Told,
    /// Partitions were given that nobody could place: they have to be given again.
    unplaced: AtomicBool,
}

impl ClientContext for Placer {
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

impl ConsumerContext for Placer {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        what: RDKafkaRespErr,
        partitions: &mut TopicPartitionList,
    ) {
        let is_given = what == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
        let is_step = matches!(consumer.rebalance_protocol(), RebalanceProtocol::Cooperative);
        let done = match (is_given, is_step) {
            (true, _) => self.place(consumer, partitions).and_then(|()| {
                if is_step {
                    consumer.incremental_assign(partitions)
                } else {
                    consumer.assign(partitions)
                }
            }),
            (false, true) => consumer.incremental_unassign(partitions),
            (false, false) => consumer.unassign(),
        };
        if let Err(error) = done {
            self.told.fault(&error);
            self.unplaced.store(is_given, Ordering::Release);
        }
    }
}

impl Placer {
    /// Sets where each partition is gone on with.
    fn place(
        &self,
        consumer: &BaseConsumer<Self>,
        partitions: &mut TopicPartitionList,
    ) -> Result<(), KafkaError> {
        let own = |topic: &str, partition| {
            self.app.service.next_offset(&stream(&self.name, topic), partition)
        };
        let mut unknown = TopicPartitionList::new();
        for mut place in partitions.elements() {
            match own(place.topic(), place.partition()) {
                Some(next) => place.set_offset(Offset::Offset(next))?,
                None => {
                    unknown.add_partition(place.topic(), place.partition());
                }
            }
        }
        if unknown.count() == 0 {
            return Ok(());
        }
        // Where it cannot be asked nothing is read: beginning anywhere else could pass messages over.
        let committed = consumer.committed_offsets(unknown, ASK)?;
        for place in committed.elements() {
            let offset = match (place.offset(), self.input.begin) {
                (Offset::Offset(offset), _) => Offset::Offset(offset),
                (_, Begin::Oldest) => Offset::Beginning,
                (_, Begin::Newest) => Offset::End,
            };
            partitions.set_partition_offset(place.topic(), place.partition(), offset)?;
        }
        Ok(())
    }
}

/// Reads topics.
pub(super) struct TakeIn {
    consumer: BaseConsumer<Placer>,
    app: Arc<App>,
    name: String,
    input: Input,
    end: Arc<End>,
}

/// Messages of a topic that were read and not written yet.
type Read = BTreeMap<String, Vec<Streamed>>;

impl TakeIn {
    pub(super) fn new(
        app: &Arc<App>,
        settings: &Settings,
        input: &Input,
        end: &Arc<End>,
    ) -> Result<Self, KafkaError> {
        let name = settings.name.clone();
        let told = Told::new(app, Some(name.clone()));
        let placer = Placer {
            app: Arc::clone(app),
            name: name.clone(),
            input: input.clone(),
            told,
            unplaced: AtomicBool::new(false),
        };
        let consumer: BaseConsumer<Placer> = client(settings)
            .set("group.id", &input.group)
            .set("enable.auto.commit", "true")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "error")
            .create_with_context(placer)?;
        let (app, input, end) = (Arc::clone(app), input.clone(), Arc::clone(end));
        let own = Self { consumer, app, name, input, end };
        own.subscribe()?;
        Ok(own)
    }

    fn subscribe(&self) -> Result<(), KafkaError> {
        let topics: Vec<&str> = self.input.topics.iter().map(String::as_str).collect();
        self.consumer.subscribe(&topics)
    }

    /// Reads until the end.
    pub(super) fn run(&self) {
        while !self.end.has_come() {
            for (topic, messages) in self.read() {
                self.keep(&topic, &messages);
            }
            if self.consumer.context().unplaced.swap(false, Ordering::AcqRel) {
                self.end.pause(PAUSE);
                self.consumer.unsubscribe();
                if let Err(error) = self.subscribe() {
                    self.fault(error.to_string());
                }
            }
        }
    }

    /// Reads what is there, as much as is written together.
    fn read(&self) -> Read {
        let mut read = Read::new();
        let (mut count, mut bytes, mut wait) = (0, 0, WAIT);
        while count < TOGETHER_MAX && bytes < TOGETHER_BYTES_MAX {
            match self.consumer.poll(wait) {
                Some(Ok(message)) => {
                    let content = message.payload().map(<[u8]>::to_vec);
                    bytes += message.payload_len();
                    count += 1;
                    // What has come already goes along; nobody waits for more.
                    wait = Duration::ZERO;
                    let (partition, offset) = (message.partition(), message.offset());
                    let own = read.entry(message.topic().to_owned()).or_default();
                    own.push(Streamed { partition, offset, content });
                }
                Some(Err(error)) => {
                    self.failed(&error);
                    break;
                }
                None => break,
            }
        }
        read
    }

    /// Writes messages of a topic, however long that takes.
    fn keep(&self, topic: &str, messages: &[Streamed]) {
        let stream = stream(&self.name, topic);
        while !self.end.has_come() {
            match self.app.service.take_streamed(&stream, messages, self.input.decide) {
                Ok((events, rejects)) => {
                    let stats = self.app.service.stream_stats();
                    stats.events.fetch_add(events, Ordering::Relaxed);
                    stats.rejects.fetch_add(rejects, Ordering::Relaxed);
                    self.tell_group(topic, messages);
                    return;
                }
                Err(Error::Busy) => self.end.pause(BUSY_PAUSE),
                Err(Error::Closed) => return,
                Err(error) => {
                    self.fault(error.to_string());
                    self.end.pause(PAUSE);
                }
            }
        }
    }

    /// Lets the group know how far reading is; it is no loss where that fails.
    fn tell_group(&self, topic: &str, messages: &[Streamed]) {
        let mut last: BTreeMap<i32, i64> = BTreeMap::new();
        for message in messages {
            let next = last.entry(message.partition).or_default();
            *next = (*next).max(message.offset + 1);
        }
        for (partition, next) in last {
            let mut place = TopicPartitionList::with_capacity(1);
            // A partition that was taken away meanwhile is somebody else's to tell of.
            if place.add_partition_offset(topic, partition, Offset::Offset(next)).is_ok() {
                let _ = self.consumer.store_offsets(&place);
            }
        }
    }

    fn fault(&self, what: String) {
        self.app.service.stream_stats().fault(now_milliseconds(), what);
    }

    fn failed(&self, error: &KafkaError) {
        let code = error.rdkafka_error_code();
        if code != Some(RDKafkaErrorCode::AutoOffsetReset) {
            self.consumer.context().told.fault(error);
            self.end.pause(BUSY_PAUSE);
            return;
        }
        // Which partition it was is not told: the others are where they should be.
        for (topic, partition, oldest, wanted) in self.beyond() {
            let own = format!("partition {partition} of {topic}");
            let place = format!("offset {wanted} of {own} is no longer there, or not yet");
            match self.input.absent {
                Absent::Stop => self.fault(format!("{place}: it is read no further")),
                Absent::PassOver if wanted < oldest => {
                    self.fault(format!("{place}: it is gone on with {oldest}"));
                    if let Err(error) =
                        self.consumer.seek(&topic, partition, Offset::Offset(oldest), ASK)
                    {
                        self.fault(error.to_string());
                    }
                }
                // It was made anew: its offsets mean other messages than those of the journal.
                Absent::PassOver => {
                    self.fault(format!(
                        "{place}: where the topic was made anew, the streams need another name"
                    ));
                }
            }
        }
    }

    /// Partitions whose next offset is not there: topic, partition, the oldest offset and the wanted one.
    fn beyond(&self) -> Vec<(String, i32, i64, i64)> {
        let Ok(assigned) = self.consumer.assignment() else { return Vec::new() };
        // What the group says counts where the journal has nothing.
        let committed = self.consumer.committed_offsets(assigned.clone(), ASK).ok();
        let of_group = |topic: &str, partition| {
            let found = committed.as_ref()?.find_partition(topic, partition)?;
            if let Offset::Offset(offset) = found.offset() { Some(offset) } else { None }
        };
        let mut found = Vec::new();
        for place in assigned.elements() {
            let (topic, partition) = (place.topic(), place.partition());
            let own = self.app.service.next_offset(&stream(&self.name, topic), partition);
            let Some(wanted) = own.or_else(|| of_group(topic, partition)) else { continue };
            match self.consumer.fetch_watermarks(topic, partition, ASK) {
                Ok((oldest, end)) if wanted < oldest || wanted > end => {
                    found.push((topic.to_owned(), partition, oldest, wanted));
                }
                Ok(_) => {}
                Err(error) => self.fault(error.to_string()),
            }
        }
        found
    }
}
