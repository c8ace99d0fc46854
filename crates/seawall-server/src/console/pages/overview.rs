//! How do things stand, at a glance?

use std::sync::Arc;

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use seawall_charts::{
    moment_of, signups,
    signups::Signups,
    table::{Cell, Table},
    text::{bits, count, counted},
};
use seawall_core::campaign::findings::Series;

use super::{campaigns, person};
use crate::console::{
    Console,
    access::guard::Visitor,
    parts::{self, Figure},
    review::{Reviews, Status},
    runs::{Brief, Run},
    shell::{self, Page, Place},
};

/// Campaigns and things that were done, listed at most.
const LISTED: usize = 8;

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Response {
    let body = html! {
        (parts::head(&"Overview", &Markup::default()))
        @match console.shelf.run() {
            Some(run) => (seen(&console, &run)),
            None => (campaigns::no_run(&console)),
        }
    };
    Page::new(Place::Overview, "Overview", body).answer(&console, &visitor)
}

fn seen(console: &Console, run: &Run) -> Markup {
    let state = console.book.state();
    let reviews = &state.reviews;
    let accounts: u64 = run.campaigns.iter().map(|own| own.accounts).sum();
    let of = |status| {
        run.campaigns.iter().filter(|own| reviews.status(&own.id) == status).count() as u64
    };
    let agreement = reviews.agreement();
    let activity = activity(&state);
    let open: Vec<&Brief> = run
        .campaigns
        .iter()
        .filter(|own| reviews.status(&own.id) == Status::Suspected)
        .take(LISTED)
        .collect();
    html! {
        (parts::figures(&[
            ("Campaigns", html! { (count(run.campaigns.len() as u64)) }, html! { (counted(run.excused.len() as u64, "cluster", "clusters")) " excused" }),
            ("Accounts in them", html! { (count(accounts)) }, html! { "of " (count(run.summary.accounts)) }),
            ("Wait for review", html! { (count(of(Status::Suspected))) }, html! { a href="/queue" { "To the queue" } }),
            ("Confirmed", html! { (count(of(Status::Confirmed))) }, html! { (count(of(Status::Dismissed))) " dismissed, " (count(of(Status::Disputed))) " disputed" }),
            ("Second looks", html! { (count(agreement.pairs())) }, html! { (count(agreement.differing)) " differ" }),
        ]))
        (Figure {
            id: "signups",
            title: "Signups over time",
            note: "All signups of the log, in UTC. What campaigns made of them is on the page of each.",
            wide: signups(&Signups { id: "all-wide", all: &run.summary.signups_over_time, bursts: &[], width: 1180.0 }),
            narrow: signups(&Signups { id: "all-narrow", all: &run.summary.signups_over_time, bursts: &[], width: 320.0 }),
            table: &steps(&run.summary.signups_over_time),
            files: None,
        })
        div .halves {
            (parts::block("waiting", "Strongest that wait", &waiting(run, reviews, &open)))
            (parts::block("done", "What people did last", &activity))
        }
        (parts::block("run", "About this run", &about(run)))
    }
}

/// Steps in which anybody signed up.
fn steps(series: &Series) -> Table {
    let mut table = Table::new(&["from_utc", "signups"]);
    for (count, index) in series.counts.iter().zip(0_i64..).filter(|(count, _)| **count > 0) {
        let start = series.start_seconds.saturating_add(series.step_seconds.saturating_mul(index));
        table.rows.push(vec![moment_of(start).into(), Cell::Count(*count)]);
    }
    table
}

fn waiting(run: &Run, reviews: &Reviews, open: &[&Brief]) -> Markup {
    if open.is_empty() {
        return parts::empty(
            "Nothing waits",
            &html! { p { "Somebody decided about every campaign." } },
        );
    }
    parts::scroller(
        "Campaigns that wait",
        &html! {
            table { tbody { @for own in open {
                tr data-row {
                    th scope="row" .main-cell { a href={ "/campaigns/" (own.id) } { (parts::name(reviews.of(&own.id).and_then(|own| own.name()).unwrap_or(&own.name))) } span .below { (counted(own.accounts, "account", "accounts")) } }
                    td { (campaigns::spark(run, own)) }
                    td .number { strong { (bits(own.bits)) } span .below { "bits" } }
                }
            } } }
        },
    )
}

fn activity(state: &crate::console::state::State) -> Markup {
    let mut all: Vec<_> = state
        .reviews
        .all()
        .flat_map(|(id, own)| own.history.iter().rev().take(LISTED).map(move |event| (id, event)))
        .collect();
    all.sort_by_key(|(_, event)| std::cmp::Reverse(event.sequence));
    all.truncate(LISTED);
    if all.is_empty() {
        return parts::empty(
            "Nobody did anything yet",
            &html! { p { "Decisions and notes appear here." } },
        );
    }
    html! {
        ol .history {
            @for (id, event) in all {
                li { (parts::moment(event.at)) span { (parts::name(&person(state, &event.by))) " " (shell::said(&event.said)) " · " a href={ "/campaigns/" (id) } { (id) } } }
            }
        }
    }
}

fn about(run: &Run) -> Markup {
    html! {
        p { (parts::sentence(&run.summary.mode_reason)) }
        @if !run.summary.advice.is_empty() {
            p .soft { "What would make the judgement better:" }
            ul { @for advice in &run.summary.advice { li { (parts::sentence(advice)) } } }
        }
        p .soft { (counted(run.summary.events, "event", "events")) " read, " (counted(run.summary.rejects, "line", "lines")) " rejected. Seawall " (run.summary.version) "." }
    }
}
