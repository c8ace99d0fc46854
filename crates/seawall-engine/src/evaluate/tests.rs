//! Do the measures agree with worked examples and with a naive oracle?

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::read::{members_from, truth_from};
use super::*;

fn evaluate_text(members: &str, truth: &str) -> Result<Evaluation, Error> {
    let path = Path::new("test.csv");
    Ok(measure(&members_from(members.as_bytes(), path)?, &truth_from(truth.as_bytes(), path)?))
}

fn close(found: Option<f64>, expected: f64) {
    let found = found.expect("a measure");
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

/// Two operators, A (four accounts) and B (three), and four benign accounts. Found: c1 has three of
/// A and one benign account, c2 has the fourth of A and two of B.
const TRUTH: &str = "\
kind,account,extra,fraud,operator,campaign
l1,a1,x,1,A,a
l1,a2,x,true,A,a
l1,a3,x,1,A,a
l1,a4,x,TRUE,A,a
l2,b1,x,1,B,b
l2,b2,x,1,B,b
l2,b3,x,1,B,b
benign,p1,x,0,,
benign,p2,x,false,,
viral,p3,x,0,,
viral,p4,x,0,,
benign,u1,x,,,
";
const MEMBERS: &str = "\
account,campaign,confidence,bits
a1,c1,0.9,10
a2,c1,0.9,10
a3,c1,0.9,10
p3,c1,0.9,10
a4,c2,0.9,10
b1,c2,0.9,10
b2,c2,0.9,10
u1,c2,0.9,10
stranger,c2,0.9,10
";

#[test]
fn the_worked_example_comes_out() {
    let evaluation = evaluate_text(MEMBERS, TRUTH).unwrap();
    let accounts = &evaluation.accounts;
    assert_eq!((accounts.labelled, accounts.unlabelled, accounts.fraud), (11, 1, 7));
    assert_eq!((accounts.flagged, accounts.true_positives, accounts.false_positives), (7, 6, 1));
    assert_eq!((accounts.flagged_unknown, accounts.flagged_unlabelled), (1, 1));
    close(accounts.precision, 6.0 / 7.0);
    close(accounts.recall, 6.0 / 7.0);
    close(accounts.false_positive_rate, 1.0 / 4.0);

    let kinds: Vec<_> = evaluation
        .kinds
        .iter()
        .map(|kind| (kind.kind.as_str(), kind.fraud, kind.flagged, kind.accounts))
        .collect();
    assert_eq!(
        kinds,
        [("benign", false, 0, 2), ("viral", false, 1, 2), ("l1", true, 4, 4), ("l2", true, 2, 3)]
    );

    let campaigns = evaluation.campaigns.expect("campaigns are named");
    // Eight accounts: c1 is {3 of A, 1 benign}, c2 is {1 of A, 2 of B}, b3 is alone.
    // Precision: three of A 3/4 each, the benign 1/4, a4 1/3, two of B 2/3 each, b3 1.
    close(
        campaigns.bcubed_precision,
        (3.0 * 0.75 + 0.25 + 1.0 / 3.0 + 2.0 * (2.0 / 3.0) + 1.0) / 8.0,
    );
    // Recall: three of A 3/4 each, the benign 1, a4 1/4, two of B 2/3 each, b3 1/3.
    close(campaigns.bcubed_recall, (3.0 * 0.75 + 1.0 + 0.25 + 2.0 * (2.0 / 3.0) + 1.0 / 3.0) / 8.0);
    // Pairs together: 6 + 3; belonging together: 6 + 3; both: 3 (of A in c1) + 1 (of B in c2).
    close(campaigns.pair_precision, 4.0 / 9.0);
    close(campaigns.pair_recall, 4.0 / 9.0);
    close(campaigns.purity, 5.0 / 7.0);
    assert_eq!((campaigns.detected, campaigns.mixed, campaigns.merged), (2, 1, 1));
    let truth: Vec<_> = campaigns
        .truth
        .iter()
        .map(|one| (one.campaign.as_str(), one.operator.as_str(), one.flagged, one.fragments))
        .collect();
    assert_eq!(truth, [("a", "A", 4, 2), ("b", "B", 2, 1)]);
    close(campaigns.truth[0].largest_fragment_share, 0.75);
    // c1 has three of four of A, but is only 75 % A; c2 has two of three of B, but is 67 % B.
    assert!(!campaigns.truth[0].found && !campaigns.truth[1].found);
    assert_eq!(evaluation.warnings.len(), 2);
}

#[test]
fn a_perfect_detection_is_perfect() {
    let truth = "account,fraud,campaign\na,1,x\nb,1,x\nc,1,y\nd,1,y\ne,0,\n";
    let members = "account,campaign\na,1\nb,1\nc,2\nd,2\n";
    let evaluation = evaluate_text(members, truth).unwrap();
    let campaigns = evaluation.campaigns.expect("campaigns are named");
    for measure in [
        evaluation.accounts.precision,
        evaluation.accounts.recall,
        campaigns.bcubed_f1,
        campaigns.pair_f1,
        campaigns.purity,
    ] {
        close(measure, 1.0);
    }
    assert!(campaigns.truth.iter().all(|one| one.found && one.fragments == 1));
    assert_eq!(campaigns.bands[0], SizeBand { accounts_min: 1, campaigns: 2, found: 2 });
    assert_eq!((campaigns.mixed, campaigns.merged), (0, 0));
}

#[test]
fn nothing_found_is_no_division_by_nothing() {
    let evaluation = evaluate_text("account,campaign\n", "account,fraud\na,0\nb,1\n").unwrap();
    assert_eq!(evaluation.accounts.precision, None);
    close(evaluation.accounts.recall, 0.0);
    assert_eq!(evaluation.campaigns, None);
    let empty = evaluate_text("account,campaign\n", "account,fraud\n").unwrap();
    assert_eq!(empty.accounts.false_positive_rate, None);
    assert!(!table(&empty).contains("NaN"));
}

#[test]
fn bad_files_are_refused_without_quoting_them() {
    let missing = evaluate_text("account\n", TRUTH).unwrap_err();
    assert!(matches!(missing, Error::Column { column: "campaign", .. }));
    let label = evaluate_text(MEMBERS, "account,fraud\na,0\nb,perhaps\n").unwrap_err();
    assert!(matches!(label, Error::Label { line: 3, .. }));
    assert!(!label.to_string().contains("perhaps"));
    let long = format!("account,fraud\n{},0\n", "a".repeat(3 << 20));
    assert!(matches!(evaluate_text(MEMBERS, &long), Err(Error::Csv { .. })));
}

#[test]
fn rows_that_repeat_an_account_are_counted_once() {
    let truth = "account,fraud,campaign\na,1,x\na,0,\nb,0,\n";
    let members = "account,campaign\na,1\na,2\n";
    let evaluation = evaluate_text(members, truth).unwrap();
    assert_eq!((evaluation.accounts.labelled, evaluation.accounts.true_positives), (2, 1));
    assert_eq!(evaluation.warnings.len(), 2);
}

#[test]
fn the_table_says_what_the_numbers_say() {
    let text = table(&evaluate_text(MEMBERS, TRUTH).unwrap());
    for part in ["0.8571", "0.4444", "2 detected", "viral", "warning: 1 flagged account"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

/// An account as the oracle sees it: found in, and truly of.
type Seen = (Option<u8>, Option<u8>);

/// B-cubed and pairwise measures by comparing every account with every other.
fn naive(accounts: &[Seen]) -> [Option<f64>; 4] {
    let within: Vec<Seen> = accounts
        .iter()
        .copied()
        .filter(|(found, owner)| found.is_some() || owner.is_some())
        .collect();
    let same = |first: Option<u8>, second: Option<u8>, itself: bool| {
        itself || (first.is_some() && first == second)
    };
    let (mut precision, mut recall) = (0.0, 0.0);
    let [mut together, mut belonging, mut both] = [0_u32; 3];
    for (i, one) in within.iter().enumerate() {
        let [mut found, mut owned, mut right] = [0_u32; 3];
        for (j, other) in within.iter().enumerate() {
            let in_found = same(one.0, other.0, i == j);
            let in_owned = same(one.1, other.1, i == j);
            found += u32::from(in_found);
            owned += u32::from(in_owned);
            right += u32::from(in_found && in_owned);
            if j > i {
                together += u32::from(in_found);
                belonging += u32::from(in_owned);
                both += u32::from(in_found && in_owned);
            }
        }
        precision += f64::from(right) / f64::from(found);
        recall += f64::from(right) / f64::from(owned);
    }
    let count = within.len() as f64;
    let ratio = |whole: u32| (whole > 0).then(|| f64::from(both) / f64::from(whole));
    [
        (count > 0.0).then(|| precision / count),
        (count > 0.0).then(|| recall / count),
        ratio(together),
        ratio(belonging),
    ]
}

proptest! {
    #[test]
    fn measures_agree_with_comparing_everyone_with_everyone(
        accounts in prop::collection::vec(
            (prop::option::of(0_u8..5), prop::option::weighted(0.6, 0_u8..4)), 1..60),
    ) {
        prop_assume!(accounts.iter().any(|(_, owner)| owner.is_some()));
        let mut members = String::from("account,campaign\n");
        let mut truth = String::from("account,fraud,campaign\n");
        for (number, (found, owner)) in accounts.iter().enumerate() {
            if let Some(found) = found {
                writeln!(members, "n{number},c{found}").unwrap();
            }
            match owner {
                Some(owner) => writeln!(truth, "n{number},1,t{owner}").unwrap(),
                None => writeln!(truth, "n{number},0,").unwrap(),
            }
        }
        let campaigns = evaluate_text(&members, &truth).unwrap().campaigns.expect("named");
        let expected = naive(&accounts);
        let found = [
            campaigns.bcubed_precision,
            campaigns.bcubed_recall,
            campaigns.pair_precision,
            campaigns.pair_recall,
        ];
        for (found, expected) in found.into_iter().zip(expected) {
            match (found, expected) {
                (Some(found), Some(expected)) => prop_assert!((found - expected).abs() < 1e-9),
                (found, expected) => prop_assert_eq!(found, expected),
            }
        }
    }
}
