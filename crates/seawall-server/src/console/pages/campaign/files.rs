//! Which files of a campaign can one take along?

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use seawall_charts::{burst, selector_graph, waterfall::campaign_steps};

use super::{
    super::{act, away, unreadable, who},
    Seen, evidence, graph, timeline,
};
use crate::console::{Console, Trouble, access::guard::Visitor, act::Act, runs::Order};

/// Rows of a list of accounts at most: the rest is in members.csv.
const ROWS_MAX: usize = 1_000_000;

pub(in crate::console) async fn file(
    State(console): State<Arc<Console>>,
    Path((id, file)): Path<(String, String)>,
    _: Visitor,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id).await?;
    let campaign = &seen.campaign;
    Ok(match file.as_str() {
        "signups.svg" => svg(&burst("signups", &campaign.signups_over_time, timeline::WIDTHS[0])),
        "signups.csv" => csv(
            ["from_utc", "signups"],
            timeline::steps(&campaign.signups_over_time)
                .map(|(from, count)| [from.to_string(), count.to_string()]),
        ),
        "graph.svg" => svg(&selector_graph(
            "graph",
            &campaign.graph,
            campaign.accounts,
            &seen.titles,
            graph::WIDTH,
        )
        .svg),
        "graph.csv" => csv(
            ["from_kind", "from_value", "to_kind", "to_value", "accounts", "expected"],
            campaign.graph.edges.iter().filter_map(|edge| {
                let (from, to) = (
                    campaign.graph.nodes.get(edge.from as usize)?,
                    campaign.graph.nodes.get(edge.to as usize)?,
                );
                Some([
                    from.kind.clone(),
                    from.value.clone(),
                    to.kind.clone(),
                    to.value.clone(),
                    edge.accounts.to_string(),
                    format!("{:.3}", edge.expected),
                ])
            }),
        ),
        "evidence.svg" => svg(&evidence::picture(&seen, "evidence", 960.0)),
        "evidence.csv" => csv(
            ["evidence", "from", "counts_as", "bits"],
            campaign_steps(campaign, &seen.titles).into_iter().map(|step| {
                [
                    step.label,
                    step.detail,
                    evidence::meaning(step.meaning).to_owned(),
                    format!("{:.3}", step.bits),
                ]
            }),
        ),
        _ => return Err(Trouble::NotFound("A campaign has no such file.")),
    })
}

/// All accounts under pseudonyms; that they were taken along is kept.
pub(in crate::console) async fn accounts(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id).await?;
    let (run, position) = (Arc::clone(&seen.run), seen.position);
    let rows =
        away(move || run.members.page(position, Order::Sure, 0, ROWS_MAX).map_err(unreadable))
            .await?;
    let exported = Act::Exported { what: format!("accounts of {id}"), rows: rows.len() as u64 };
    act(&console, &who(&visitor), move |_, _| Ok((vec![exported], ()))).await?;
    Ok(csv(
        ["account", "campaign", "confidence", "bits"],
        rows.into_iter().map(|row| {
            [
                row.pseudonym,
                id.clone(),
                format!("{:.6}", row.confidence),
                format!("{:.3}", row.bits),
            ]
        }),
    ))
}

/// A picture alone has no page that brings its colours.
fn svg(picture: &str) -> Response {
    let style = format!("<style>{}</style>", seawall_charts::STYLE);
    let with_style = match picture.find('>') {
        Some(end) => format!("{}{style}{}", &picture[..=end], &picture[end + 1..]),
        None => picture.to_owned(),
    };
    ([(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"))], with_style)
        .into_response()
}

fn csv<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Response {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Memory takes every write.
    let _ = writer.write_record(head);
    for row in rows {
        let _ = writer.write_record(row.map(|field| harmless(&field)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ];
    (headers, bytes).into_response()
}

/// A field that no program for tables takes for a formula.
fn harmless(field: &str) -> String {
    let number = field.parse::<f64>().is_ok();
    if !number && field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{field}")
    } else {
        field.to_owned()
    }
}
