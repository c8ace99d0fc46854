//! How was this found, what can the method not see, and how does one get the same result again?

use maud::{Markup, html};
use seawall_charts::{
    text::{bits, count, counted, share},
    words,
};
use seawall_core::campaign::findings::{FAMILIES, Findings, Mode};

use super::parts;

pub(super) fn section(findings: &Findings) -> Markup {
    let run = &findings.run;
    html! {
        section #method {
            h2 { "Method and its limits" }
            ol .method {
                li { strong { "Selectors. " } "Each account is turned into the things it exposes: its mail domain, device, network, the way its name is made, and so on. "
                    "What an account does not have is never something that two accounts share." }
                li { strong { "Too many. " } "A selector is taken up only where more accounts carry it than chance allows, judged against "
                    @match run.mode { Mode::History => "accounts that the site itself trusts", Mode::Peer => "the other accounts of the same input" }
                    ". In this run: " (parts::sentence(&run.mode_reason)) "." }
                li { strong { "Together. " } "Selectors of different families that occur together on the same accounts form a cluster. Shared and rented things, such as an address, "
                    "a proxy or a CAPTCHA solver, add weight to a cluster and never make one." }
                li { strong { "Against the best innocent explanation. " } "For each cluster every innocent explanation is weighed. Where its conditions hold, all that it would account for is "
                    "struck out, and only what is left counts." }
                li { strong { "Decoys. " } "The same procedure runs on shuffled data in which no operation can exist. What it finds there is what chance alone makes." }
            }
            (decoys(findings))
            h3 { "Limits" }
            ul {
                li { "Bits compare two explanations of what was observed. They are not the probability that anyone did anything wrong." }
                li { "Families count as independent. Where they are not, the sum is too high; that is why each family counts once and no more than 20 bits are stated." }
                li { "An operation whose accounts share nothing that was recorded cannot be seen, nor one of a handful of accounts." }
                li { "Innocent explanations that nobody thought of were not weighed." }
                @if run.mode == Mode::Peer {
                    li { "Without a history of trusted accounts, an operation that makes up most of the input looks like the norm." }
                }
                @if run.trusted_set_aside > 0 {
                    li { (counted(run.trusted_set_aside, "trusted account was", "trusted accounts were")) " left out of the comparison, because they look like part of an operation." }
                }
            }
            h3 { "What was seen" }
            (kinds(findings))
            h3 { "The same result again" }
            p { "The same input, options and version give the same bytes, on any machine and with any number of threads. "
                code { "manifest.json" } " lists the SHA-256 of every input and every file of this run." }
            pre tabindex="0" { code {
                "seawall detect INPUT… --report-bits " (bits_option(run.report_bits)) " --out DIR   # version " (run.version) "\n"
                "seawall explain ACCOUNT --run DIR                 # one account's evidence in bits"
            } }
        }
    }
}

fn bits_option(value: f64) -> String {
    format!("{value}")
}

fn decoys(findings: &Findings) -> Markup {
    let bands = &findings.run.decoys;
    let table = html! {
        table {
            thead { tr {
                th scope="col" { "Accounts in the cluster" }
                th scope="col" .number { "Found in shuffled data" }
                th scope="col" .number { "Reported in the real data" }
                th scope="col" .number { "Highest bits in shuffled data" }
            } }
            tbody {
                @for (index, band) in bands.iter().enumerate() {
                    tr {
                        th scope="row" {
                            @if let Some(next) = bands.get(index + 1) { (count(band.accounts_min)) " to " (count(next.accounts_min.saturating_sub(1))) }
                            @else { (count(band.accounts_min)) " or more" }
                        }
                        td .number { (count(band.decoys)) }
                        td .number { (count(band.campaigns)) }
                        td .number { (bits(band.decoy_bits_max)) }
                    }
                }
            }
        }
    };
    html! {
        h3 { "Decoys" }
        p .soft {
            "Every family of evidence was shuffled on its own among accounts of the same country and client, so that nothing is left that could bind accounts together. "
            "A method that finds campaigns in such data would find them anywhere."
        }
        @if bands.is_empty() { p { "No decoys were run." } } @else { (parts::scroller("Decoys", table)) }
    }
}

fn kinds(findings: &Findings) -> Markup {
    let run = &findings.run;
    let table = html! {
        table {
            thead { tr {
                th scope="col" { "Selector" }
                th scope="col" { "Family" }
                th scope="col" { "What it may do" }
                th scope="col" .number { "Accounts with it" }
                th scope="col" .number { "Values shared by three or more" }
                th scope="col" .number { "Of these too many" }
            } }
            tbody {
                @for kind in &run.kinds {
                    tr {
                        th scope="row" { (kind.title) }
                        td { (words::family(kind.family)) }
                        td { (words::role(kind.role)) }
                        td .number { (count(kind.accounts)) span .soft .below { (share(kind.accounts, run.accounts)) } }
                        td .number { (count(kind.values_shared)) }
                        td .number { (count(kind.values_hot)) }
                    }
                }
            }
        }
    };
    html! {
        details {
            summary { "Kinds of selectors in this input (" (count(run.kinds.len() as u64)) ")" }
            (parts::scroller("Kinds of selectors", table))
        }
    }
}

pub(super) fn glossary() -> Markup {
    html! {
        section #glossary {
            h2 { "Glossary" }
            dl .glossary {
                dt { "Account" } dd { "A registration at the protected site. Not a person." }
                dt { "Selector" } dd { "Something that an account exposes and that one can search for: a mail domain, a device, a telephone prefix." }
                dt { "Family" } dd { "Related selectors that count once together, so that an address and its network are not counted double. "
                    "The families are: " (FAMILIES.map(words::family).join(", ")) "." }
                dt { "Cluster" } dd { "Accounts that a machine put together because of the selectors they share." }
                dt { "Campaign" } dd { "A cluster whose evidence reaches the threshold after the most favourable innocent explanation: the activity of one operation over a period." }
                dt { "Peers" } dd { "The accounts that a campaign is compared with: trusted ones, or the other accounts of the same input." }
                dt { "Bits" } dd { "How much more likely an observation is under one explanation than under the other, counted in doublings: 1 bit is twice, 10 bits a thousand times, 20 bits a million times." }
                dt { "Excused" } dd { "Accounted for by an innocent explanation, and therefore not counted." }
                dt { "Decoy" } dd { "A cluster found in shuffled data, where no operation can exist." }
                dt { "Confidence" } dd { "From 0 to 100 %, from the bits, the size and the decoys." }
                dt { "Strength in words" } dd {
                    ul { @for (word, range, ratio) in words::STRENGTHS { li { strong { (word) } ": " (range) " bits (" (ratio) ")" } } }
                }
            }
        }
    }
}
