//! Which campaigns are there, at a glance and one by one?

use maud::{Markup, PreEscaped, html};
use seawall_charts::{
    period, sparkline,
    text::{bits, confidence, count, counted, stated_bits},
    words,
};
use seawall_core::campaign::findings::Campaign;

use super::{CARDS_MAX, ROWS_MAX, Report, card, parts};

pub(super) fn section(report: &Report<'_>) -> Markup {
    let total = report.findings.campaigns.len();
    html! {
        section #campaigns {
            h2 { "Campaigns" }
            @if total == 0 {
                p {
                    "None. That means that no group of accounts shares enough that is rare, in this input and with these fields. It does "
                    "not mean that there is no operation: one whose accounts share nothing that was recorded cannot be seen."
                }
            } @else {
                p .soft {
                    "Best supported first. Bits measure the evidence for each account after the most favourable innocent explanation has "
                    "been granted: every bit doubles it, and more than 20 (a million to one) is never stated."
                }
                (parts::scroller("Table of campaigns", table(report)))
                @if total > ROWS_MAX {
                    p .note { "The table shows the first " (count(ROWS_MAX as u64)) " of " (count(total as u64)) " campaigns; " code { "campaigns.ndjson" } " has all." }
                }
                @if total > CARDS_MAX {
                    p .note {
                        "The first " (CARDS_MAX) " campaigns follow in full. The other " (count((total - CARDS_MAX) as u64))
                        " are in the table above; " code { "campaigns.ndjson" } " holds their evidence."
                    }
                }
            }
        }
        @for (number, colour, campaign) in report.campaigns().take(CARDS_MAX) {
            (card::article(report, number, colour, campaign))
        }
    }
}

fn table(report: &Report<'_>) -> Markup {
    html! {
        table .campaigns {
            caption .hidden { "Campaigns, best supported first" }
            thead { tr {
                th scope="col" { "Campaign" }
                th scope="col" .number { "Accounts" }
                th scope="col" .number { "Bits" }
                th scope="col" .number { "Confidence" }
                th scope="col" { "Seen" }
                th scope="col" { "Signups over time" }
                th scope="col" { "What binds it" }
                th scope="col" { "Best innocent explanation" }
            } }
            tbody {
                @for (number, colour, campaign) in report.campaigns().take(ROWS_MAX) {
                    tr {
                        th scope="row" {
                            div .name-cell {
                                (parts::badge(number, colour))
                                div {
                                    @if number <= CARDS_MAX { a href={ "#" (parts::anchor(campaign)) } { (parts::name(campaign)) } }
                                    @else { (parts::name(campaign)) }
                                    code .soft { (parts::anchor(campaign)) }
                                }
                            }
                        }
                        td .number { (count(campaign.accounts)) }
                        td .number { strong { (bits(campaign.bits)) } span .soft .below { (words::strength(campaign.bits)) } }
                        td .number { (confidence(campaign.confidence)) }
                        td { (period(&campaign.first_seen, &campaign.last_seen)) }
                        td { @if number <= 4 * CARDS_MAX { (PreEscaped(sparkline(&campaign.signups_over_time, colour))) } }
                        td { (binds(campaign)) }
                        td { (innocent(campaign)) }
                    }
                }
            }
        }
    }
}

/// The families that count, strongest first.
fn binds(campaign: &Campaign) -> String {
    let counted: Vec<&str> = campaign
        .families
        .iter()
        .filter(|family| !family.excused)
        .take(3)
        .map(|family| words::family(family.family))
        .collect();
    if counted.is_empty() { "nothing that counts".to_owned() } else { counted.join(", ") }
}

fn innocent(campaign: &Campaign) -> Markup {
    html! {
        @match campaign.granted() {
            Some(explanation) => {
                (parts::sentence(&explanation.name))
                @if let Some(left) = explanation.bits_left { span .soft .below { "leaves " (stated_bits(left)) " bits" } }
            }
            None => "none takes anything away",
        }
        @if campaign.trusted > 0 { span .soft .below { (counted(campaign.trusted, "trusted member", "trusted members")) } }
    }
}
