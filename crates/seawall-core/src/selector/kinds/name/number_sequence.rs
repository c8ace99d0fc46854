//! Is its name one of a numbered series, like s0001 and s0002?

use crate::selector::{Derive, Family, Kind, Role, Subject, write::push_padded};

pub(crate) const KIND: Kind = Kind {
    name: "number_sequence",
    title: "numbered names",
    family: Family::Name,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(name) = subject.sign_in_name() else { return false };
    let stem = name.trim_end_matches(|character: char| character.is_ascii_digit());
    let digits = &name[stem.len()..];
    if !(3..=12).contains(&digits.len()) || !stem.chars().any(char::is_alphabetic) {
        return false;
    }
    let Ok(number) = digits.parse::<u64>() else { return false };
    let block = number / 1000 * 1000;
    out.push_str(stem);
    out.push('[');
    push_padded(out, block, digits.len());
    out.push('-');
    push_padded(out, block + 999, digits.len());
    out.push(']');
    true
}
