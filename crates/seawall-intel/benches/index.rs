//! How long does it take to look for many indicators in many events?
//!
//! `cargo bench -p seawall-intel --bench index`. The indicators are of the sorts that feeds hold: domains, addresses,
//! networks, mail addresses, device prints, and a hundred expressions. One event in a thousand has one of them.
#![expect(clippy::print_stdout, reason = "a measurement says what it measured")]
#![expect(clippy::disallowed_methods, reason = "a measurement takes the time")]

use std::{hint::black_box, net::Ipv4Addr, time::Instant};

use seawall_core::event::{Event, EventType, Time};
use seawall_intel::{
    observe::{PATHS, Seen},
    pattern::{Compiled, Index, Pattern},
};

const EVENTS: u32 = 1_000_000;
const EXPRESSIONS: u32 = 100;

fn pattern(number: u32, of: u32) -> String {
    if number >= of - EXPRESSIONS {
        return format!("[email-addr:value MATCHES '^farm{number}[a-z]+@']");
    }
    match number % 5 {
        0 | 1 => format!("[domain-name:value = 'bad{number}.com']"),
        2 => {
            format!("[ipv4-addr:value = '{}']", Ipv4Addr::from(number.wrapping_mul(2_654_435_761)))
        }
        3 => format!(
            "[ipv4-addr:value ISSUBSET '{}/24']",
            Ipv4Addr::from((200 << 24) + number * 256)
        ),
        _ => format!(
            "[email-addr:value = 'x{number}@bad.com' OR url:value = 'https://bad{number}.com/']"
        ),
    }
}

struct Row {
    account: String,
    email: String,
    ip: Ipv4Addr,
}

fn rows(indicators: u32) -> Vec<Row> {
    let row = |number: u32| {
        let mixed = number.wrapping_mul(2_246_822_519);
        let domain = if number.is_multiple_of(1000) {
            format!("bad{}.com", mixed % indicators / 5 * 5)
        } else {
            format!("mail{}.example", mixed % 5_000)
        };
        Row {
            account: format!("account-{number}"),
            email: format!("person{mixed}@{domain}"),
            ip: Ipv4Addr::from(mixed % (180 << 24)),
        }
    };
    (0..EVENTS).map(row).collect()
}

fn main() {
    for indicators in [1_000, 10_000, 100_000] {
        let started = Instant::now();
        let compile = |number| {
            let text = pattern(number, indicators);
            Compiled::new(&Pattern::parse(&text).expect("a pattern")).expect("usable")
        };
        let index = Index::new((0..indicators).map(compile).collect(), &PATHS);
        let built = started.elapsed();
        let rows = rows(indicators);
        let started = Instant::now();
        let (mut found, mut failed, mut hits) = (0, 0, Vec::new());
        for (row, at) in rows.iter().zip(0_i64..) {
            let time = Time::from_milliseconds(1_767_225_600_000 + at * 10).expect("a time");
            let mut event = Event::new(time, EventType::Signup, &row.account);
            event.email = Some(&row.email);
            event.ip = Some(row.ip.into());
            event.asn = Some(64_496);
            event.user_agent = Some("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0");
            event.device_id = Some("d-1");
            index.hits(black_box(&Seen::new(&event)), &mut hits, &mut failed);
            found += hits.len();
        }
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{indicators} indicators ready in {:.2} s; {EVENTS} events in {seconds:.2} s: {:.0} events/s, {found} hits",
            built.as_secs_f64(),
            f64::from(EVENTS) / seconds
        );
    }
}
