//! How long does a decision take over HTTP where requests come as they come? Load at a given rate, from outside.
//!
//! `cargo run --release -p seawall-server --example pace -- ADDRESS TOKEN RATE SECONDS FROM [CONNECTIONS]`: `RATE` signups a second, at moments
//! that have nothing to do with each other (exponential gaps), over `CONNECTIONS` connections, each with one request at a time.
//! `FROM` is the number of the first account. A request is timed from when it was due, so that none counts less for having
//! waited behind another, and from when it was sent. Where the moments of requests are multiples of a millisecond, as
//! with `wrk`, they come in bunches, and the last of a bunch waits for the others.
#![expect(clippy::print_stdout, reason = "it says what it saw")]
#![expect(clippy::disallowed_methods, reason = "it takes the time")]

use std::{
    env,
    error::Error,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant, SystemTime},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Campaigns of the snapshot that the bench `decide` writes, and mail domains of each.
const CAMPAIGNS: u64 = 10_000;
const DOMAINS: u64 = 15;

/// A signup of a new account, now, with thirteen fields, one in fifty of a campaign: as `decide.lua` has them.
fn signup(number: u64, rng: &mut StdRng) -> String {
    let campaign = number.is_multiple_of(50).then(|| rng.random_range(0..CAMPAIGNS));
    let domain = match campaign {
        Some(own) => format!("farm-{own}-{}.example", rng.random_range(0..DOMAINS)),
        None if rng.random_range(0..10) > 0 => {
            ["gmail.com", "outlook.com", "yahoo.com"][rng.random_range(0..3)].to_owned()
        }
        None => format!("site{}.example", rng.random_range(0..60_000)),
    };
    let client = campaign.map_or_else(|| rng.random_range(0..40), |own| 1000 + own % 5000);
    let name = format!("person{}", rng.random_range(0..10_000_000));
    let [a, b, c]: [u8; 3] = rng.random();
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis();
    format!(
        "{{\"time\":{now},\"type\":\"signup\",\"account\":\"account-{number}\",\"ip\":\"{}.{b}.{c}.9\",\"country\":\"GB\",\"asn\":{},\
         \"email\":\"{name}@{domain}\",\"device_id\":\"device-{:x}\",\"username\":\"{name}\",\"phone\":\"+4479{:08}\",\
         \"user_agent\":\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36\",\
         \"ja4\":\"t13d1516h2_8daaf6152771_{client:012x}\",\"locale\":\"en-GB\",\"timezone\":\"Europe/London\"}}",
        a % 223 + 1,
        rng.random_range(1..60_000),
        campaign.unwrap_or(100_000 + number),
        rng.random_range(0..100_000_000),
        100 + client % 40,
    )
}

/// Sends a request, and reads its answer.
fn ask(stream: &TcpStream, answers: &mut BufReader<&TcpStream>, request: &str) -> Outcome<()> {
    (&*stream).write_all(request.as_bytes())?;
    let (mut line, mut length) = (String::new(), 0);
    answers.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200") {
        return Err(format!("answered {line:?}").into());
    }
    while line != "\r\n" {
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse()?;
        }
        line.clear();
        answers.read_line(&mut line)?;
    }
    let mut body = vec![0; length];
    answers.read_exact(&mut body)?;
    Ok(())
}

/// What one connection sees, from `start` until `end`: microseconds from when each request was due, and from when it was sent.
fn connection(
    (address, token): (&str, &str),
    numbers: std::ops::RangeFrom<u64>,
    gap: Duration,
    (start, end): (Instant, Instant),
) -> Outcome<Vec<[u32; 2]>> {
    let mut rng = StdRng::seed_from_u64(numbers.start);
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answers = BufReader::new(&stream);
    let (mut seen, mut due) = (Vec::new(), start);
    for number in numbers {
        due += gap.mul_f64(-(1.0 - rng.random::<f64>()).ln());
        if due >= end {
            break;
        }
        let body = signup(number, &mut rng);
        let request = format!(
            "POST /api/v1/decisions HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let sent = Instant::now();
        ask(&stream, &mut answers, &request)?;
        let now = Instant::now();
        seen.push([due, sent].map(|from| now.duration_since(from).as_micros() as u32));
    }
    Ok(seen)
}

fn main() -> Outcome<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [address, token, rate, seconds, from, rest @ ..] = words.as_slice() else {
        return Err("ADDRESS TOKEN RATE SECONDS FROM [CONNECTIONS]".into());
    };
    let (rate, seconds, from): (f64, u64, u64) = (rate.parse()?, seconds.parse()?, from.parse()?);
    let connections = rest.first().map_or(Ok(32), |word| word.parse())?;
    let gap = Duration::from_secs_f64(f64::from(connections) / rate);
    let start = Instant::now() + Duration::from_millis(100);
    let times = (start, start + Duration::from_secs(seconds));
    let seen: Vec<[u32; 2]> = thread::scope(|scope| {
        let begin = |number: u32| {
            let first = from + u64::from(number) * 10_000_000;
            scope.spawn(move || connection((address, token), first.., gap, times))
        };
        let threads: Vec<_> = (0..connections).map(begin).collect();
        let seen = threads.into_iter().map(|thread| thread.join().map_err(|_| "a thread broke")?);
        seen.collect::<Outcome<Vec<_>>>().map(|parts| parts.concat())
    })?;
    println!("{:.0} a second", seen.len() as f64 / seconds as f64);
    for (index, from) in ["due", "sent"].into_iter().enumerate() {
        let mut own: Vec<u32> = seen.iter().map(|times| times[index]).collect();
        own.sort_unstable();
        let at = |share: f64| own.get((share * own.len() as f64) as usize).copied().unwrap_or(0);
        println!(
            "milliseconds from when it was {from}: p50 {:.2}, p90 {:.2}, p99 {:.2}, p99.9 {:.2}",
            f64::from(at(0.5)) / 1e3,
            f64::from(at(0.9)) / 1e3,
            f64::from(at(0.99)) / 1e3,
            f64::from(at(0.999)) / 1e3
        );
    }
    Ok(())
}
