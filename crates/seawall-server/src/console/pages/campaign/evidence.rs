//! How does the evidence add up?

use maud::{Markup, html};
use seawall_charts::{
    text::bits,
    waterfall,
    waterfall::{Meaning, Step, Waterfall, campaign_steps},
};

use super::Seen;
use crate::console::parts::{self, Figure};

/// The picture, `width` CSS pixels wide.
pub(super) fn picture(seen: &Seen, id: &str, width: f64) -> String {
    let steps = campaign_steps(&seen.campaign, &seen.titles);
    let title = format!("Evidence on {} in bits", seen.id());
    let threshold = Some(seen.run.summary.report_bits);
    waterfall(&Waterfall { id, title: &title, steps: &steps, threshold, width })
}

pub(super) fn part(seen: &Seen) -> Markup {
    let id = seen.id();
    let (csv, svg) =
        (format!("/campaigns/{id}/evidence.csv"), format!("/campaigns/{id}/evidence.svg"));
    html! {
        (Figure {
            id: "evidence-figure",
            title: "How the evidence adds up",
            note: "Mean bits for each account, one bar for each family; a family counts once, however many of its selectors agree. What an innocent explanation accounts for is hatched and left out of the total.",
            wide: picture(seen, "bits-wide", 960.0),
            narrow: picture(seen, "bits-narrow", 320.0),
            table: table(&campaign_steps(&seen.campaign, &seen.titles)),
            files: Some((&csv, &svg)),
        })
        p .soft { "The same numbers are in the run's files and its report; " code { "seawall explain" } " recomputes those of one account." }
    }
}

fn table(steps: &[Step]) -> Markup {
    parts::scroller(
        "Evidence in bits",
        &html! {
            table {
                thead { tr { th scope="col" { "Evidence" } th scope="col" { "From" } th scope="col" { "Counts as" } th scope="col" .number { "Bits" } } }
                tbody { @for step in steps {
                    tr { th scope="row" { (parts::name(&step.label)) } td { (parts::name(&step.detail)) } td { (meaning(step.meaning)) } td .number { (bits(step.bits)) } }
                } }
            }
        },
    )
}

/// What a bar means, in a word.
pub(super) const fn meaning(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Prior => "prior",
        Meaning::Counted => "counted",
        Meaning::Excused => "excused",
        Meaning::Total => "total",
        Meaning::TotalUnexcused => "total, nothing excused",
    }
}
