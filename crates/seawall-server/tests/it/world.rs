//! Does a world that is streamed through the API come out as the batch says?

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    path::Path,
};

use seawall_engine::{
    detect::{DetectOptions, Detection, Knowledge, Room, detect},
    read::Source,
    write::EventWriter,
};
use seawall_sim::{Preset, WorldOptions, generate};
use serde_json::{Value, json};

use super::site::Site;

/// Writes a world's events, in the order in which they happened; whether each account is an operation's.
pub(crate) fn world(path: &Path, accounts: u64, seed: u64) -> BTreeMap<String, bool> {
    let mut writer = EventWriter::create(path).expect("a file");
    let mut truth = BTreeMap::new();
    let options = WorldOptions::new(Preset::Standard, accounts, seed);
    let done = generate(
        &options,
        &mut |event| {
            writer.write(event).expect("written");
            ControlFlow::Continue(())
        },
        &mut |own| {
            truth.insert(own.account.to_owned(), own.fraud);
        },
    );
    assert!(done.is_continue());
    writer.finish().expect("written");
    truth
}

fn detected(path: &Path, spill: &Path) -> Detection {
    let source = Source::open(&[path.display().to_string()], None).expect("a source");
    let options = DetectOptions {
        report_bits: 4.0,
        threads: 2,
        reveal: true,
        knowledge: Knowledge::default(),
        room: Room { memory_bytes: 1 << 30, spill: spill.to_owned(), spill_bytes: 1 << 30 },
    };
    detect(&source, &options, &mut |_| {}, &mut |_| {}).expect("detected")
}

/// What each account was told last, when all events are streamed in batches.
pub(crate) fn streamed(site: &Site, path: &Path) -> BTreeMap<String, Value> {
    let text = fs_err::read_to_string(path).expect("text");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut told = BTreeMap::new();
    for events in lines.chunks(500) {
        let reply = site.post("/api/v1/decisions/batch", &json!({ "events": events }));
        assert_eq!(reply.status, 200, "{reply:?}");
        let decisions = reply.body["decisions"].as_array().expect("a list");
        for (event, decision) in events.iter().zip(decisions) {
            assert_eq!(decision["late"], false);
            let account = event["account"].as_str().expect("text").to_owned();
            told.insert(account, decision.clone());
        }
    }
    told
}

#[test]
fn the_stream_finds_what_the_batch_finds() {
    let root = tempfile::tempdir().expect("a folder");
    let events = root.path().join("events.ndjson");
    let truth = world(&events, 4000, 5);
    let detection = detected(&events, root.path());
    let members: BTreeMap<&str, &str> = detection
        .members
        .iter()
        .map(|member| (member.account.as_str(), member.campaign.as_str()))
        .collect();
    assert!(members.len() > 400, "{} members", members.len());
    let snapshot = root.path().join("snapshot.bin");
    fs_err::write(&snapshot, detection.snapshot.encode()).expect("written");

    let data = root.path().join("data");
    let site = Site::start(&data, Some(snapshot));
    let told = streamed(&site, &events);
    let bound = |decision: &Value| decision["membership"]["bound"] == true;
    let found: BTreeSet<&str> =
        told.iter().filter(|(_, told)| bound(told)).map(|(account, _)| account.as_str()).collect();
    // Silence and what an account does over the whole input bind in the batch only, so a few are not found here.
    let shared = members.keys().filter(|account| found.contains(*account)).count();
    assert!(shared * 100 >= members.len() * 95, "{shared} of {} members", members.len());
    // Nearly everyone goes to the campaign that the batch put it in.
    let same = members
        .iter()
        .filter(|(account, campaign)| {
            let told = &told[**account];
            bound(told) && told["membership"]["campaign"] == **campaign
        })
        .count();
    assert!(same * 100 >= shared * 95, "{same} of {shared} in the same campaign");
    // People who were not in a campaign are not put into one.
    let people = truth.iter().filter(|(_, fraud)| !**fraud).count();
    let wronged = found.iter().filter(|account| !truth[**account]).count();
    assert!(wronged * 1000 <= people, "{wronged} of {people} people");

    let metrics = |site: &Site| {
        let text = site.get("/metrics").body;
        let text = text.as_str().expect("text").to_owned();
        let state = [
            "seawall_selectors_tracked ",
            "seawall_accounts_known ",
            "seawall_provisional_selectors ",
            "seawall_signups ",
        ];
        text.lines()
            .filter(|line| state.iter().any(|name| line.starts_with(name)))
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    let before = metrics(&site);
    assert_eq!(before.len(), 4);
    site.end();
    let site = Site::start(&data, None);
    assert_eq!(metrics(&site), before);
    assert_eq!((site.started.records_differing, site.started.records_restored), (0, 0));
    for decision in told.values().step_by(told.len() / 20) {
        let id = decision["decision_id"].as_str().expect("an id");
        let path = format!("/api/v1/decisions/{id}/replay");
        assert_eq!(site.post(&path, &json!({})).body["same"], true, "{id}");
    }
}

#[test]
fn farms_that_no_detection_has_seen_are_challenged_and_people_are_not() {
    let root = tempfile::tempdir().expect("a folder");
    let events = root.path().join("events.ndjson");
    let truth = world(&events, 4000, 6);
    // A detection in another world, whose farms are other ones.
    let other = root.path().join("other.ndjson");
    world(&other, 4000, 7);
    let mut snapshot = detected(&other, root.path()).snapshot;
    snapshot.campaigns.clear();
    let path = root.path().join("snapshot.bin");
    fs_err::write(&path, snapshot.encode()).expect("written");
    let site = Site::start(&root.path().join("data"), Some(path));
    let told = streamed(&site, &events);
    let challenged = |fraud: bool| {
        let own = told.iter().filter(|(account, _)| truth[*account] == fraud);
        let (mut all, mut challenged) = (0, 0);
        for (_, decision) in own {
            all += 1;
            challenged += usize::from(decision["decision"] == "challenge");
            assert_ne!(decision["decision"], "block");
        }
        (challenged, all)
    };
    let (farms, farms_all) = challenged(true);
    let (people, people_all) = challenged(false);
    println!("challenged: {farms} of {farms_all} of farms, {people} of {people_all} people");
    assert!(farms * 10 >= farms_all * 2, "{farms} of {farms_all}");
    assert!(people * 50 <= people_all, "{people} of {people_all}");
}
