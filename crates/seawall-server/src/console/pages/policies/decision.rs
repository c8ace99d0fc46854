//! Why was it decided so, and does it come out the same again?

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use seawall_charts::{
    text::{bits, confidence, count},
    words,
};
use seawall_core::{
    decision::{
        reason::Reason,
        record::{EVENT_TYPES, Record},
    },
    selector::{KindId, pseudonym},
};

use super::{super::away, unreadable};
use crate::{
    api::parse_decision_id,
    console::{
        Console, Trouble,
        access::guard::Visitor,
        parts,
        shell::{Page, Place},
        table::{self, Asked, Column},
    },
};

const REASONS: [Column; 4] = [
    Column::text("", "Reason"),
    Column::number("", "Bits"),
    Column::number("", "Members with it"),
    Column::number("", "Others with it"),
];

const SEEN: [Column; 4] = [
    Column::text("", "Selector"),
    Column::text("", "Value, as a hash"),
    Column::number("", "Accounts with it"),
    Column::text("", "Too many?"),
];

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let missing =
        Trouble::NotFound("No decision has this id, or it is of a time that is no longer kept.");
    let sequence = parse_decision_id(&id).ok_or_else(|| missing.clone())?;
    let own = Arc::clone(&console);
    let found = away(move || {
        let record = own.app.service.record(sequence).map_err(|_| unreadable())?;
        Ok(record.map(|record| {
            let again = own.app.service.replay(&record).map_err(|error| error.to_string());
            (record, again)
        }))
    });
    let (record, again) = found.await?.ok_or(missing)?;
    let again = match again {
        Ok(again) if again.same => {
            html! { p { strong { "✓ It comes out the same, byte for byte." } " Its record has the hash " (parts::id(&again.kept_hash)) "." } }
        }
        Ok(again) => {
            html! { p { strong { "✕ It comes out otherwise." } " The kept record has the hash " (parts::id(&again.kept_hash)) ", the one that was made now " (parts::id(&again.replayed_hash)) "." } }
        }
        Err(why) => html! { p { "It cannot be made again: " (parts::sentence(&why)) "." } },
    };
    let body = html! {
        (parts::head(&html! { "Decision " (parts::id(&id)) }, &html! { p .soft { (parts::moment(record.inputs.time)) " · " (EVENT_TYPES[usize::from(record.inputs.event_type)].1) } }))
        (figures(&record))
        (parts::block("reasons", "Reasons", &reasons(&record)))
        (parts::block("seen", "What it showed", &seen(&record)))
        (parts::block("again", "Made again from what is kept of it", &again))
    };
    Ok(Page::new(Place::Policies, id, body)
        .under("Decisions and policies", "/policies")
        .answer(&console, &visitor))
}

fn figures(record: &Record) -> Markup {
    let (inputs, decision) = (&record.inputs, &record.decision);
    let account = pseudonym(inputs.account);
    let milder = if let (Some(rules), Some(limit)) = (&decision.without_limit, &decision.limit) {
        html! { "the rules said " (rules.as_str()) "; milder since " (parts::sentence(limit)) }
    } else {
        html! { "by policy " code { (record.policy) } }
    };
    let membership = match &decision.membership {
        Some(own) => (
            html! { (bits(own.bits)) " bits" },
            html! { a href={ "/campaigns/" (own.campaign) } { code { (own.campaign) } } " · " (confidence(own.probability)) @if !own.bound { " · not enough to belong" } },
        ),
        None => (html! { "–" }, html! { "fits no campaign of its snapshot" }),
    };
    parts::figures(&[
        ("Answer", html! { (decision.decision.as_str()) }, milder),
        (
            "Rule",
            html! { (parts::value(decision.rule.as_deref().unwrap_or("none applies"))) },
            html! { @if decision.shadow.is_empty() { "no watched rule applies" } @else { "watched: " @for (rule, answer) in &decision.shadow { code { (rule) } " " (answer.as_str()) " " } } },
        ),
        (
            "Account",
            html! { a href={ "/accounts/" (account) } { (parts::value(&account)) } },
            html! { (count(u64::from(inputs.events))) " of its events so far" @if inputs.trusted { " · trusted" } },
        ),
        ("Membership", membership.0, membership.1),
    ])
}

fn reasons(record: &Record) -> Markup {
    if record.decision.reasons.is_empty() {
        return html! { p { "Nothing spoke against it." } };
    }
    let of = |part: u64, whole: u64| html! { (count(part)) @if whole > 0 { span .below { "of " (count(whole)) } } };
    let row = |reason: &Reason| {
        html! { tr {
            th scope="row" { (words::family(reason.family)) span .below { (parts::sentence(&reason.text)) } }
            td .number { strong { (bits(reason.bits)) } }
            td .number { (of(reason.members, reason.members_known)) }
            td .number { (of(reason.peers, reason.peers_total)) }
        } }
    };
    let rows = html! { @for reason in &record.decision.reasons { (row(reason)) } };
    table::table(&Asked::default(), "Reasons", &REASONS, ("", false), &rows)
}

fn seen(record: &Record) -> Markup {
    let rows = html! { @for own in &record.inputs.selectors { tr {
        th scope="row" { (KindId(own.kind).kind().title) }
        td { code { (format!("{:016x}", own.value)) } }
        td .number { (count(u64::from(own.accounts))) }
        td { @if own.alarmed { "▲ more than expected" } @else { span .soft { "as expected" } } }
    } } };
    html! {
        p .soft { "Decided by snapshot " (parts::id(&record.snapshot)) @if let Some(model) = record.model() { " and account model " (parts::id(model)) } "." }
        @if record.inputs.selectors.is_empty() { p { "Nothing that is tracked." } } @else { (table::table(&Asked::default(), "What it showed", &SEEN, ("", false), &rows)) }
    }
}
