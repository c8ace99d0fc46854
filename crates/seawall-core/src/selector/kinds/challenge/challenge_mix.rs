//! Whose challenge did it solve, how, in how many attempts, how fast?

use crate::{
    event::ChallengeOutcome,
    selector::{
        Derive, Family, Kind, Numbers, Role, Subject,
        kinds::challenge::{push_part, solve_time_label, solve_time_number},
        text::present,
        write::push_number,
    },
};

pub(crate) const KIND: Kind = Kind {
    name: "challenge_mix",
    title: "way of solving",
    family: Family::Challenge,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    let event = subject.event;
    let outcome = event.challenge_outcome.map_or(0, |outcome| outcome as u64 + 1);
    let time = event.challenge_milliseconds.map_or(0, solve_time_number);
    let attempts = event.challenge_attempts.map_or(0, |attempts| u64::from(attempts) + 1);
    [subject.numbers.provider, outcome << 8 | time, attempts]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let event = subject.event;
    let provider = event.challenge_provider.and_then(present);
    let outcome = event.challenge_outcome.map(|outcome| match outcome {
        ChallengeOutcome::Passed => "passed",
        ChallengeOutcome::Failed => "failed",
        ChallengeOutcome::Abandoned => "abandoned",
    });
    let time = event.challenge_milliseconds.map(solve_time_label);
    let mut parts = 0;
    for part in [provider, outcome, time].into_iter().flatten() {
        push_part(out, part, &mut parts);
    }
    if let Some(attempts) = event.challenge_attempts {
        push_part(out, "attempts ", &mut parts);
        push_number(out, u64::from(attempts));
    }
    // One part alone is no mix.
    parts >= 2
}
