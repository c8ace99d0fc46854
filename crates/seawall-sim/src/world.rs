//! In which order does it all happen?
//!
//! Hour by hour: the signups of the hour, the visits of earlier accounts that fall into it, and the
//! rounds of lockstep. Which accounts those are is computed, not remembered, so memory holds one
//! hour's events and what sessions carry over into the next.

use std::fmt::Write as _;
use std::ops::{ControlFlow, Range};

use seawall_core::event::{Event, EventType, Outcome, Time};

use crate::Truth;
use crate::activity::{act, action_seconds};
use crate::draft::{Absent, Draft};
use crate::group::Group;
use crate::persona::Persona;
use crate::population::Population;
use crate::rng::{below, mix, mix2};
use crate::schedule::HOUR_MILLISECONDS;

/// When in the day an account comes back, in hours after the hour it signed up in: one entry for
/// each 24th of the accounts.
const SHIFTS: [i32; 24] =
    [0, 0, 0, 1, 1, 1, -1, -1, -1, 2, 2, -2, -2, 3, 3, -3, 4, -4, 5, -5, 6, 7, -7, 9];

/// Visits from here on are rounds of lockstep.
const LOCKSTEP_VISIT: u16 = 60_000;

const CHALLENGE: u8 = 0;
const SIGNUP: u8 = 1;
const LOGIN: u8 = 2;
const FIRST_ACTION: u8 = 3;

/// An event to be, in the order of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    milliseconds: i64,
    index: u64,
    signup_hour: u32,
    visit: u16,
    group: u8,
    step: u8,
}

/// A world, ready to be told.
pub(crate) struct World {
    pub population: Population,
    pub groups: Vec<Group>,
    /// Midnight that hours are counted from, in days since the Unix epoch; a Monday.
    pub epoch_day: i64,
    /// Hours that the log covers.
    pub hours: Range<u32>,
    /// Fields the log does not have.
    pub absent: Absent,
    /// Factor on the number of visits.
    pub activity: f64,
    /// Challenges are events of their own, and logins name the mailbox.
    pub separate_challenges: bool,
}

/// Tells a world: one hour after the other.
pub(crate) struct Teller<'a> {
    world: &'a World,
    entries: Vec<Entry>,
    draft: Draft,
    /// Most entries held at a time.
    pub entries_max: usize,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self { world, entries: Vec::new(), draft: Draft::default(), entries_max: 0 }
    }

    /// Emits the events of these hours, in time order, each account's truth before its first event.
    pub(crate) fn tell(
        &mut self,
        hours: Range<u32>,
        emit: &mut dyn FnMut(&Event<'_>) -> ControlFlow<()>,
        truth: &mut dyn FnMut(&Truth<'_>),
    ) -> ControlFlow<()> {
        self.entries.clear();
        // Sessions last less than an hour: those of the hour before may reach into the first.
        let warm_up = hours.start.saturating_sub(1).max(self.world.hours.start);
        for hour in warm_up..hours.end {
            self.collect(hour);
            self.entries_max = self.entries_max.max(self.entries.len());
            self.entries.sort_unstable();
            let end = self.milliseconds(hour + 1);
            let count = self.entries.partition_point(|entry| entry.milliseconds < end);
            if hour >= hours.start {
                for position in 0..count {
                    let entry = self.entries[position];
                    self.tell_entry(entry, emit, truth)?;
                }
            }
            self.entries.drain(..count);
        }
        ControlFlow::Continue(())
    }

    fn milliseconds(&self, hour: u32) -> i64 {
        self.world.epoch_day * 24 * HOUR_MILLISECONDS + i64::from(hour) * HOUR_MILLISECONDS
    }

    fn collect(&mut self, hour: u32) {
        let world = self.world;
        for (number, group) in world.groups.iter().enumerate() {
            let number = u8::try_from(number).expect("fewer than 256 groups");
            for index in group.schedule.indexes(hour) {
                self.push_signup(number, group, index, hour);
            }
            self.collect_visits(number, group, hour);
            if let Some(lockstep) = &group.lockstep
                && let Some(round) = lockstep.round(hour)
            {
                for signup_hour in group.schedule.first_hour()..group.schedule.end_hour().min(hour)
                {
                    for index in group.schedule.indexes(signup_hour) {
                        let key = mix2(group.seed, index);
                        if lockstep.hour_of(key, round) == Some(hour) {
                            let visit = LOCKSTEP_VISIT + u16::try_from(round).expect("a few");
                            self.push_session(number, group, index, signup_hour, visit, hour);
                        }
                    }
                }
            }
        }
    }

    /// Accounts that come back in this hour. The n-th day after the signup, each 24th of the
    /// accounts comes at its own distance from the hour of its signup.
    fn collect_visits(&mut self, number: u8, group: &Group, hour: u32) {
        if group.habits.never() {
            return;
        }
        let earliest = group.schedule.first_hour();
        let days = (hour + 12).saturating_sub(earliest) / 24 + 1;
        let past = hour.saturating_sub(group.schedule.end_hour() + 12) / 24;
        for day in past.max(1)..=days {
            for (residue, shift) in (0_u64..).zip(SHIFTS) {
                let Some(signup_hour) = (hour.checked_add_signed(-shift))
                    .and_then(|shifted| shifted.checked_sub(24 * day))
                else {
                    continue;
                };
                let indexes = group.schedule.indexes(signup_hour);
                let residue = (residue + 24 * 5 - u64::from(day % 24) * 5) % 24;
                let start = indexes.start + (residue + 24 - indexes.start % 24) % 24;
                for index in (start..indexes.end).step_by(24) {
                    let key = mix2(group.seed, index);
                    if group.habits.visits(key, day, self.world.activity) {
                        let visit = u16::try_from(day).expect("days of a world");
                        self.push_session(number, group, index, signup_hour, visit, hour);
                    }
                }
            }
        }
    }

    fn push_signup(&mut self, number: u8, group: &Group, index: u64, hour: u32) {
        if !self.world.hours.contains(&hour) {
            return;
        }
        let key = mix2(group.seed, index);
        let offset = i64::try_from(below(mix2(key, 0x714E), 3_600_000)).expect("an hour");
        let start = self.milliseconds(hour) + offset;
        let entry = Entry {
            milliseconds: start,
            index,
            signup_hour: hour,
            visit: 0,
            group: number,
            step: SIGNUP,
        };
        if self.world.separate_challenges {
            self.entries.push(Entry { step: CHALLENGE, ..entry });
        }
        let fill = i64::try_from(1_500 + mix2(key, 0xF111) % 4_000).expect("seconds");
        let signup = start + if self.world.separate_challenges { fill } else { 0 };
        self.entries.push(Entry { milliseconds: signup, ..entry });
        for action in 0..group.habits.actions(key, 0) {
            let seconds = action_seconds(key, 0, u64::from(action));
            let after = i64::try_from(seconds).expect("an hour") * 1_000;
            let step = FIRST_ACTION + action;
            self.entries.push(Entry { milliseconds: signup + after + 20, step, ..entry });
        }
    }

    fn push_session(
        &mut self,
        number: u8,
        group: &Group,
        index: u64,
        signup_hour: u32,
        visit: u16,
        hour: u32,
    ) {
        let key = mix2(group.seed, index);
        let salt = mix2(u64::from(visit), 0x714E);
        let offset = i64::try_from(below(mix2(key, salt), 3_600_000)).expect("an hour");
        let entry = Entry {
            milliseconds: self.milliseconds(hour) + offset,
            index,
            signup_hour,
            visit,
            group: number,
            step: LOGIN,
        };
        self.entries.push(entry);
        let actions = if visit >= LOCKSTEP_VISIT {
            2 + u8::try_from(mix2(key, salt) % 3).expect("two")
        } else {
            group.habits.actions(key, u64::from(visit))
        };
        for action in 0..actions {
            let seconds = action_seconds(key, u64::from(visit), u64::from(action));
            let after = i64::try_from(seconds).expect("an hour") * 1_000;
            let step = FIRST_ACTION + action;
            let milliseconds = entry.milliseconds + after + 20;
            self.entries.push(Entry { milliseconds, step, ..entry });
        }
    }

    fn tell_entry(
        &mut self,
        entry: Entry,
        emit: &mut dyn FnMut(&Event<'_>) -> ControlFlow<()>,
        truth: &mut dyn FnMut(&Truth<'_>),
    ) -> ControlFlow<()> {
        let world = self.world;
        let group = &world.groups[usize::from(entry.group)];
        let birth = group.birth(entry.index, entry.signup_hour);
        let persona = (group.make)(&world.population, birth);
        self.draft.clear();
        push_account(world.population.seed, entry.group, entry.index, &mut self.draft.account);
        if self.first_event(group, entry) {
            truth(&Truth {
                account: &self.draft.account,
                fraud: group.fraud,
                campaign: &group.campaign,
                operator: &group.operator,
                kind: persona.event.unwrap_or(group.kind),
            });
        }
        self.draft.trusted = group.trusts(birth.key);
        let event_type = self.fill(entry, group, &persona);
        let time = Time::from_milliseconds(entry.milliseconds).expect("within a century");
        emit(&self.draft.event(time, event_type, "turnstile"))
    }

    fn fill(&mut self, entry: Entry, group: &Group, persona: &Persona) -> EventType {
        let world = self.world;
        let hours = entry.milliseconds.div_euclid(HOUR_MILLISECONDS) - world.epoch_day * 24;
        let hour = u32::try_from(hours).expect("hours of the world");
        let visit = u64::from(entry.visit);
        let draft = &mut self.draft;
        draft.connection(persona, &world.population, world.absent, hour, visit);
        match entry.step {
            CHALLENGE => {
                draft.challenge(persona, world.absent);
                EventType::Challenge
            }
            SIGNUP => {
                draft.registration(persona);
                if !world.separate_challenges {
                    draft.challenge(persona, world.absent);
                }
                EventType::Signup
            }
            LOGIN => {
                draft.identity(persona);
                if world.separate_challenges {
                    draft.push_email(persona);
                }
                let failed = mix2(persona.key, visit + 0xFA11).is_multiple_of(50);
                draft.outcome = Some(if failed { Outcome::Failure } else { Outcome::Success });
                EventType::Login
            }
            step => {
                let step = u64::from(step - FIRST_ACTION);
                match &group.lockstep {
                    Some(lockstep) if entry.visit >= LOCKSTEP_VISIT => {
                        let round = u32::from(entry.visit - LOCKSTEP_VISIT);
                        draft.action.push_str(lockstep.action);
                        let page = lockstep.target(persona.key, round, step);
                        // Writing to a string is infallible.
                        let _ = write!(draft.target, "page{page}");
                    }
                    _ => act(group.habits.doing, persona.key, visit, step, hour / 24, draft),
                }
                EventType::Action
            }
        }
    }

    /// Whether nothing of this account came before in the log.
    fn first_event(&self, group: &Group, entry: Entry) -> bool {
        let log = &self.world.hours;
        if log.contains(&entry.signup_hour) {
            return entry.visit == 0
                && entry.step == if self.world.separate_challenges { CHALLENGE } else { SIGNUP };
        }
        entry.step == LOGIN && self.first_visit(group, entry) == Some(entry.visit)
    }

    /// The first visit within the log of an account older than the log.
    fn first_visit(&self, group: &Group, entry: Entry) -> Option<u16> {
        let log = &self.world.hours;
        let key = mix2(group.seed, entry.index);
        let hour_of = |day: u32| {
            let residue = (entry.index + 5 * u64::from(day % 24)) % 24;
            let shift = SHIFTS[usize::try_from(residue).expect("24")];
            (entry.signup_hour + 24 * day).checked_add_signed(shift)
        };
        let lockstep = group.lockstep.as_ref().and_then(|lockstep| {
            (0..u32::try_from(lockstep.rounds.len()).expect("a few rounds"))
                .find_map(|round| lockstep.hour_of(key, round).map(|hour| (hour, round)))
        });
        let day = (1..=(log.end + 12).saturating_sub(entry.signup_hour) / 24 + 1).find(|&day| {
            hour_of(day).is_some_and(|hour| log.contains(&hour))
                && group.habits.visits(key, day, self.world.activity)
        });
        let visit = |day: u32| u16::try_from(day).ok();
        match (day, lockstep) {
            (None, None) => None,
            (Some(day), None) => visit(day),
            (None, Some((_, round))) => Some(LOCKSTEP_VISIT + u16::try_from(round).ok()?),
            (Some(day), Some((hour, round))) => {
                let start = |hour: u32, number: u16| {
                    let salt = mix2(u64::from(number), 0x714E);
                    (hour, below(mix2(key, salt), 3_600_000))
                };
                let plain = (start(hour_of(day)?, visit(day)?), visit(day)?);
                let number = LOCKSTEP_VISIT + u16::try_from(round).ok()?;
                Some(plain.min((start(hour, number), number)).1)
            }
        }
    }
}

/// Appends the id of an account: a bijection of (group, index), so that no two share one.
fn push_account(seed: u64, group: u8, index: u64, out: &mut String) {
    out.clear();
    let word = mix(mix(seed) ^ ((u64::from(group) << 48) | index));
    // Writing to a string is infallible.
    let _ = write!(out, "u{word:016x}");
}
