//! Are days counted as courts count them?

use proptest::prelude::*;

use super::*;

fn deadline(kind: DeadlineKind, from: &str) -> Deadline {
    Deadline {
        id: "deadline-1".parse().unwrap(),
        kind,
        from: format!("{from}T15:00:00Z").parse().unwrap(),
        renewals: 0,
        set: None,
        source: "item-1".parse().unwrap(),
        owner: "cora".parse().unwrap(),
    }
}

fn days(deadline: &Deadline) -> (String, String) {
    let due = due(deadline).unwrap();
    (due.safe.to_string(), due.last.to_string())
}

/// Federal holidays as the Office of Personnel Management publishes them, for three years.
#[test]
fn holidays_are_those_that_are_published() {
    let published = [
        (2021, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"),
        (2023, "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25"),
        (2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
    ];
    for (year, expected) in published {
        let first: Date = format!("{year}-01-01").parse().unwrap();
        let found: Vec<String> = first
            .series(1.day())
            .take_while(|date| date.year() == first.year())
            .filter(|date| holiday(*date).is_some())
            .map(|date| date.strftime("%m-%d").to_string())
            .collect();
        assert_eq!(found.join(" "), expected, "{year}");
    }
}

#[test]
fn a_restraining_order_of_7_december_2023_lapses_on_the_21st() {
    assert_eq!(
        days(&deadline(DeadlineKind::TroExpiry, "2023-12-07")),
        ("2023-12-21".to_owned(), "2023-12-21".to_owned())
    );
}

#[test]
fn a_period_that_ends_without_business_runs_on() {
    // Saturday, Sunday, and Monday the 25th, which is Christmas.
    assert_eq!(
        days(&deadline(DeadlineKind::TroExpiry, "2023-12-09")),
        ("2023-12-23".to_owned(), "2023-12-26".to_owned())
    );
    // What somebody keeps for us is gone on the very day.
    assert_eq!(
        days(&deadline(DeadlineKind::Preservation, "2023-09-24")),
        ("2023-12-23".to_owned(), "2023-12-23".to_owned())
    );
}

#[test]
fn preservation_is_renewed_once_for_as_long_again() {
    let mut preservation = deadline(DeadlineKind::Preservation, "2023-12-13");
    assert_eq!(days(&preservation).0, "2024-03-12");
    preservation.renewals = 1;
    assert_eq!(days(&preservation).0, "2024-06-10");
    preservation.renewals = u32::MAX;
    assert_eq!(due(&preservation), Err(NoDay::Beyond));
}

#[test]
fn days_of_business_pass_over_weekends_and_holidays() {
    // Ten days of business from Thursday 14 December 2023 pass Christmas and New Year's Day.
    assert_eq!(days(&deadline(DeadlineKind::AppealAnswer, "2023-12-14")).0, "2023-12-29");
    assert_eq!(days(&deadline(DeadlineKind::AppealAnswer, "2023-12-18")).0, "2024-01-03");
    // Six months from the end of August end with February.
    assert_eq!(days(&deadline(DeadlineKind::ComplaintWindow, "2023-08-31")).0, "2024-02-29");
}

#[test]
fn a_day_that_somebody_sets_must_be_stated() {
    let mut hearing = deadline(DeadlineKind::PiHearing, "2023-12-07");
    assert_eq!(due(&hearing), Err(NoDay::NotSet));
    hearing.set = Some("2023-12-19".parse().unwrap());
    assert_eq!(days(&hearing).1, "2023-12-19");
}

#[test]
fn urgency_is_a_word() {
    let due = Due { safe: "2023-12-23".parse().unwrap(), last: "2023-12-26".parse().unwrap() };
    for (today, expected) in [
        ("2023-12-01", Urgency::Later),
        ("2023-12-16", Urgency::Soon),
        ("2023-12-23", Urgency::Today),
        ("2023-12-26", Urgency::Today),
        ("2023-12-27", Urgency::Missed),
    ] {
        assert_eq!(urgency(due, today.parse().unwrap()), expected, "{today}");
    }
}

#[test]
fn each_kind_has_one_rule() {
    for (index, rule) in RULES.iter().enumerate() {
        assert_eq!(rule.kind as usize, index);
        assert_eq!(rule_of(rule.kind), *rule);
    }
}

proptest! {
    /// Whatever the start: the last day has business where the rule rolls, and is never before the safe one.
    #[test]
    fn the_last_day_has_business(day in 0_i64..36_500, kind in 0_usize..13) {
        let start = jiff::civil::date(1990, 1, 1).checked_add(day.days()).unwrap();
        let mut deadline = deadline(RULES[kind].kind, &start.to_string());
        if RULES[kind].period == Period::Set {
            deadline.set = Some(start);
        }
        let due = due(&deadline).unwrap();
        prop_assert!(due.safe <= due.last && due.last <= due.safe.checked_add(5.days()).unwrap());
        prop_assert!(!RULES[kind].rolls || is_business_day(due.last));
    }
}
