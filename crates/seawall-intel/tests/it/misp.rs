//! Are MISP's files understood, and does `PyMISP` understand ours?

use seawall_intel::{
    known::{Kind, Known},
    list::read_table,
    misp::{Feed, FeedEvent, Galaxy, WarningList},
    stix::Tlp,
};
use uuid::uuid;

use super::{
    python,
    round_trip::{shared, text},
};

#[test]
fn warning_lists_are_read_and_warn() {
    let test = "warning_lists_are_read_and_warn";
    // The counts are those of the files, by another program.
    for (name, entries, known, unknown) in [
        ("disposable-email", 8_201, "a@0-mail.com", "a@example.com"),
        ("dynamic-dns", 35_467, "farm.0000004.xyz", "example.com"),
        ("icloud-private-relay", 13_747, "104.28.100.107", "192.0.2.1"),
        ("university_domains", 10_578, "4cd.edu", "example.com"),
        ("vpn-ipv4", 42_426, "1.116.4.5", "192.0.2.1"),
    ] {
        let Some(path) = shared(test, &format!("intel/warninglists/{name}.json.gz")) else {
            return;
        };
        let list = WarningList::read(&text(&path)).unwrap();
        assert_eq!((list.entries, list.bad_entries), (entries, 0), "{name}");
        assert!(list.warns(&Known::guessed(known).unwrap()).is_some(), "{known}");
        assert!(list.warns(&Known::guessed(unknown).unwrap()).is_none(), "{unknown}");
    }
    let Some(path) = shared(test, "intel/warninglists/phone_numbers.json.gz") else { return };
    let list = WarningList::read(&text(&path)).unwrap();
    assert_eq!((list.entries, list.bad_entries), (33, 0));
    assert!(list.warns(&Known::named("phone", "+1 415 555 0123").unwrap()).is_some());
}

#[test]
fn galaxies_are_read_whole() {
    let test = "galaxies_are_read_whole";
    for (name, clusters) in [("threat-actor", 1_040), ("microsoft-activity-group", 179)] {
        let Some(path) = shared(test, &format!("intel/misp/galaxy-{name}.json")) else { return };
        let galaxy = Galaxy::read(&text(&path)).unwrap();
        assert!(galaxy.of_actors);
        assert_eq!(galaxy.clusters.len(), clusters);
    }
}

#[test]
fn indicators_of_takedowns_are_read_with_all_their_dirt() {
    let test = "indicators_of_takedowns_are_read_with_all_their_dirt";
    let Some(path) = shared(test, "meta_takedowns/indicators.csv") else { return };
    let list = read_table(&fs_err::read(path).unwrap(), "indicators.csv").unwrap();
    let total = list.listed.len() as u64 + list.rejects.len() as u64 + list.repeated;
    assert_eq!(total, 10_960, "nothing is dropped in silence");
    let count = |kind| list.listed.iter().filter(|it| it.known.kind() == kind).count();
    assert!(count(Kind::Domain) > 7_000, "{}", count(Kind::Domain));
    assert!(count(Kind::Url) > 1_400, "{}", count(Kind::Url));
    assert!(count(Kind::Hash) > 100, "{}", count(Kind::Hash));
    // Techniques and names of applications stand in the same column.
    assert!(list.rejects.len() > 500 && list.rejects.len() < 1_500, "{}", list.rejects.len());
}

#[test]
fn a_feed_is_what_pymisp_makes_of_it() {
    let test = "a_feed_is_what_pymisp_makes_of_it";
    let Some(python) = python::with(test, &["pymisp"]) else { return };
    let known = [
        ("domain", "evil.com"),
        ("ip", "10.0.0.0/8"),
        ("url", "https://evil.com/it's"),
        ("email", "a@evil.com"),
        ("sha256", &"a".repeat(64)),
        ("phone", "+14155552671"),
        ("AS", "64496"),
        ("btc", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"),
        ("username", "farm_01"),
        ("user-agent", "Mozilla/5.0"),
    ];
    let event = FeedEvent {
        uuid: uuid!("5e0f4d3c-0000-4000-8000-000000000001"),
        info: "A campaign".into(),
        at: "2026-03-01T12:00:00Z".parse().unwrap(),
        organisation: ("Site".into(), uuid!("5e0f4d3c-0000-4000-8000-000000000002")),
        tlp: Tlp::AmberStrict,
        tags: vec!["rsit:fraud=\"unauthorized-use-of-resources\"".into()],
        known: known.map(|(kind, text)| (Known::named(kind, text).unwrap(), "c".into())).to_vec(),
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in Feed::of(&[event]).files {
        fs_err::write(folder.path().join(name), content).unwrap();
    }
    let said = python::run(&python, "misp_feed.py", &[folder.path().as_os_str()]);
    assert_eq!(said.trim(), "10 attributes");
}
