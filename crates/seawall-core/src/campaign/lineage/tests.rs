//! Do ids last, and are merges and splits told?

use std::ops::Range;

use proptest::prelude::*;

use super::*;

fn found(members: Range<u64>, selectors: &[u64]) -> Found {
    Found { members: members.collect(), selectors: selectors.to_vec(), called: None }
}

fn whats(lineage: &Lineage, campaign: &str) -> Vec<(u32, What, Vec<String>)> {
    let line = lineage.line(campaign).expect("a campaign");
    line.history.iter().map(|own| (own.night, own.what, own.campaigns.clone())).collect()
}

#[test]
fn what_grows_keeps_its_id() {
    let mut lineage = Lineage::default();
    let first = lineage.add_night(1, "a", &[found(0..50, &[]), found(100..120, &[])]);
    let second = lineage.add_night(2, "b", &[found(100..150, &[]), found(0..90, &[])]);
    assert_eq!(second, [first[1].clone(), first[0].clone()]);
    assert_eq!(first[0], campaign_id(&(0..50).collect::<Vec<_>>(), 0));
    assert_eq!(whats(&lineage, &first[0]), [(1, What::Born, vec![]), (2, What::Grew, vec![])]);
    assert_eq!(lineage.line(&first[0]).expect("there").history[1].accounts, 90);
}

#[test]
fn a_merger_keeps_the_larger_one_and_says_so() {
    let mut lineage = Lineage::default();
    let before = lineage.add_night(1, "a", &[found(0..40, &[]), found(40..100, &[])]);
    let after = lineage.add_night(2, "b", &[found(0..100, &[])]);
    assert_eq!(after, [before[1].clone()]);
    assert_eq!(whats(&lineage, &before[0])[1], (2, What::MergedInto, vec![before[1].clone()]));
    let kept = whats(&lineage, &before[1]);
    assert!(kept.contains(&(2, What::MergedFrom, vec![before[0].clone()])), "{kept:?}");
    assert!(!lineage.line(&before[0]).expect("there").alive);
    // Equal parts: the older one.
    let mut lineage = Lineage::default();
    let old = lineage.add_night(1, "a", &[found(50..100, &[])]);
    lineage.add_night(2, "b", &[found(50..100, &[]), found(0..50, &[])]);
    assert_eq!(lineage.add_night(3, "c", &[found(0..100, &[])]), old);
}

#[test]
fn of_a_split_the_larger_part_keeps_the_id() {
    let mut lineage = Lineage::default();
    let before = lineage.add_night(1, "a", &[found(0..100, &[])]);
    let after = lineage.add_night(2, "b", &[found(0..30, &[]), found(30..100, &[])]);
    assert_eq!(after[1], before[0]);
    assert_ne!(after[0], before[0]);
    assert_eq!(
        whats(&lineage, &after[0]),
        [(2, What::Born, vec![]), (2, What::SplitFrom, before.clone())]
    );
    let kept = whats(&lineage, &before[0]);
    assert!(kept.contains(&(2, What::SplitInto, vec![after[0].clone()])), "{kept:?}");
    assert!(kept.contains(&(2, What::Shrank, vec![])), "{kept:?}");
}

#[test]
fn what_is_gone_ends_and_returns_by_its_selectors() {
    let mut lineage = Lineage::default();
    let first = lineage.add_night(1, "a", &[found(0..50, &[1, 2, 3, 4])]);
    assert!(lineage.add_night(2, "b", &[]).is_empty());
    assert_eq!(whats(&lineage, &first[0])[1], (2, What::Ended, vec![]));
    let third = lineage.add_night(3, "c", &[found(200..230, &[2, 3, 4, 9]), found(300..320, &[4])]);
    assert_eq!(third[0], first[0]);
    assert_ne!(third[1], first[0]);
    assert_eq!(whats(&lineage, &first[0])[2], (3, What::Returned, vec![]));
}

#[test]
fn what_comes_back_with_its_members_is_the_same() {
    let mut lineage = Lineage::default();
    let first = lineage.add_night(1, "a", &[found(0..5000, &[])]);
    lineage.add_night(2, "b", &[]);
    assert_eq!(lineage.add_night(3, "c", &[found(0..5010, &[])]), first);
    // Merged for a night only.
    let mut lineage = Lineage::default();
    let before = lineage.add_night(1, "a", &[found(0..40, &[]), found(40..100, &[])]);
    lineage.add_night(2, "b", &[found(0..100, &[])]);
    let after = lineage.add_night(3, "c", &[found(0..40, &[]), found(40..100, &[])]);
    assert_eq!(after, before);
    let back = whats(&lineage, &before[0]);
    assert!(back.contains(&(3, What::Returned, vec![])), "{back:?}");
    assert!(back.contains(&(3, What::SplitFrom, vec![before[1].clone()])), "{back:?}");
}

#[test]
fn an_id_that_was_given_is_not_given_again() {
    let mut lineage = Lineage::default();
    let first = lineage.add_night(1, "a", &[found(0..50, &[])]);
    lineage.add_night(2, "b", &[found(0..400, &[])]);
    // By its members alone, the small part would have the id that the large one was born with.
    let third = lineage.add_night(3, "c", &[found(0..50, &[]), found(50..400, &[])]);
    assert_eq!(third[1], first[0]);
    assert_eq!(third[0], campaign_id(&(0..50).collect::<Vec<_>>(), 1));
}

#[test]
fn a_few_common_members_are_no_kinship() {
    let mut lineage = Lineage::default();
    let first = lineage.add_night(1, "a", &[found(0..100, &[])]);
    let second = lineage.add_night(2, "b", &[found(90..300, &[])]);
    assert_ne!(first, second);
    assert_eq!(whats(&lineage, &first[0])[1].1, What::Ended);
}

/// Nights of disjoint campaigns: each account is in one of them or in none.
fn nights() -> impl Strategy<Value = Vec<Vec<Found>>> {
    let night = proptest::collection::vec(0_u8..7, 60);
    proptest::collection::vec(night, 1..6).prop_map(|nights| {
        nights
            .into_iter()
            .map(|campaign_of| {
                let of = |campaign| {
                    let members =
                        (0..60).filter(|member| campaign_of[*member as usize] == campaign);
                    Found {
                        members: members.collect(),
                        selectors: vec![u64::from(campaign)],
                        called: None,
                    }
                };
                (1..7).map(of).filter(|found| !found.members.is_empty()).collect()
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_campaigns_does_not_matter(nights in nights(), turn in 0_usize..7) {
        let (mut one, mut other) = (Lineage::default(), Lineage::default());
        for (number, found) in (1..).zip(&nights) {
            let ids = one.add_night(number, "at", found);
            let mut turned = found.clone();
            let by = turn % found.len().max(1);
            turned.rotate_left(by);
            let mut theirs = other.add_night(number, "at", &turned);
            theirs.rotate_right(by);
            prop_assert_eq!(ids, theirs);
        }
        prop_assert_eq!(one, other);
    }

    #[test]
    fn no_id_is_used_twice_and_each_history_is_whole(nights in nights()) {
        let mut lineage = Lineage::default();
        for (number, found) in (1..).zip(&nights) {
            let known: BTreeSet<String> =
                lineage.lines().iter().map(|line| line.campaign.clone()).collect();
            let ids = lineage.add_night(number, "at", found);
            let distinct: BTreeSet<&String> = ids.iter().collect();
            prop_assert_eq!(distinct.len(), ids.len());
            for (id, found) in ids.iter().zip(found) {
                let line = lineage.line(id).expect("each has a line");
                prop_assert!(line.alive);
                prop_assert_eq!(&line.members, &found.members);
                prop_assert!(known.contains(id) || line.history[0].night == number);
            }
            for line in lineage.lines() {
                prop_assert_eq!(line.alive, ids.contains(&line.campaign));
                prop_assert_eq!(line.history[0].what, What::Born);
                prop_assert!(line.history.windows(2).all(|pair| pair[0].night <= pair[1].night));
                // Whatever it names was there in that night.
                for other in line.history.iter().flat_map(|own| &own.campaigns) {
                    prop_assert!(lineage.line(other).is_some());
                }
            }
        }
        let all: BTreeSet<&String> = lineage.lines().iter().map(|line| &line.campaign).collect();
        prop_assert_eq!(all.len(), lineage.lines().len());
    }

    #[test]
    fn campaigns_that_only_grow_keep_their_ids(
        sizes in proptest::collection::vec((1_u64..50, 0_u64..500), 1..6),
    ) {
        let mut lineage = Lineage::default();
        let night = |grown: bool| -> Vec<Found> {
            let of = |(number, (size, more)): (u64, &(u64, u64))| {
                let start = number * 1000;
                found(start..start + size + if grown { *more } else { 0 }, &[])
            };
            (0..).zip(&sizes).map(of).collect()
        };
        let first = lineage.add_night(1, "a", &night(false));
        prop_assert_eq!(first, lineage.add_night(2, "b", &night(true)));
    }
}

#[test]
fn what_people_call_a_campaign_is_its_line_whatever_its_members_say() {
    let mut lineage = Lineage::default();
    let before = lineage.add_night(1, "a", &[found(0..40, &[]), found(40..100, &[])]);
    // The smaller one's id is to stay, though the larger gave most members.
    let whole = Found { called: Some(before[0].clone()), ..found(0..100, &[]) };
    assert_eq!(lineage.add_night(2, "b", &[whole]), before[..1]);
    let other = lineage.line(&before[1]).expect("a line");
    assert_eq!(other.history.last().map(|own| own.what), Some(What::MergedInto));
    // An id that nobody had yet is given once.
    let called =
        |members| Found { called: Some("c-0123456789ab".to_owned()), ..found(members, &[]) };
    let ids = lineage.add_night(3, "c", &[called(200..240), called(300..340)]);
    assert_eq!(ids.iter().filter(|id| *id == "c-0123456789ab").count(), 1);
    assert_ne!(ids[0], ids[1]);
}
