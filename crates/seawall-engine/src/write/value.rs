//! What does an event hold in a field, as it is written?

use std::fmt::Write as _;

use seawall_core::event::{ChallengeOutcome, Event, EventType, Outcome};

use crate::read::Field;

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'e> {
    Absent,
    /// Milliseconds since the Unix epoch.
    Time(i64),
    Text(&'e str),
    Integer(u32),
    Boolean(bool),
}

/// The value of a field of an event. `scratch` holds what has to be formatted.
pub(super) fn value<'e>(event: &'e Event<'_>, field: Field, scratch: &'e mut String) -> Value<'e> {
    let value = match field {
        Field::Time => Some(Value::Time(event.time.milliseconds())),
        Field::Type => Some(Value::Text(event_type(event.event_type))),
        Field::Account => Some(Value::Text(event.account)),
        Field::Ip => event.ip.map(|address| {
            scratch.clear();
            write!(scratch, "{address}").expect("writing to a String cannot fail");
            Value::Text(scratch)
        }),
        Field::Asn => event.asn.map(Value::Integer),
        Field::Country => event.country.as_ref().map(|country| Value::Text(country.as_str())),
        Field::ChallengeOutcome => {
            event.challenge_outcome.map(|outcome| Value::Text(challenge_outcome(outcome)))
        }
        Field::ChallengeMilliseconds => event.challenge_milliseconds.map(Value::Integer),
        Field::ChallengeAttempts => event.challenge_attempts.map(Value::Integer),
        Field::Outcome => event.outcome.map(|outcome| {
            Value::Text(match outcome {
                Outcome::Success => "success",
                Outcome::Failure => "failure",
            })
        }),
        Field::Trusted => event.trusted.map(Value::Boolean),
        _ => text(event, field).map(Value::Text),
    };
    match value {
        None | Some(Value::Text("")) => Value::Absent,
        Some(value) => value,
    }
}

fn text<'e>(event: &Event<'e>, field: Field) -> Option<&'e str> {
    match field {
        Field::Email => event.email,
        Field::RecoveryEmail => event.recovery_email,
        Field::Phone => event.phone,
        Field::Username => event.username,
        Field::DisplayName => event.display_name,
        Field::UserAgent => event.user_agent,
        Field::Ja4 => event.ja4,
        Field::DeviceId => event.device_id,
        Field::Locale => event.locale,
        Field::Timezone => event.timezone,
        Field::Referrer => event.referrer,
        Field::Invite => event.invite,
        Field::PaymentId => event.payment_id,
        Field::ChallengeProvider => event.challenge_provider,
        Field::Action => event.action,
        Field::Target => event.target,
        other => unreachable!("{other} is not a text field"),
    }
}

const fn event_type(event_type: EventType) -> &'static str {
    match event_type {
        EventType::Signup => "signup",
        EventType::Login => "login",
        EventType::Challenge => "challenge",
        EventType::Action => "action",
    }
}

const fn challenge_outcome(outcome: ChallengeOutcome) -> &'static str {
    match outcome {
        ChallengeOutcome::Passed => "passed",
        ChallengeOutcome::Failed => "failed",
        ChallengeOutcome::Abandoned => "abandoned",
    }
}
