//! Why is this a campaign, and what speaks against it?

use maud::{Markup, html};
use seawall_charts::{
    text::{bits, count, counted, expected, percent, share, stated_bits},
    words,
};
use seawall_core::campaign::findings::{Campaign, SelectorEvidence};

use super::Seen;
use crate::console::parts;

/// Selectors shown before the rest is folded away.
const SELECTORS_OPEN: usize = 12;

pub(in crate::console::pages) fn part(seen: &Seen) -> Markup {
    html! {
        div .columns {
            div {
                (parts::block("binds", "What binds these accounts", &selectors(seen)))
                (parts::block("says", "What each family of evidence says", &families(&seen.campaign)))
            }
            div {
                (parts::block("short", "In short", &sentences(seen)))
                (parts::block("against", "What speaks against it", &against(&seen.campaign)))
                (parts::block("innocent", "Innocent explanations weighed", &explanations(&seen.campaign)))
                (parts::block("chance", "Could it be chance?", &chance(seen)))
            }
        }
    }
}

/// Three sentences, made of the numbers.
fn sentences(seen: &Seen) -> Markup {
    let campaign = &seen.campaign;
    let strongest = campaign.selectors.first();
    html! {
        ul .sentences {
            li {
                (counted(campaign.accounts, "account", "accounts")) " share what "
                (counted(campaign.families.iter().filter(|own| !own.excused).count() as u64, "independent family", "independent families"))
                " of evidence say are rare; " (count(campaign.signups)) " signed up within this log."
            }
            @if let Some(own) = strongest {
                li {
                    (share(own.members, campaign.accounts)) " of them carry the " (seen.titles.of(&own.kind)) " " (parts::value(&own.value))
                    ", which " (counted(own.peers, "account", "accounts")) " of " (count(own.peers_total)) " comparable others carry."
                }
            }
            li {
                @match campaign.granted() {
                    Some(granted) => { "The best innocent explanation, “" (parts::sentence(&granted.name)) "”, leaves " (stated_bits(campaign.bits)) " bits for each account." }
                    None => { "No innocent explanation accounts for it; " (stated_bits(campaign.bits)) " bits for each account stand." }
                }
            }
        }
    }
}

fn selectors(seen: &Seen) -> Markup {
    let campaign = &seen.campaign;
    let (open, folded) = campaign.selectors.split_at(campaign.selectors.len().min(SELECTORS_OPEN));
    let shown = campaign.selectors.len() as u64;
    html! {
        (table(seen, open))
        @if !folded.is_empty() {
            details {
                summary { (counted(folded.len() as u64, "more selector", "more selectors")) }
                (table(seen, folded))
            }
        }
        @if campaign.selectors_total > shown { (parts::partial(shown, campaign.selectors_total, &html! { "The weaker ones are not listed." })) }
        @if campaign.selectors.is_empty() { (parts::empty("Nothing is listed", &html! { p { "No single selector binds it." } })) }
    }
}

fn table(seen: &Seen, selectors: &[SelectorEvidence]) -> Markup {
    parts::scroller(
        "Selectors that bind this campaign",
        &html! {
            table {
                thead { tr {
                    th scope="col" { "Selector" }
                    th scope="col" .number { "Bits" }
                    th scope="col" .number { "Members with it" }
                    th scope="col" .number { "Peers with it" }
                    th scope="col" .number { "All with it" }
                } }
                tbody { @for own in selectors { (row(seen, own)) } }
            }
        },
    )
}

fn row(seen: &Seen, own: &SelectorEvidence) -> Markup {
    let accounts = seen.campaign.accounts;
    html! {
        tr {
            th scope="row" {
                (parts::value(&own.value))
                span .below { (seen.titles.of(&own.kind)) " · " (words::role(own.role)) }
                @for by in &own.known_by { span .below { "known to " (parts::name(by)) } }
            }
            td .number { strong { (bits(own.bits)) } }
            td .number { (share(own.members, accounts)) " " (meter(own.members, accounts)) span .below { (count(own.members)) } }
            td .number { (share(own.peers, own.peers_total)) span .below { (count(own.peers)) " of " (count(own.peers_total)) } }
            td .number { (count(own.accounts)) span .below { (expected(own.expected)) " expected" } }
        }
    }
}

fn meter(part: u64, whole: u64) -> Markup {
    let width = (40.0 * part as f64 / whole.max(1) as f64).clamp(0.0, 40.0);
    html! {
        svg .meter viewBox="0 0 40 6" width="40" height="6" aria-hidden="true" {
            rect .meter-track width="40" height="6" rx="3" {}
            rect .meter-value width=(format!("{width:.1}")) height="6" rx="3" {}
        }
    }
}

fn families(campaign: &Campaign) -> Markup {
    html! {
        ul .evidence {
            @for own in &campaign.families {
                li .excused[own.excused] {
                    span .family { (words::family(own.family)) @if own.excused { " " span .tag { "excused" } } }
                    span { (parts::sentence(&own.statement)) }
                    span .bits { (bits(own.bits)) }
                }
            }
        }
    }
}

fn against(campaign: &Campaign) -> Markup {
    html! {
        @if campaign.counter_evidence.is_empty() {
            p { "Nothing was found that speaks against it. That is itself no evidence." }
        } @else {
            div .note { ul { @for sentence in &campaign.counter_evidence { li { (parts::sentence(sentence)) } } } }
        }
    }
}

fn explanations(campaign: &Campaign) -> Markup {
    let granted = campaign.granted().map(|own| own.name.as_str());
    html! {
        ul .history {
            @for own in &campaign.explanations {
                li {
                    span {
                        strong { (parts::sentence(&own.name)) }
                        span .below {
                            (if own.applies { "✓ holds" } else { "✕ does not hold" })
                            @if let Some(left) = own.bits_left { ", leaves " (stated_bits(left)) }
                        }
                        @if granted == Some(own.name.as_str()) { span .tag { "granted" } }
                    }
                    span .soft { (parts::sentence(&own.reason)) }
                }
            }
        }
    }
}

/// What the same procedure finds where no operation can be.
fn chance(seen: &Seen) -> Markup {
    let campaign = &seen.campaign;
    let decoys = &seen.run.summary.decoys;
    let band = decoys.iter().rev().find(|band| band.accounts_min <= campaign.accounts);
    html! {
        @match band {
            Some(band) if campaign.bits > band.decoy_bits_max => {
                p { "In shuffled data, in which no operation can be, the strongest cluster of this size has " (bits(band.decoy_bits_max)) " bits. This one has " (bits(campaign.bits)) "." }
            }
            Some(_) => { p { "Of clusters this strong, up to " (percent(campaign.decoy_q.min(1.0))) " come by chance, as shuffled data tell." } }
            None => { p { "No shuffled data were compared with." } }
        }
    }
}
