//! What did it do, and to what?

use crate::selector::{
    Derive, Family, Kind, Role, Subject,
    kinds::action::{action_and_target, push_action},
};

pub(crate) const KIND: Kind = Kind {
    name: "target",
    title: "action on a target",
    family: Family::Action,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Action(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some((action, target)) = action_and_target(subject) else { return false };
    push_action(out, action, target);
    true
}
