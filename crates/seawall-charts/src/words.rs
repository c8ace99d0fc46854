//! Which words do people read for families, roles and strengths? One place, so that table, report and
//! pictures agree.

use std::collections::BTreeMap;

use seawall_core::{
    campaign::findings::{ByReview, KindSummary},
    selector::{Family, Role},
};

use crate::text::visible;

/// What people said of earlier campaigns that one is made by, in a sentence.
pub fn by_review(own: &ByReview) -> String {
    let campaigns = own.campaigns.iter().map(|id| visible(id, 64)).collect::<Vec<_>>();
    let what = match (own.said.as_str(), &campaigns[..]) {
        ("merged", [part, into, ..]) => format!("Merged by review: {part} is part of {into}"),
        ("split", [whole, ..]) if own.name.is_empty() => {
            format!("Split by review: what is left of {whole}")
        }
        ("split", [whole, ..]) => {
            format!("Split by review: “{}” was part of {whole}", visible(&own.name, 72))
        }
        ("dismissed", [whole, ..]) => format!("Dismissed by review: {whole}"),
        (_, ids) => format!("{} by review: {}", visible(&own.said, 16), ids.join(", ")),
    };
    let day = own.at.get(..10).map_or_else(|| visible(&own.at, 32), |day| visible(day, 10));
    let why = if own.note.is_empty() {
        String::new()
    } else {
        format!(": “{}”", visible(&own.note, 400))
    };
    format!("{what} ({}, {day}){why}", visible(&own.by, 64))
}

/// What people read for a family, lower case.
pub const fn family(family: Family) -> &'static str {
    match family {
        Family::Network => "network",
        Family::Device => "device and client",
        Family::Domain => "mail domain",
        Family::Name => "form of names",
        Family::Recovery => "recovery addresses",
        Family::Phone => "telephone",
        Family::Challenge => "solving of challenges",
        Family::Timing => "timing",
        Family::Referral => "referral",
        Family::Payment => "payment",
        Family::Action => "actions",
    }
}

/// What a family says of an account, in one sentence.
pub const fn family_meaning(family: Family) -> &'static str {
    match family {
        Family::Network => "Where the accounts come from: address, network prefix, provider.",
        Family::Device => "With what they come: device, browser, client software.",
        Family::Domain => "Where their mailboxes are.",
        Family::Name => "How their names are made.",
        Family::Recovery => "Which mailboxes and recovery addresses they share.",
        Family::Phone => "Which telephone numbers they give.",
        Family::Challenge => "How they solve CAPTCHAs and other tests.",
        Family::Timing => "When they come, and whether clock, language and place agree.",
        Family::Referral => "Who sent them: page, affiliate, invite code.",
        Family::Payment => "With what they pay.",
        Family::Action => "What they do after signup.",
    }
}

/// Name of a family in files, as it is serialised.
pub const fn family_name(family: Family) -> &'static str {
    match family {
        Family::Network => "network",
        Family::Device => "device",
        Family::Domain => "domain",
        Family::Name => "name",
        Family::Recovery => "recovery",
        Family::Phone => "phone",
        Family::Challenge => "challenge",
        Family::Timing => "timing",
        Family::Referral => "referral",
        Family::Payment => "payment",
        Family::Action => "action",
    }
}

/// What people read for a role.
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Link => "binds",
        Role::Corroborate => "adds weight",
        Role::Stratum => "context",
    }
}

/// Evidence in words. The steps are our own and stated in the report; none says that anyone is guilty.
pub fn strength(bits: f64) -> &'static str {
    match bits {
        bits if bits < 4.0 => "weak",
        bits if bits < 8.0 => "moderate",
        bits if bits < 13.0 => "strong",
        bits if bits < 20.0 => "very strong",
        _ => "extremely strong",
    }
}

/// The steps of [`strength`]: word, bits, and how many times as likely.
pub const STRENGTHS: [(&str, &str, &str); 5] = [
    ("weak", "under 4", "under 16 times"),
    ("moderate", "4 to 8", "16 to 256 times"),
    ("strong", "8 to 13", "256 to 8,192 times"),
    ("very strong", "13 to 20", "8,192 to a million times"),
    ("extremely strong", "20", "a million times or more; more is never stated"),
];

/// What people read for each kind of selector: the titles that the run itself gives.
#[derive(Clone, Debug, Default)]
pub struct Titles(BTreeMap<String, String>);

impl Titles {
    /// Takes the titles of a run.
    pub fn new(kinds: &[KindSummary]) -> Self {
        Self(kinds.iter().map(|kind| (kind.kind.clone(), kind.title.clone())).collect())
    }

    /// The title of a kind; its name with spaces where the run has none.
    pub fn of(&self, kind: &str) -> String {
        self.0.get(kind).cloned().unwrap_or_else(|| kind.replace('_', " "))
    }
}

#[cfg(test)]
mod tests {
    use seawall_core::campaign::findings::FAMILIES;

    use super::family_name;

    #[test]
    fn family_names_are_those_of_the_files() {
        // Debug comes from a derive, independent of this table.
        for family in FAMILIES {
            assert_eq!(family_name(family), format!("{family:?}").to_lowercase());
        }
    }
}
