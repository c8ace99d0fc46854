//! When did its accounts come?

use jiff::Timestamp;
use maud::{Markup, html};
use seawall_charts::{burst, text::count};
use seawall_core::campaign::findings::Series;

use super::Seen;
use crate::console::parts::{self, Figure};

/// Widths of the picture for wide screens and for narrow ones.
pub(super) const WIDTHS: [f64; 2] = [1060.0, 320.0];

pub(super) fn part(seen: &Seen) -> Markup {
    let (series, id) = (&seen.campaign.signups_over_time, seen.id());
    if series.counts.iter().sum::<u64>() == 0 {
        return parts::empty(
            "No signup of its members is in this log",
            &html! { p { "They were there before it begins. Read an earlier log to see them come." } },
        );
    }
    let [wide, narrow] = WIDTHS;
    let (csv, svg) =
        (format!("/campaigns/{id}/signups.csv"), format!("/campaigns/{id}/signups.svg"));
    html! {
        (Figure {
            id: "signups",
            title: "Signups of its members",
            note: "In equal steps over the whole log, in UTC.",
            wide: burst("signups-wide", series, wide),
            narrow: burst("signups-narrow", series, narrow),
            table: table(series),
            files: Some((&csv, &svg)),
        })
    }
}

/// Steps in which anybody came.
fn table(series: &Series) -> Markup {
    parts::scroller(
        "Signups over time",
        &html! {
            table {
                thead { tr { th scope="col" { "From (UTC)" } th scope="col" .number { "Signups" } } }
                tbody {
                    @for (start, signups) in steps(series).filter(|(_, signups)| *signups > 0) {
                        tr { td { (start.to_string()) } td .number { (count(signups)) } }
                    }
                }
            }
        },
    )
}

/// Each step's start and count.
pub(super) fn steps(series: &Series) -> impl Iterator<Item = (Timestamp, u64)> {
    series.counts.iter().zip(0_i64..).map(|(count, index)| {
        let start = series.start_seconds.saturating_add(series.step_seconds.saturating_mul(index));
        (Timestamp::from_second(start).unwrap_or_default(), *count)
    })
}
