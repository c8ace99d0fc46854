//! What sort of client is it: a telephone of which system, a computer of which?

use crate::selector::{Client, Derive, Family, Kind, Numbers, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "client",
    title: "client class",
    family: Family::Device,
    role: Role::Stratum,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.numbers.user_agent, 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let client = subject.client();
    out.push_str(client.name());
    client != Client::Unknown
}
