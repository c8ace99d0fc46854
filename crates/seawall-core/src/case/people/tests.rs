//! Does the table keep its promises, over every role and power?

use proptest::prelude::*;

use super::*;

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

fn hash(letter: char) -> ContentHash {
    letter.to_string().repeat(64).parse().unwrap()
}

fn person(name: &str, role: Role) -> Person {
    Person { id: id(name), name: name.to_owned(), role, public_key: "key".to_owned() }
}

fn powers() -> impl Strategy<Value = Power> {
    proptest::sample::select(MATRIX.map(|(power, _)| power).to_vec())
}

fn roles() -> impl Strategy<Value = Role> {
    proptest::sample::select(Role::ALL.to_vec())
}

#[test]
fn each_power_stands_once() {
    let mut powers = MATRIX.map(|(power, _)| power);
    powers.sort();
    assert!(powers.windows(2).all(|pair| pair[0] < pair[1]));
    // Each variant has a row: the last one in order of declaration is number 17.
    assert_eq!(powers.last().map(|power| *power as usize), Some(MATRIX.len() - 1));
}

#[test]
fn admins_hold_no_right_on_evidence_and_outsiders_none_at_all() {
    for (power, _) in MATRIX {
        let admin = right(Role::Admin, power);
        let theirs = [Power::Halt, Power::ReadLog, Power::ManagePeople].contains(&power);
        assert_eq!(admin != Right::No, theirs, "{power:?}");
        assert_eq!(right(Role::Outside, power), Right::No, "{power:?}");
    }
}

/// What takes two can be done by nobody alone, and what one may do alone needs no approval.
#[test]
fn two_are_two() {
    for (power, rights) in MATRIX {
        for personal_data in [false, true] {
            let groups = needed(power, personal_data);
            if groups.is_empty() {
                assert!(rights.iter().all(|right| !right.proposes() && !right.approves()));
                assert!(rights.iter().any(|right| right.acts()), "{power:?}");
                continue;
            }
            assert!(rights.iter().all(|right| !right.acts()), "{power:?}");
            assert!(rights.iter().any(|right| right.proposes()), "{power:?}");
            for role in groups.iter().copied().flatten() {
                assert!(right(*role, power).approves(), "{power:?} {role:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn the_proposer_never_approves(power in powers(), role in roles(), other in roles()) {
        let proposal = Proposal {
            id: id("proposal-1"), power, content_sha256: hash('a'), proposer: id("one"), personal_data: false,
        };
        prop_assert_eq!(
            check_approval(&proposal, &person("one", role), &hash('a')),
            Err(Refusal::OwnProposal)
        );
        prop_assert_eq!(
            missing(&proposal, &[(id("one"), role), (id("one"), other)]).len(),
            needed(power, false).len()
        );
    }

    #[test]
    fn an_approval_is_of_one_content(power in powers(), role in roles(), personal_data: bool) {
        let proposal = Proposal {
            id: id("proposal-1"), power, content_sha256: hash('a'), proposer: id("one"), personal_data,
        };
        let approver = person("two", role);
        prop_assert!(check_approval(&proposal, &approver, &hash('b')).is_err());
        let allowed = check_approval(&proposal, &approver, &hash('a')).is_ok();
        prop_assert_eq!(allowed, right(role, power).approves());
    }

    /// Whatever approvals there are, one person fills one place at most.
    #[test]
    fn one_person_counts_once(power in powers(), given in proptest::collection::vec(roles(), 0..6)) {
        let proposal = Proposal {
            id: id("proposal-1"), power, content_sha256: hash('a'), proposer: id("one"), personal_data: true,
        };
        let same: Vec<(Id, Role)> = given.iter().map(|role| (id("two"), *role)).collect();
        let needed = needed(power, true).len();
        prop_assert!(missing(&proposal, &same).len() + 1 >= needed);
    }
}

#[test]
fn what_carries_personal_data_needs_privacy_too() {
    let mut proposal = Proposal {
        id: id("proposal-1"),
        power: Power::Release,
        content_sha256: hash('a'),
        proposer: id("one"),
        personal_data: false,
    };
    let counsel = [(id("two"), Role::Counsel)];
    assert!(missing(&proposal, &counsel).is_empty());
    proposal.personal_data = true;
    assert_eq!(missing(&proposal, &counsel), [&[Role::Privacy][..]]);
    assert!(
        missing(&proposal, &[(id("two"), Role::Counsel), (id("three"), Role::Privacy)]).is_empty()
    );
}

#[test]
fn refusals_say_who_may() {
    let refused = check_act(Role::Admin, Power::AddEvidence, None).unwrap_err().to_string();
    assert_eq!(
        refused,
        "admin may not add evidence\nhint: analyst, lead, custodian, counsel, liaison may"
    );
    let refused = check_act(Role::Analyst, Power::Reveal, Some(" ")).unwrap_err();
    assert_eq!(refused, Refusal::NoPurpose { role: Role::Analyst, power: Power::Reveal });
    assert!(check_act(Role::Analyst, Power::Reveal, Some("match with purchases")).is_ok());
    assert!(check_proposal(Role::Custodian, Power::Release).is_err());
    assert!(check_proposal(Role::Lead, Power::Release).is_ok());
}
