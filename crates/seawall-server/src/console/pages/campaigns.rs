//! Which campaigns are there?

use std::sync::Arc;

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use seawall_charts::{
    period, sparkline,
    text::{bits, confidence, count},
    words,
};
use seawall_core::campaign::findings::Series;

use crate::console::{
    Console,
    access::guard::Visitor,
    parts,
    review::{Reviews, Status},
    runs::{Brief, Run},
    shell::{self, Page, Place},
    table::{self, Asked, Column, ROWS},
};

const COLUMNS: [Column; 7] = [
    Column::text("name", "Campaign"),
    Column::text("", "Status"),
    Column::number("accounts", "Accounts"),
    Column::number("bits", "Bits"),
    Column::number("confidence", "Confidence"),
    Column::text("seen", "Seen"),
    Column::text("", "Signups over time"),
];

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Response {
    let asked = Asked::new(&visitor.address);
    let body = html! {
        (parts::head(&"Campaigns", &html! { p .soft { "Groups of accounts that one operation most likely made. Bits measure the evidence for each account after the most favourable innocent explanation; every bit doubles it." } }))
        @match console.shelf.run() {
            Some(run) => (list(&console, &run, &asked)),
            None => (no_run(&console)),
        }
    };
    Page::new(Place::Campaigns, "Campaigns", body).answer(&console, &visitor)
}

/// Why there is nothing to see, and how to get it.
pub(super) fn no_run(console: &Console) -> Markup {
    let place = console.shelf.place().file_name().map(|name| name.to_string_lossy().into_owned());
    parts::empty(
        "There is no run to show yet",
        &html! {
            p { "The console shows what " code { "seawall detect" } " finds. Write a run where the server looks for it:" }
            p { code .secret { "seawall detect EVENTS… --out " (place.unwrap_or_else(|| "runs".to_owned())) "/today" } }
            p .soft { "It appears here within seconds." }
            @if let Some(why) = console.shelf.broken() { p .warn { "There is one that cannot be shown: " (parts::sentence(&why)) } }
        },
    )
}

fn list(console: &Console, run: &Run, asked: &Asked) -> Markup {
    let state = console.book.state();
    let reviews = &state.reviews;
    let wanted = asked
        .get("status")
        .and_then(|word| Status::ALL.into_iter().find(|own| own.as_str() == word));
    let query = asked.get("q").unwrap_or_default().to_lowercase();
    let matches = |own: &Brief| {
        query.is_empty()
            || own.name.to_lowercase().contains(&query)
            || own.id.contains(&query)
            || reviews
                .of(&own.id)
                .and_then(|review| review.name())
                .is_some_and(|name| name.to_lowercase().contains(&query))
    };
    let found: Vec<(&Brief, Status)> = run
        .campaigns
        .iter()
        .filter(|own| matches(own))
        .map(|own| (own, reviews.status(&own.id)))
        .collect();
    let by_status = |status| found.iter().filter(|(_, own)| *own == status).count();
    let mut shown: Vec<(&Brief, Status)> = found
        .iter()
        .filter(|(_, own)| wanted.is_none_or(|wanted| wanted == *own))
        .copied()
        .collect();
    let sort = asked.sort(&["name", "accounts", "bits", "confidence", "seen"], "-bits");
    order(&mut shown, sort);
    html! {
        form .filters data-swap action="/campaigns" {
            (asked.hidden(&["q"]))
            div .field {
                label .hidden for="q" { "Filter by name or id" }
                input #q type="search" name="q" value=(asked.get("q").unwrap_or_default()) placeholder="Filter by name or id" maxlength="200";
            }
            button type="submit" { "Filter" }
        }
        ul .chips aria-label="Status" {
            li { a data-swap href=(asked.with("status", "")) aria-current=[wanted.is_none().then_some("true")] { "All " span .number { (found.len()) } } }
            @for status in Status::ALL {
                li { a data-swap href=(asked.with("status", status.as_str())) aria-current=[(wanted == Some(status)).then_some("true")] { (parts::status(status)) span .number { (by_status(status)) } } }
            }
        }
        @if run.campaigns.is_empty() {
            (parts::empty("No campaigns", &html! { p { "No group of accounts shares enough that is rare, in this input and with these fields. It does not mean that there is no operation." } }))
        } @else if shown.is_empty() {
            (parts::filtered_out(&asked.without(&["q", "status"])))
        } @else {
            @let page: Vec<_> = shown.iter().skip(asked.page() * ROWS).take(ROWS).collect();
            div .list {
                (table::table(asked, "Campaigns", &COLUMNS, sort, &html! {
                    @for (own, status) in page { (row(run, own, *status, reviews)) }
                }))
                (table::pager(asked, shown.len(), ROWS))
            }
        }
    }
}

fn order(shown: &mut [(&Brief, Status)], (sort, down): (&str, bool)) {
    shown.sort_by(|(left, _), (right, _)| {
        let order = match sort {
            "name" => left.name.cmp(&right.name),
            "accounts" => left.accounts.cmp(&right.accounts),
            "confidence" => left.confidence.total_cmp(&right.confidence),
            "seen" => left.first_seen.cmp(&right.first_seen),
            _ => left.bits.total_cmp(&right.bits),
        };
        let order = if down { order.reverse() } else { order };
        order.then_with(|| left.id.cmp(&right.id))
    });
}

fn row(run: &Run, own: &Brief, status: Status, reviews: &Reviews) -> Markup {
    let named = reviews.of(&own.id).and_then(|review| review.name());
    html! {
        tr data-row {
            th scope="row" .main-cell {
                a href={ "/campaigns/" (own.id) } { (parts::name(named.unwrap_or(&own.name))) }
                span .below { code { (own.id) } @if named.is_some() { " · " (parts::name(&own.name)) } }
            }
            td { (parts::status(status)) }
            td .number { (count(own.accounts)) }
            td .number { strong { (bits(own.bits)) } span .below { (words::strength(own.bits)) } }
            td .number { (confidence(own.confidence)) }
            td { (period(&own.first_seen, &own.last_seen)) }
            td { (spark(run, own)) }
        }
    }
}

/// The course of a campaign's signups.
pub(super) fn spark(run: &Run, own: &Brief) -> Markup {
    let all = &run.summary.signups_over_time;
    let series = Series {
        start_seconds: all.start_seconds,
        step_seconds: all.step_seconds,
        counts: own.signups.clone(),
    };
    shell::drawn(&sparkline(&series, 0))
}
