//! How does the evidence on an account add up, and when did things happen?

use axum::response::Response;
use maud::{Markup, Render as _, html};
use seawall_charts::{
    table::{Cell, Table},
    timeline::{Band, Content, Lane, Moment, Sort, Timeline},
    timeline_table,
    waterfall::{Step, Waterfall, member_steps},
    waterfall_from_prior,
};
use seawall_core::{
    campaign::bursts::bursts,
    decision::{Answer, record::EVENT_TYPES},
};

use super::{Known, Membership};
use crate::console::{
    pages::files::{csv, svg},
    parts::{self, Figure},
    review::Said,
};

/// Widths in CSS pixels, for wide screens and for narrow ones.
const WIDTHS: [f64; 2] = [930.0, 320.0];
const TIMELINE: &str = "What happened when";

fn steps(known: &Known, own: &Membership) -> Vec<Step> {
    let row = &own.row;
    member_steps(row.prior_bits, &row.families, row.bits, &known.titles)
}

fn waterfall(known: &Known, own: &Membership, id: &str, width: f64) -> String {
    let steps = steps(known, own);
    let title = format!("Evidence on {} in bits", known.pseudonym);
    waterfall_from_prior(&Waterfall { id, title: &title, steps: &steps, threshold: None, width })
}

fn evidence_table(known: &Known, own: &Membership) -> Table {
    let mut table = Table::new(&["evidence", "from", "bits"]);
    for step in steps(known, own) {
        table.rows.push(vec![step.label.into(), step.detail.into(), Cell::Bits(step.bits)]);
    }
    table
}

/// The same numbers as `seawall explain` says.
pub(super) fn evidence(known: &Known) -> Markup {
    let Some(own) = known.first() else {
        return parts::block(
            "why",
            "Why",
            &parts::empty(
                "It is in no campaign",
                &html! { p { "There is no evidence to add up: no detection has put this account with others. What was decided about it stands below." } },
            ),
        );
    };
    let [wide, narrow] = WIDTHS;
    let (csv, svg) = addresses(known, "evidence");
    Figure {
        id: "evidence",
        title: "How the evidence adds up",
        note: "From the prior, its campaign's share of all accounts, each family of evidence adds its bits; a bit doubles the odds. Below the bits stands the probability that they come to.",
        wide: waterfall(known, own, "evidence-wide", wide),
        narrow: waterfall(known, own, "evidence-narrow", narrow),
        table: &evidence_table(known, own),
        files: Some((&csv, &svg)),
    }
    .render()
}

fn addresses(known: &Known, stem: &str) -> (String, String) {
    let of = |ending: &str| format!("/accounts/{}/{stem}.{ending}", known.pseudonym);
    (of("csv"), of("svg"))
}

/// Draws decisions, what people said, and for comparison when the campaign came.
fn over_time<T>(known: &Known, id: &str, width: f64, draw: fn(&Timeline<'_>) -> T) -> Option<T> {
    let series = known.first().map(|own| &own.campaign.signups_over_time);
    let bands: Vec<Band> = series
        .map(bursts)
        .unwrap_or_default()
        .into_iter()
        .map(|own| Band {
            from_seconds: own.from_seconds,
            until_seconds: own.until_seconds,
            label: "burst".to_owned(),
        })
        .collect();
    let decided: Vec<Moment> = known
        .decisions
        .iter()
        .map(|record| {
            let answer = record.decision.decision;
            let event = EVENT_TYPES[usize::from(record.inputs.event_type)].1;
            Moment {
                at_seconds: record.inputs.time.div_euclid(1000),
                label: format!("{event}: {}", answer.as_str()),
                mark: match answer {
                    Answer::Allow => Sort::Plain,
                    Answer::Challenge => Sort::Doubt,
                    Answer::Block => Sort::Refused,
                },
            }
        })
        .collect();
    let said: Vec<Moment> = known
        .memberships
        .iter()
        .flat_map(|own| &own.said)
        .filter_map(|(event, name)| {
            let Said::Member { belongs, .. } = &event.said else { return None };
            let word = if *belongs { "belongs" } else { "does not belong" };
            let label = format!("{word}, says {name}");
            Some(Moment { at_seconds: event.at.div_euclid(1000), label, mark: Sort::Done })
        })
        .collect();
    let mut lanes = Vec::new();
    if let Some(series) = series {
        lanes.push(Lane { name: "Its campaign", content: Content::Counts(series) });
    }
    for (name, moments) in [("Decisions", &decided), ("Review", &said)] {
        if !moments.is_empty() {
            lanes.push(Lane { name, content: Content::Events(moments) });
        }
    }
    let drawn = || draw(&Timeline { id, title: TIMELINE, bands: &bands, lanes: &lanes, width });
    (!lanes.is_empty()).then(drawn)
}

pub(super) fn timeline(known: &Known) -> Markup {
    let [wide, narrow] = WIDTHS;
    let draw = |id: &str, width| over_time(known, id, width, seawall_charts::timeline);
    let (Some(wide), Some(narrow)) = (draw("timeline-wide", wide), draw("timeline-narrow", narrow))
    else {
        return Markup::default();
    };
    let table = over_time(known, "table", WIDTHS[0], timeline_table).unwrap_or_default();
    let (csv, svg) = addresses(known, "timeline");
    Figure {
        id: "timeline",
        title: TIMELINE,
        note: "Signups of its campaign with bursts as bands, decisions that the server keeps at hand (a dot is allow, a diamond challenge, a cross block), and what people said, in UTC.",
        wide,
        narrow,
        table: &table,
        files: Some((&csv, &svg)),
    }
    .render()
}

/// A picture, or its rows, as a file.
pub(super) fn file(known: &Known, name: &str) -> Option<Response> {
    let width = WIDTHS[0];
    match name {
        "evidence.svg" => Some(svg(&waterfall(known, known.first()?, "evidence", width))),
        "evidence.csv" => Some(csv(&evidence_table(known, known.first()?))),
        "timeline.svg" => {
            Some(svg(&over_time(known, "timeline", width, seawall_charts::timeline)?))
        }
        "timeline.csv" => Some(csv(&over_time(known, "timeline", width, timeline_table)?)),
        _ => None,
    }
}
