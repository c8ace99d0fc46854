//! Is everybody asked for once, whatever fails, ends or is taken back? Against a site that remembers what it did.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::console::actions::plan::{Scope, stages};

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
