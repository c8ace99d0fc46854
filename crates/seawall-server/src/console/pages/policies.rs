//! By which rules is decided, what did others say, and what would others change?

use std::sync::Arc;

use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use seawall_core::decision::policy::{Mode, Policy};
use serde::Deserialize;

use super::away;
use crate::{
    api::parse_decision_id,
    console::{
        Console, Trouble,
        access::guard::Visitor,
        parts,
        shell::{Page, Place},
        table::{self, Asked, Column},
    },
    page,
    service::{Policies, Promotion},
};

pub(in crate::console) mod decision;
mod difference;
mod replay;

/// Promotions that are listed.
const PROMOTIONS_MAX: usize = 200;
/// Days of decisions that a replay looks at, where nobody says otherwise.
const DAYS: u32 = 7;

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    if let Some(id) = asked.get("decision").map(str::trim)
        && parse_decision_id(id).is_some()
    {
        return Ok(Redirect::to(&format!("/policies/decisions/{id}")).into_response());
    }
    let own = Arc::clone(&console);
    let promotions = away(move || {
        let page = page::Page { from: 0, limit: PROMOTIONS_MAX };
        own.app.service.promotions(page).map_err(|_| unreadable())
    });
    let promotions = promotions.await?;
    let policies = console.app.service.policies();
    let replayed = match asked.get("replay").and_then(|id| known(&policies, id)) {
        Some(policy) => Some(replay::of(&console, &policy, days(&asked)).await?),
        None => None,
    };
    let body = html! {
        (parts::head(&"Decisions and policies", &Markup::default()))
        (explain_form(&asked))
        (registry(&asked, &policies, &promotions.items))
        @if promotions.next_cursor.is_some() { (parts::partial(promotions.items.len() as u64, PROMOTIONS_MAX as u64, &html! { "Later promotions are in the journal." })) }
        (difference::part(&asked, &policies))
        (replay_form(&policies, days(&asked)))
        @if let Some(told) = replayed { (told) }
        (rules(&policies.in_force))
    };
    Ok(Page::new(Place::Policies, "Decisions and policies", body).answer(&console, &visitor))
}

fn unreadable() -> Trouble {
    Trouble::Broken("the journal of decisions cannot be read".to_owned())
}

fn days(asked: &Asked) -> u32 {
    asked.get("days").and_then(|days| days.parse().ok()).unwrap_or(DAYS).clamp(1, 3_650)
}

fn known(policies: &Policies, id: &str) -> Option<Arc<Policy>> {
    policies.known.iter().find(|policy| policy.id() == id).map(Arc::clone)
}

fn explain_form(asked: &Asked) -> Markup {
    let typed = asked.get("decision").unwrap_or_default();
    parts::block(
        "explain",
        "Why was it decided so?",
        &html! {
            form .filters action="/policies" {
                div .field { label for="decision" { "Id of a decision" } input #decision type="search" name="decision" value=(typed) placeholder="d-000000000000002a" maxlength="40" spellcheck="false"; }
                button type="submit" { "Explain" }
            }
            @if !typed.is_empty() {
                (parts::empty("This is no id of a decision", &html! { p { "It is " code { "d-" } " and 16 hexadecimal digits, as the answer to the site had it." } }))
            }
        },
    )
}

const REGISTRY: [Column; 5] = [
    Column::text("", "Policy"),
    Column::text("", "State"),
    Column::number("", "Rules"),
    Column::text("", "Last brought into force"),
    Column::text("", "Look"),
];

fn registry(asked: &Asked, policies: &Policies, promotions: &[Promotion]) -> Markup {
    let mut known: Vec<&Arc<Policy>> = policies.known.iter().collect();
    let last = |id: &str| promotions.iter().rev().find(|own| own.policy == id);
    // What counts first, then what counted last.
    known.sort_by_key(|policy| {
        let at = last(policy.id()).map_or(0, |own| own.at);
        (rank(policies, policy), std::cmp::Reverse(at), policy.id().to_owned())
    });
    let rows = html! { @for policy in known {
        tr data-row {
            th scope="row" { code { (policy.id()) } span .below { (parts::sentence(policy.description())) } }
            td { (state(policies, policy)) }
            td .number { (policy.rules().count()) @let watched = policy.rules().filter(|rule| rule.mode == Mode::Shadow).count(); @if watched > 0 { span .below { (watched) " only watched" } } }
            td { @match last(policy.id()) {
                Some(own) => { (parts::moment(own.at)) " by " (parts::name(&own.by)) @if own.per_mille < 1000 { span .below { "for " (own.per_mille) " of 1,000 accounts" } } }
                None => { span .soft { "comes with Seawall" } }
            } }
            td {
                @if policy.id() != policies.in_force.id() { a data-swap href=(asked.with("against", policy.id())) { "Difference" } " · " }
                a data-swap href=(asked.with("replay", policy.id())) { "Replay" }
            }
        }
    } };
    parts::block(
        "registry",
        "Policies",
        &html! { div .list { (table::table(asked, "Policies", &REGISTRY, ("", false), &rows)) } },
    )
}

fn rank(policies: &Policies, policy: &Policy) -> u8 {
    let is = |other: &Policy| other.id() == policy.id();
    match &policies.staged {
        _ if is(&policies.in_force) => 0,
        Some((staged, _)) if is(staged) => 1,
        _ => 2,
    }
}

fn state(policies: &Policies, policy: &Policy) -> Markup {
    match (rank(policies, policy), &policies.staged) {
        (0, _) => html! { strong { "●\u{a0}live" } },
        (1, Some((_, per_mille))) => {
            html! { strong { "◐ staged" } span .below { (per_mille) " of 1,000 accounts" } }
        }
        _ => html! { "○ earlier" },
    }
}

fn replay_form(policies: &Policies, days: u32) -> Markup {
    parts::block(
        "draft",
        "What would a draft change?",
        &html! {
            p { "A draft is asked about decisions that were made. Nothing comes into force by that; " code { "seawall policy promote" } " does that." }
            form method="post" action="/policies/replay" {
                div .field { label for="text" { "Draft" } textarea #text name="text" rows="12" spellcheck="false" required maxlength="65536" { (policies.in_force.text()) } }
                div .field { label for="days" { "Decisions of so many days" } input #days name="days" type="number" min="1" max="3650" value=(days); }
                button .primary type="submit" { "Replay the draft" }
            }
        },
    )
}

const RULES: [Column; 4] = [
    Column::text("", "Rule"),
    Column::text("", "When"),
    Column::text("", "Answer"),
    Column::text("", "Counts?"),
];

fn rules(policy: &Policy) -> Markup {
    let rows = html! { @for rule in policy.rules() {
        tr {
            th scope="row" { code { (rule.id) } span .below { (parts::sentence(rule.reason)) } }
            td { code { (parts::sentence(rule.when)) } }
            td { strong { (rule.answer.as_str()) } }
            td { (match rule.mode { Mode::Enforce => "● live", Mode::Shadow => "◌ shadow: only watched" }) }
        }
    } };
    parts::block(
        "rules",
        "Rules in force",
        &html! {
            p { "The strictest answer of the rules that apply counts. A decision that takes more than " (policy.deadline_milliseconds()) " ms is answered with " strong { (policy.late().as_str()) } "." }
            (table::table(&Asked::default(), "Rules in force", &RULES, ("", false), &rows))
        },
    )
}

#[derive(Deserialize)]
pub(in crate::console) struct Draft {
    text: String,
    #[serde(default)]
    days: String,
}

/// Asks a draft about decisions that were made. Changes nothing.
pub(in crate::console) async fn try_draft(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(draft): Form<Draft>,
) -> Result<Response, Trouble> {
    let policy = Policy::parse(&draft.text.replace("\r\n", "\n"))
        .map_err(|error| Trouble::Wrong(error.to_string()))?;
    let days = draft.days.parse().unwrap_or(DAYS).clamp(1, 3_650);
    let told = replay::of(&console, &Arc::new(policy), days).await?;
    let body = html! { h1 { "What the draft would change" } (told) p { a href="/policies" { "Back to the policies" } } };
    Ok(Page::new(Place::Policies, "Draft", body)
        .under("Decisions and policies", "/policies")
        .answer(&console, &visitor))
}
