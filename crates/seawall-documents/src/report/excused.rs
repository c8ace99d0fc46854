//! What looked like a campaign and was not reported, and why?

use maud::{Markup, html};
use seawall_charts::{
    period,
    text::{bits, count, counted},
    words,
};
use seawall_core::campaign::findings::{Campaign, Findings};

use super::parts;

pub(super) fn section(findings: &Findings) -> Markup {
    html! {
        section #excused {
            h2 { "Excused clusters" }
            p .soft {
                "Accounts that share a lot and still were not reported: an innocent explanation accounts for what binds them, or the evidence "
                "is too weak. They are listed so that you can check the judgement. The largest come first, at most 50."
            }
            @if findings.excused.is_empty() { p { "None." } }
            @for cluster in &findings.excused { (entry(findings, cluster)) }
        }
    }
}

fn entry(findings: &Findings, cluster: &Campaign) -> Markup {
    let granted = cluster.granted();
    html! {
        details .excused-entry {
            summary {
                span .excused-name { (parts::name(cluster)) }
                span .soft {
                    (counted(cluster.accounts, "account", "accounts")) " · "
                    @if let Some(explanation) = granted { (parts::sentence(&explanation.name)) } @else { "below the threshold" }
                    " · " (bits(cluster.bits)) " of " (bits(cluster.bits_unexcused)) " bits left"
                }
            }
            p {
                @match granted {
                    Some(explanation) => { (parts::sentence(&explanation.name)) ": " (parts::sentence(&explanation.reason)) ". " }
                    None => "No innocent explanation takes anything away. ",
                }
                "What is left, " (bits(cluster.bits)) " bits for each account, is below the threshold of " (bits(findings.run.report_bits)) "."
            }
            (parts::reviewed(cluster))
            ul .statements {
                @for family in &cluster.families {
                    li .excused[family.excused] {
                        span .family { (words::family(family.family)) @if family.excused { " " span .tag { "excused" } } }
                        span { (parts::sentence(&family.statement)) }
                        span .number { (bits(family.bits)) " bits" }
                    }
                }
            }
            @if !cluster.counter_evidence.is_empty() {
                ul { @for sentence in &cluster.counter_evidence { li { (parts::sentence(sentence)) } } }
            }
            p .soft {
                code { (parts::anchor(cluster)) } " · " (period(&cluster.first_seen, &cluster.last_seen)) " · "
                (count(cluster.signups)) " signups in the input · " (counted(cluster.trusted, "trusted member", "trusted members"))
            }
        }
    }
}
