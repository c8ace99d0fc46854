//! Does a policy say what its file says, and is a bad one refused?

use super::*;
use crate::decision::record::{Inputs, Membership};

fn inputs() -> Inputs {
    Inputs {
        sequence: 0,
        time: 0,
        event_type: 0,
        country: Some(*b"DE"),
        account: 1,
        age_seconds: 0,
        events: 1,
        trusted: false,
        selectors: Vec::new(),
        stratum: [0; 2],
        provisional: None,
        indicators: Vec::new(),
        spent: Spent::default(),
        measured: crate::decision::record::Measured::default(),
    }
}

fn member(bits: f64) -> Grounds {
    let membership =
        Membership { campaign: "c-1".to_owned(), bits, probability: 1.0, families: 2, bound: true };
    let found = super::super::grounds::Found {
        membership,
        campaign: 0,
        campaign_bits: 12.0,
        campaign_members: 100,
        campaign_confidence: 1.0,
        belonging: crate::campaign::membership::Belonging::default(),
    };
    Grounds { membership: Some(found), ..Grounds::default() }
}

fn policy(rules: &str) -> Result<Policy, PolicyError> {
    let (head, _) = DEFAULT.split_once("[[rules]]").expect("rules");
    Policy::parse(&format!("{head}{rules}"))
}

fn rule(when: &str, decision: &str) -> Result<Policy, PolicyError> {
    policy(&format!("[[rules]]\nid = \"r\"\nwhen = '''{when}'''\ndecision = \"{decision}\"\n"))
}

#[test]
fn the_default_blocks_members_and_lets_others_pass() {
    let policy = Policy::standard();
    assert_eq!(policy.ask(&Grounds::default(), &inputs()).answer, Answer::Allow);
    let outcome = policy.ask(&member(9.0), &inputs());
    assert_eq!((outcome.answer, outcome.rule.as_deref()), (Answer::Block, Some("known-campaign")));
    assert_eq!(policy.ask(&member(4.0), &inputs()).answer, Answer::Challenge);
}

#[test]
fn every_variable_has_the_type_it_says() {
    for variable in VARIABLES {
        let value = (variable.value)(&member(5.0), &inputs());
        let empty = (variable.value)(&Grounds::default(), &inputs());
        for value in [value, empty] {
            let fits = match variable.variable_type {
                VariableType::Bool => matches!(value, Value::Bool(_)),
                VariableType::Int => matches!(value, Value::Int(_)),
                VariableType::Double => matches!(value, Value::Float(_)),
                VariableType::String => matches!(value, Value::String(_)),
            };
            assert!(fits, "{}", variable.name);
        }
    }
}

#[test]
fn what_is_checked_runs_and_gives_a_truth() {
    for (when, expected) in [
        ("event.type in ['signup', 'login'] && account.events == 1", true),
        ("membership.bits >= 6 && membership.bits < 10.5", true),
        ("event.country.startsWith('D') || false", true),
        ("account.events % 2 == 0 ? true : account.age_seconds > 5", false),
        ("size(campaign.id) > 0 && -membership.bits < 0.0", true),
        ("double(account.events) * 2.0 == 2.0", true),
        ("!(campaign.accounts != 100)", true),
        ("1 / account.age_seconds > 0", false),
    ] {
        let policy = rule(when, "challenge").expect(when);
        let answer = policy.ask(&member(9.0), &inputs()).answer;
        assert_eq!(answer == Answer::Challenge, expected, "{when}");
    }
}

#[test]
fn what_does_not_fit_is_refused_and_said() {
    for (when, decision, said) in [
        ("membership.bit > 3.0", "challenge", "no variable `membership.bit`"),
        ("membership.bits", "challenge", "gives double"),
        ("membership.bits > 'x'", "challenge", "`>` of double and string"),
        ("membership.bits && true", "challenge", "`&&` of double and bool"),
        ("account.events + 1.0 > 2.0", "challenge", "`+` of int and double"),
        ("event.type in [1, 2]", "challenge", "`in` of string"),
        ("event.type in []", "challenge", "a list"),
        ("[1].exists(x, x > 0)", "challenge", "only variables"),
        ("now() > 3", "challenge", "`now`"),
        ("membership.bits >", "challenge", "not an expression"),
        ("provisional.bits > 9.0", "block", "never one to block"),
        ("true || burst.families > 1", "block", "never one to block"),
        ("membership", "challenge", "no variable `membership`"),
    ] {
        let refused = rule(when, decision).err().map(|error| error.to_string());
        let refused = refused.unwrap_or_else(|| panic!("{when} was taken"));
        assert!(refused.contains(said) && refused.contains("rule `r`"), "{when}: {refused}");
    }
}

#[test]
fn a_file_that_is_none_is_refused() {
    let swap = |from: &str, to: &str| Policy::parse(&DEFAULT.replacen(from, to, 1)).is_err();
    assert!(swap("version = 2", "versio = 2"));
    assert!(swap("late = \"allow\"", "late = \"maybe\""));
    assert!(swap("block_share_max = 0.5", "block_share_max = 1.5"));
    assert!(swap("block_share_max = 0.5", "block_share_max = nan"));
    assert!(swap("window_seconds = 3600", "window_seconds = 0"));
    assert!(swap("deadline_milliseconds = 50", "deadline_milliseconds = 0"));
    assert!(swap("id = \"named\"", "id = \"known-campaign\""));
    assert!(swap("id = \"named\"", "id = \"named rule\""));
}

#[test]
fn nothing_blocks_on_what_was_not_weighed() {
    let policy = rule("true", "block").expect("a policy");
    let outcome = policy.ask(&Grounds::default(), &inputs());
    assert_eq!((outcome.answer, outcome.without_limit), (Answer::Challenge, Some(Answer::Block)));
    let mut named = inputs();
    named.indicators.push("indicator--1".to_owned());
    assert_eq!(policy.ask(&Grounds::default(), &named).answer, Answer::Block);
}

#[test]
fn a_shadow_rule_is_told_and_not_followed() {
    let policy = policy(
        "[[rules]]\nid = \"watched\"\nwhen = \"true\"\ndecision = \"challenge\"\nmode = \"shadow\"\n",
    )
    .expect("a policy");
    let outcome = policy.ask(&Grounds::default(), &inputs());
    assert_eq!(outcome.answer, Answer::Allow);
    assert_eq!(outcome.shadow, [("watched".to_owned(), Answer::Challenge)]);
}

#[test]
fn a_spent_budget_makes_answers_milder() {
    let budget =
        Budget { window_seconds: 60, challenge_share_max: 0.5, block_share_max: 0.1, free: 2 };
    let mut budgets = Budgets::default();
    let mut answered = Vec::new();
    for second in 0..100 {
        let spent = budgets.spent([1, 2], second / 50 * 60, &budget);
        let asked = Answer::Block;
        let answer = budget.limit(asked, &spent).map_or(asked, |milder| milder.0);
        budgets.spend([1, 2], second / 50 * 60, &budget, answer);
        answered.push(answer);
    }
    for window in answered.chunks(50) {
        let count = |answer| window.iter().filter(|own| **own == answer).count();
        assert!((5..=7).contains(&count(Answer::Block)), "{}", count(Answer::Block));
        assert!((24..=26).contains(&(count(Answer::Block) + count(Answer::Challenge))));
    }
    assert_eq!(budgets.spent([9, 9], 0, &budget), Spent::default());
}

#[test]
fn the_difference_names_the_rules() {
    let other = DEFAULT.replace("campaign.accounts >= 30", "campaign.accounts >= 20");
    let other = Policy::parse(&other).expect("a policy");
    assert_eq!(Policy::standard().difference(&other), ["known-campaign"]);
    assert_ne!(Policy::standard().id(), other.id());
}
