//! How does one action stand, and what came of each of its accounts?

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use seawall_charts::{
    table::{Cell, Table},
    text::{confidence, count, counted},
};
use seawall_core::selector::{account_hash, pseudonym};

use super::{
    super::{act, away, files, who},
    bound, failures, name, not_ready, outcome, people, scope, share_of_people, stage, standing,
    steps::REASON_CHARACTERS_MAX,
    told,
};
use crate::console::{
    Console, Trouble,
    access::{capability::Capability, guard::Visitor},
    act::Act,
    actions::{
        Line, Step,
        ledger::{Action, Item, Outcome, Standing},
        plan::Verb,
    },
    parts,
    shell::{Page, Place},
    table::{self, Asked, Column, ROWS},
};

/// An action with the names of those who did something about it.
struct Seen {
    id: String,
    action: Action,
    names: Vec<String>,
    approved_by: Option<String>,
}

impl Seen {
    fn read(console: &Console, id: &str) -> Result<Self, Trouble> {
        let state = console.book.state();
        let action = state.actions.of(id).cloned();
        let action = action.ok_or(Trouble::NotFound("There is no action with this id."))?;
        let names = action.history.iter().map(|event| name(&state, &event.by)).collect();
        let approved_by = action.approved_by.as_ref().map(|by| name(&state, by));
        Ok(Self { id: id.to_owned(), action, names, approved_by })
    }

    async fn lines(&self, console: &Arc<Console>, rows: Vec<u32>) -> Result<Vec<Line>, Trouble> {
        let (own, id, list) = (Arc::clone(console), self.id.clone(), self.action.plan.list.clone());
        away(move || {
            let lines = own.actions.list(&id, &list).and_then(|list| list.rows(&rows));
            lines.map_err(|error| Trouble::Broken(error.to_string()))
        })
        .await
    }
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let seen = Seen::read(&console, &id)?;
    let accounts = accounts(&console, &seen, &asked).await;
    let body = html! {
        (head(&console, &seen))
        @if !console.actions.is_ready() { (not_ready()) }
        (notes(&seen))
        (figures(&seen.action))
        @if visitor.may(Capability::Disrupt) { (buttons(&console, &visitor, &seen)) }
        div .columns {
            div { (stages(&seen.action)) (history(&seen)) }
            div { (about(&seen)) }
        }
        @match accounts {
            Ok(accounts) => { (accounts) @if visitor.may(Capability::Export) { p .files { a href={ "/actions/" (id) "/accounts.csv" } download { "All of them as CSV, under pseudonyms (logged)" } } } }
            Err(Trouble::Broken(why)) => { (parts::error("Its accounts cannot be shown", &why, &visitor.request, &visitor.address)) }
            Err(_) => {}
        }
    };
    Ok(Page::new(Place::Actions, title(&seen.action), body)
        .under("Actions", "/actions")
        .answer(&console, &visitor))
}

fn title(action: &Action) -> String {
    let accounts = counted(u64::from(action.plan.accounts), "account", "accounts");
    format!("{} {accounts}", action.plan.verb.title())
}

fn head(console: &Console, seen: &Seen) -> Markup {
    let Seen { id, action, .. } = seen;
    parts::head(
        &html! { (title(action)) " of " (parts::name(&action.plan.called)) },
        &html! {
            p .soft {
                (parts::id(id)) " " (standing(action)) " · " (stage(action))
                " · campaign " a href={ "/campaigns/" (action.plan.campaign) "?tab=actions" } { (action.plan.campaign) }
                @if let Some(settings) = &console.actions.settings { " · asks " (parts::value(&settings.host())) }
            }
        },
    )
}

/// What stands in the way, and what is under way.
fn notes(seen: &Seen) -> Markup {
    let action = &seen.action;
    let paused = action.history.iter().rev().find_map(|event| match &event.step {
        Step::Paused { why } => Some(why.as_str()),
        _ => None,
    });
    let due = action.due().filter(|_| action.standing() == Standing::Running);
    html! {
        @match action.standing() {
            Standing::Paused => { (parts::stale(&html! { "Nothing is sent until somebody goes on" @if let Some(why) = paused.filter(|why| !why.is_empty()) { ": " (parts::sentence(why)) } "." })) }
            Standing::Proposed => { (parts::stale(&html! { "It is on more accounts than one person may act on within a day. Somebody else who may act has to approve it." })) }
            _ => {}
        }
        @if let Some((next, last)) = due {
            (parts::stale(&html! { "Stage " (action.stage) " is spread by lot: the next of it is due " (parts::moment(next)) ", the last " (parts::moment(last)) "." }))
        }
        @for batch in action.open() {
            @if let Some((status, why)) = &batch.last {
                p .state.partial {
                    "Batch " (batch.number) " was tried " (counted(u64::from(batch.attempts), "time", "times")) ": "
                    @if let Some(status) = status { "the site answered " (status) } @else { (parts::sentence(why.as_deref().unwrap_or("no answer"))) }
                    ". Next attempt " (parts::moment(batch.next_at)) "."
                }
            }
        }
    }
}

fn figures(action: &Action) -> Markup {
    let plan = &action.plan;
    let counts = action.counts(0..plan.accounts);
    let number = |own: u32| html! { (count(u64::from(own))) };
    parts::figures(&[
        (
            "Accounts",
            number(plan.accounts),
            html! { (number(counts.waiting + counts.sending)) " not asked for yet" },
        ),
        ("Accepted", number(counts.accepted), html! { "the site took them" }),
        (
            "Refused or failed",
            number(failures(&counts)),
            html! { (number(counts.refused)) " refused, " (number(counts.failed)) " failed, " (number(counts.unknown)) " unknown" },
        ),
        (
            "Restored",
            number(counts.restored),
            html! { @if counts.not_restored > 0 { (number(counts.not_restored)) " could not be" } @else { (number(action.upheld())) " after appeals or exonerated" } },
        ),
        (
            "People, predicted",
            html! { (people(plan.people)) },
            html! { (share_of_people(plan.people, plan.accounts)) " of them" },
        ),
    ])
}

fn form(seen: &Seen, step: &str, content: &Markup) -> Markup {
    html! {
        form method="post" action={ "/actions/" (seen.id) "/" (step) } {
            input type="hidden" name="saw" value=(seen.action.version());
            (content)
        }
    }
}

/// A form that asks why.
fn with_reason(seen: &Seen, step: &str, label: &str, button: &str, required: bool) -> Markup {
    let id = format!("{step}-why");
    form(
        seen,
        step,
        &html! {
            div .field { label for=(id) { (label) } input id=(id) name="reason" required[required] minlength=[required.then_some("8")] maxlength=(REASON_CHARACTERS_MAX); }
            button .danger[step == "rollback"] type="submit" { (button) }
        },
    )
}

fn folded(title: &str, content: &Markup) -> Markup {
    html! { details { summary { (title) " …" } (content) } }
}

fn buttons(console: &Console, visitor: &Visitor, seen: &Seen) -> Markup {
    let action = &seen.action;
    let now = action.standing();
    let is_mine = action.proposed_by() == visitor.person.id;
    let has_begun = action.stage > 0;
    html! {
        section .card aria-label="Act" {
            @if now == Standing::Proposed {
                @if is_mine { p { "You proposed it: somebody else approves it." } }
                @else { (form(seen, "approve", &html! { button .primary type="submit" { "Approve" } })) }
            }
            @if now == Standing::Ready { (start(console, seen)) }
            @if now == Standing::Paused { (form(seen, "resume", &html! { button .primary type="submit" { "Go on" } })) }
            @if now == Standing::Done { p { "All stages are over." } }
            @if now == Standing::RolledBack { p { "What was done was taken back." } }
            @if now == Standing::Withdrawn { p { "It was withdrawn: nothing was or will be sent." } }
            @if matches!(now, Standing::Running | Standing::RollingBack) { p { "The site is being asked. Reload to see how far it is." } }
            div .more {
                @if matches!(now, Standing::Running | Standing::RollingBack) {
                    (folded("Pause", &with_reason(seen, "pause", "Why (may stay empty)", "Pause", false)))
                }
                @if has_begun && action.may_ask_again() {
                    (form(seen, "again", &html! { button type="submit" { "Ask again for those that failed" } }))
                }
                @if has_begun && action.plan.verb != Verb::Restore && !matches!(now, Standing::RollingBack | Standing::RolledBack) {
                    (folded("Roll back", &with_reason(seen, "rollback", "Why: the site is asked to restore all that it accepted, and those of which nobody knows", "Roll back", true)))
                }
                @if !has_begun && now != Standing::Withdrawn {
                    (folded("Withdraw", &with_reason(seen, "withdraw", "Why it is not to be done", "Withdraw", true)))
                }
            }
        }
    }
}

fn start(console: &Console, seen: &Seen) -> Markup {
    let action = &seen.action;
    let next = action.plan.rows(action.stage + 1);
    let before = action.plan.rows(action.stage);
    let (failures, accounts) = (action.failures(), before.end - before.start);
    let max = console.actions.settings.as_ref().map_or(0.0, |own| own.failures_max);
    let is_too_many = f64::from(failures) > max * f64::from(accounts);
    form(
        seen,
        "start",
        &html! {
            @if is_too_many {
                p { (count(u64::from(failures))) " of " (count(u64::from(accounts))) " in the stage before were refused or failed, more than " (bound(max)) "." }
                label .tick { input type="checkbox" name="anyway" value="yes" required; "Go on all the same" }
            }
            p { button .primary type="submit" { "Start stage " (action.stage + 1) ": " (counted(u64::from(next.end - next.start), "account", "accounts")) } }
        },
    )
}

fn stages(action: &Action) -> Markup {
    let content = html! {
        table {
            thead { tr {
                th scope="col" { "Stage" }
                @for title in ["Accounts", "Accepted", "Not taken", "To come"] { th scope="col" .number { (title) } }
            } }
            tbody { @for stage in 1..=action.plan.stages.len() {
                @let rows = action.plan.rows(stage);
                @let counts = action.counts(rows.clone());
                tr {
                    th scope="row" { "Stage " (stage) span .below { @if stage > action.stage { "has not begun" } @else if stage < action.stage || counts.waiting + counts.sending == 0 { "over" } @else { "under way" } } }
                    td .number { (count(u64::from(rows.end - rows.start))) }
                    td .number { (count(u64::from(counts.accepted))) }
                    td .number { (count(u64::from(failures(&counts)))) }
                    td .number { (count(u64::from(counts.waiting + counts.sending))) }
                }
            } }
        }
    };
    parts::block("stages", "Stages", &parts::scroller("Stages", &content))
}

fn about(seen: &Seen) -> Markup {
    let plan = &seen.action.plan;
    parts::block(
        "about",
        "What was proposed",
        &html! {
            p { q { (parts::sentence(&plan.reason)) } }
            ul .history {
                li { span { "Who" } span { (scope(plan.scope)) @if plan.left_out > 0 { "; " (counted(u64::from(plan.left_out), "member was", "members were")) " left out, since somebody said that they do not belong" } } }
                li { span { "By" } span { (parts::name(seen.names.first().map_or("", String::as_str))) @if let Some(by) = &seen.approved_by { ", approved by " (parts::name(by)) } } }
                li { span { "Next stage" } span { @match plan.by_itself { Some(max) => { "by itself, while at most " (bound(max)) " were refused or failed" } None => { "when somebody starts it" } } } }
                @if plan.delay_seconds_max > 0 { li { span { "Spread" } span { "each stage over up to " (hours(plan.delay_seconds_max)) ", by lot" } } }
                @if let Some(limits) = plan.limits { li { span { "Halts by itself" } span { "where more than " (bound(limits.failures_max)) " of a stage are refused or fail, or " (limits.appeals_least) " or more, and more than " (bound(limits.appeals_max)) ", turn out to be wronged" } } }
                li { span { "Of run" } span { (parts::value(&plan.run)) } }
                li { span { "List, SHA-256" } span { (parts::id(&plan.list)) } }
            }
        },
    )
}

/// How long a stage takes at most, for people.
fn hours(seconds: u32) -> String {
    match seconds {
        0..3600 => counted(u64::from(seconds.div_ceil(60)), "minute", "minutes"),
        _ => counted(u64::from(seconds.div_ceil(3600)), "hour", "hours"),
    }
}

fn history(seen: &Seen) -> Markup {
    parts::block(
        "happened",
        "What happened",
        &html! {
            ol .history reversed {
                @for (event, name) in seen.action.history.iter().zip(&seen.names).rev() {
                    li { (parts::moment(event.at)) div { strong { (parts::name(name)) } " " (told(&event.step)) } }
                }
            }
        },
    )
}

/// What the list can be narrowed to.
const SHOWN: [(&str, &str); 8] = [
    ("", "All"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("failed", "Failed"),
    ("unknown", "Unknown"),
    ("waiting", "Waiting"),
    ("restored", "Restored"),
    ("not-restored", "Not restored"),
];

fn is_shown(item: Item, wanted: &str) -> bool {
    match wanted {
        "restored" => item.back == Outcome::Accepted,
        "not-restored" => {
            !matches!(item.back, Outcome::Accepted | Outcome::Waiting | Outcome::Sending)
        }
        "waiting" => matches!(item.done, Outcome::Waiting | Outcome::Sending),
        "" => true,
        word => item.done.as_str() == word,
    }
}

const COLUMNS: [Column; 5] = [
    Column::text("", "Account"),
    Column::number("", "Stage"),
    Column::number("", "Membership"),
    Column::text("", "What the site said"),
    Column::text("", "Restore"),
];

async fn accounts(console: &Arc<Console>, seen: &Seen, asked: &Asked) -> Result<Markup, Trouble> {
    let wanted = asked.get("outcome").unwrap_or_default();
    let action = &seen.action;
    let fit: Vec<u32> =
        action.items().filter(|(_, item)| is_shown(*item, wanted)).map(|(row, _)| row).collect();
    let rows: Vec<u32> = fit.iter().copied().skip(asked.page() * ROWS).take(ROWS).collect();
    let lines = seen.lines(console, rows).await?;
    let rows = html! { @for line in &lines { (line_row(action, line)) } };
    Ok(html! {
        h2 { "Accounts" }
        ul .chips aria-label="What came of it" {
            @for (word, title) in SHOWN {
                @let number = action.items().filter(|(_, item)| is_shown(*item, word)).count();
                @if number > 0 || word.is_empty() {
                    li { a data-swap href=(asked.with("outcome", word)) aria-current=[(word == wanted).then_some("true")] { (title) " " span .number { (count(number as u64)) } } }
                }
            }
        }
        @if fit.is_empty() { (parts::filtered_out(&asked.without(&["outcome"]))) }
        @else {
            div .list {
                (table::table(asked, "Accounts of this action", &COLUMNS, ("", false), &rows))
                (table::pager(asked, fit.len(), ROWS))
            }
        }
    })
}

fn line_row(action: &Action, line: &Line) -> Markup {
    let item = action.item(line.row).unwrap_or_default();
    let own = pseudonym(account_hash(&line.account));
    html! {
        tr data-row {
            th scope="row" { a href={ "/accounts/" (own) } { code { (own) } } }
            td .number { (action.plan.stage_of(line.row)) }
            td .number { (confidence(line.confidence)) }
            td { (outcome(item.done)) }
            td { @if item.back == Outcome::Waiting { span .soft { "–" } } @else { (outcome(item.back)) } }
        }
    }
}

/// All accounts under pseudonyms, with what came of each; that they were taken along is kept.
pub(in crate::console) async fn csv(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id)?;
    let lines = seen.lines(&console, (0..seen.action.plan.accounts).collect()).await?;
    let exported = Act::Exported { what: format!("accounts of {id}"), rows: lines.len() as u64 };
    act(&console, &who(&visitor), move |_, _| Ok((vec![exported], ()))).await?;
    let columns =
        ["account", "stage", "membership", "outcome", "status", "restore", "restore_status"];
    let mut table = Table::new(&columns);
    let status = |own: Outcome| own.status().map_or_else(String::new, |status| status.to_string());
    for line in lines {
        let item = seen.action.item(line.row).unwrap_or_default();
        table.rows.push(vec![
            pseudonym(account_hash(&line.account)).into(),
            Cell::Count(seen.action.plan.stage_of(line.row) as u64),
            Cell::Share(line.confidence),
            item.done.as_str().to_owned().into(),
            status(item.done).into(),
            item.back.as_str().to_owned().into(),
            status(item.back).into(),
        ]);
    }
    Ok(files::csv(&table))
}
