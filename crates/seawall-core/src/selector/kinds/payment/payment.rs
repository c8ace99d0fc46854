//! Which card or wallet does it pay with?

use crate::selector::{Derive, Family, Kind, Role, Subject, text::present};

pub(crate) const KIND: Kind = Kind {
    name: "payment",
    title: "means of payment",
    family: Family::Payment,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(text) = subject.event.payment_id.and_then(present) else { return false };
    out.push_str(text);
    true
}
