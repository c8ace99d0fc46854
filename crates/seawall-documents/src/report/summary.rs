//! What is the result in plain words?

use maud::{Markup, html};
use seawall_charts::{
    period, signups,
    signups::{Burst, Signups},
    text::{bits, count, counted, percent, share, times},
};
use seawall_core::campaign::findings::{Findings, Mode, Series};

use super::{Report, parts, signups_of};

pub(super) fn section(report: &Report<'_>) -> Markup {
    let run = &report.findings.run;
    html! {
        section #summary {
            p .kicker { "Detection report" }
            h1 { (headline(report.findings)) }
            p .lead { (lead(report.findings)) }
            (figures(report.findings))
            p .note {
                strong { "These are proposals for a person to review. " }
                "Nothing has been enforced. A campaign says that accounts were made or run together; it does not say by whom or "
                "with what intent, and a single member can be there by accident."
            }
            @if !run.advice.is_empty() {
                details .advice {
                    summary { "What would make the next run better" }
                    ul { @for sentence in &run.advice { li { (parts::sentence(sentence)) } } }
                }
            }
            figure {
                figcaption {
                    h2 { "Signups over time" }
                    p .soft {
                        "All signups, with those of the campaigns at the bottom. Below, each campaign at a height of its own, so that "
                        "small ones can be seen."
                    }
                }
                (chart(report))
            }
        }
    }
}

fn headline(findings: &Findings) -> String {
    let members: u64 = findings.campaigns.iter().map(|campaign| campaign.accounts).sum();
    if findings.campaigns.is_empty() {
        return format!(
            "No campaign among {}",
            counted(findings.run.accounts, "account", "accounts")
        );
    }
    format!(
        "{} hold {} of {} accounts",
        counted(findings.campaigns.len() as u64, "campaign", "campaigns"),
        count(members),
        count(findings.run.accounts)
    )
}

fn lead(findings: &Findings) -> Markup {
    let run = &findings.run;
    html! {
        "Seawall read " (counted(run.events, "event", "events")) " of " (counted(run.accounts, "account", "accounts"))
        " (" (period(&run.first_seen, &run.last_seen)) ") and looked for accounts that share rare things which unrelated people do not share. "
        @if let Some(first) = findings.campaigns.first() {
            "The best supported campaign, " a href={ "#" (parts::anchor(first)) } { (parts::name(first)) } ", binds "
            (counted(first.accounts, "account", "accounts")) ": what they share is "
            @if first.bits >= 19.95 { "at least " (times(20.0)) } @else { "about " (times(first.bits)) }
            " times as likely if they were made together than under the most favourable innocent explanation. "
            @if let Some(largest) = findings.campaigns.iter().max_by_key(|campaign| campaign.accounts).filter(|largest| largest.campaign != first.campaign) {
                "The largest, " a href={ "#" (parts::anchor(largest)) } { (parts::name(largest)) } ", holds " (count(largest.accounts)) " accounts. "
            }
        } @else {
            "No group of accounts passed the threshold of " (bits(run.report_bits)) " bits. "
        }
        @if !findings.excused.is_empty() {
            (counted(findings.excused.len() as u64, "other cluster was", "other clusters were"))
            " set aside, because an innocent explanation accounts for what binds them or because the evidence is too weak."
        }
    }
}

fn figures(findings: &Findings) -> Markup {
    let run = &findings.run;
    let members: u64 = findings.campaigns.iter().map(|campaign| campaign.accounts).sum();
    let decoys: u64 = run.decoys.iter().map(|band| band.decoys).sum();
    let trusted: u64 = findings.campaigns.iter().map(|campaign| campaign.trusted).sum();
    let compared = match run.mode {
        Mode::History => (count(run.trusted), "accounts trusted by the site"),
        Mode::Peer => ("each other".to_owned(), "no trusted history"),
    };
    html! {
        dl .figures {
            (figure("Campaigns", &count(findings.campaigns.len() as u64), &format!("from {} bits", bits(run.report_bits))))
            (figure("Accounts in them", &count(members), &format!("{} of all", share(members, run.accounts))))
            (figure("Of these trusted", &count(trusted), "by the site itself"))
            (figure("Excused clusters", &count(findings.excused.len() as u64), "shown below, with reasons"))
            (figure("Found in shuffled data", &count(decoys), "where no campaign can be"))
            (figure("Compared with", &compared.0, compared.1))
        }
        @if run.rejects > 0 {
            p .soft {
                (counted(run.rejects, "entry", "entries")) " (" (percent(run.rejects as f64 / run.events.max(1) as f64)) " of the events) "
                "could not be taken as they were; " code { "rejects.ndjson" } " lists each with its line and reason."
            }
        }
    }
}

fn figure(label: &str, value: &str, note: &str) -> Markup {
    html! { div { dt { (label) } dd { strong { (value) } span { (note) } } } }
}

fn chart(report: &Report<'_>) -> Markup {
    let others: Vec<&Series> = report
        .campaigns()
        .filter(|(_, colour, _)| *colour == 0)
        .map(|(_, _, campaign)| &campaign.signups_over_time)
        .collect();
    let others_name = format!("All {} other campaigns", count(others.len() as u64));
    let others = parts::sum(others.into_iter());
    let mut bursts: Vec<Burst<'_>> = report
        .campaigns()
        .filter(|(_, colour, campaign)| *colour > 0 && signups_of(campaign) > 0)
        .map(|(number, colour, campaign)| Burst {
            number,
            colour,
            name: &campaign.name,
            series: &campaign.signups_over_time,
        })
        .collect();
    if let Some(series) = &others {
        bursts.push(Burst { number: 0, colour: 0, name: &others_name, series });
    }
    let all = &report.findings.run.signups_over_time;
    parts::both("signups", |id, width| signups(&Signups { id, all, bursts: &bursts, width }))
}
