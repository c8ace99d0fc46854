//! How is a selector's value shown to people who need not know whose it is?

use super::Kind;

/// A selector's value for people: as it is, or, where the kind is personal and `reveal` is false,
/// with just enough left to tell what sort of value it is. Never empty.
///
/// `203.0.113.x`, `2001:db8:…`, `j•••@example.org`, `+4479•••`, `9f86d0…`.
pub fn shown(kind: &Kind, text: &str, reveal: bool) -> String {
    let shown = if reveal || !kind.personal { text.to_owned() } else { masked(kind.name, text) };
    if shown.is_empty() { "…".to_owned() } else { shown }
}

fn masked(kind: &str, text: &str) -> String {
    match kind {
        "ip" | "ip_prefix" => masked_address(text),
        "email" | "recovery_email" => match text.rsplit_once('@') {
            Some((local, host)) => format!("{}@{host}", masked_name(local)),
            None => masked_code(text),
        },
        "phone" | "phone_block" => match text.strip_prefix('+') {
            Some(digits) => format!("+{}•••", beginning(digits, 4)),
            None => masked_code(text),
        },
        "display_name" | "username_stem" => masked_name(text),
        "number_sequence" => match text.rsplit_once('[') {
            Some((stem, block)) => format!("{}[{block}", masked_name(stem)),
            None => masked_name(text),
        },
        "target" => masked_target(text),
        "lockstep" => match text.rsplit_once(" @ ") {
            Some((act, quarter)) => format!("{} @ {quarter}", masked_target(act)),
            None => masked_target(text),
        },
        _ => masked_code(text),
    }
}

/// An IPv4 address without its last number; a network of IPv4 as it is, since 256 share it; of IPv6
/// what the provider owns.
fn masked_address(text: &str) -> String {
    if text.contains(':') {
        let groups: Vec<&str> = text.split(':').take(2).collect();
        return match groups[..] {
            [first, second] if !first.is_empty() && !second.is_empty() => {
                format!("{first}:{second}:…")
            }
            _ => "::…".to_owned(),
        };
    }
    match text.rsplit_once('.') {
        Some(_) if text.contains('/') => text.to_owned(),
        Some((network, _)) => format!("{network}.x"),
        None => "…".to_owned(),
    }
}

/// The first letter of a name of three or more; a shorter one would be given away by it.
fn masked_name(name: &str) -> String {
    let mut characters = name.chars();
    match (characters.next(), characters.nth(1)) {
        (Some(first), Some(_)) => format!("{first}•••"),
        _ => "•••".to_owned(),
    }
}

/// The start of a code: six characters, and never more than a third of it.
fn masked_code(code: &str) -> String {
    format!("{}…", beginning(code, (code.chars().count() / 3).min(6)))
}

/// What was done, and the start of what it was done to.
fn masked_target(text: &str) -> String {
    match text.split_once(' ') {
        Some((action, target)) => format!("{action} {}", masked_code(target)),
        None => masked_code(text),
    }
}

fn beginning(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}
