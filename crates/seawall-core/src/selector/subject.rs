//! An event with its fields taken apart once, for all kinds to derive from.

use crate::event::{Event, Time};

/// What a list of network ranges says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetworkClass {
    /// A hosting or cloud range.
    Hosting,
    /// A VPN or proxy service.
    Vpn,
}

/// What the user knows beyond the log: lists of disposable domains, hosting and VPN ranges.
#[derive(Debug, Default)]
pub struct Lists {}

/// An event with its fields parsed.
pub struct Subject<'a> {
    /// The event.
    pub event: &'a Event<'a>,
}

impl<'a> Subject<'a> {
    /// Takes the event apart.
    pub fn new(event: &'a Event<'a>, _lists: &'a Lists) -> Self {
        Self { event }
    }
}

/// One of the first things an account did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActivityStep {
    /// When.
    pub time: Time,
    /// Hash of the event type and the action's name (not of its target).
    pub action_hash: u64,
}

/// What an account did over the whole input, as far as it is kept.
#[derive(Clone, Debug)]
pub struct Activity<'a> {
    /// Its signup, where the input has it.
    pub signup: Option<Time>,
    /// Its first event of any type.
    pub first_seen: Time,
    /// Its last event of any type.
    pub last_seen: Time,
    /// End of the input: how long it could have been active.
    pub input_end: Time,
    /// True where the input has logins or actions of any account at all; without them silence says nothing.
    pub input_has_activity: bool,
    /// Number of logins.
    pub logins: u32,
    /// Number of actions.
    pub actions: u32,
    /// Number of distinct UTC days with a login or an action.
    pub active_days: u32,
    /// Its earliest logins and actions after the signup, in time order, at most 8.
    pub first_steps: &'a [ActivityStep],
}
