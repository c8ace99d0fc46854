//! How long does a decision take, with a large site in memory?
//!
//! `cargo bench -p seawall-core --bench decide [ACCOUNTS] [CAMPAIGNS]`: a million accounts and ten thousand campaign
//! profiles unless told otherwise; a third word is where to write the snapshot, for a server that is measured from outside. Accounts that sign up are people, and one in fifty is of a campaign of the snapshot.
#![expect(clippy::print_stdout, reason = "a measurement says what it measured")]
#![expect(clippy::disallowed_methods, reason = "a measurement takes the time")]

use std::{net::IpAddr, sync::Arc, time::Instant};

use seawall_core::{
    campaign::membership::Counts,
    decision::{
        counter::CELL_BYTES,
        exposed::Loaded,
        features::{FEATURES, features, names},
        grounds::Grounds,
        live::{Limits, Live},
        policy::Policy,
        scored::Ready,
        snapshot::{CampaignProfile, ProfileKind, ProfileValue, Rate, Snapshot},
    },
    event::{Country, Event, EventType, Time},
    model::{
        AccountModel,
        drift::{Reference, Spread},
        strata::Bound,
        trees::{LEAF, Node, Trees},
    },
    selector::{Deriver, KindId, Lists},
};

const MEASURED: u32 = 200_000;

/// A pseudo-random number that depends on nothing but its arguments (`SplitMix64`).
fn draw(number: u64, salt: u64) -> u64 {
    let mut z =
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What an account signs up with.
struct Signup {
    account: String,
    email: String,
    device: String,
    username: String,
    phone: String,
    agent: String,
    ja4: String,
    ip: IpAddr,
    at: i64,
}

impl Signup {
    /// A person, or an account of a campaign: those share a device, a mail domain and a client.
    fn new(number: u64, campaign: Option<u64>) -> Self {
        let own = campaign.map_or(number, |campaign| u64::MAX - campaign);
        let common = draw(number, 9) % 40;
        let client = campaign.map_or(common, |campaign| 1000 + campaign % 5000);
        let domain = match campaign {
            Some(campaign) => format!("farm-{}-{}.example", campaign, draw(number, 1) % 15),
            None if !draw(number, 2).is_multiple_of(10) => {
                ["gmail.com", "outlook.com", "yahoo.com"][draw(number, 3) as usize % 3].to_owned()
            }
            None => format!("site{}.example", draw(number, 4) % 60_000),
        };
        let name = format!("person{}", draw(number, 5) % 10_000_000);
        let [a, b, c, ..] = draw(number, 6).to_le_bytes();
        Self {
            account: format!("account-{number}"),
            email: format!("{name}@{domain}"),
            device: format!("device-{:x}", draw(own, 7)),
            username: name,
            phone: format!("+4479{:08}", draw(number, 8) % 100_000_000),
            agent: format!(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
                100 + client % 40
            ),
            ja4: format!("t13d1516h2_8daaf6152771_{client:012x}"),
            ip: IpAddr::from([a, b, c, 9]),
            at: 1_770_000_000_000 + (number % (1 << 32)) as i64 * 20,
        }
    }

    fn event(&self) -> Event<'_> {
        let time = Time::from_milliseconds(self.at).expect("a time");
        let mut event = Event::new(time, EventType::Signup, &self.account);
        event.ip = Some(self.ip);
        event.country = Country::parse("GB");
        event.email = Some(&self.email);
        event.device_id = Some(&self.device);
        event.username = Some(&self.username);
        event.phone = Some(&self.phone);
        event.user_agent = Some(&self.agent);
        event.ja4 = Some(&self.ja4);
        event.locale = Some("en-GB");
        event.timezone = Some("Europe/London");
        event
    }
}

/// A snapshot of campaigns of a hundred accounts, made from what such accounts show.
fn snapshot(accounts: u32, campaigns: u64) -> Snapshot {
    let mut snapshot = Snapshot::empty();
    snapshot.judged = accounts;
    for baseline in &mut snapshot.baselines {
        baseline.values = 100_000;
        baseline.unseen = Some(Rate { value: 0, mean: 1e-7, size: 0.5 });
        baseline.present_all = Counts { judged: accounts, ..Counts::default() };
    }
    let (mut deriver, lists) = (Deriver::new(), Lists::default());
    for campaign in 0..campaigns {
        let mut counts: std::collections::BTreeMap<(KindId, u64), u32> =
            std::collections::BTreeMap::new();
        for member in 0..100 {
            let signup = Signup::new(1 << 40 | campaign << 8 | member, Some(campaign));
            deriver.derive_all(&signup.event(), &lists, |kind, value| {
                *counts.entry((kind, value)).or_default() += 1;
            });
        }
        let mut kinds: Vec<ProfileKind> = Vec::new();
        for ((kind, value), members) in counts.into_iter().filter(|entry| entry.1 > 1) {
            if kinds.last().is_none_or(|last| last.kind != kind.0) {
                kinds.push(ProfileKind {
                    kind: kind.0,
                    share: 0.95,
                    known: 100,
                    known_by_stratum: Vec::new(),
                    values: Vec::new(),
                });
            }
            let total = Counts { judged: members, ..Counts::default() };
            let own = ProfileValue { value, members, total, strata: vec![(0, members, total)] };
            kinds.last_mut().expect("pushed").values.push(own);
        }
        snapshot.campaigns.push(CampaignProfile {
            campaign: format!("c-{campaign:012x}"),
            members: 100,
            bits: 12.0,
            decoy_q: 0.0,
            confidence: 0.99,
            dormant: false,
            kinds,
        });
    }
    snapshot
}

fn resident_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse().ok());
    let accounts = numbers.next().unwrap_or(1_000_000_u64);
    let campaigns = numbers.next().unwrap_or(10_000_u64);
    let made = snapshot(accounts as u32, campaigns);
    let encoded = made.encode();
    let bytes = encoded.len();
    if let Some(path) = std::env::args()
        .skip(1)
        .find(|word| std::path::Path::new(word).extension() == Some("bin".as_ref()))
    {
        std::fs::write(path, encoded).expect("written");
    }
    let rated = rated(&made);
    let loaded = Arc::new(Loaded::new(made));
    println!(
        "snapshot: {campaigns} campaigns, {bytes} bytes, {} telling values, {} MB resident",
        loaded.telling(),
        resident_megabytes()
    );
    let limits = Limits { selectors_max: 1 << 22, accounts_max: accounts as usize, secret: 5 };
    println!(
        "selectors: room for {}, {CELL_BYTES} bytes each, {} MB",
        1 << 22,
        limits.selector_bytes() >> 20
    );
    let mut live =
        Live::new(loaded, Arc::new(Policy::standard()), Arc::new(Lists::default()), limits);
    let signup = |number: u64| {
        let campaign = number.is_multiple_of(50).then(|| draw(number, 10) % campaigns);
        Signup::new(number, campaign)
    };
    for number in 0..accounts {
        let inputs = live.observe(&signup(number).event(), number, 1_900_000_000);
        if number % 8 == 0 {
            live.decide(inputs);
        }
    }
    println!(
        "state: {:?} (selectors, accounts, provisional, signups), {} MB resident",
        live.sizes(),
        resident_megabytes()
    );
    let signups: Vec<Signup> = (accounts..accounts + u64::from(MEASURED)).map(signup).collect();
    deciding(&mut live, &signups);
    asking(&mut live, &rated, &signups[..20_000]);
}

/// How long decisions take.
fn deciding(live: &mut Live, signups: &[Signup]) {
    let mut took: Vec<u64> = Vec::with_capacity(signups.len());
    let (mut answers, mut record_bytes) = ([0_u32; 3], 0);
    let all = Instant::now();
    for (number, signup) in signups.iter().enumerate() {
        let start = Instant::now();
        let inputs = live.observe(&signup.event(), number as u64, 1_900_000_000);
        let record = live.decide(inputs);
        took.push(start.elapsed().as_nanos() as u64);
        answers[record.decision.decision as usize] += 1;
        if number % 1000 == 0 {
            record_bytes = record.encode().len();
        }
    }
    let rate = f64::from(MEASURED) / all.elapsed().as_secs_f64();
    took.sort_unstable();
    let at = |share: f64| took[(share * (took.len() - 1) as f64) as usize] as f64 / 1000.0;
    println!(
        "decisions: {MEASURED}, {answers:?} (allow, challenge, block), a record of {record_bytes} bytes"
    );
    println!(
        "microseconds: p50 {:.1}, p90 {:.1}, p99 {:.1}, p99.9 {:.1}, most {:.1}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        at(1.0)
    );
    println!("{rate:.0} decisions a second on one core");
}

/// The same snapshot, with as many rates as a snapshot has at most in the kinds with many values.
fn rated(snapshot: &Snapshot) -> Loaded {
    let mut snapshot = snapshot.clone();
    for name in ["ip", "ip_prefix", "email_domain", "device_id", "client_mix", "email_template"] {
        let kind = KindId::from_name(name).expect("a kind");
        let mut rates: Vec<Rate> = (0..65_536)
            .map(|number| Rate { value: draw(number, 77), mean: 1e-5, size: 1.0 })
            .collect();
        rates.sort_unstable_by_key(|rate| rate.value);
        snapshot.baselines[usize::from(kind.0)].rates = rates;
    }
    Loaded::new(snapshot)
}

/// Three hundred full trees of six questions in a row: the most that training makes.
fn largest_model() -> Ready {
    let tree = |number: u64| -> Vec<Node> {
        let node = |at: u64| {
            let is_leaf = at >= 63;
            Node {
                feature: if is_leaf {
                    LEAF
                } else {
                    (draw(number, at) % FEATURES.len() as u64) as u16
                },
                missing_first: draw(number, at + 1000).is_multiple_of(2),
                below: if is_leaf { 0 } else { (2 * at + 1) as u32 },
                threshold: (draw(number, at + 2000) % 100) as f32 / 20.0,
                value: (draw(number, at + 3000) % 100) as f32 / 1000.0 - 0.05,
            }
        };
        (0..127).map(node).collect()
    };
    let spread = Spread::of([0.0, 1.0].into_iter());
    let model = AccountModel {
        features: names(),
        trees: Trees { base: 0.0, trees: (0..300).map(tree).collect() },
        // Below all: whoever is asked is over, and gets reasons.
        bound: Bound {
            false_positive_max: 0.001,
            doubt: 0.05,
            threshold: Some(-1e9),
            ..Bound::default()
        },
        reference: Reference { features: vec![spread; FEATURES.len()], ..Reference::default() },
        ..AccountModel::default()
    };
    Ready::decode(&model.encode()).expect("a model")
}

/// What asking a model adds to a decision.
fn asking(live: &mut Live, loaded: &Loaded, signups: &[Signup]) {
    let model = largest_model();
    let inputs: Vec<_> =
        signups.iter().map(|own| live.observe(&own.event(), 0, 1_900_000_000).inputs).collect();
    let found: Vec<_> = inputs.iter().map(|own| Grounds::find(loaded, own)).collect();
    let mut quiet = model.model.clone();
    quiet.bound.threshold = Some(1e9);
    let quiet = Ready::decode(&quiet.encode()).expect("a model");
    for (what, ask) in [("under", &quiet), ("over, with reasons", &model)] {
        let mut took: Vec<u64> = Vec::with_capacity(inputs.len());
        let mut making = 0;
        let mut sum = 0.0;
        for (own, grounds) in inputs.iter().zip(&found) {
            let start = Instant::now();
            let numbers = features(loaded, own, grounds);
            making += start.elapsed().as_nanos() as u64;
            sum += ask.of_features(&numbers, own.stratum).bits;
            took.push(start.elapsed().as_nanos() as u64);
        }
        took.sort_unstable();
        let at = |share: f64| took[(share * (took.len() - 1) as f64) as usize] as f64 / 1000.0;
        println!(
            "asking a model of 300 trees ({what}), microseconds: p50 {:.1}, p90 {:.1}, p99 {:.1}; features alone {:.1} on average ({sum:.0})",
            at(0.5),
            at(0.9),
            at(0.99),
            making as f64 / 1000.0 / took.len() as f64
        );
    }
}
