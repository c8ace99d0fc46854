//! Why is this a campaign, and what speaks against it?

use maud::{Markup, PreEscaped, html};
use seawall_charts::{
    burst, moment, period,
    text::{
        BITS_CAP, bits, confidence, count, counted, expected, percent, share, stated_bits, times,
    },
    waterfall,
    waterfall::{Waterfall, campaign_steps},
    words,
    words::Titles,
};
use seawall_core::campaign::findings::{Campaign, Findings, SelectorEvidence};

use super::{Report, parts};

mod graph;

/// Selectors shown before the rest is folded away.
const SELECTORS_OPEN: usize = 8;

pub(super) fn article(
    report: &Report<'_>,
    number: usize,
    colour: usize,
    campaign: &Campaign,
) -> Markup {
    let (id, findings, titles) = (parts::anchor(campaign), report.findings, &report.titles);
    html! {
        article .card id=(id) aria-labelledby={ (id) "-name" } {
            (head(number, colour, campaign))
            (parts::reviewed(campaign))
            (key_figures(findings, campaign))
            h4 { "What binds these accounts" }
            (statements(campaign))
            (selectors(campaign, titles))
            h4 { "How the evidence adds up" }
            p .soft { (waterfall_note(campaign)) }
            (picture(report, campaign, &id))
            h4 { "Innocent explanations weighed" }
            (explanations(campaign))
            h4 { "What speaks against it" }
            (counter_evidence(campaign))
            h4 { "When they came" }
            (parts::both(&format!("{id}-burst"), |id, width| burst(id, &campaign.signups_over_time, width)))
            (graph::section(campaign, titles, &id))
            (sample(campaign, titles))
            p .back { a href="#campaigns" { "Back to the table" } }
        }
    }
}

fn head(number: usize, colour: usize, campaign: &Campaign) -> Markup {
    let id = parts::anchor(campaign);
    html! {
        header {
            h3 id={ (id) "-name" } { (parts::badge(number, colour)) a href={ "#" (id) } { (parts::name(campaign)) } }
            p .soft {
                code { (id) } " · " (period(&campaign.first_seen, &campaign.last_seen)) " · evidence "
                strong { (words::strength(campaign.bits)) }
            }
        }
    }
}

fn key_figures(findings: &Findings, campaign: &Campaign) -> Markup {
    // Decoys of the same size or smaller; without any as strong, the share they estimate only tells how
    // few campaigns there are.
    let band = findings.run.decoys.iter().rev().find(|band| band.accounts_min <= campaign.accounts);
    let chance = if band.is_some_and(|band| campaign.bits > band.decoy_bits_max) {
        "no decoy is as strong".to_owned()
    } else {
        format!("up to {} by chance", percent(campaign.decoy_q.min(1.0)))
    };
    let stated = if campaign.bits >= BITS_CAP - 0.05 {
        format!("at least {} times", times(BITS_CAP))
    } else {
        format!("about {} times", times(campaign.bits))
    };
    html! {
        dl .figures .small {
            div { dt { "Accounts" } dd { strong { (count(campaign.accounts)) } span { (share(campaign.accounts, findings.run.accounts)) " of all" } } }
            div { dt { "Bits for each account" } dd { strong { (bits(campaign.bits)) } span { (stated) } } }
            div { dt { "Confidence" } dd { strong { (confidence(campaign.confidence)) } span { (chance) } } }
            div { dt { "Trusted members" } dd { strong { (count(campaign.trusted)) } span { (share(campaign.trusted, campaign.accounts)) } } }
        }
    }
}

fn statements(campaign: &Campaign) -> Markup {
    html! {
        ul .statements {
            @for family in &campaign.families {
                li .excused[family.excused] {
                    span .family { (words::family(family.family)) @if family.excused { " " span .tag { "excused" } } }
                    span { (parts::sentence(&family.statement)) }
                    span .number { (bits(family.bits)) " bits" }
                }
            }
        }
    }
}

fn selectors(campaign: &Campaign, titles: &Titles) -> Markup {
    let (open, folded) = campaign.selectors.split_at(campaign.selectors.len().min(SELECTORS_OPEN));
    let missing = campaign.selectors_total.saturating_sub(campaign.selectors.len() as u64);
    html! {
        (parts::scroller("Selectors that bind this campaign", selector_table(campaign, open, titles)))
        @if !folded.is_empty() {
            details {
                summary { (counted(folded.len() as u64, "more selector", "more selectors")) }
                (parts::scroller("More selectors that bind this campaign", selector_table(campaign, folded, titles)))
            }
        }
        @if missing > 0 { p .soft { (counted(missing, "weaker selector is", "weaker selectors are")) " not listed." } }
    }
}

fn selector_table(campaign: &Campaign, selectors: &[SelectorEvidence], titles: &Titles) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { "Selector" }
                th scope="col" .number { "Members with it" }
                th scope="col" .number { "Peers with it" }
                th scope="col" .number { "Expected in all" }
                th scope="col" .number { "Found in all" }
                th scope="col" .number { "Bits" }
            } }
            tbody {
                @for selector in selectors {
                    tr {
                        th scope="row" {
                            (parts::value(&selector.value))
                            span .soft .below { (titles.of(&selector.kind)) " · " (words::role(selector.role)) }
                            @for by in &selector.known_by { span .soft .below { "known to " (by) } }
                        }
                        td .number {
                            (count(selector.members)) span .soft { " of " (count(campaign.accounts)) }
                            (meter(selector.members, campaign.accounts))
                        }
                        td .number { (count(selector.peers)) span .soft { " of " (count(selector.peers_total)) } }
                        td .number { (expected(selector.expected)) }
                        td .number { (count(selector.accounts)) }
                        td .number { (bits(selector.bits)) }
                    }
                }
            }
        }
    }
}

fn meter(part: u64, whole: u64) -> Markup {
    let width = (40.0 * part as f64 / whole.max(1) as f64).clamp(0.0, 40.0);
    html! {
        svg .meter viewBox="0 0 40 4" width="40" height="4" aria-hidden="true" {
            rect .meter-track width="40" height="4" rx="2" {}
            rect .meter-value width=(format!("{width:.1}")) height="4" rx="2" {}
        }
    }
}

fn waterfall_note(campaign: &Campaign) -> Markup {
    let excused = campaign.families.iter().filter(|family| family.excused).count() as u64;
    html! {
        "Mean bits for each account, one bar for each family of evidence; a family counts once, however many of its selectors agree. "
        @match campaign.granted() {
            Some(explanation) if excused > 0 => {
                "The explanation “" (parts::sentence(&explanation.name)) "” is granted: what it would account for is hatched ("
                (counted(excused, "family", "families")) ") and left out of the total."
            }
            Some(explanation) => {
                "The explanation “" (parts::sentence(&explanation.name)) "” is granted: what it would account for is taken off."
            }
            None => "No innocent explanation accounts for any of it.",
        }
    }
}

fn picture(report: &Report<'_>, campaign: &Campaign, id: &str) -> Markup {
    let steps = campaign_steps(campaign, &report.titles);
    let title = format!("Evidence on {} in bits", campaign.campaign);
    parts::both(&format!("{id}-bits"), |id, width| {
        waterfall(&Waterfall {
            id,
            title: &title,
            steps: &steps,
            threshold: Some(report.findings.run.report_bits),
            width,
        })
    })
}

fn explanations(campaign: &Campaign) -> Markup {
    let granted = campaign.granted().map(|explanation| explanation.name.as_str());
    let table = html! {
        table .explanations {
            thead { tr {
                th scope="col" { "Explanation" }
                th scope="col" { "Does it hold?" }
                th scope="col" { "Why" }
                th scope="col" { "Would account for" }
                th scope="col" .number { "Bits left" }
            } }
            tbody {
                @for explanation in &campaign.explanations {
                    tr {
                        th scope="row" {
                            (parts::sentence(&explanation.name))
                            @if granted == Some(explanation.name.as_str()) { span .tag .below { "most favourable" } }
                        }
                        td { @if explanation.applies && explanation.excuses.is_empty() && granted != Some(explanation.name.as_str()) { span .soft { "–" } } @else if explanation.applies { span .yes { "holds" } } @else { span .no { "does not hold" } } }
                        td .reason { (parts::sentence(&explanation.reason)) }
                        td {
                            @let names: Vec<&str> = explanation.excuses.iter().map(|family| words::family(*family)).collect();
                            @if names.is_empty() { span .soft { "nothing" } } @else { (names.join(", ")) }
                        }
                        td .number { @if let Some(left) = explanation.bits_left { strong { (stated_bits(left)) } } @else { span .soft { "–" } } }
                    }
                }
            }
        }
    };
    parts::scroller("Innocent explanations weighed", table)
}

fn counter_evidence(campaign: &Campaign) -> Markup {
    html! {
        @if campaign.counter_evidence.is_empty() {
            p { "Nothing was found that speaks against it. That is itself no evidence." }
        } @else {
            ul { @for sentence in &campaign.counter_evidence { li { (parts::sentence(sentence)) } } }
        }
    }
}

fn sample(campaign: &Campaign, titles: &Titles) -> Markup {
    html! {
        @if !campaign.sample.is_empty() {
            details {
                summary { "Members to look at (" (counted(campaign.sample.len() as u64, "account", "accounts")) ")" }
                p .soft {
                    "The two strongest, the two weakest, and others evenly between, under pseudonyms. All members are in "
                    code { "members.csv" } "."
                }
                (parts::scroller("Sample of members", sample_table(campaign, titles)))
            }
        }
    }
}

fn sample_table(campaign: &Campaign, titles: &Titles) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { "Account" }
                th scope="col" { "First seen (UTC)" }
                th scope="col" .number { "Bits" }
                th scope="col" { "What ties it to the campaign" }
            } }
            tbody {
                @for member in &campaign.sample {
                    tr {
                        th scope="row" { (parts::value(&member.account)) }
                        td { (moment(&member.first_seen)) }
                        td .number { (bits(member.bits)) }
                        td .ties {
                            @for (kind, value) in &member.selectors {
                                span .tie { span .soft { (titles.of(kind)) } " " (parts::value(value)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The picture of a graph as markup.
fn svg(picture: String) -> PreEscaped<String> {
    PreEscaped(picture)
}
