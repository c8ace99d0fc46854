//! How long does deriving every kind of one signup take?
//!
//! `cargo bench -p seawall-core --bench derive`. Names are made from parts so that nearly every
//! signup differs, and client software, mail domains and places recur as they do on a real site.
#![expect(clippy::print_stdout, reason = "a measurement says what it measured")]
#![expect(clippy::disallowed_methods, reason = "a measurement takes the time")]

use std::{hint::black_box, net::IpAddr, time::Instant};

use seawall_core::{
    event::{ChallengeOutcome, Country, Event, EventType, Time},
    selector::{Deriver, KindId, Lists, value_hash},
};

/// Few enough to stay in the cache, as an event does that was read a moment ago.
const SIGNUPS: u32 = 1000;
const ROUNDS: u32 = 400;
const FIRST: [&str; 8] = ["john", "maria", "wei", "fatima", "olga", "pierre", "aiko", "thandiwe"];
const LAST: [&str; 8] =
    ["smith", "garcia", "zhang", "hassan", "petrova", "dubois", "tanaka", "mbeki"];

struct Signup {
    ip: IpAddr,
    texts: [String; 13],
}

/// A linear congruential generator: the same signups every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let [.., high, higher, highest] = self.0.to_le_bytes();
        u32::from_le_bytes([high, higher, highest, 0]) % bound
    }

    /// Small numbers far more often than large ones.
    fn skewed(&mut self, bound: u32) -> u32 {
        let limit = self.below(bound) + 1;
        self.below(limit)
    }

    fn byte(&mut self) -> u8 {
        self.below(256).to_le_bytes()[0]
    }

    fn of(&mut self, choices: &[&'static str]) -> &'static str {
        let bound = u32::try_from(choices.len()).expect("few choices");
        choices[usize::try_from(self.below(bound)).expect("few choices")]
    }
}

fn signups(other_scripts: bool) -> Vec<Signup> {
    let mut dice = Dice(7);
    (0..SIGNUPS).map(|index| signup(&mut dice, index, other_scripts)).collect()
}

fn signup(dice: &mut Dice, index: u32, other_scripts: bool) -> Signup {
    let (first, last) = (dice.of(&FIRST), dice.of(&LAST));
    let number = dice.below(10_000);
    let ip = if dice.below(3) == 0 {
        IpAddr::from([0x2001, 0xdb8, u16::from(dice.byte()), u16::from(dice.byte()), 0, 0, 0, 1])
    } else {
        IpAddr::from([dice.byte(), dice.byte(), dice.byte(), 9])
    };
    let chrome = 100 + dice.skewed(20);
    Signup {
        ip,
        texts: [
            format!("{first}.{last}{number}@mail{}.example.com", dice.skewed(500)),
            format!("{last}{number}@gmail.com"),
            format!("+44791{:07}", dice.below(10_000_000)),
            format!("{first}{last}{number}"),
            if other_scripts {
                format!("Николай Петров{}", dice.below(100))
            } else {
                format!("{first} {last}")
            },
            format!(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.{}.0 Safari/537.36",
                dice.skewed(50)
            ),
            "t13d1516h2_8daaf6152771_b186095e22b6".to_owned(),
            format!("{:016x}{:016x}", index, dice.below(1 << 30)),
            dice.of(&["en-US", "en-GB", "fr-FR", "pt-BR"]).to_owned(),
            dice.of(&["Europe/London", "America/New_York", "Asia/Tokyo", "Europe/Paris"])
                .to_owned(),
            format!(
                "https://www.example.org/join/{}?ref=A{}&gclid=x",
                dice.skewed(40),
                dice.skewed(40)
            ),
            format!("INV{:05}", dice.below(100_000)),
            format!("card{:012x}", dice.below(1 << 30)),
        ],
    }
}

fn event(signup: &Signup, index: u32) -> Event<'_> {
    let time =
        Time::from_milliseconds(1_760_000_000_000 + i64::from(index) * 777).expect("in range");
    let mut event = Event::new(time, EventType::Signup, "account");
    let [
        email,
        recovery,
        phone,
        username,
        display,
        agent,
        ja4,
        device,
        locale,
        zone,
        referrer,
        invite,
        payment,
    ] = &signup.texts;
    event.ip = Some(signup.ip);
    event.asn = Some(64500);
    event.country = Country::parse("GB");
    event.email = Some(email);
    event.recovery_email = Some(recovery);
    event.phone = Some(phone);
    event.username = Some(username);
    event.display_name = Some(display);
    event.user_agent = Some(agent);
    event.ja4 = Some(ja4);
    event.device_id = Some(device);
    event.locale = Some(locale);
    event.timezone = Some(zone);
    event.referrer = Some(referrer);
    event.invite = Some(invite);
    event.payment_id = Some(payment);
    event.challenge_provider = Some("puzzle");
    event.challenge_outcome = Some(ChallengeOutcome::Passed);
    event.challenge_milliseconds = Some(9000 + (index * 37) % 9000);
    event.challenge_attempts = Some(1);
    event
}

fn lists() -> Lists {
    let mut lists = Lists::default();
    let domains: Vec<String> = (0..8000).map(|number| format!("throwaway{number}.com")).collect();
    lists.add("disposable_domains.txt", &domains.join("\n")).expect("a known name");
    let ranges: Vec<String> = (0..40_000)
        .map(|n| format!("{}.{}.{}.0/24", 1 + n / 256 % 200, n % 256, n % 7 * 31))
        .collect();
    lists.add("hosting_ipv4.txt", &ranges.join("\n")).expect("a known name");
    lists
}

fn measure(title: &str, other_scripts: bool, lists: &Lists) {
    let signups = signups(other_scripts);
    let mut deriver = Deriver::new();
    let (mut selectors, mut sum) = (0_u64, 0_u64);
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for (index, signup) in (0..).zip(&signups) {
            deriver.derive_all(black_box(&event(signup, index)), lists, |_, hash| {
                selectors += 1;
                sum ^= hash;
            });
        }
        best = best.min(start.elapsed().as_secs_f64() / f64::from(SIGNUPS));
    }
    black_box(sum);
    println!(
        "{title}: {:.0} ns a signup, {} selectors each",
        best * 1e9,
        selectors / u64::from(ROUNDS * SIGNUPS)
    );
}

/// Cost of each kind alone, its text and hash, once the event is taken apart; in nanoseconds.
fn measure_kinds(lists: &Lists) {
    let signups = signups(false);
    let mut deriver = Deriver::new();
    let mut text = String::new();
    let nothing = KindId::from_name("network_class").expect("a kind");
    let mut time = |kind: KindId| {
        let mut best = f64::INFINITY;
        for _ in 0..5 {
            let start = Instant::now();
            for (index, signup) in (0..).zip(&signups) {
                if deriver.text(kind, black_box(&event(signup, index)), lists, &mut text) {
                    black_box(value_hash(1, &text));
                }
            }
            best = best.min(start.elapsed().as_secs_f64() / f64::from(SIGNUPS));
        }
        best * 1e9
    };
    let base = time(KindId::from_name("country").expect("a kind"));
    println!("taking apart and country: {base:.0} ns");
    for kind in KindId::all().filter(|&kind| kind != nothing) {
        println!("{:>20} {:+.0} ns", kind.kind().name, time(kind) - base);
    }
}

fn main() {
    let lists = lists();
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    measure("all fields, Latin names", false, &lists);
    if has("--kinds") {
        measure_kinds(&lists);
    } else if !has("--latin") {
        measure("all fields, Latin names, no lists", false, &Lists::default());
        measure("all fields, Cyrillic names", true, &lists);
    }
}
