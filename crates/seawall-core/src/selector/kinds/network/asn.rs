//! Which network operator announces its address?

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject, write::push_number};

pub(crate) const KIND: Kind = Kind {
    name: "asn",
    title: "autonomous system",
    family: Family::Network,
    role: Role::Stratum,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.event.asn.map_or(0, u64::from), 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(asn) = subject.event.asn.filter(|&asn| asn != 0) else { return false };
    out.push_str("AS");
    push_number(out, u64::from(asn));
    true
}
