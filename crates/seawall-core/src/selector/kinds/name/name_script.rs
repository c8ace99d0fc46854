//! In which scripts is its name written, and do they imitate one another?

use crate::selector::{Derive, Family, Kind, Role, Subject, name::script::push_scripts};

pub(crate) const KIND: Kind = Kind {
    name: "name_script",
    title: "script of name",
    family: Family::Name,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(name) = subject.event.display_name.or(subject.event.username) else { return false };
    push_scripts(out, name)
}
