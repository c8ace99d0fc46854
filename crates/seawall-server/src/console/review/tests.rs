//! Is what people said folded as they meant it?

use super::*;

fn decided(decision: Decision) -> Said {
    let bound_by = ["ja4:1", "ja4:2", "asn:3"].map(str::to_owned).into();
    Said::Decided { decision, note: String::new(), bound_by }
}

fn entry(campaign: &str, said: Said) -> Entry {
    Entry { campaign: campaign.to_owned(), said }
}

/// Says things in turn, as far as they are allowed.
fn folded(said: &[(&str, &str, Said)]) -> Reviews {
    let mut reviews = Reviews::default();
    for (sequence, (by, campaign, said)) in (0..).zip(said) {
        reviews.apply(sequence, 0, by, &entry(campaign, said.clone()));
    }
    reviews
}

#[test]
fn a_change_of_who_did_not_see_the_last_one_is_refused_with_what_it_was() {
    let reviews = folded(&[("ann", "c-1", decided(Decision::Confirmed))]);
    let late = entry("c-1", decided(Decision::Dismissed));
    let Err(Refused::Stale(since)) = reviews.check(&late, "bob", 0, 0) else {
        panic!("it is stale");
    };
    assert_eq!(since.len(), 1);
    assert_eq!(since[0].by, "ann");
    assert_eq!(reviews.check(&late, "bob", 1, 0), Ok(()));
}

#[test]
fn a_note_is_never_stale() {
    let reviews = folded(&[("ann", "c-1", decided(Decision::Confirmed))]);
    let note = entry("c-1", Said::Noted { note: "seen before".to_owned() });
    assert_eq!(reviews.check(&note, "bob", 0, 0), Ok(()));
}

#[test]
fn what_one_looks_at_nobody_else_decides_until_the_claim_ends() {
    let reviews = folded(&[("ann", "c-1", Said::Claimed { until: 100 })]);
    let own = entry("c-1", decided(Decision::Confirmed));
    assert_eq!(reviews.check(&own, "bob", 0, 50), Err(Refused::Claimed("ann".to_owned())));
    assert_eq!(reviews.check(&own, "bob", 0, 100), Ok(()));
    assert_eq!(reviews.check(&own, "ann", 0, 50), Ok(()));
}

#[test]
fn an_undo_brings_back_what_was_before_and_stays_in_the_history() {
    let reviews = folded(&[
        ("ann", "c-1", decided(Decision::Confirmed)),
        ("ann", "c-1", decided(Decision::Dismissed)),
        ("ann", "c-1", Said::Undone { entry: 1 }),
    ]);
    assert_eq!(reviews.status("c-1"), Status::Confirmed);
    assert_eq!(reviews.of("c-1").map(|own| own.history.len()), Some(3));
    let again = entry("c-1", Said::Undone { entry: 1 });
    assert!(matches!(reviews.check(&again, "ann", 3, 0), Err(Refused::Wrong(_))));
    let foreign = entry("c-1", Said::Undone { entry: 0 });
    assert!(matches!(reviews.check(&foreign, "bob", 3, 0), Err(Refused::Wrong(_))));
}

#[test]
fn campaigns_are_not_merged_in_a_circle() {
    let merged = |into: &str| merged_into(into);
    let reviews = folded(&[("ann", "c-1", merged("c-2")), ("ann", "c-2", merged("c-3"))]);
    assert_eq!(reviews.status("c-1"), Status::Merged);
    let circle = reviews.check(&entry("c-3", merged("c-1")), "ann", 0, 0);
    assert!(matches!(circle, Err(Refused::Wrong(_))));
    assert_eq!(reviews.check(&entry("c-4", merged("c-1")), "ann", 0, 0), Ok(()));
}

#[test]
fn who_differs_is_counted_and_the_campaign_is_disputed() {
    let reviews = folded(&[
        ("ann", "c-1", decided(Decision::Confirmed)),
        ("bob", "c-1", decided(Decision::Dismissed)),
        ("ann", "c-2", decided(Decision::Confirmed)),
        ("bob", "c-2", decided(Decision::Confirmed)),
        ("ann", "c-3", decided(Decision::Dismissed)),
        ("bob", "c-3", decided(Decision::Dismissed)),
        ("ann", "c-4", decided(Decision::Dismissed)),
    ]);
    assert_eq!(reviews.status("c-1"), Status::Disputed);
    let agreement = reviews.agreement();
    assert_eq!((agreement.campaigns, agreement.pairs(), agreement.differing), (3, 3, 1));
    // Two of three agree; by chance half would.
    let beyond = agreement.beyond_chance().expect("people looked at the same");
    assert!((beyond - 1.0 / 3.0).abs() < 1e-12, "{beyond}");
}

#[test]
fn what_is_bound_by_the_same_is_known_again() {
    let reviews = folded(&[("ann", "c-1", decided(Decision::Dismissed))]);
    let same = ["ja4:1", "ja4:2"].map(str::to_owned).into();
    assert_eq!(reviews.resembling("c-2", &same), Some(("c-1", Status::Dismissed)));
    let other = ["ja4:1", "asn:9", "asn:8"].map(str::to_owned).into();
    assert_eq!(reviews.resembling("c-2", &other), None);
    assert_eq!(reviews.resembling("c-1", &same), None);
}

fn bound_by(selectors: &[&str]) -> BTreeSet<String> {
    selectors.iter().map(|own| (*own).to_owned()).collect()
}

fn merged_into(into: &str) -> Said {
    Said::Merged {
        into: into.to_owned(),
        note: String::new(),
        bound_by: bound_by(&["device_id:1"]),
        into_bound_by: bound_by(&["device_id:2"]),
    }
}

#[test]
fn what_stands_is_exported_and_what_was_taken_back_or_is_disputed_is_not() {
    let dismissed = || decided(Decision::Dismissed);
    let split = Said::Split {
        selector: "device_id:4".to_owned(),
        name: "others".to_owned(),
        note: "two shops".to_owned(),
        bound_by: bound_by(&["ja4:5"]),
    };
    let old = Said::Merged {
        into: "c-1".to_owned(),
        note: String::new(),
        bound_by: BTreeSet::new(),
        into_bound_by: BTreeSet::new(),
    };
    let reviews = folded(&[
        ("ann", "c-1", dismissed()),
        ("ann", "c-2", dismissed()),
        ("bob", "c-2", decided(Decision::Confirmed)),
        ("ann", "c-3", merged_into("c-1")),
        ("ann", "c-4", merged_into("c-1")),
        ("ann", "c-4", Said::Undone { entry: 4 }),
        ("bob", "c-5", split),
        ("bob", "c-6", old),
    ]);
    let exported = reviews.export();
    let told: Vec<_> =
        exported.reviews.iter().map(|own| (own.campaign.as_str(), own.said.word())).collect();
    assert_eq!(told, [("c-1", "dismissed"), ("c-3", "merged"), ("c-5", "split")]);
    assert_eq!(exported.reviews[2].note, "two shops");
    assert_eq!(exported.left_out, 1);
    let read = seawall_core::campaign::review::Reviews::parse(&exported.lines()).expect("read");
    assert_eq!(read.all(), exported.reviews);
}
