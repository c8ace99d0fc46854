//! Which selectors make a new campaign where a detection knows one already that shows them?

use std::sync::Arc;

use super::{LIMITS, quiet};
use crate::{
    campaign::membership::Counts,
    decision::{
        Answer,
        exposed::Loaded,
        live::Live,
        policy::Policy,
        record::Record,
        snapshot::{CampaignProfile, ProfileKind, ProfileValue, Snapshot},
    },
    event::{Event, EventType, Time},
    selector::{KindId, Lists, kind_seed, value_hash},
};

const DOMAIN: &str = "rented.example";
const DEVICE: &str = "device-known";

fn hash(kind: &str, text: &str) -> u64 {
    value_hash(kind_seed(KindId::from_name(kind).expect("a kind").kind()), text)
}

/// A million accounts, 500 of them of one campaign: 450 have one mail domain, and 450 one device.
fn knowing() -> Snapshot {
    let mut snapshot = quiet();
    let mut kinds: Vec<ProfileKind> = Vec::new();
    for (kind, text) in [("email_domain", DOMAIN), ("device_id", DEVICE)] {
        let own = KindId::from_name(kind).expect("a kind");
        let of = |judged| Counts { judged, grouped: 0, trusted: 0 };
        snapshot.baselines[usize::from(own.0)].present_all = of(1_000_000);
        let value = hash(kind, text);
        let value = ProfileValue { value, members: 450, total: of(450), strata: Vec::new() };
        kinds.push(ProfileKind {
            kind: own.0,
            share: 0.9,
            known: 500,
            known_by_stratum: Vec::new(),
            values: vec![value],
        });
    }
    kinds.sort_unstable_by_key(|kind| kind.kind);
    snapshot.campaigns.push(CampaignProfile {
        campaign: "c-known".to_owned(),
        members: 500,
        bits: 20.0,
        decoy_q: 0.0,
        confidence: 0.99,
        dormant: false,
        kinds,
    });
    snapshot
}

/// Every tenth of 600 signups has this device, the domain, and what an advertisement of somebody's brings; the others
/// are people. Returns what was decided of the former, and the selectors of campaigns in the making.
fn decided(snapshot: Snapshot, device: &str) -> (Vec<Record>, u64) {
    let loaded = Arc::new(Loaded::new(snapshot));
    let (policy, lists) = (Arc::new(Policy::standard()), Arc::new(Lists::default()));
    let mut live = Live::new(loaded, policy, lists, LIMITS);
    let mut records = Vec::new();
    for number in 0..600_u32 {
        let is_theirs = number % 10 == 0;
        let account = format!("account-{number}");
        let domain = if is_theirs { DOMAIN } else { &format!("site-{number}.example") };
        let email = format!("someone{number}@{domain}");
        let own = format!("device-{number}");
        let time = Time::from_milliseconds(1_700_000_000_000 + i64::from(number) * 1000);
        let mut event = Event::new(time.expect("a time"), EventType::Signup, &account);
        (event.email, event.device_id) =
            (Some(email.as_str()), Some(if is_theirs { device } else { &own }));
        if is_theirs {
            event.referrer = Some("https://television.example/tonight");
        }
        let inputs = live.observe(&event, u64::from(number), 1_800_000_000);
        let record = live.decide(inputs);
        if is_theirs {
            records.push(record);
        }
    }
    (records, live.sizes()[2])
}

/// Whether a selector ties an account to a campaign in the making.
fn is_tied_by(record: &Record, value: u64) -> bool {
    let mut ties = record.inputs.provisional.iter().flat_map(|tied| &tied.ties);
    ties.any(|tie| tie.value == value)
}

fn is_bound(record: &Record) -> bool {
    record.decision.membership.as_ref().is_some_and(|own| own.bound)
}

#[test]
fn a_new_operation_alarms_though_a_known_campaign_shows_its_mail_domain() {
    let (records, _) = decided(knowing(), "device-new");
    // No member: its device is another one. All that ties it to the known campaign is the domain.
    assert!(!records.iter().any(is_bound));
    let (domain, device) = (hash("email_domain", DOMAIN), hash("device_id", "device-new"));
    let first = records.iter().position(|own| is_tied_by(own, domain) && is_tied_by(own, device));
    let first = first.expect("it alarms");
    assert!(first < 12, "{first}");
    let told = |own: &Record| own.decision.decision == Answer::Challenge && is_tied_by(own, domain);
    assert!(records[first..].iter().all(told));
}

#[test]
fn what_members_show_of_a_known_campaign_makes_no_new_one() {
    let telling = [hash("email_domain", DOMAIN), hash("device_id", DEVICE)];
    let (records, nodes) = decided(knowing(), DEVICE);
    assert!(records.iter().all(is_bound));
    assert!(!records.iter().any(|own| telling.iter().any(|value| is_tied_by(own, *value))));
    // Where no detection knows them, the same selectors are joined.
    let (records, unknown) = decided(quiet(), DEVICE);
    assert!(telling.iter().all(|value| records[20..].iter().all(|own| is_tied_by(own, *value))));
    assert!(nodes + 2 <= unknown, "{nodes} and {unknown}");
}
