//! How does the name it shows relate to its mail name and username, and in which letter case is it?

use crate::selector::{
    Derive, Family, Kind, Role, Subject,
    name::relation::{Shown, case_pattern},
    parse::mailbox::Mailbox,
    text::without_marks,
};

pub(crate) const KIND: Kind = Kind {
    name: "name_relation",
    title: "relation of names",
    family: Family::Name,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let (Some(folded), Some(raw)) = (subject.display_name, subject.event.display_name) else {
        return false;
    };
    let plain = without_marks(folded);
    let shown = Shown::new(&plain);
    let local = subject.email.and_then(Mailbox::local);
    if local.is_none() && subject.username.is_none() {
        return false;
    }
    let mut before = None;
    for (label, name) in [("mail ", local), ("username ", subject.username)] {
        let Some(name) = name else { continue };
        // Most usernames are that of the mailbox.
        let relation = match before {
            Some((same, relation)) if same == name => relation,
            _ => shown.relate(name),
        };
        before = Some((name, relation));
        out.push_str(label);
        out.push_str(relation.name);
        out.push_str(if relation.digits { " and digits; " } else { "; " });
    }
    out.push_str("case ");
    out.push_str(case_pattern(raw));
    true
}
