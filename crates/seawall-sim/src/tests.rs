//! Are the worlds what they say they are?

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::ops::ControlFlow;

use seawall_core::event::{ACCOUNT_BYTES_MAX, EventType, VALUE_BYTES_MAX};

use super::*;

/// What is kept of a signup.
struct Signup {
    kind: String,
    milliseconds: i64,
    ip: IpAddr,
    email: String,
    device_id: Option<String>,
    ja4: Option<String>,
    user_agent: String,
    referrer: Option<String>,
    recovery: Option<String>,
    phone: Option<String>,
    challenge_milliseconds: Option<u32>,
    country: Option<String>,
    payment: Option<String>,
}

#[derive(Default)]
struct Story {
    signups: Vec<Signup>,
    /// Account to (fraud, campaign, operator, kind).
    truth: HashMap<String, (bool, String, String, String)>,
    /// Accounts with events.
    accounts: BTreeSet<String>,
    events: u64,
    trusted_frauds: BTreeSet<String>,
    trusted: u64,
    /// (campaign, target) to the accounts that acted on it and their hours.
    acts: BTreeMap<(String, String), Vec<(String, i64)>>,
    /// Hash of everything, in order.
    digest: u64,
}

fn tell(options: &WorldOptions) -> Story {
    let world = presets::world(options);
    let hours = world.hours.clone();
    tell_hours(&world, std::slice::from_ref(&hours), false)
}

/// With the digest of everything, which takes longest.
fn tell_exactly(options: &WorldOptions) -> (u64, u64) {
    let world = presets::world(options);
    let hours = world.hours.clone();
    let story = tell_hours(&world, std::slice::from_ref(&hours), true);
    (story.digest, story.events)
}

fn tell_hours(world: &world::World, parts: &[std::ops::Range<u32>], digest: bool) -> Story {
    let story = std::cell::RefCell::new(Story::default());
    let mut last = i64::MIN;
    for part in parts {
        let told = world::Teller::new(world).tell(
            part.clone(),
            &mut |event| {
                assert!(event.time.milliseconds() >= last, "events are in time order");
                last = event.time.milliseconds();
                check_limits(event);
                let mut story = story.borrow_mut();
                if digest {
                    story.digest = xxhash(story.digest, &format!("{event:?}"));
                }
                note(&mut story, event);
                ControlFlow::Continue(())
            },
            &mut |truth| {
                let row = (
                    truth.fraud,
                    truth.campaign.to_owned(),
                    truth.operator.to_owned(),
                    truth.kind.to_owned(),
                );
                let before = story.borrow_mut().truth.insert(truth.account.to_owned(), row);
                assert!(before.is_none(), "one truth for each account");
            },
        );
        assert!(told.is_continue());
    }
    story.into_inner()
}

fn check_limits(event: &Event<'_>) {
    assert!(!event.account.is_empty() && event.account.len() <= ACCOUNT_BYTES_MAX);
    for text in [
        event.email,
        event.recovery_email,
        event.phone,
        event.username,
        event.display_name,
        event.user_agent,
        event.ja4,
        event.device_id,
        event.locale,
        event.timezone,
        event.referrer,
        event.invite,
        event.payment_id,
        event.challenge_provider,
        event.action,
        event.target,
    ]
    .into_iter()
    .flatten()
    {
        assert!(!text.is_empty() && text.len() <= VALUE_BYTES_MAX, "{text:?}");
        assert!(!text.contains(char::is_control), "{text:?}");
    }
    if let Some(phone) = event.phone {
        let digits = phone.strip_prefix('+').expect("E.164");
        assert!((7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
    }
    if let Some(email) = event.email {
        let (local, domain) = email.split_once('@').expect("an address");
        assert!(!local.is_empty() && local.is_ascii() && local.len() <= 64, "{email}");
        assert!(domain.contains('.') && !domain.contains('@'), "{email}");
    }
    if let Some(ja4) = event.ja4 {
        let lengths: Vec<usize> = ja4.split('_').map(str::len).collect();
        assert_eq!(lengths, [10, 12, 12], "{ja4}");
    }
}

fn note(story: &mut Story, event: &Event<'_>) {
    story.events += 1;
    let truth = story.truth.get(event.account).expect("truth comes before events");
    let (fraud, campaign, kind) = (truth.0, truth.1.clone(), truth.3.clone());
    story.accounts.insert(event.account.to_owned());
    if event.trusted == Some(true) {
        story.trusted += 1;
        if fraud {
            story.trusted_frauds.insert(event.account.to_owned());
        }
    }
    if let Some(target) = event.target
        && fraud
    {
        let hour = event.time.seconds() / 3_600;
        let act = (event.account.to_owned(), hour);
        story.acts.entry((campaign, target.to_owned())).or_default().push(act);
    }
    if event.event_type == EventType::Signup {
        let own = |text: Option<&str>| text.map(str::to_owned);
        story.signups.push(Signup {
            kind,
            milliseconds: event.time.milliseconds(),
            ip: event.ip.expect("an address"),
            email: event.email.expect("a mailbox").to_owned(),
            device_id: own(event.device_id),
            ja4: own(event.ja4),
            user_agent: event.user_agent.expect("a client").to_owned(),
            referrer: own(event.referrer),
            recovery: own(event.recovery_email),
            phone: own(event.phone),
            challenge_milliseconds: event.challenge_milliseconds,
            country: own(event.country.as_ref().map(seawall_core::event::Country::as_str)),
            payment: own(event.payment_id),
        });
    }
}

fn xxhash(seed: u64, text: &str) -> u64 {
    seawall_core::selector::value_hash(seed, text)
}

impl Story {
    fn of(&self, kind: &str) -> Vec<&Signup> {
        self.signups.iter().filter(|signup| signup.kind == kind).collect()
    }
}

fn distinct<T: Ord>(signups: &[&Signup], value: impl Fn(&Signup) -> T) -> usize {
    signups.iter().map(|signup| value(signup)).collect::<BTreeSet<T>>().len()
}

fn share(signups: &[&Signup], test: impl Fn(&Signup) -> bool) -> f64 {
    signups.iter().filter(|signup| test(signup)).count() as f64 / signups.len() as f64
}

fn domain(signup: &Signup) -> &str {
    signup.email.split_once('@').expect("an address").1
}

fn net24(ip: IpAddr) -> [u8; 3] {
    match ip {
        IpAddr::V4(ip) => ip.octets()[..3].try_into().expect("three"),
        IpAddr::V6(_) => panic!("not an IPv4 address"),
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    for preset in Preset::ALL {
        let options = WorldOptions::new(preset, 600, 5);
        let first = tell_exactly(&options);
        assert_eq!(first, tell_exactly(&options), "{preset:?}");
        let other = WorldOptions { seed: 6, ..options };
        assert_ne!(first.0, tell_exactly(&other).0, "{preset:?}");
    }
}

#[test]
fn hours_made_apart_are_the_hours_made_together() {
    for preset in [Preset::Standard, Preset::FirstRun, Preset::Unseen] {
        let world = presets::world(&WorldOptions::new(preset, 400, 11));
        let (start, end) = (world.hours.start, world.hours.end);
        let whole = tell_hours(&world, std::slice::from_ref(&world.hours), true);
        let cuts = [start, start + 1, start + 100, start + 377, end - 50, end];
        let parts: Vec<_> = cuts.windows(2).map(|cut| cut[0]..cut[1]).collect();
        let joined = tell_hours(&world, &parts, true);
        assert_eq!((whole.digest, whole.events), (joined.digest, joined.events), "{preset:?}");
    }
}

#[test]
fn every_account_has_its_truth_and_every_truth_its_account() {
    for preset in Preset::ALL {
        let story = tell(&WorldOptions::new(preset, 1_000, 3));
        let told: BTreeSet<&String> = story.truth.keys().collect();
        assert_eq!(told, story.accounts.iter().collect(), "{preset:?}");
        let frauds = story.truth.values().filter(|truth| truth.0).count();
        assert_eq!(frauds == 0, preset == Preset::Clean, "{preset:?}");
        assert!(story.truth.values().all(|(fraud, campaign, operator, kind)| {
            *fraud != campaign.is_empty() && *fraud != operator.is_empty() && !kind.is_empty()
        }));
    }
}

#[test]
fn people_are_as_stated() {
    let story = tell(&WorldOptions::new(Preset::Clean, 20_000, 1));
    let people = story.of("benign");
    let near = |found: f64, stated: f64, by: f64, what: &str| {
        assert!((found - stated).abs() < by, "{what}: {found}, not {stated}");
    };
    let mobile = |signup: &Signup| {
        ["Mobile", "Android", "iPhone", "iPad", "okhttp", "iOS"]
            .iter()
            .any(|word| signup.user_agent.contains(word))
    };
    near(share(&people, mobile), 0.55, 0.015, "phones and tablets");
    near(share(&people, |one| domain(one) == "gmail.com"), 0.36, 0.03, "largest provider");
    near(share(&people, |one| names::PROVIDERS.contains(&domain(one))), 0.85, 0.03, "providers");
    near(share(&people, |one| one.recovery.is_some()), 0.35, 0.015, "recovery");
    near(share(&people, |one| one.phone.is_some()), 0.4, 0.015, "telephone");
    near(share(&people, |one| one.referrer.is_some()), 0.6, 0.015, "referrer");
    near(share(&people, |one| one.country.as_deref() == Some("US")), 0.2, 0.05, "largest country");
    near(share(&people, |one| one.ip.is_ipv6()), 0.4, 0.04, "IPv6");
    let mut times: Vec<u32> = people.iter().filter_map(|one| one.challenge_milliseconds).collect();
    times.sort_unstable();
    near(f64::from(times[times.len() / 2]), 12_000.0, 300.0, "median challenge");
    // A mailbox is one person's.
    let mailboxes = distinct(&people, |one| one.email.clone());
    assert!(mailboxes + 10 > people.len(), "{mailboxes} mailboxes of {}", people.len());
    // Computers are nearly unique, telephones are not.
    let prints = |wanted: bool| {
        let some: Vec<_> = people.iter().copied().filter(|one| mobile(one) == wanted).collect();
        distinct(&some, |one| one.device_id.clone()) as f64 / some.len() as f64
    };
    assert!(prints(false) > 0.9 && prints(true) < 0.7, "{} {}", prints(false), prints(true));
    // A night has fewer signups than a day.
    let mut hours = [0_u32; 24];
    for one in &people {
        let hour = one.milliseconds / 3_600_000 % 24;
        hours[usize::try_from(hour).expect("an hour")] += 1;
    }
    assert!(hours.iter().max() > hours.iter().min().map(|min| 2 * min).as_ref());
}

#[test]
fn innocent_events_have_what_makes_them_suspicious() {
    let story =
        tell(&WorldOptions { activity: 0.0, ..WorldOptions::new(Preset::Clean, 100_000, 4) });
    let university = story.of("university");
    assert_eq!(university.len(), 600);
    assert_eq!(distinct(&university, |one| domain(one).to_owned()), 1);
    assert_eq!(distinct(&university, |one| one.ip), 6);
    let viral = story.of("viral");
    assert_eq!(viral.len(), 8_000);
    assert!(share(&viral, |one| one.referrer.as_deref() == Some("share-k3fq9x")) > 0.95);
    let first = viral.iter().map(|one| one.milliseconds).min().expect("a first");
    assert!(share(&viral, |one| one.milliseconds < first + 3 * 3_600_000) > 0.85);
    let cafe = story.of("cafe");
    assert_eq!((cafe.len(), distinct(&cafe, |one| one.ip)), (250, 1));
    assert_eq!(distinct(&cafe, |one| one.device_id.clone()), 12);
    let school = story.of("school");
    assert_eq!((school.len(), distinct(&school, |one| one.device_id.clone())), (160, 1));
    assert_eq!(distinct(&school, |one| domain(one).to_owned()), 1);
    let company = story.of("company");
    assert_eq!((company.len(), distinct(&company, |one| one.ip)), (220, 2));
    let handset = story.of("handset");
    assert_eq!((handset.len(), distinct(&handset, |one| one.ip)), (5_000, 12));
    let relay = story.of("relay");
    assert!(relay.len() > 2_000 && distinct(&relay, |one| one.ip) < 200);
    let families = story.of("family");
    let homes = distinct(&families, |one| one.payment.clone());
    assert!(families.len() > 5_000 && homes > 500);
    let sso = story.of("sso");
    assert_eq!((distinct(&sso, |one| one.ip), distinct(&sso, |one| one.payment.clone())), (1, 1));
    let release = story.of("browser_release").len() as f64;
    let advertising = story.of("advertising").len() as f64;
    assert!(release > 7_000.0 && advertising > 1_800.0, "{release} {advertising}");
}

#[test]
fn farms_have_what_defines_them() {
    let story =
        tell(&WorldOptions { activity: 0.0, ..WorldOptions::new(Preset::Standard, 100_000, 8) });
    let ips = |signups: &[&Signup]| distinct(signups, |one| one.ip);
    let prints = |signups: &[&Signup]| distinct(signups, |one| one.device_id.clone());
    let ja4s = |signups: &[&Signup]| distinct(signups, |one| one.ja4.clone());
    let l0 = story.of("l0");
    assert_eq!((l0.len(), ips(&l0), prints(&l0)), (1_000, 1, 1));
    let l1 = story.of("l1");
    assert_eq!((ips(&l1), distinct(&l1, |one| net24(one.ip)), prints(&l1)), (40, 2, 3));
    let (l2, l2b) = (story.of("l2"), story.of("l2b"));
    let exits = |signups: &[&Signup]| -> BTreeSet<[u8; 3]> {
        signups.iter().map(|one| net24(one.ip)).collect()
    };
    let shared = exits(&l2).intersection(&exits(&l2b)).count();
    assert!(shared > 100, "L2 and L2b share exits: {shared}");
    assert_eq!((ja4s(&l2), ja4s(&l2b)), (2, 1));
    assert!(l2.iter().all(|one| l2b.iter().all(|other| one.ja4 != other.ja4)));
    assert_eq!(prints(&l2), l2.len());
    let l3 = story.of("l3");
    assert!(prints(&l3) <= 60 && ips(&l3) * 100 > l3.len() * 97);
    assert_eq!(distinct(&l3, |one| domain(one).to_owned()), 15);
    let l4 = story.of("l4");
    assert!(prints(&l4) > 400 && prints(&l4) <= 500);
    lockstep_of_l4(&story);
    let l5 = story.of("l5");
    assert!(prints(&l5) * 100 > l5.len() * 70 && ips(&l5) * 100 > l5.len() * 85);
    let l7 = story.of("l7");
    assert!(prints(&l7) <= 30 && l7.iter().filter(|one| one.phone.is_some()).count() == l7.len());
    let slow = story.of("slow");
    assert_eq!(slow.len(), 600);
    assert!(ips(&slow) >= 597);
    let nat = story.of("nat");
    let carrier: BTreeSet<IpAddr> = nat.iter().map(|one| one.ip).collect();
    let strangers = story.of("benign").into_iter().filter(|one| carrier.contains(&one.ip)).count();
    assert!(strangers > 20, "strangers behind the same addresses: {strangers}");
}

fn lockstep_of_l4(story: &Story) {
    let rounds: Vec<_> =
        story.acts.iter().filter(|((campaign, _), _)| campaign.starts_with("l4-")).collect();
    assert_eq!(rounds.len(), 40, "targets");
    for ((_, target), acts) in rounds {
        let accounts: BTreeSet<&String> = acts.iter().map(|(account, _)| account).collect();
        let first = acts.iter().map(|(_, hour)| *hour).min().expect("an act");
        let last = acts.iter().map(|(_, hour)| *hour).max().expect("an act");
        assert!(accounts.len() > 100, "{target}: {}", accounts.len());
        assert!(last - first < 48, "{target}: {} hours", last - first);
    }
}

#[test]
fn trust_is_where_the_preset_says() {
    let standard = tell(&WorldOptions::new(Preset::Standard, 2_000, 2));
    assert!(standard.trusted > 1_000 && standard.trusted_frauds.is_empty());
    assert_eq!(tell(&WorldOptions::new(Preset::FirstRun, 500, 2)).trusted, 0);
    let options = WorldOptions {
        contaminated_share: 0.1,
        ..WorldOptions::new(Preset::Contaminated, 20_000, 2)
    };
    let story = tell(&options);
    let frauds = story.truth.values().filter(|truth| truth.0).count();
    let share = story.trusted_frauds.len() as f64 / frauds as f64;
    // Half of the farms' accounts are older than the window.
    assert!((0.03..0.07).contains(&share), "{share}");
}

#[test]
fn a_first_run_knows_more_old_accounts_than_new_ones() {
    let story = tell(&WorldOptions::new(Preset::FirstRun, 5_000, 2));
    assert!(story.accounts.len() > 2 * story.signups.len() * 9 / 10);
    let campaigns: BTreeSet<_> =
        story.truth.values().filter(|truth| truth.0).map(|truth| &truth.1).collect();
    assert_eq!(campaigns.len(), 12);
}

#[test]
fn small_farms_are_small() {
    let story = tell(&WorldOptions::new(Preset::Small, 3_000, 2));
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, campaign, ..) in story.truth.values().filter(|truth| truth.0) {
        *sizes.entry(campaign).or_default() += 1;
    }
    assert_eq!(sizes.len(), 30);
    assert!(sizes.values().all(|size| (20..=120).contains(size)), "{sizes:?}");
}

#[test]
fn memory_is_one_busy_hour_whatever_came_before() {
    // Four times the days: the same accounts an hour in the end, and as little held.
    let held = |days: u32| {
        let accounts = u64::from(days) * 1_000;
        let options = WorldOptions { days, ..WorldOptions::new(Preset::Clean, accounts, 1) };
        let world = presets::world(&options);
        let mut teller = world::Teller::new(&world);
        let end = world.hours.end;
        let told = teller.tell(end - 24 * 7..end, &mut |_| ControlFlow::Continue(()), &mut |_| {});
        assert!(told.is_continue());
        teller.entries_max
    };
    let (short, long) = (held(20), held(80));
    assert!(long < short * 3, "{short} entries, then {long}");
}

#[test]
fn a_world_stops_when_it_is_told_to() {
    let mut count = 0;
    let flow = generate(
        &WorldOptions::new(Preset::Standard, 1_000, 1),
        &mut |_| {
            count += 1;
            if count < 10 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        },
        &mut |_| {},
    );
    assert!(flow.is_break());
    assert_eq!(count, 10);
}
