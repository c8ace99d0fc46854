//! How active was it after signup, given time to be?

use crate::selector::{Activity, Derive, Family, Kind, Role};

/// An account younger than three days has not had the time.
const POSSIBLE_SECONDS_MIN: i64 = 3 * 24 * 60 * 60;

pub(crate) const KIND: Kind = Kind {
    name: "activity",
    title: "shape of activity",
    family: Family::Action,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Activity(derive),
};

fn derive(activity: &Activity<'_>, out: &mut String) -> bool {
    let start = activity.signup.unwrap_or(activity.first_seen);
    let possible_seconds = activity.input_end.seconds().saturating_sub(start.seconds());
    if !activity.input_has_activity || possible_seconds < POSSIBLE_SECONDS_MIN {
        return false;
    }
    out.push_str(match (activity.logins, activity.actions) {
        (0, 0) => "none",
        (_, 0) => "logins only",
        (_, 1..=3) => "few actions",
        (_, 4..=31) => "some actions",
        (_, _) => "many actions",
    });
    out.push_str(match activity.active_days {
        0 => "",
        1 => " on 1 day",
        2..=3 => " on 2-3 days",
        4..=7 => " on 4-7 days",
        _ => " on 8 or more days",
    });
    true
}
