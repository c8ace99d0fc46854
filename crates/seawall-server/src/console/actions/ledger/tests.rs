//! Is everybody asked for once, whatever fails, ends or is taken back? Against a site that remembers what it did.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::console::actions::plan::{Limits, Scope, stages};

fn plan(accounts: u32) -> Plan {
    Plan {
        campaign: "c-0".to_owned(),
        called: "farm".to_owned(),
        run: "today".to_owned(),
        verb: Verb::Suspend,
        scope: Scope::All,
        accounts,
        left_out: 0,
        people: 1.0,
        stages: stages(accounts),
        list: String::new(),
        batch: 7,
        delay_seconds_max: 0,
        limits: None,
        by_itself: None,
        needs_approval: false,
        reason: "why".to_owned(),
    }
}

/// Actions with their journal.
#[derive(Default)]
struct Kept {
    actions: Actions,
    journal: Vec<(i64, String, Step)>,
}

impl Kept {
    fn new(plan: Plan) -> Self {
        let mut kept = Self::default();
        kept.does("ann", Step::Proposed { plan }).expect("proposed");
        kept
    }

    fn action(&self) -> &Action {
        self.actions.of("act-1").expect("there")
    }

    fn keep(&mut self, at: i64, by: &str, step: Step) {
        let sequence = self.journal.len() as u64;
        self.journal.push((at, by.to_owned(), step.clone()));
        self.actions.apply(sequence, at, by, &Entry { action: "act-1".to_owned(), step });
    }

    /// Somebody does something, having seen all there is.
    fn does(&mut self, by: &str, step: Step) -> Result<(), Refused> {
        let saw = self.actions.of("act-1").map_or(0, Action::version);
        self.actions.check("act-1", &step, by, saw)?;
        self.keep(0, by, step);
        Ok(())
    }

    /// What a start finds.
    fn restarted(&self) -> Actions {
        let mut actions = Actions::default();
        for (sequence, (at, by, step)) in (0..).zip(&self.journal) {
            let entry = Entry { action: "act-1".to_owned(), step: step.clone() };
            // Through its form on the disk.
            let text = serde_json::to_string(&entry).expect("JSON");
            actions.apply(sequence, *at, by, &serde_json::from_str(&text).expect("read"));
        }
        actions
    }
}

/// A site that does what it is asked for under a key once.
#[derive(Default)]
struct Site {
    suspended: BTreeSet<u32>,
    restored: BTreeSet<u32>,
    /// Keys, with what was answered to them.
    seen: BTreeMap<(u32, bool), bool>,
}

/// A small generator: the same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

impl Site {
    fn asked(&mut self, batch: &Batch) {
        for row in &batch.rows {
            if self.seen.insert((*row, batch.back), true).is_none() {
                let own = if batch.back { &mut self.restored } else { &mut self.suspended };
                own.insert(*row);
            }
        }
    }
}

/// Works on what is due; the server is killed now and then, before the site has what it sent or after, and the site fails
/// now and then, before it did anything.
fn work(kept: &mut Kept, site: &mut Site, dice: &mut Dice, steps_max: usize) {
    for _ in 0..steps_max {
        let batch = match kept.action().next(i64::MAX) {
            None => return,
            Some(Next::Keep(step)) => {
                kept.keep(0, "server", step);
                continue;
            }
            Some(Next::Send(batch)) => batch,
        };
        let roll = dice.below(10);
        if roll < 7 {
            site.asked(&batch);
        }
        if roll == 0 || roll == 9 {
            // Killed: nothing is written, and the next start says so.
            kept.actions = kept.restarted();
            for step in kept.action().lost(0) {
                kept.keep(0, "server", step);
            }
            continue;
        }
        let (came, status) = match roll {
            1..=6 => (Came::Accepted, Some(200)),
            7 if batch.attempts < 3 => (Came::Again, Some(503)),
            7 => (Came::GivenUp, Some(503)),
            _ => (Came::Refused, Some(422)),
        };
        let step = Step::Answered {
            batch: batch.number,
            attempt: batch.attempts + 1,
            came,
            status,
            unanswered: false,
            why: None,
            refused: Vec::new(),
            next_at: (came == Came::Again).then_some(0),
        };
        kept.keep(0, "server", step);
    }
}

#[test]
fn whatever_fails_everybody_is_asked_for_once_and_all_that_was_done_is_taken_back() {
    for seed in 0..40 {
        let (mut dice, mut site) = (Dice(seed), Site::default());
        let mut kept = Kept::new(plan(300));
        for stage in 1..=3 {
            kept.does("ann", Step::Started { stage }).expect("started");
            work(&mut kept, &mut site, &mut dice, usize::MAX);
            let counts = kept.action().counts(kept.action().plan.rows(stage));
            let failures = counts.refused + counts.failed + counts.unknown;
            assert_eq!(kept.action().failures(), failures, "{seed}");
        }
        let action = kept.action();
        assert_eq!(kept.restarted(), kept.actions, "{seed}");
        assert_eq!(action.standing(), Standing::Done, "{seed}");
        let counts = action.counts(0..300);
        assert_eq!(counts.waiting + counts.sending, 0, "{seed}");
        // What the ledger says was done was done; what it says was not, was not.
        for (row, item) in action.items() {
            match item.done {
                Outcome::Accepted => assert!(site.suspended.contains(&row), "{seed} {row}"),
                Outcome::Unknown => {}
                _ => assert!(!site.suspended.contains(&row), "{seed} {row}"),
            }
        }
        let owed: BTreeSet<u32> =
            action.items().filter(|(_, item)| item.is_owed()).map(|(row, _)| row).collect();
        kept.does("ann", Step::RolledBack { reason: "wrong".to_owned() }).expect("rolled back");
        work(&mut kept, &mut site, &mut dice, usize::MAX);
        for _ in 0..100 {
            if !kept.action().may_ask_again() {
                break;
            }
            kept.does("ann", Step::Again).expect("again");
            work(&mut kept, &mut site, &mut dice, usize::MAX);
        }
        assert_eq!(kept.action().standing(), Standing::RolledBack, "{seed}");
        assert_eq!(site.restored, owed, "{seed}");
        assert!(site.suspended.is_subset(&site.restored), "{seed}");
        assert_eq!(kept.restarted(), kept.actions, "{seed}");
    }
}

#[test]
fn a_roll_back_in_the_middle_takes_back_what_was_done_until_then() {
    for seed in 0..40 {
        let (mut dice, mut site) = (Dice(seed), Site::default());
        let mut kept = Kept::new(plan(300));
        for stage in 1..=2 {
            kept.does("ann", Step::Started { stage }).expect("started");
            work(&mut kept, &mut site, &mut dice, usize::MAX);
        }
        kept.does("ann", Step::Started { stage: 3 }).expect("started");
        work(&mut kept, &mut site, &mut dice, 5 + seed as usize % 40);
        let before = site.suspended.clone();
        kept.does("ann", Step::RolledBack { reason: "wrong".to_owned() }).expect("rolled back");
        work(&mut kept, &mut site, &mut dice, usize::MAX);
        for _ in 0..100 {
            if kept.action().may_ask_again() {
                kept.does("ann", Step::Again).expect("again");
                work(&mut kept, &mut site, &mut dice, usize::MAX);
            }
        }
        assert_eq!(site.suspended, before, "{seed}: something was done after it was taken back");
        assert!(site.suspended.is_subset(&site.restored), "{seed}");
        let not_asked = kept.action().items().filter(|(_, item)| item.done == Outcome::Waiting);
        assert!(not_asked.into_iter().all(|(row, _)| !site.restored.contains(&row)), "{seed}");
    }
}

#[test]
fn who_proposes_does_not_approve_and_nothing_begins_without() {
    let mut kept = Kept::new(Plan { needs_approval: true, ..plan(10) });
    let wrong = |done: Result<(), Refused>| matches!(done, Err(Refused::Wrong(_)));
    assert_eq!(kept.action().standing(), Standing::Proposed);
    assert!(wrong(kept.does("ann", Step::Started { stage: 1 })));
    assert!(wrong(kept.does("ann", Step::Approved)));
    kept.does("bob", Step::Approved).expect("approved");
    assert!(wrong(kept.does("eve", Step::Approved)), "twice");
    assert!(wrong(kept.does("ann", Step::Started { stage: 2 })), "not the next one");
    kept.does("ann", Step::Started { stage: 1 }).expect("started");
    assert!(wrong(kept.does("ann", Step::Withdrawn { reason: String::new() })), "it began");
    let stale = kept.actions.check("act-1", &Step::Resumed, "ann", 1);
    assert!(matches!(stale, Err(Refused::Stale(events)) if events.len() == 2));
    assert!(wrong(kept.does("ann", Step::Proposed { plan: plan(3) })), "the same form again");
}

#[test]
fn while_it_is_paused_nothing_is_sent_but_what_an_appeal_restores() {
    let mut kept = Kept::new(plan(300));
    let (mut dice, mut site) = (Dice(3), Site::default());
    kept.does("ann", Step::Started { stage: 1 }).expect("started");
    work(&mut kept, &mut site, &mut dice, usize::MAX);
    kept.does("ann", Step::Started { stage: 2 }).expect("started");
    kept.does("ann", Step::Paused { why: "lunch".to_owned() }).expect("paused");
    assert_eq!(kept.action().next(i64::MAX), None);
    let owed = kept.action().items().find(|(_, item)| item.is_owed()).expect("done").0;
    let appeal = Step::Appealed { row: owed, reason: "a person".to_owned() };
    kept.does("bob", appeal.clone()).expect("restored");
    assert!(matches!(kept.does("bob", appeal), Err(Refused::Wrong(_))), "twice");
    while !site.restored.contains(&owed) {
        work(&mut kept, &mut site, &mut dice, 1);
    }
    work(&mut kept, &mut site, &mut dice, usize::MAX);
    assert_eq!(site.restored, BTreeSet::from([owed]));
    assert_eq!(kept.action().standing(), Standing::Paused);
    kept.does("ann", Step::Resumed).expect("resumed");
    work(&mut kept, &mut site, &mut dice, usize::MAX);
    assert_eq!(kept.action().standing(), Standing::Ready);
}

#[test]
fn the_next_stage_begins_by_itself_where_the_one_before_went_well() {
    let answers = |came, status| {
        let mut kept = Kept::new(Plan { by_itself: Some(0.01), ..plan(300) });
        kept.does("ann", Step::Started { stage: 1 }).expect("started");
        while let Some(next) = kept.action().next(0) {
            let step = match next {
                Next::Keep(step) => step,
                Next::Send(batch) => Step::Answered {
                    batch: batch.number,
                    attempt: 1,
                    came,
                    status: Some(status),
                    unanswered: false,
                    why: None,
                    refused: Vec::new(),
                    next_at: None,
                },
            };
            kept.keep(0, "server", step);
        }
        kept
    };
    let well = answers(Came::Accepted, 200);
    assert_eq!((well.action().standing(), well.action().stage), (Standing::Done, 3));
    let mut badly = answers(Came::Refused, 404);
    assert_eq!((badly.action().standing(), badly.action().stage), (Standing::Ready, 1));
    assert!(matches!(
        badly.action().history.last(),
        Some(Event { step: Step::Held { failures: 3 }, .. })
    ));
    // Somebody may go on all the same.
    badly.does("ann", Step::Started { stage: 2 }).expect("started");
}

/// What the server does until nothing is due any more at a moment, where the site answers so.
fn drive(kept: &mut Kept, now: i64, status: u16) -> Vec<u32> {
    let mut sent = Vec::new();
    while let Some(next) = kept.action().next(now) {
        let step = match next {
            Next::Keep(step) => step,
            Next::Send(batch) => {
                sent.extend(&batch.rows);
                Step::Answered {
                    batch: batch.number,
                    attempt: 1,
                    came: if status == 200 { Came::Accepted } else { Came::Refused },
                    status: Some(status),
                    unanswered: false,
                    why: None,
                    refused: Vec::new(),
                    next_at: None,
                }
            }
        };
        kept.keep(now, "server", step);
    }
    sent
}

const HOUR: i64 = 3_600_000;

#[test]
fn a_stage_that_is_spread_goes_out_when_it_is_due_whatever_is_restarted_or_paused() {
    let spread = || {
        let mut kept = Kept::new(Plan { delay_seconds_max: 72 * 3600, ..plan(30_000) });
        kept.keep(HOUR, "ann", Step::Started { stage: 1 });
        kept
    };
    let (mut kept, mut restarted) = (spread(), spread());
    let mut sent: Vec<(i64, u32)> = Vec::new();
    let mut due = kept.action().due();
    for minute in 0..=72 * 60 {
        let now = HOUR + minute * 60_000;
        let own = drive(&mut kept, now, 200);
        assert!(own.len() < 30, "{minute}: so many at once");
        sent.extend(own.iter().map(|row| (now, *row)));
        // A server that is killed each hour and started again does the same.
        if minute % 60 == 0 {
            restarted.actions = restarted.restarted();
        }
        assert_eq!(drive(&mut restarted, now, 200), own);
        due = kept.action().due().or(due);
    }
    assert_eq!(sent.iter().map(|(_, row)| *row).collect::<Vec<_>>(), (0..300).collect::<Vec<_>>());
    assert_eq!(due.expect("it is spread").1, sent[299].0, "the last is due when it goes out");
    assert_eq!(kept.action().standing(), Standing::Ready);
    assert_eq!(kept.action().due(), None);

    // What it is paused for comes on top: nothing piles up meanwhile.
    let mut paused = spread();
    let half = HOUR + 36 * HOUR;
    let before = drive(&mut paused, half, 200).len();
    paused.keep(half, "ann", Step::Paused { why: "lunch".to_owned() });
    let later = half + 100 * HOUR;
    assert!(drive(&mut paused, later, 200).is_empty());
    paused.keep(later, "ann", Step::Resumed);
    assert!(drive(&mut paused, later, 200).is_empty());
    assert!((100..200).contains(&before), "{before}");
    let after: usize =
        (1..=36).map(|hour| drive(&mut paused, later + hour * HOUR, 200).len()).sum();
    assert_eq!(before + after, 300);
    assert_eq!(paused.restarted(), paused.actions);
}

fn limited(appeals_least: u32) -> Plan {
    let limits = Limits { failures_max: 0.05, appeals_max: 0.02, appeals_least };
    Plan { limits: Some(limits), ..plan(30_000) }
}

/// Why it was halted last.
fn halted(kept: &Kept) -> &str {
    assert_eq!(kept.action().standing(), Standing::Paused);
    match kept.action().history.last() {
        Some(Event { by, step: Step::Paused { why }, .. }) if by == "server" => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stage_of_which_too_many_are_refused_halts_by_itself_at_once() {
    let mut kept = Kept::new(limited(5));
    kept.does("ann", Step::Started { stage: 1 }).expect("started");
    // 5 % of 300 are 15: with the third batch of 7 it is more.
    assert_eq!(drive(&mut kept, 0, 422).len(), 21);
    assert!(halted(&kept).contains("21 of 300 in stage 1 were refused or failed, more than 5 %"));
    assert_eq!(kept.restarted(), kept.actions);
    // Whoever lets it go on has seen that; it takes as much again.
    kept.does("ann", Step::Resumed).expect("resumed");
    assert_eq!(drive(&mut kept, 0, 422).len(), 21);
    assert!(halted(&kept).contains("21 more of 300"));
    kept.does("ann", Step::Resumed).expect("resumed");
    assert_eq!(drive(&mut kept, 0, 200).len(), 300 - 42);
    assert_eq!(kept.action().standing(), Standing::Ready);
    // The next stage has limits of its own, and 1,000 of 2,700 well done halt nothing.
    kept.does("ann", Step::Started { stage: 2 }).expect("started");
    assert_eq!(drive(&mut kept, 0, 200).len(), 2_700);
    // Asked for again, those that failed before are no failure of this stage.
    kept.does("ann", Step::Again).expect("again");
    assert_eq!(drive(&mut kept, 0, 422).len(), 42);
    assert_eq!(kept.action().standing(), Standing::Ready);
}

#[test]
fn an_action_whose_accounts_turn_out_to_be_people_halts_by_itself() {
    let wronged = |kept: &mut Kept, rows: std::ops::Range<u32>| {
        for row in rows {
            // Some are restored on their pages, others labelled elsewhere; who is both counts once.
            if row % 2 == 0 {
                let reason = "a person".to_owned();
                kept.does("bob", Step::Appealed { row, reason }).expect("restored");
            }
            kept.keep(0, "server", Step::Exonerated { row });
        }
    };
    let mut kept = Kept::new(limited(5));
    kept.does("ann", Step::Started { stage: 1 }).expect("started");
    drive(&mut kept, 0, 200);
    kept.does("ann", Step::Started { stage: 2 }).expect("started");
    // 6 of 300 are 2 %, and no more than that.
    wronged(&mut kept, 0..6);
    kept.keep(0, "server", Step::Exonerated { row: 29_999 });
    assert_eq!(kept.action().upheld(), 6, "of whom nothing was done, is none of them");
    wronged(&mut kept, 6..7);
    // What one account is restored by is sent all the same.
    assert_eq!(drive(&mut kept, 0, 200), [0, 2, 4, 6]);
    assert!(
        halted(&kept).contains("7 of 300 were restored after an appeal or labelled exonerated")
    );
    kept.does("ann", Step::Resumed).expect("resumed");
    assert_eq!(drive(&mut kept, 0, 200).len(), 2_700);
    assert_eq!(kept.action().standing(), Standing::Ready);
    assert_eq!(kept.restarted(), kept.actions);

    // One of three is a third, and tells little.
    let mut few = Kept::new(Plan { stages: vec![3, 30_000], ..limited(2) });
    few.does("ann", Step::Started { stage: 1 }).expect("started");
    drive(&mut few, 0, 200);
    wronged(&mut few, 0..1);
    few.does("ann", Step::Started { stage: 2 }).expect("started");
    assert_eq!(few.action().halt(), None);
    wronged(&mut few, 1..2);
    assert!(few.action().halt().is_some());
}

#[test]
fn a_stage_does_not_begin_by_itself_after_appeals_and_plans_without_limits_halt_never() {
    let by_itself = |limits: Option<Limits>| {
        let own = Plan { by_itself: Some(1.0), limits, ..plan(30_000) };
        let mut kept = Kept::new(own);
        kept.does("ann", Step::Started { stage: 1 }).expect("started");
        while kept.action().counts(0..300).accepted < 300 {
            match kept.action().next(0) {
                Some(Next::Keep(step)) => kept.keep(0, "server", step),
                Some(Next::Send(batch)) => {
                    let step = Step::Answered {
                        batch: batch.number,
                        attempt: 1,
                        came: Came::Accepted,
                        status: Some(200),
                        unanswered: false,
                        why: None,
                        refused: Vec::new(),
                        next_at: None,
                    };
                    kept.keep(0, "server", step);
                }
                None => panic!("nothing is due"),
            }
        }
        (0..30).for_each(|row| kept.keep(0, "server", Step::Exonerated { row }));
        drive(&mut kept, 0, 200);
        kept
    };
    let halted_so = by_itself(limited(5).limits);
    assert!(halted(&halted_so).contains("30 of 300"));
    assert_eq!(halted_so.action().stage, 1);
    assert_eq!(by_itself(None).action().standing(), Standing::Done);
}
