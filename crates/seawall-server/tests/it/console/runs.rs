//! Does the index of a run say what its files say?

use std::collections::BTreeSet;

use seawall_core::campaign::findings::{Member, fixture};
use seawall_server::console::runs::{Order, Shelf};

use super::desk::run;

/// Ids that a table of comma-separated values has to quote, and one as long as any may be.
fn strange() -> Vec<String> {
    let mut ids = ["a,b", "\"quoted\"", "line\nbreak", "a\r\nb", "ünïcödé", " space ", "-1", ""]
        .map(str::to_owned)
        .to_vec();
    ids.push("x".repeat(4096));
    ids.push(format!("{}\n{}", "\"".repeat(700), ",".repeat(700)));
    ids
}

#[test]
fn members_are_paged_and_found_as_the_file_has_them() {
    let findings = fixture::findings();
    let mut members = fixture::members(&findings);
    for (index, id) in strange().into_iter().enumerate() {
        members[index * 3].account = id;
    }
    // Of several campaigns in turn, so that a campaign's rows do not stand together.
    let mut mixed: Vec<Member> = Vec::new();
    for step in 0..7 {
        mixed.extend(members.iter().skip(step).step_by(7).cloned());
    }
    let place = tempfile::tempdir().expect("a folder");
    run(&place.path().join("one"), &findings, &mixed);
    let shelf = Shelf::new(place.path().to_owned());
    assert_eq!(shelf.look().as_deref(), Some("one"));
    let shown = shelf.run().expect("a run");
    assert_eq!(shown.members.len(), mixed.len());
    for campaign in &findings.campaigns {
        let position = shown.position(&campaign.campaign).expect("it is there");
        assert_eq!(&shown.campaign(position).expect("read"), campaign);
        let own: Vec<&Member> =
            mixed.iter().filter(|member| member.campaign == campaign.campaign).collect();
        assert_eq!(shown.members.of(position), own.len());
        for order in Order::ALL {
            let mut paged = Vec::new();
            for page in 0..=own.len() / 97 {
                paged.extend(shown.members.page(position, order, page * 97, 97).expect("read"));
            }
            assert_eq!(paged.len(), own.len());
            let accounts: Vec<&str> = paged.iter().map(|row| row.account.as_str()).collect();
            let expected: Vec<&str> = own.iter().map(|member| member.account.as_str()).collect();
            match order {
                Order::File => assert_eq!(accounts, expected),
                _ => assert_eq!(
                    accounts.iter().collect::<BTreeSet<_>>(),
                    expected.iter().collect::<BTreeSet<_>>()
                ),
            }
            // The file has three decimals, the index 24 bits.
            let bits: Vec<f64> = paged.iter().map(|row| row.bits).collect();
            match order {
                Order::Doubtful => assert!(bits.windows(2).all(|two| two[0] <= two[1] + 1e-3)),
                Order::Sure => assert!(bits.windows(2).all(|two| two[0] >= two[1] - 1e-3)),
                _ => {}
            }
        }
    }
    for member in mixed.iter().step_by(11).chain(mixed.iter().take(40)) {
        let found = shown.members.find(&member.account, 4).expect("read");
        assert_eq!(found.len(), 1, "{}", member.account.len());
        let (position, row) = &found[0];
        assert_eq!(shown.campaigns[*position].id, member.campaign);
        assert_eq!(row.account, member.account);
        assert_eq!(
            row.families.len(),
            member.family_kinds.iter().filter(|own| !own.is_empty()).count()
        );
        let again = shown.members.find(&row.pseudonym, 4).expect("read");
        assert!(again.iter().any(|(_, own)| own.account == member.account));
    }
    assert!(shown.members.find("nobody", 4).expect("read").is_empty());
}

#[test]
fn a_newer_run_is_taken_and_a_changed_one_is_not_shown() {
    let findings = fixture::findings();
    let place = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::new(place.path().to_owned());
    assert_eq!(shelf.look(), None);
    assert!(shelf.run().is_none());
    run(&place.path().join("one"), &findings, &[]);
    assert_eq!(shelf.look().as_deref(), Some("one"));
    assert_eq!(shelf.look(), None);
    let next = place.path().join("two");
    run(&next, &fixture::many(7), &[]);
    let path = next.join("campaigns.ndjson");
    let text = fs_err::read_to_string(&path).expect("read");
    fs_err::write(&path, text.replacen("\"accounts\":", "\"accounts\": ", 1)).expect("changed");
    assert_eq!(shelf.look(), None);
    assert_eq!(shelf.run().expect("the one before").name, "one");
    assert!(shelf.broken().expect("said").contains("campaigns.ndjson"));
    run(&place.path().join("three"), &fixture::many(7), &[]);
    assert_eq!(shelf.look().as_deref(), Some("three"));
    assert_eq!(shelf.broken(), None);
    assert_eq!(shelf.run().expect("a run").campaigns.len(), 7);
}
