//! Do findings go by what people said of earlier campaigns, and by nothing else?

use std::{collections::BTreeSet, ops::ControlFlow, path::PathBuf, sync::OnceLock};

use seawall_core::campaign::{
    findings::{Campaign, Findings},
    review::{Binding, Reviewed, Reviews, Said},
};
use seawall_engine::{
    detect::{DetectOptions, Detection, Knowledge, Room, detect},
    read::Source,
    write::EventWriter,
};
use seawall_sim::{Preset, WorldOptions, generate};

fn world() -> &'static PathBuf {
    static WORLD: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = WORLD.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("events.ndjson");
        let mut writer = EventWriter::create(&path).expect("a file");
        let mut write = |event: &seawall_core::event::Event<'_>| {
            writer.write(event).expect("written");
            ControlFlow::Continue(())
        };
        let done = generate(&WorldOptions::new(Preset::Standard, 3000, 3), &mut write, &mut |_| ());
        assert_eq!(done, ControlFlow::Continue(()));
        writer.finish().expect("written");
        (folder, path)
    });
    path
}

fn found(reviews: Vec<Reviewed>, threads: usize) -> Detection {
    let source = Source::open(&[world().to_str().expect("UTF-8").to_owned()], None).expect("there");
    let options = DetectOptions {
        report_bits: 4.0,
        threads,
        reveal: false,
        knowledge: Knowledge { reviews: Reviews::new(reviews), ..Knowledge::default() },
        room: Room { memory_bytes: u64::MAX, spill: std::env::temp_dir(), spill_bytes: u64::MAX },
    };
    detect(&source, &options, &mut |reject| panic!("{reject:?}"), &mut |_| ()).expect("detected")
}

/// What nobody said anything about.
fn before() -> &'static Detection {
    static BEFORE: OnceLock<Detection> = OnceLock::new();
    BEFORE.get_or_init(|| found(Vec::new(), 2))
}

/// What binds a campaign most, as the console keeps it.
fn binding(campaign: &Campaign) -> Binding {
    let selectors = campaign.selectors.iter().take(12);
    selectors.map(|own| format!("{}:{}", own.kind, own.value_hash)).collect()
}

fn said(campaign: &Campaign, said: Said) -> Reviewed {
    Reviewed {
        campaign: campaign.campaign.clone(),
        bound_by: binding(campaign),
        said,
        by: "p-1".to_owned(),
        at: "2026-03-01T12:00:00Z".to_owned(),
        note: "the same invoices".to_owned(),
    }
}

fn accounts<'a>(detection: &'a Detection, campaign: &str) -> BTreeSet<&'a str> {
    let members = detection.members.iter().filter(|own| own.campaign == campaign);
    members.map(|own| own.account.as_str()).collect()
}

fn campaign<'a>(findings: &'a Findings, id: &str) -> Option<&'a Campaign> {
    findings.campaigns.iter().find(|own| own.campaign == id)
}

/// The same bytes, whatever the threads.
fn decided(reviews: &[Reviewed]) -> Detection {
    let (one, two) = (found(reviews.to_vec(), 1), found(reviews.to_vec(), 2));
    let reversed = found(reviews.iter().rev().cloned().collect(), 2);
    for other in [&two, &reversed] {
        assert_eq!(one.findings, other.findings);
        assert_eq!(one.members, other.members);
    }
    one
}

#[test]
fn campaigns_that_people_merged_are_one_under_the_id_that_stays() {
    let before = before();
    let [large, small, ..] = &before.findings.campaigns[..] else { panic!("two campaigns") };
    let (into, into_bound_by) = (small.campaign.clone(), binding(small));
    let merged = said(large, Said::Merged { into, into_bound_by });
    let after = decided(std::slice::from_ref(&merged));
    let outcome = &after.findings.run.reviews[0];
    assert!(outcome.applied, "{outcome:?}");
    assert!(campaign(&after.findings, &large.campaign).is_none());
    let whole = campaign(&after.findings, &small.campaign).expect("the one that stays");
    let of = |id: &str| accounts(before, id);
    let parts: BTreeSet<&str> = of(&large.campaign).union(&of(&small.campaign)).copied().collect();
    let members = accounts(&after, &small.campaign);
    assert!(members.is_subset(&parts));
    assert!(members.len() * 100 >= parts.len() * 95, "{} of {}", members.len(), parts.len());
    assert_eq!(whole.accounts, members.len() as u64);
    let noted = &whole.reviewed[..];
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].said.as_str(), noted[0].by.as_str()), ("merged", "p-1"));
    assert_eq!(noted[0].campaigns, [large.campaign.clone(), small.campaign.clone()]);
    // Evidence is weighed anew: nobody's word makes it stronger than the stronger part.
    assert!(whole.bits <= large.bits.max(small.bits) + 1.0, "{} bits", whole.bits);
    // All others are as they were.
    for own in &before.findings.campaigns[2..] {
        assert_eq!(accounts(&after, &own.campaign), of(&own.campaign), "{}", own.campaign);
    }
}

#[test]
fn what_was_split_off_is_bound_to_the_rest_no_more() {
    let before = before();
    let (whole, selector) = before
        .findings
        .campaigns
        .iter()
        .find_map(|own| {
            let halves =
                |members: u64| members * 4 >= own.accounts && members * 4 <= own.accounts * 3;
            let selector = own.selectors.iter().find(|selector| halves(selector.members))?;
            Some((own, selector))
        })
        .expect("a selector that part of a campaign carries");
    let named = format!("{}:{}", selector.kind, selector.value_hash);
    let split = said(whole, Said::Split { selector: named, name: "another shop".to_owned() });
    let after = decided(&[split]);
    let outcome = &after.findings.run.reviews[0];
    assert!(outcome.applied, "{outcome:?}");
    let all = after.findings.campaigns.iter().chain(&after.findings.excused);
    let parts: Vec<&Campaign> = all.filter(|own| !own.reviewed.is_empty()).collect();
    let named = |name: &str| parts.iter().find(|own| own.reviewed[0].name == name).copied();
    let part = named("another shop").expect("the part");
    let rest = named("").expect("the rest");
    assert_eq!(rest.campaign, whole.campaign);
    assert_ne!(part.campaign, whole.campaign);
    assert!(part.accounts <= selector.members);
    assert!(part.accounts + rest.accounts <= whole.accounts);
    let carried =
        |own: &Campaign| own.selectors.iter().any(|s| s.value_hash == selector.value_hash);
    assert!(!carried(rest), "the rest is still bound by it");
    let members = |own: &Campaign| accounts(&after, &own.campaign);
    assert!(members(part).is_disjoint(&members(rest)));
}

#[test]
fn what_was_dismissed_stays_excused_with_the_reason() {
    let dismissed = &before().findings.campaigns[0];
    let after = decided(&[said(dismissed, Said::Dismissed)]);
    assert!(after.findings.run.reviews[0].applied);
    assert!(campaign(&after.findings, &dismissed.campaign).is_none());
    assert!(!after.members.iter().any(|own| own.campaign == dismissed.campaign));
    let mut excused = after.findings.excused.iter();
    let own = excused.find(|own| own.campaign == dismissed.campaign).expect("excused");
    let granted = own.granted().expect("an explanation");
    assert_eq!(granted.name, "dismissed by review");
    assert!(granted.reason.contains("the same invoices") && granted.reason.contains("p-1"));
    assert_eq!((own.bits, own.bits_unexcused), (0.0, dismissed.bits_unexcused));
}

#[test]
fn what_is_not_there_is_said_and_changes_nothing() {
    let known = &before().findings.campaigns[0];
    let unknown = Campaign { campaign: "c-000000000000".to_owned(), ..known.clone() };
    let strange: Binding = (0..12).map(|number| format!("ja4:{number:016x}")).collect();
    let elsewhere = |own: Said| Reviewed { bound_by: strange.clone(), ..said(&unknown, own) };
    let selector = |text: &str| Said::Split { selector: text.to_owned(), name: String::new() };
    let reviews = [
        elsewhere(Said::Dismissed),
        elsewhere(selector("ja4:0000000000000001")),
        elsewhere(Said::Merged { into: known.campaign.clone(), into_bound_by: binding(known) }),
        said(known, selector("ja4:0000000000000001")),
        said(known, selector("no kind")),
    ];
    let mut after = decided(&reviews);
    assert_eq!(after.findings.run.reviews.len(), reviews.len());
    for own in &after.findings.run.reviews {
        assert!(!own.applied && !own.why.is_empty(), "{own:?}");
    }
    after.findings.run.reviews.clear();
    assert_eq!(after.findings, before().findings);
    assert_eq!(after.members, before().members);
}
