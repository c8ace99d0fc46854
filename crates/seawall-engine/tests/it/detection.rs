//! Are the accounts of one operation found together, and people who only look alike left alone?
//!
//! Each log is made by hand so that the structure in question, and little else, is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use seawall_engine::Error;
use seawall_engine::detect::{DetectOptions, Detection, Knowledge, Room, detect};
use seawall_engine::read::Source;

const GIVEN: [&str; 24] = [
    "anna", "ben", "clara", "david", "elif", "farid", "greta", "hugo", "irina", "jonas", "katya",
    "liam", "maria", "nora", "omar", "paula", "quentin", "rosa", "samir", "tara", "uwe", "vera",
    "willem", "yara",
];
const FAMILY: [&str; 20] = [
    "almeida", "bauer", "castro", "dietz", "engel", "fontana", "garcia", "haddad", "ito", "jansen",
    "kovac", "lindt", "moreau", "novak", "okafor", "petrov", "quinn", "rossi", "schmidt", "tanaka",
];
const PROVIDERS: [&str; 4] = ["gmail.com", "outlook.com", "yahoo.com", "icloud.com"];
const BROWSERS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0",
];
const DAY: u64 = 86_400;

/// A pseudo-random number that depends on nothing but its arguments (`SplitMix64`).
fn draw(number: u64, salt: u64) -> u64 {
    let mut z =
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn pick<'a>(from: &[&'a str], number: u64, salt: u64) -> &'a str {
    from[(draw(number, salt) % from.len() as u64) as usize]
}

/// What an account exposes.
struct Person {
    account: String,
    /// Seconds into the log.
    at: u64,
    username: String,
    domain: String,
    device: Option<String>,
    browser: &'static str,
}

/// People: unrelated in everything but what is common.
fn person(number: u64) -> Person {
    let name = format!("{}{}", pick(&GIVEN, number, 1), pick(&FAMILY, number, 2));
    let username = match draw(number, 3) % 4 {
        0 => name,
        1 => format!("{name}{}", draw(number, 4) % 100),
        2 => format!("{}_{}", pick(&FAMILY, number, 2), draw(number, 4) % 10_000),
        _ => format!("{}{}", pick(&GIVEN, number, 1), 1950 + draw(number, 4) % 60),
    };
    Person {
        account: format!("p{number}"),
        at: draw(number, 5) % (30 * DAY),
        username,
        domain: pick(&PROVIDERS, number, 6).to_owned(),
        device: Some(format!("d{:x}", draw(number, 7))),
        browser: BROWSERS[(draw(number, 8) % 3) as usize],
    }
}

struct Log(String);

impl Log {
    /// A site of so many people, a third of whom come back.
    fn of_people(count: u64) -> Self {
        let mut log = Self(String::new());
        for number in 0..count {
            log.sign_up(&person(number), number);
            if number % 3 == 0 {
                log.come_back(number);
            }
        }
        log
    }

    /// The same site, and a farm of 360 accounts on six machines, with mail at six domains.
    fn with_mixed_pools() -> Self {
        let mut log = Self::of_people(6_000);
        for number in 0..360_u64 {
            let own = 6_000 + number;
            let mut farmed = person(own);
            farmed.account = format!("farm{number}");
            // Pools mix: every domain occurs on every machine.
            farmed.domain = format!("company{}.example", number % 6);
            farmed.device = Some(format!("laptop{}", number / 6 % 6));
            log.sign_up(&farmed, own);
        }
        log
    }

    fn event(&mut self, at: u64, kind: &str, account: &str, rest: &str) {
        let milliseconds = (1_772_000_000 + at) * 1000;
        writeln!(
            self.0,
            r#"{{"time":{milliseconds},"type":"{kind}","account":"{account}"{rest}}}"#
        )
        .expect("a string takes everything");
    }

    fn sign_up(&mut self, person: &Person, number: u64) {
        let [a, b, c] = [1, 2, 3].map(|salt| draw(number, 20 + salt) % 250);
        let rest = format!(
            r#","ip":"{}.{a}.{b}.{c}","country":"DE","email":"{}@{}","username":"{}","user_agent":"{}""#,
            80 + number % 40,
            person.username,
            person.domain,
            person.username,
            person.browser
        ) + &person
            .device
            .as_ref()
            .map(|device| format!(r#","device_id":"{device}""#))
            .unwrap_or_default();
        self.event(person.at, "signup", &person.account.clone(), &rest);
    }

    fn come_back(&mut self, number: u64) {
        let person = person(number);
        for visit in 1..4 {
            let at = person.at + visit * 2 * DAY + draw(number, 30 + visit) % DAY;
            self.event(at, "login", &person.account, "");
            let target = draw(number, 40 + visit) % 5_000;
            let rest = format!(r#","action":"view","target":"page{target}""#);
            self.event(at + 60, "action", &person.account, &rest);
        }
    }

    fn detect(&self) -> Detection {
        self.detect_in(u64::MAX, 0).expect("it is detected")
    }

    fn detect_in(&self, memory_bytes: u64, spill_bytes: u64) -> Result<Detection, Error> {
        self.detect_with(Knowledge::default(), memory_bytes, spill_bytes)
    }

    /// What is found where others know these mail domains.
    fn detect_knowing(&self, domains: &[&str]) -> Detection {
        let lines = domains.iter().map(|domain| format!("email_domain\t{domain}\tCERT\n"));
        let mut knowledge = Knowledge::default();
        let added = knowledge.lists.add("known_selectors.txt", &lines.collect::<String>());
        assert_eq!(added.expect("a list").bad_lines, 0);
        self.detect_with(knowledge, u64::MAX, 0).expect("it is detected")
    }

    fn detect_with(
        &self,
        knowledge: Knowledge,
        memory_bytes: u64,
        spill_bytes: u64,
    ) -> Result<Detection, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("events.ndjson");
        fs_err::write(&path, &self.0).expect("the log is written");
        let source = Source::open(&[path.to_str().expect("UTF-8").to_owned()], None)
            .expect("the log is there");
        let options = DetectOptions {
            report_bits: 4.0,
            threads: 2,
            reveal: true,
            knowledge,
            room: Room { memory_bytes, spill: folder.path().to_owned(), spill_bytes },
        };
        let detected = detect(&source, &options, &mut |reject| panic!("{reject:?}"), &mut |_| ());
        assert_eq!(folder.path().read_dir().expect("readable").count(), 1, "nothing is left");
        detected
    }
}

/// Accounts of each campaign that begin with a prefix, and all others of it.
fn campaigns(detection: &Detection, prefix: &str) -> Vec<(usize, usize)> {
    let mut found: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for member in &detection.members {
        let entry = found.entry(&member.campaign).or_default();
        let set = if member.account.starts_with(prefix) { &mut entry.0 } else { &mut entry.1 };
        set.insert(&member.account);
    }
    found.into_values().map(|(own, others)| (own.len(), others.len())).collect()
}

/// A log of people, and of one farm: eight a day, device after device, so that there is no burst.
pub(crate) fn with_a_farm() -> String {
    farmed().0
}

fn farmed() -> Log {
    let mut log = Log::of_people(6_000);
    for number in 0..240_u64 {
        let own = 100_000 + number;
        let farmed = Person {
            account: format!("farm{number}"),
            at: number / 8 * DAY + draw(own, 5) % DAY,
            username: format!(
                "{}.{}.{:03}",
                pick(&GIVEN, own, 1),
                pick(&FAMILY, own, 2),
                draw(own, 4) % 1000
            ),
            domain: "mailer.example".to_owned(),
            device: Some(format!("profile{}", number / 20)),
            browser: BROWSERS[(number / 20 % 3) as usize],
        };
        log.sign_up(&farmed, own);
    }
    log
}

#[test]
fn pieces_on_a_device_each_are_one_operation_if_they_agree_in_two_families() {
    let found = campaigns(&farmed().detect(), "farm");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 >= 230 && found[0].1 == 0, "{found:?}");
}

#[test]
fn organisations_with_machines_of_their_own_that_come_back_are_nobodys_operation() {
    let mut log = Log::of_people(6_000);
    for number in 0..360_u64 {
        let own = 6_000 + number;
        let organisation = number % 6;
        let mut employee = person(own);
        employee.domain = format!("company{organisation}.example");
        employee.device = Some(format!("laptop{organisation}"));
        employee.browser = BROWSERS[0];
        log.sign_up(&employee, own);
        if number / 6 % 3 == 0 {
            log.come_back(own);
        }
    }
    let detection = log.detect();
    assert_eq!(campaigns(&detection, "p"), []);
    let excused = &detection.findings.excused;
    assert!(
        excused.iter().any(|cluster| cluster.explanations[0].name.contains("organisation")),
        "{:?}",
        excused.iter().map(|cluster| &cluster.name).collect::<Vec<_>>()
    );
}

/// A site with a hundred and fifty people at each of twelve mail domains, who came by the same link and have names made
/// alike, at the address that is given for the number of an account and its domain.
fn of_large_organisations(address: impl Fn(u64, u64) -> u64) -> Log {
    let mut log = Log::of_people(6_000);
    for number in 0..1_800_u64 {
        let (own, domain) = (500_000 + number, number % 12);
        let at = draw(own, 5) % (30 * DAY);
        let (given, family) = (pick(&GIVEN, own, 1), pick(&FAMILY, own, 2));
        let username = format!("{given}.{family}.{}", draw(own, 4) % 40);
        let rest = format!(
            r#","ip":"79.7.{}.{}","country":"DE","email":"{username}@company{domain}.example","user_agent":"{}","device_id":"d{:x}","referrer":"fair.example""#,
            address(number, domain),
            1 + draw(own, 9) % 3,
            BROWSERS[(draw(own, 8) % 3) as usize],
            draw(own, 7)
        );
        log.event(at, "signup", &format!("many{number}"), &rest);
    }
    log
}

#[test]
fn large_organisations_at_addresses_of_their_own_are_nobodys_operation() {
    let detection = of_large_organisations(|_, domain| domain).detect();
    assert_eq!(campaigns(&detection, "many"), []);
    let most = detection.findings.excused.iter().find(|cluster| cluster.accounts >= 1_600);
    let explanations = &most.expect("most are one cluster").explanations;
    assert_eq!(explanations[0].name, "organisations at addresses of their own");
}

#[test]
fn the_same_addresses_and_domains_whichever_come_together_are_an_operation() {
    let found =
        campaigns(&of_large_organisations(|number, _| draw(number, 70) % 12).detect(), "many");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 >= 1_750 && found[0].1 == 0, "{found:?}");
}

#[test]
fn the_same_machines_and_domains_left_alone_are_an_operation() {
    let log = Log::with_mixed_pools();
    let found = campaigns(&log.detect(), "farm");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 >= 350 && found[0].1 == 0, "{found:?}");
}

#[test]
fn acting_in_step_time_and_again_makes_up_for_an_unknown_device() {
    let mut log = Log::of_people(5_000);
    for number in 0..200_u64 {
        let own = 200_000 + number;
        let mut farmed = person(own);
        farmed.account = format!("farm{number}");
        farmed.at = draw(own, 5) % (10 * DAY);
        // Of the last thirty the log does not know the device.
        farmed.device = (number < 170).then(|| format!("profile{}", number / 10));
        log.sign_up(&farmed, own);
        for round in 0..8 {
            let at = (12 + round * 2) * DAY + draw(own, 50 + round) % 1_800;
            let rest = format!(r#","action":"follow","target":"customer{round}""#);
            log.event(at, "action", &farmed.account, &rest);
        }
    }
    let found = campaigns(&log.detect(), "farm");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 >= 195 && found[0].1 == 0, "{found:?}");
}

#[test]
fn operations_that_make_names_alike_stay_two() {
    let mut log = Log::of_people(6_000);
    for number in 0..400_u64 {
        let own = 300_000 + number;
        let (operator, domain) =
            if number % 2 == 0 { ("one", "post.example") } else { ("two", "letters.example") };
        let farmed = Person {
            account: format!("{operator}{number}"),
            at: draw(own, 5) % (20 * DAY),
            username: format!(
                "{}.{}.{:03}",
                pick(&GIVEN, own, 1),
                pick(&FAMILY, own, 2),
                draw(own, 4) % 1000
            ),
            domain: domain.to_owned(),
            device: Some(format!("{operator}-{}", number / 2 % 10)),
            browser: BROWSERS[(number % 2) as usize],
        };
        log.sign_up(&farmed, own);
    }
    let detection = log.detect();
    for operator in ["one", "two"] {
        let found = campaigns(&detection, operator);
        let own: Vec<_> = found.iter().filter(|campaign| campaign.0 > 0).collect();
        assert_eq!(own.len(), 1, "{operator}: {found:?}");
        assert!(own[0].0 >= 195 && own[0].1 == 0, "{operator}: {found:?}");
    }
}

/// Two operations with one client, browser and form of names, made by the same tool. One has four mail domains of its own
/// and addresses all over the country; the other has mail at providers, and two networks. Each has devices and recovery
/// addresses of its own.
fn with_one_tool() -> Log {
    let mut log = Log::of_people(20_000);
    let browser = BROWSERS[0].replace("123", "101");
    for number in 0..1_200_u64 {
        let own = 700_000 + number;
        let is_first = number % 3 > 0;
        let username = format!("{}{}", pick(&GIVEN, own, 1), 10_000 + draw(own, 4) % 90_000);
        let [a, b, c] = [1, 2, 3].map(|salt| draw(own, 20 + salt) % 250);
        let (operator, address, domain) = if is_first {
            let domain = format!("garden{}.example", draw(own, 6) % 4);
            ("first", format!("{}.{a}.{b}.{c}", 80 + own % 40), domain)
        } else {
            let domain = pick(&PROVIDERS, own, 6).to_owned();
            ("second", format!("51.38.{}.{c}", 53 + a % 2), domain)
        };
        let rest = format!(
            r#","ip":"{address}","country":"DE","email":"{username}@{domain}","username":"{username}","user_agent":"{browser}","ja4":"t13d1111h2_d5a45e4265ca_75934876b06e","device_id":"{operator}{}","recovery_email":"{operator}{}@mail.example""#,
            draw(own, 7) % if is_first { 40 } else { 30 },
            draw(own, 8) % 5,
        );
        log.event(draw(own, 5) % (30 * DAY), "signup", &format!("{operator}{number}"), &rest);
    }
    log
}

#[test]
fn operations_with_one_tool_stay_two() {
    let detection = with_one_tool().detect();
    for (operator, most) in [("first", 790), ("second", 390)] {
        let found = campaigns(&detection, operator);
        let own: Vec<_> = found.iter().filter(|campaign| campaign.0 > 0).collect();
        assert!(own.iter().all(|campaign| campaign.1 == 0), "{operator}: {found:?}");
        assert!(own.iter().any(|campaign| campaign.0 >= most), "{operator}: {found:?}");
    }
}

#[test]
fn people_alone_are_nobodys_operation() {
    assert_eq!(campaigns(&Log::of_people(6_000).detect(), "p"), []);
}

#[test]
fn what_others_know_is_said_and_proves_nothing() {
    let mut log = Log::with_mixed_pools();
    // A town's provider: few accounts, and nothing else in common.
    for number in 0..6_u64 {
        let mut neighbour = person(410_000 + number);
        neighbour.domain = "town.example".to_owned();
        log.sign_up(&neighbour, 410_000 + number);
    }
    let alone = log.detect();
    let told = log.detect_knowing(&["company0.example", "town.example"]);
    let hot = |detection: &Detection| {
        let kinds = &detection.findings.run.kinds;
        kinds.iter().find(|kind| kind.kind == "email_domain").map(|kind| kind.values_hot)
    };
    assert_eq!(hot(&told), hot(&alone).map(|before| before + 1), "the town is looked at");
    assert_eq!(campaigns(&told, "farm"), campaigns(&alone, "farm"));
    let known: Vec<&str> = told.findings.campaigns[0]
        .selectors
        .iter()
        .filter(|selector| selector.known_by == ["CERT"])
        .map(|selector| selector.value.as_str())
        .collect();
    assert_eq!(known, ["company0.example"]);
    // Everybody's provider on a list changes nothing.
    let popular = log.detect_knowing(&["gmail.com"]);
    assert_eq!(format!("{:?}", popular.findings), format!("{:?}", alone.findings));
}

#[test]
fn what_others_know_finds_a_farm_that_looks_like_the_firms_around_it_and_leaves_those_alone() {
    let mut log = Log::of_people(3_000);
    // Firms of twelve, each with a domain and a machine of its own; a third of their people come back.
    for number in 0..900_u64 {
        let own = 60_000 + number;
        let mut employee = person(own);
        employee.domain = format!("firm{}.example", number / 12);
        employee.device = Some(format!("desk{}", number / 12));
        employee.browser = BROWSERS[0];
        log.sign_up(&employee, own);
        if number % 12 % 3 == 0 {
            log.come_back(own);
        }
    }
    // A farm of twelve looks the same, and takes a month for it.
    for number in 0..12_u64 {
        let own = 500_000 + number;
        let mut farmed = person(own);
        farmed.account = format!("farm{number}");
        farmed.domain = "bad.example".to_owned();
        farmed.device = Some("rig".to_owned());
        log.sign_up(&farmed, own);
    }
    assert_eq!(campaigns(&log.detect(), "farm"), [], "by itself it is not seen");
    assert_eq!(campaigns(&log.detect_knowing(&["bad.example"]), "farm"), [(12, 0)]);
    // A list that names a firm makes no operation of it.
    assert_eq!(campaigns(&log.detect_knowing(&["firm3.example"]), "farm"), []);
}

#[test]
fn what_does_not_fit_in_memory_changes_nothing() {
    let mut log = Log::of_people(3_000);
    for number in 0..300_u64 {
        let own = 6_000 + number;
        let mut farmed = person(own);
        farmed.account = format!("farm{number}");
        farmed.domain = format!("company{}.example", number % 6);
        farmed.device = Some(format!("laptop{}", number / 6 % 6));
        log.sign_up(&farmed, own);
        log.come_back(number);
    }
    let roomy = log.detect();
    assert!(!roomy.members.is_empty());
    for memory_bytes in [0, 60_000] {
        let tight = log.detect_in(memory_bytes, u64::MAX).expect("it is detected");
        assert_eq!(format!("{:?}", tight.findings), format!("{:?}", roomy.findings));
        assert_eq!(format!("{:?}", tight.members), format!("{:?}", roomy.members));
    }
    let error = log.detect_in(0, 10_000).expect_err("there is no room");
    assert!(matches!(error, Error::SpillFull { bytes_max: 10_000, .. }), "{error}");
}
