//! What did a run find, how sure is that, and what else could explain it? One HTML page for people.
//!
//! The page is one file without script, without anything loaded from elsewhere, and with a content
//! policy that forbids both. It says the same numbers as the table and the files, since it is made
//! from the same [`Findings`] and from nothing else; it has no clock.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use seawall_charts::{COLOURS, text, words::Titles};
use seawall_core::campaign::findings::{Campaign, Findings};

mod campaigns;
mod card;
mod excused;
mod method;
mod parts;
mod summary;

/// Campaigns shown in full; the rest are in the table.
const CARDS_MAX: usize = 50;
/// Rows of the table of campaigns; `campaigns.ndjson` has all.
const ROWS_MAX: usize = 2_000;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The report of a run.
pub fn report_html(findings: &Findings) -> String {
    let report = Report::new(findings);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { "Seawall report: " (text::counted(findings.campaigns.len() as u64, "campaign", "campaigns")) }
                link rel="icon" href="data:,";
                style { (PreEscaped(seawall_charts::STYLE)) (PreEscaped(include_str!("report/style.css"))) }
            }
            body {
                a .skip href="#summary" { "Skip to the summary" }
                (header())
                main {
                    (summary::section(&report))
                    (campaigns::section(&report))
                    (excused::section(findings))
                    (method::section(findings))
                    (method::glossary())
                }
                footer {
                    p {
                        "Made by Seawall " (findings.run.version) ". This page holds no script and loads nothing. "
                        "Account ids are pseudonyms and personal values are masked unless the run was asked to reveal them."
                    }
                }
            }
        }
    }
    .into_string()
}

/// The findings and what several parts of the page share.
struct Report<'a> {
    findings: &'a Findings,
    /// For each campaign its colour, 1 to [`COLOURS`], or 0: the largest have one of their own.
    colours: Vec<usize>,
    titles: Titles,
}

impl<'a> Report<'a> {
    fn new(findings: &'a Findings) -> Self {
        let mut largest: Vec<usize> = (0..findings.campaigns.len()).collect();
        largest.sort_by_key(|index| {
            (std::cmp::Reverse(signups_of(&findings.campaigns[*index])), *index)
        });
        largest.truncate(COLOURS);
        largest.sort_unstable();
        let mut colours = vec![0; findings.campaigns.len()];
        for (colour, index) in largest.into_iter().enumerate() {
            colours[index] = colour + 1;
        }
        Self { findings, colours, titles: Titles::new(&findings.run.kinds) }
    }

    /// Campaigns with their place in the list, from 1, and their colour.
    fn campaigns(&self) -> impl Iterator<Item = (usize, usize, &'a Campaign)> {
        self.findings
            .campaigns
            .iter()
            .zip(&self.colours)
            .enumerate()
            .map(|(index, (campaign, colour))| (index + 1, *colour, campaign))
    }
}

fn signups_of(campaign: &Campaign) -> u64 {
    campaign.signups_over_time.counts.iter().sum()
}

fn header() -> Markup {
    html! {
        header .bar-top {
            span .brand {
                // A wall against waves; drawn, since nothing is loaded.
                svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" {
                    path .brand-wall d="M3 4h4v4h4V4h3v4h4V4h3v9H3z" {}
                    path .brand-wave d="M2 17c2.5 0 2.5-1.6 5-1.6S9.5 17 12 17s2.5-1.6 5-1.6S19.5 17 22 17M2 21c2.5 0 2.5-1.6 5-1.6S9.5 21 12 21s2.5-1.6 5-1.6S19.5 21 22 21" {}
                }
                "Seawall"
            }
            nav aria-label="Parts of this report" {
                a href="#summary" { "Summary" }
                a href="#campaigns" { "Campaigns" }
                a href="#excused" { "Excused" }
                a href="#method" { "Method" }
                a href="#glossary" { "Glossary" }
            }
            fieldset .theme {
                legend .hidden { "Colours of this page" }
                @for (id, label, checked) in [("auto", "Auto", true), ("light", "Light", false), ("dark", "Dark", false)] {
                    input type="radio" name="theme" id={ "theme-" (id) } checked[checked];
                    label for={ "theme-" (id) } { (label) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
