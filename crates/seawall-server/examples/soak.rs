//! Does a server that is killed again and again under load keep what it acknowledged?
//!
//! `cargo run --release -p seawall-server --example soak -- SERVE DATA SECONDS RATE [SNAPSHOT [ENTRIES]]`: runs the program `SERVE`
//! (the example `serve`) on a port of its own, asks for `RATE` decisions a second, kills it every twenty seconds or so
//! without a word, starts it again (with `ENTRIES` entries between two checkpoints), and looks whether what it answered before is there and made again to the same bytes.
//! At the end it reads the whole journal without checkpoints, and holds every answer against it. Anything amiss ends it.
#![expect(clippy::print_stdout, reason = "it says what it saw")]
#![expect(clippy::disallowed_methods, reason = "it takes the time")]

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use seawall_server::service::{Options, Service};
use seawall_store::{journal::Readers, place::Folder};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Clients that ask at the same time.
const CLIENTS: u64 = 4;
/// Answers of each life of the server that are looked up and made again after its end: the last ones, which a crash
/// would take first.
const LOOKED_UP: usize = 500;
/// Seconds between kills, shortest and longest.
const LIFE_SECONDS: [u64; 2] = [10, 30];

/// What was answered: by the number of the event's entry, the word.
type Answers = BTreeMap<u64, String>;

struct Server {
    child: Child,
    token: String,
    url: String,
    said: String,
}

impl Server {
    fn start(words: &[String]) -> Outcome<Self> {
        let [serve, data, ..] = words else { return Err("no program".into()) };
        let mut command = Command::new(serve);
        command.args([data, "127.0.0.1:0", "1"]).args(words.iter().skip(4)).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut said = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut said)?;
        let mut parts = said.split(' ');
        let (token, address) = (parts.next().ok_or("no token")?, parts.next().ok_or("no address")?);
        let (token, url) = (format!("Bearer {token}"), format!("http://{address}"));
        Ok(Self { child, token, url, said: said.trim().to_owned() })
    }

    fn kill(mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// One of a farm in forty accounts, people otherwise.
fn signup(number: u64) -> Value {
    let farm = number.is_multiple_of(40).then_some(number / 4000);
    let own = farm.map_or_else(|| format!("{number}"), |farm| format!("farm-{farm}"));
    json!({
        "time": 1_770_000_000_000_u64 + number,
        "type": "signup",
        "account": format!("account-{number}"),
        "ip": format!("198.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255),
        "email": format!("person{number}@mail-{}.example", farm.unwrap_or(number % 5000)),
        "device_id": format!("device-{own}"),
        "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0.0.0 Safari/537.36",
    })
}

/// Asks until the server goes away or `ended`; whatever was answered is added to `answers`.
fn ask(
    (url, token): (&str, &str),
    numbers: &AtomicU64,
    pause: Duration,
    ended: &AtomicBool,
    answers: &Mutex<Answers>,
) -> Outcome<()> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into();
    let mut next = Instant::now();
    while !ended.load(Ordering::Relaxed) {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        let request = agent.post(format!("{url}/api/v1/decisions")).header("authorization", token);
        let request = request.header("content-type", "application/json");
        let Ok(mut answered) = request.send(signup(number).to_string()) else { return Ok(()) };
        if answered.status().as_u16() == 503 {
            continue;
        }
        if answered.status().as_u16() != 200 {
            return Err(format!("answered {}", answered.status()).into());
        }
        let Ok(text) = answered.body_mut().read_to_string() else { return Ok(()) };
        let body: Value = serde_json::from_str(&text)?;
        if let Some(id) = body["decision_id"].as_str() {
            let sequence = u64::from_str_radix(id.trim_start_matches("d-"), 16)?;
            let word = body["decision"].as_str().unwrap_or_default().to_owned();
            answers.lock().unwrap_or_else(PoisonError::into_inner).insert(sequence, word);
        }
        next += pause;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(())
}

/// Looks up answers of the life before, and has them made again.
fn look_up(server: &Server, answers: &Answers) -> Outcome<()> {
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    for (sequence, word) in answers.iter().rev().take(LOOKED_UP) {
        let url = format!("{}/api/v1/decisions/d-{sequence:016x}", server.url);
        let text = agent.get(&url).header("authorization", &server.token).call();
        let found: Value = serde_json::from_str(&text?.body_mut().read_to_string()?)?;
        if found["answer"]["decision"] != word.as_str() {
            return Err(format!("entry {sequence} is another answer now").into());
        }
        let again = agent.post(format!("{url}/replay")).header("authorization", &server.token);
        let again: Value = serde_json::from_str(&again.send_empty()?.body_mut().read_to_string()?)?;
        if again["same"] != true {
            return Err(format!("entry {sequence} is made again otherwise").into());
        }
    }
    Ok(())
}

/// Holds all answers against the journal: for each there is an event, and a record that says the same.
fn hold_against_journal(data: &Path, answers: &Answers) -> Outcome<u64> {
    use seawall_core::decision::record::Record;
    let readers = Readers::open(Arc::new(Folder::new(data.join("journal"))))?;
    let mut missing = answers.clone();
    for entry in readers.from(readers.oldest()?) {
        let (_, entry) = entry?;
        // Records, as the server's own table of entries has them.
        if entry.kind == 2 {
            let record = Record::decode(&entry.content)?;
            let own = record.decision.decision.as_str();
            if missing.remove(&record.inputs.sequence).is_some_and(|word| word != own) {
                return Err(format!("entry {} is another answer", record.inputs.sequence).into());
            }
        }
    }
    if let Some(sequence) = missing.keys().next() {
        return Err(format!("{} answers have no record, first {sequence}", missing.len()).into());
    }
    Ok(readers.entries())
}

fn main() -> Outcome<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [_, data, seconds, rate, ..] = words.as_slice() else {
        return Err("SERVE DATA SECONDS RATE [SNAPSHOT [ENTRIES]]".into());
    };
    let (data, seconds, rate): (PathBuf, u64, u64) = (data.into(), seconds.parse()?, rate.parse()?);
    let pause = Duration::from_micros(1_000_000 * CLIENTS / rate.max(1));
    let (numbers, began) = (AtomicU64::new(0), Instant::now());
    let mut all = Answers::new();
    let mut life = Answers::new();
    let mut kills = 0_u64;
    while began.elapsed().as_secs() < seconds {
        let starting = Instant::now();
        let server = Server::start(&words)?;
        let started = starting.elapsed();
        if !server.said.contains("records_differing: 0") {
            return Err(server.said.into());
        }
        look_up(&server, &life)?;
        all.append(&mut life);
        let [least, most] = LIFE_SECONDS;
        let own = Duration::from_secs(least + (kills * 7) % (most - least));
        let (ended, answers) = (AtomicBool::new(false), Mutex::new(Answers::new()));
        let asked: Outcome<()> = thread::scope(|scope| {
            let (url, token) = (server.url.clone(), server.token.clone());
            let (numbers, ended, answers) = (&numbers, &ended, &answers);
            let clients: Vec<_> = (0..CLIENTS)
                .map(|_| {
                    let who = (url.clone(), token.clone());
                    scope.spawn(move || ask((&who.0, &who.1), numbers, pause, ended, answers))
                })
                .collect();
            thread::sleep(own);
            // In the middle of requests.
            server.kill()?;
            ended.store(true, Ordering::Relaxed);
            clients
                .into_iter()
                .try_for_each(|client| client.join().map_err(|_| "a client broke")?)
        });
        asked?;
        life = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
        kills += 1;
        println!(
            "{:>5} s: killed {kills} times, {} answered in this life, started within {} ms",
            began.elapsed().as_secs(),
            life.len(),
            started.as_millis()
        );
    }
    all.append(&mut life);
    let options = Options { data: data.clone(), ..Options::default() };
    Service::start(&options, &mut |_, _| {})?.0.close();
    let entries = hold_against_journal(&data, &all)?;
    std::fs::remove_dir_all(data.join("checkpoints"))?;
    let (service, started) = Service::start(&options, &mut |_, _| {})?;
    service.close();
    if started.records_differing > 0 || started.from_checkpoint > 0 {
        return Err(format!("from the beginning: {started:?}").into());
    }
    println!("{} answers, {entries} entries, {kills} kills: all there, all the same", all.len());
    Ok(())
}
