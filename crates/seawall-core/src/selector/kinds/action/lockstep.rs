//! What did it do, to what, in which quarter of which day?

use crate::selector::{
    Derive, Family, Kind, Role, Subject,
    kinds::action::{action_and_target, push_action, push_six_hours},
};

pub(crate) const KIND: Kind = Kind {
    name: "lockstep",
    title: "action in step",
    family: Family::Action,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Action(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some((action, target)) = action_and_target(subject) else { return false };
    push_action(out, action, target);
    out.push_str(" @ ");
    push_six_hours(out, subject.event.time);
    true
}
