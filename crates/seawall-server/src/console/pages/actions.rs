//! What was the site asked to do to accounts, and what came of it?

use std::sync::Arc;

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use seawall_charts::text::{count, counted, percent};
use seawall_core::selector::{account_hash, pseudonym};

use super::{away, person};
use crate::console::{
    Console, Trouble,
    access::{capability::Capability, guard::Visitor},
    act::SERVER,
    actions::{
        Came, ListError, Step, key,
        ledger::{Action, Counts, Item, Outcome, Standing},
        plan::{Scope, Verb},
    },
    parts,
    shell::{Page, Place},
    state::State as Folded,
    table::{self, Asked, Column, ROWS},
};

pub(in crate::console) mod page;
pub(in crate::console) mod steps;

/// Actions that an account is looked up in: the latest.
const LOOKED_UP_MAX: usize = 200;

const COLUMNS: [Column; 7] = [
    Column::text("", "Action"),
    Column::text("", "State"),
    Column::number("", "Accounts"),
    Column::number("", "Accepted"),
    Column::number("", "Refused or failed"),
    Column::number("", "Restored"),
    Column::text("", "Proposed"),
];

pub(in crate::console) async fn list(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Response {
    let asked = Asked::new(&visitor.address);
    let state = console.book.state();
    let own = newest(&state, |_| true);
    let shown = own.iter().skip(asked.page() * ROWS).take(ROWS);
    let rows = html! { @for (id, action) in shown { (row(&state, id, action)) } };
    let total = own.len();
    drop(own);
    drop(state);
    let body = html! {
        (parts::head(&"Actions", &html! { p .soft { "What the site was asked to do to the accounts of campaigns, stage by stage, and what it answered." } }))
        @if !console.actions.is_ready() { (not_ready()) }
        @if total == 0 {
            (parts::empty("No action yet", &html! { p { "Whoever may act on accounts begins on the page of a campaign, with " em { "Act on accounts" } "." } p { a href="/campaigns" { "All campaigns" } } }))
        } @else {
            div .list {
                (table::table(&asked, "Actions", &COLUMNS, ("", false), &rows))
                (table::pager(&asked, total, ROWS))
            }
        }
    };
    Page::new(Place::Actions, "Actions", body).answer(&console, &visitor)
}

/// Those that fit, the newest first.
fn newest(state: &Folded, fits: impl Fn(&Action) -> bool) -> Vec<(&str, &Action)> {
    let mut own: Vec<_> = state.actions.all().filter(|(_, action)| fits(action)).collect();
    own.sort_by_key(|(id, action)| (std::cmp::Reverse(action.proposed_at()), *id));
    own
}

/// Nothing can be sent: how that is changed.
fn not_ready() -> Markup {
    parts::stale(&html! {
        "No place to send to is known, so nothing is sent. Start the server with " code { "--actions FILE" }
        ", a file that says where the site listens."
    })
}

fn row(state: &Folded, id: &str, action: &Action) -> Markup {
    let counts = action.counts(0..action.plan.accounts);
    html! {
        tr data-row {
            th scope="row" .main-cell {
                a href={ "/actions/" (id) } { (action.plan.verb.title()) " " (counted(u64::from(action.plan.accounts), "account", "accounts")) }
                span .below { "of " (parts::name(&action.plan.called)) }
            }
            td { (standing(action)) span .below { (stage(action)) } }
            td .number { (count(u64::from(action.plan.accounts))) }
            td .number { (count(u64::from(counts.accepted))) }
            td .number { (count(u64::from(failures(&counts)))) }
            td .number { (count(u64::from(counts.restored))) }
            td { (parts::moment(action.proposed_at())) span .below { (parts::name(&person(state, action.proposed_by()))) } }
        }
    }
}

const fn failures(counts: &Counts) -> u32 {
    counts.refused + counts.failed + counts.unknown
}

/// How it stands, as a word with a mark: colour alone tells nothing.
fn standing(action: &Action) -> Markup {
    let own = action.standing();
    let (mark, class) = match own {
        Standing::Proposed => ("◌", "disputed"),
        Standing::Ready => ("◔", "suspected"),
        Standing::Running => ("▸", "running"),
        Standing::Paused => ("‖", "disputed"),
        Standing::Done => ("●", "dismissed"),
        Standing::RollingBack => ("◂", "running"),
        Standing::RolledBack => ("○", "suspected"),
        Standing::Withdrawn => ("✕", "suspected"),
    };
    html! { span .status.(class) { span aria-hidden="true" { (mark) } " " (own.as_str()) } }
}

fn stage(action: &Action) -> Markup {
    let all = action.plan.stages.len();
    html! { @if action.stage == 0 { "not begun" } @else { "stage " (action.stage) " of " (all) } }
}

/// Which accounts, in words.
fn scope(scope: Scope) -> Markup {
    match scope {
        Scope::All => html! { "all listed members" },
        Scope::Confidence { least } => {
            html! { "members with a probability of " (least) " or more" }
        }
        Scope::Bits { least } => html! { "members with " (least) " bits or more" },
        Scope::Sample { accounts } => {
            html! { (count(u64::from(accounts))) " members at most, drawn by lot" }
        }
    }
}

fn outcome(own: Outcome) -> Markup {
    html! { (own.as_str()) @if let Some(status) = own.status() { " (" (status) ")" } }
}

/// What happened, in words.
pub(super) fn told(step: &Step) -> Markup {
    let with = |what: &str, why: &str| html! { (what) ": " q { (parts::sentence(why)) } };
    match step {
        Step::Proposed { plan } => {
            let what = format!(
                "proposed to {} {}",
                plan.verb.as_str(),
                counted(u64::from(plan.accounts), "account", "accounts")
            );
            html! { (what) " of " a href={ "/campaigns/" (plan.campaign) } { (plan.campaign) } (with("", &plan.reason)) }
        }
        Step::Approved => html! { "approved it" },
        Step::Withdrawn { reason } => with("withdrew it", reason),
        Step::Started { stage } => html! { "began stage " (stage) },
        Step::Paused { why } => with("paused it", why),
        Step::Resumed => html! { "let it go on" },
        Step::Held { failures } => {
            html! { "did not begin the next stage: " (counted(u64::from(*failures), "account was", "accounts were")) " refused or failed" }
        }
        Step::Again => {
            html! { "had the site asked again for those that it refused or that failed" }
        }
        Step::RolledBack { reason } => with("rolled it back", reason),
        Step::Appealed { reason, .. } => with("restored one account after an appeal", reason),
        Step::Exonerated { .. } => {
            html! { "counts one account as wronged: it was labelled exonerated" }
        }
        Step::Sending { batch, back, rows } => {
            html! { "sends batch " (batch) ", " (counted(rows.len() as u64, "account", "accounts")) @if *back { ", to be restored" } }
        }
        Step::Trying { batch, attempt } => html! { "sends batch " (batch) ", attempt " (attempt) },
        Step::LeftOff { batch } => html! { "sends batch " (batch) " no more" },
        Step::Answered { batch, attempt, came, status, why, .. } => html! {
            "batch " (batch) ", attempt " (attempt) ": "
            (match came {
                Came::Accepted => "accepted",
                Came::Refused => "refused",
                Came::Again => "to be tried again",
                Came::GivenUp => "given up",
            })
            @if let Some(status) = status { " (" (status) ")" }
            @if let Some(why) = why { ", " (parts::sentence(why)) }
        },
    }
}

/// Who did something, for people.
fn name(state: &Folded, by: &str) -> String {
    if by == SERVER { "Seawall".to_owned() } else { person(state, by) }
}

/// The part of a campaign's page.
pub(super) fn of_campaign(console: &Console, visitor: &Visitor, campaign: &str) -> Markup {
    let state = console.book.state();
    let own = newest(&state, |action| action.plan.campaign == campaign);
    html! {
        @if visitor.may(Capability::Disrupt) { p { a .button href={ "/campaigns/" (campaign) "/act" } { "Act on accounts …" } } }
        @if own.is_empty() {
            (parts::empty("Nothing was done to its accounts", &html! { p { "Actions on the accounts of this campaign stand here, with what the site answered." } }))
        } @else {
            div .list {
                (table::table(&Asked::default(), "Actions on this campaign", &COLUMNS, ("", false), &html! { @for (id, action) in &own { (row(&state, id, action)) } }))
            }
        }
    }
}

/// What was done to an account: its action, its row there, what came of it, and what is to be told.
pub(super) struct Done {
    action: String,
    row: u32,
    verb: Verb,
    item: Item,
    version: u64,
    may_restore: bool,
    appeals: Vec<(i64, String, String)>,
    at: i64,
}

/// Looks an account up in the latest actions, the newest first. A list that cannot be read is passed over: its action says
/// so on its own page.
pub(super) async fn of_account(
    console: &Arc<Console>,
    account: &str,
) -> Result<Vec<Done>, Trouble> {
    let wanted = latest(console);
    let (own, account) = (Arc::clone(console), account.to_owned());
    let found = away(move || {
        let of = |(id, list): &(String, String)| row_of(&own, id, list, &account).ok().flatten();
        Ok(wanted.iter().filter_map(|one| Some((one.0.clone(), of(one)?))).collect::<Vec<_>>())
    })
    .await?;
    let state = console.book.state();
    Ok(found.into_iter().filter_map(|(id, row)| done(&state, id, row)).collect())
}

/// Ids and lists of the latest actions.
fn latest(console: &Console) -> Vec<(String, String)> {
    let state = console.book.state();
    let all = newest(&state, |_| true);
    let own = all.iter().take(LOOKED_UP_MAX);
    own.map(|(id, action)| ((*id).to_owned(), action.plan.list.clone())).collect()
}

/// The row of an account, by its pseudonym.
fn row_of(
    console: &Console,
    id: &str,
    list: &str,
    account: &str,
) -> Result<Option<u32>, ListError> {
    let lines = console.actions.list(id, list)?.find(key(id, account))?;
    let of = |own: &str| pseudonym(account_hash(own));
    Ok(lines.iter().find(|line| of(&line.account) == account).map(|line| line.row))
}

fn done(state: &Folded, id: String, row: u32) -> Option<Done> {
    let action = state.actions.of(&id)?;
    let of = |event: &crate::console::actions::ledger::Event| match &event.step {
        Step::Appealed { row: own, reason } if *own == row => {
            Some((event.at, name(state, &event.by), reason.clone()))
        }
        _ => None,
    };
    Some(Done {
        row,
        verb: action.plan.verb,
        item: action.item(row)?,
        version: action.version(),
        may_restore: action.may_restore(row),
        appeals: action.history.iter().filter_map(of).collect(),
        at: action.proposed_at(),
        action: id,
    })
}

/// The part of an account's page.
pub(super) fn of_account_part(visitor: &Visitor, account: &str, all: &[Done]) -> Markup {
    parts::block(
        "actions",
        "What was done to it",
        &html! {
            @if all.is_empty() { p .soft { "None of the latest actions was on this account." } }
            @for own in all { (of_account_one(visitor, account, own)) }
        },
    )
}

fn of_account_one(visitor: &Visitor, account: &str, own: &Done) -> Markup {
    html! {
        p {
            a href={ "/actions/" (own.action) } { (own.verb.title()) } ", " (parts::moment(own.at)) ": "
            strong { (outcome(own.item.done)) }
            @if own.item.back != Outcome::Waiting { "; restore: " strong { (outcome(own.item.back)) } }
        }
        @for (at, who, reason) in &own.appeals {
            p .soft { (parts::name(who)) " restored it after an appeal, " (parts::moment(*at)) ": " q { (parts::sentence(reason)) } }
        }
        @if own.may_restore && visitor.may(Capability::Disrupt) {
            details {
                summary { "Restore after an appeal …" }
                form method="post" action={ "/actions/" (own.action) "/restore" } {
                    input type="hidden" name="saw" value=(own.version);
                    input type="hidden" name="account" value=(account);
                    input type="hidden" name="back" value=(visitor.address);
                    div .field { label for={ "appeal-" (own.row) } { "What the appeal came to" } textarea id={ "appeal-" (own.row) } name="reason" required minlength="8" maxlength="400" {} }
                    button type="submit" { "Restore it" }
                }
            }
        }
    }
}

/// A number of people that is an expectation. Rows say probabilities to six digits: none is never known.
pub(super) fn people(expected: f64) -> String {
    if expected < 0.05 { "less than 0.1".to_owned() } else { format!("{expected:.1}") }
}

/// The same as a share of so many accounts.
pub(super) fn share_of_people(expected: f64, accounts: u32) -> String {
    let share = expected / f64::from(accounts.max(1));
    if share < 0.0005 { "less than 0.1 %".to_owned() } else { percent(share) }
}

/// How a share of failures is told.
fn bound(share: f64) -> String {
    percent(share)
}
