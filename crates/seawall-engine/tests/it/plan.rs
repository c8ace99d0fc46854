//! Does a plan bracket what is true, and does it refuse what cannot fit?

use std::fmt::Write as _;

use seawall_engine::{
    detect::{Knowledge, Room},
    plan::{Plan, Shortage},
    read::Source,
};

const ACCOUNTS: u64 = 300_000;

/// Signups one a second; after every second one, an account signed up before comes back.
fn log() -> (tempfile::TempDir, Source) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("events.csv");
    let mut text = "time,type,account,email,user_agent\n".to_owned();
    for account in 0..ACCOUNTS {
        let line = format!(
            "{},signup,a{account},a{account}@example.org,agent {}\n",
            1_760_000_000_000 + account * 1000,
            account % 7
        );
        text.push_str(&line);
        if account % 2 == 1 {
            writeln!(
                text,
                "{},login,a{},,agent 1",
                1_760_000_000_000 + account * 1000,
                account / 2
            )
            .expect("memory takes it");
        }
    }
    fs_err::write(&path, text).expect("written");
    let source = Source::open(&[path.to_string_lossy().into_owned()], None).expect("opened");
    (folder, source)
}

#[test]
fn a_plan_brackets_what_is_true() {
    let (_folder, source) = log();
    let plan = Plan::new(&source, &Knowledge::default()).expect("a plan");
    assert_eq!(plan, Plan::new(&source, &Knowledge::default()).expect("the same"));
    assert!(plan.sampled_bytes < plan.input_bytes, "not all was read: {plan:?}");
    let near = |guess: u64, truth: u64| guess.abs_diff(truth) * 20 < truth;
    assert!(near(plan.events, ACCOUNTS * 3 / 2), "{plan:?}");
    assert!(near(plan.accounts[0], ACCOUNTS), "{plan:?}");
    assert!(plan.accounts[1] >= plan.accounts[0], "{plan:?}");
    // A mail address is 8 bytes of hash at least, whatever else is kept.
    assert!(plan.value_bytes[1] > 8 * ACCOUNTS, "{plan:?}");
    assert!(plan.value_bytes[0] <= plan.value_bytes[1], "{plan:?}");
}

#[test]
fn what_cannot_fit_is_refused_with_the_number_that_would_do() {
    let plan = Plan {
        input_bytes: 100 << 30,
        sampled_bytes: 1 << 30,
        sampled_events: 200_000,
        events: 1_000_000_000,
        accounts: [4_000_000, 40_000_000],
        value_bytes: [30 << 30, 60 << 30],
        keeps: false,
    };
    let room = |memory_bytes, spill_bytes| Room {
        memory_bytes,
        spill: std::path::PathBuf::new(),
        spill_bytes,
    };
    let Some(Shortage::Memory(needed, given)) = plan.shortage(&room(1 << 29, u64::MAX)) else {
        panic!("half a gigabyte is too little for four million accounts of 110 bytes each");
    };
    assert_eq!(given, 1 << 29);
    let [least, _] = plan.memory_bytes(needed);
    assert!((needed - 9..=needed).contains(&least), "what would do is what it takes: {least}");
    assert!(!matches!(plan.shortage(&room(needed, u64::MAX)), Some(Shortage::Memory(..))));
    let Some(Shortage::Spill(needed, _)) = plan.shortage(&room(8 << 30, 1 << 30)) else {
        panic!("29 GiB do not fit in one");
    };
    assert_eq!(needed, 29 << 30);
    // With little memory, what is put aside meanwhile as well.
    let [least, most] = plan.spill_bytes(1 << 30);
    let more = least.checked_sub((30 << 30) - (1 << 27)).expect("all values but what fits");
    assert!((70..100).contains(&(more / plan.accounts[0])), "{more}");
    assert!(most > (60 << 30) + 70 * plan.accounts[1], "{most}");
    assert_eq!(plan.shortage(&room(8 << 30, needed)), None);
    // With memory for all values nothing goes to the disk.
    assert_eq!(plan.shortage(&room(240 << 30, 0)), None);
    // What is kept for after a stop takes the disk however much memory there is.
    let keeping = Plan { keeps: true, ..plan };
    let Some(Shortage::Spill(needed, 0)) = keeping.shortage(&room(90 << 30, 0)) else {
        panic!("all is kept");
    };
    assert!(needed > (30 << 30) + 8 * plan.events, "values, and the account of each event");
}
