//! How random do the letters of its name look, and how much of it is digits?

use crate::selector::{
    Derive, Family, Kind, Role, Subject, name::model::Look, parse::mailbox::Mailbox,
    write::push_number,
};

pub(crate) const KIND: Kind = Kind {
    name: "name_look",
    title: "look of name",
    family: Family::Name,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(name) = subject.email.and_then(Mailbox::local).or(subject.username) else {
        return false;
    };
    let look = Look::of(name);
    if let Some(half_bits) = look.half_bits {
        push_number(out, u64::from(half_bits / 2));
        out.push_str(if half_bits % 2 == 0 { ".0" } else { ".5" });
        out.push_str(" bits a letter, ");
    } else if look.other_letters {
        // Not to be judged by a model of Latin letters.
        out.push_str("not Latin, ");
    } else {
        out.push_str("too few letters, ");
    }
    push_number(out, u64::from(look.digit_fifths * 20));
    out.push_str(" % digits");
    true
}
