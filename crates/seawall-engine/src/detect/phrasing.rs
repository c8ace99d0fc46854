//! How are numbers and names put for people?

use seawall_core::{
    campaign::findings::{SelectorEvidence, Series},
    selector::Family,
};

use crate::accounts::SECONDS_1990;

/// A family, as sentences name it.
pub(crate) fn family_words(family: Family) -> &'static str {
    match family {
        Family::Network => "their networks",
        Family::Device => "their devices and clients",
        Family::Domain => "their mail domains",
        Family::Name => "their names",
        Family::Recovery => "their mailboxes",
        Family::Phone => "their telephone numbers",
        Family::Challenge => "how they solve challenges",
        Family::Timing => "when they sign up",
        Family::Referral => "who sent them",
        Family::Payment => "how they pay",
        Family::Action => "what they do",
    }
}

/// The two strongest selectors of different families, shortened.
pub(crate) fn name(selectors: &[SelectorEvidence]) -> String {
    let short = |text: &str| -> String {
        let mut short: String = text.chars().take(24).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short
    };
    let Some(first) = selectors.first() else { return "unnamed".to_owned() };
    match selectors.iter().find(|selector| selector.family != first.family) {
        Some(second) => format!("{} / {}", short(&first.value), short(&second.value)),
        None => short(&first.value),
    }
}

/// Digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Three decimals, and no negative zero.
pub(crate) fn round(value: f64) -> f64 {
    let rounded = (value * 1000.0).round() / 1000.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// Seconds since 1990 as RFC 3339.
pub(crate) fn rfc3339(seconds: u32) -> String {
    seawall_core::event::Time::from_milliseconds((i64::from(seconds) + SECONDS_1990) * 1000)
        .map_or_else(String::new, seawall_core::event::Time::rfc3339)
}

/// Counts of times in the steps of another series.
pub(crate) fn series(steps: &Series, times: impl Iterator<Item = u32>) -> Series {
    let mut counts = vec![0; steps.counts.len()];
    for time in times {
        let step = (i64::from(time) + SECONDS_1990 - steps.start_seconds) / steps.step_seconds;
        if let Some(count) = usize::try_from(step).ok().and_then(|step| counts.get_mut(step)) {
            *count += 1;
        }
    }
    Series { counts, ..steps.clone() }
}
