//! How much processor time does reading take for each event?
//!
//! `cargo bench -p seawall-engine --bench read [-- EVENTS]` writes a world of events with 18 fields in
//! every format to a temporary folder and reads it back with one parsing thread.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;

use seawall_core::event::{Country, Event, EventType, Outcome, Time};
use seawall_engine::read::{Sink, Source, read};
use seawall_engine::write::EventWriter;

mod measure;

use measure::{mixed, peak_mebibytes, processor_seconds};

struct Count(u64);

impl Sink for Count {
    fn event(&mut self, event: &Event<'_>) {
        self.0 += event.account.len() as u64;
    }
}

/// The lower half.
fn low(word: u64) -> u32 {
    u32::try_from(word & 0xFFFF_FFFF).expect("32 bits")
}

fn write_events(path: &Path, events: u64) -> Result<(), seawall_engine::Error> {
    let mut writer = EventWriter::create(path)?;
    for number in 0..events {
        let random = mixed(number);
        let account = format!("{number:012}");
        let email = format!(
            "{:06x}.{:04x}@mail{}.example",
            random >> 40,
            random >> 20 & 0xFFFF,
            random % 300
        );
        let phone = format!("+49151{:08}", random % 100_000_000);
        let username = format!("user_{:x}", random >> 24);
        let agent = format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
            100 + random % 40
        );
        let ja4 = format!("t13d1516h2_8daaf61527{:02x}_b186095e22b6", random % 64);
        let device = format!("{:016x}", mixed(random));
        let milliseconds = 1_772_366_400_000 + i64::try_from(number * 37).unwrap_or(0);
        let time = Time::from_milliseconds(milliseconds).expect("within the range");
        let event = Event {
            ip: Some(Ipv4Addr::from_bits(100 << 24 | low(random >> 8) >> 8).into()),
            asn: Some(64_500 + low(random % 100)),
            country: Country::parse(["DE", "FR", "US", "BR"][(random % 4) as usize]),
            email: Some(&email),
            phone: Some(&phone),
            username: Some(&username),
            display_name: Some("Jo Smith"),
            user_agent: Some(&agent),
            ja4: Some(&ja4),
            device_id: Some(&device),
            locale: Some(["de-DE", "fr-FR", "en-US"][(random % 3) as usize]),
            timezone: Some(
                ["Europe/Berlin", "Europe/Paris", "America/New_York"][(random % 3) as usize],
            ),
            referrer: Some(["newsletter", "search", "friend"][(random % 3) as usize]),
            challenge_milliseconds: Some(low(random % 20_000)),
            outcome: Some(Outcome::Success),
            ..Event::new(time, EventType::Signup, &account)
        };
        writer.write(&event)?;
    }
    writer.finish()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let events = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(2_000_000);
    let folder = tempfile::tempdir()?;
    let mut output = std::io::stdout().lock();
    for name in ["a.ndjson", "a.csv", "a.parquet", "a.ndjson.gz", "a.ndjson.zst"] {
        let path = folder.path().join(name);
        let start = processor_seconds();
        write_events(&path, events)?;
        let written = processor_seconds() - start;
        let source = Source::open(&[path.to_string_lossy().into_owned()], None)?;
        let mut best = f64::INFINITY;
        let mut bytes = 0;
        for _ in 0..3 {
            let start = processor_seconds();
            bytes = 0;
            let mut finish = |sink: Count, _| {
                bytes += sink.0;
                Ok(())
            };
            let summary = read(&source, 1, &|| Count(0), &mut finish, &mut |_| {})?;
            assert_eq!((summary.events, summary.rejected_events), (events, 0));
            best = best.min(processor_seconds() - start);
        }
        let each = |seconds: f64| seconds * 1e6 / events as f64;
        writeln!(
            output,
            "{name:14} {:6.0} bytes an event, read {:.2} µs, written {:.2} µs of processor time, peak {:.0} MiB ({bytes})",
            source.bytes_total() as f64 / events as f64,
            each(best),
            each(written),
            peak_mebibytes(),
        )?;
        fs_err::remove_file(path)?;
    }
    Ok(())
}
