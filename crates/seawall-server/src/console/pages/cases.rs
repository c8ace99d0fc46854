//! Which takedown cases are there, how far is each, and how does one begin?

use std::sync::Arc;

use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use seawall_charts::table::{Cell, Table};
use seawall_core::case::{Id, progress::Progress, record::CaseKind, state::Machine as _};
use serde::Deserialize;

use super::{
    act, away,
    case::{FROM_CAMPAIGN, stepper},
    files, who, words,
};
use crate::console::{
    Console, Trouble,
    access::{capability::Capability, guard::Visitor},
    act::Act,
    cases::{Case, CaseError, Cases, NewCase},
    parts,
    shell::{Page, Place},
    table::{self, Asked, Column, ROWS, encode},
};

/// Sorts of case, as words and for people.
const KINDS: [(&str, &str, CaseKind); 4] = [
    ("mixed", "Several of these", CaseKind::Mixed),
    ("civil", "A suit", CaseKind::Civil),
    ("criminal_referral", "For an authority", CaseKind::CriminalReferral),
    ("platform_only", "The site and other platforms alone", CaseKind::PlatformOnly),
];
/// Longest title and origin.
const WORDS_MAX: usize = 200;

/// What kind of case it is, for people.
pub(super) fn kind(kind: CaseKind) -> &'static str {
    KINDS.iter().find(|(_, _, own)| *own == kind).map_or("", |(_, title, _)| title)
}

/// Who keeps the cases of this console.
pub(super) fn keeper(console: &Console) -> Result<Arc<dyn Cases>, Trouble> {
    console.cases.clone().ok_or(Trouble::NotFound("This server shows no cases."))
}

/// A case of the list; one that cannot be read is in it all the same, and says why.
struct Listed {
    id: String,
    case: Result<Case, CaseError>,
}

async fn listed(console: &Console) -> Result<Vec<Listed>, Trouble> {
    let cases = keeper(console)?;
    away(move || {
        let ids = cases.ids()?;
        Ok(ids.into_iter().map(|id| Listed { case: cases.read(&id), id }).collect())
    })
    .await
}

const COLUMNS: [Column; 7] = [
    Column::text("title", "Case"),
    Column::text("stage", "Stage"),
    Column::text("", "How far"),
    Column::number("items", "Items"),
    Column::number("assets", "Assets"),
    Column::number("waiting", "Wait for approval"),
    Column::text("entry", "Last entry"),
];

/// Proposals that still need somebody's word.
fn waiting(case: &Case) -> usize {
    let open = |known: &&seawall_core::case::fold::CaseProposal| {
        known.used_by.is_none() && !known.missing().is_empty()
    };
    case.state.proposals.values().filter(open).count()
}

fn sorted(all: &mut [Listed], sort: &str, down: bool) {
    all.sort_by_key(|own| {
        let case = own.case.as_ref().ok();
        let number = |count: Option<usize>| (count, String::new());
        match sort {
            "stage" => (None, case.map_or(String::new(), |it| it.state.stage().name().to_owned())),
            "items" => number(case.map(|it| it.state.items.len())),
            "assets" => number(case.map(|it| it.state.assets.len())),
            "waiting" => number(case.map(waiting)),
            "entry" => (
                None,
                case.and_then(|it| it.entries.last())
                    .map_or(String::new(), |it| it.time.to_string()),
            ),
            _ => (None, case.map_or_else(|| own.id.clone(), |it| it.state.title.to_lowercase())),
        }
    });
    if down {
        all.reverse();
    }
}

pub(in crate::console) async fn list(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    if console.cases.is_none() {
        let body = html! { h1 { "Takedown cases" } (parts::empty("This server shows no cases", &html! { p { "It was started without them." } })) };
        return Ok(Page::new(Place::Cases, "Takedown cases", body).answer(&console, &visitor));
    }
    let mut all = listed(&console).await?;
    let order = asked.sort(&["title", "stage", "items", "assets", "waiting", "entry"], "title");
    sorted(&mut all, order.0, order.1);
    let wanted = asked.get("q").unwrap_or_default().to_lowercase();
    let fits = |own: &&Listed| {
        let title = own.case.as_ref().map_or("", |case| case.state.title.as_str());
        own.id.to_lowercase().contains(&wanted) || title.to_lowercase().contains(&wanted)
    };
    let found: Vec<&Listed> = all.iter().filter(fits).collect();
    let rows =
        html! { @for own in found.iter().skip(asked.page() * ROWS).take(ROWS) { (row(own)) } };
    let body = html! {
        (parts::head(&"Takedown cases", &html! { p .soft { "What a case holds, and who did what in it, follows from its custody log. Seawall signs, files and sends nothing: people do." } }))
        @if all.is_empty() {
            (parts::empty("There is no case yet", &html! { p { "A case takes evidence in, proves what it says, and asks others to act. " @if visitor.may(Capability::ChangeCases) { "Open one below, or with " } @else { "Whoever works on cases opens one, here or with " } code { "seawall case new" } "." } }))
        } @else {
            form .filters data-swap action="/cases" {
                div .field { label for="q" { "Name" } input #q type="search" name="q" value=(wanted) maxlength="200" spellcheck="false"; }
                button type="submit" { "Filter" }
            }
            @if found.is_empty() { (parts::filtered_out("/cases")) } @else {
                div .list { (table::table(&asked, "Takedown cases", &COLUMNS, order, &rows)) (table::pager(&asked, found.len(), ROWS)) }
                p .files { a href="/cases.csv" download { "CSV" } }
            }
        }
        @if visitor.may(Capability::ChangeCases) { (new_case(&visitor, &asked)) }
    };
    Ok(Page::new(Place::Cases, "Takedown cases", body).answer(&console, &visitor))
}

fn row(own: &Listed) -> Markup {
    html! {
        tr data-row {
            @match &own.case {
                Ok(case) => {
                    th .main-cell scope="row" { a href={ "/cases/" (own.id) } { (parts::name(&case.state.title)) } span .below { (own.id) } }
                    td { (case.state.stage().name().replace('_', " ")) }
                    td { (stepper::marks(&case.state.progress())) }
                    td .number { (case.state.items.len()) }
                    td .number { (case.state.assets.len()) }
                    td .number { (waiting(case)) }
                    td { @if let Some(last) = case.entries.last() { (parts::rfc3339(&last.time.to_string())) span .below { (last.action.to_string()) " by " (parts::name(last.actor.as_str())) } } }
                }
                Err(why) => {
                    th .main-cell scope="row" { a href={ "/cases/" (own.id) } { (own.id) } }
                    td colspan="6" { span .warn { strong { "Cannot be shown. " } (parts::sentence(&told(why))) } }
                }
            }
        }
    }
}

/// What a case that cannot be read says of that.
fn told(error: &CaseError) -> String {
    match error {
        CaseError::NotThere(text)
        | CaseError::Damaged(text)
        | CaseError::Refused(text)
        | CaseError::Conflict(text)
        | CaseError::Wrong(text)
        | CaseError::Failed(text) => text.clone(),
    }
}

/// The form that opens a case, filled in from a campaign where one leads here.
fn new_case(visitor: &Visitor, asked: &Asked) -> Markup {
    let campaign = asked.get("campaign").unwrap_or_default();
    let title = asked.get("title").unwrap_or_default();
    let id = campaign.strip_prefix("c-").map_or_else(String::new, |rest| format!("case-{rest}"));
    let name = visitor.person.case_name.as_deref();
    parts::block(
        "open",
        "Open a case",
        &html! {
            @if let Some(name) = name {
                p { "You will be its admin, as " strong { (parts::name(name)) } ": you add its people, and hold no right on its evidence. Keys of its log and its vault are made here; yours is made where you are, and never comes here." }
                form method="post" action="/cases" {
                    input type="hidden" name="campaign" value=(campaign);
                    div .field { label for="case-id" { "Id" } input #case-id name="id" value=(id) required maxlength="128" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" autocomplete="off" spellcheck="false"; }
                    div .field { label for="case-title" { "What people call it" } input #case-title name="title" value=(title) required maxlength=(WORDS_MAX); }
                    div .field { label for="case-origin" { "Name of its log, unique in the world" } input #case-origin name="origin" required maxlength=(WORDS_MAX) placeholder="example.org/case" spellcheck="false"; }
                    div .field { label for="case-kind" { "What sort of case" } select #case-kind name="kind" { @for (word, title, _) in KINDS { option value=(word) { (title) } } } }
                    div .field { label for="case-key" { "Your public key" } input #case-key name="public_key" required maxlength="300" placeholder={ (name) "+1a2b3c4d+…" } spellcheck="false" autocomplete="off"; }
                    p .soft { "Make one with " code { "seawall case key " (name) " --out " (name) ".key" } ", and keep the file." }
                    button .primary type="submit" { "Open the case" }
                }
            } @else {
                (parts::empty("You stand for nobody in cases yet", &html! { p { "Whoever manages people says under Settings, People, as which person of cases you act." } }))
            }
        },
    )
}

/// Address of that form for a campaign.
pub(super) fn from_campaign(id: &str, name: &str) -> String {
    format!("/cases?campaign={}&title={}#open", encode(id), encode(name))
}

#[derive(Deserialize)]
pub(in crate::console) struct NewForm {
    id: String,
    title: String,
    origin: String,
    kind: String,
    public_key: String,
    #[serde(default)]
    campaign: String,
}

pub(in crate::console) async fn open(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(typed): Form<NewForm>,
) -> Result<Response, Trouble> {
    let cases = keeper(&console)?;
    let wrong = |text: &str| Trouble::Wrong(text.to_owned());
    let name = visitor.person.case_name.clone();
    let name = name.ok_or_else(|| wrong("You stand for nobody in cases yet."))?;
    let id = typed.id.trim().to_owned();
    let _: Id = id.parse().map_err(|_| wrong("The id is letters, digits, `.`, `_` and `-`."))?;
    let known = KINDS.iter().find(|(word, _, _)| *word == typed.kind);
    let (_, _, kind) = known.ok_or_else(|| wrong("There is no such sort of case."))?;
    let public_key = typed.public_key.trim().to_owned();
    if public_key.split('+').next() != Some(name.as_str()) {
        return Err(Trouble::Wrong(format!("The key must be that of {name}, as whom you act.")));
    }
    let of_campaign = typed.campaign.parse::<Id>();
    let reason = of_campaign.map_or_else(
        |_| "the case is opened".to_owned(),
        |campaign| format!("the case is opened, {FROM_CAMPAIGN}{campaign}"),
    );
    let new = NewCase {
        id: id.clone(),
        title: words(&typed.title, WORDS_MAX),
        origin: words(&typed.origin, WORDS_MAX),
        kind: *kind,
        public_key,
        reason: reason.clone(),
    };
    away(move || Ok(cases.open(&new)?)).await?;
    told_to_audit(&console, &visitor, &id, &reason).await?;
    Ok(Redirect::to(&format!("/cases/{id}")).into_response())
}

/// Notes in the audit log of the console what somebody did in a case.
pub(super) async fn told_to_audit(
    console: &Arc<Console>,
    visitor: &Visitor,
    case: &str,
    what: &str,
) -> Result<(), Trouble> {
    let done = Act::InCase { case: case.to_owned(), what: what.to_owned() };
    act(console, &who(visitor), move |_, _| Ok((vec![done], ()))).await
}

pub(in crate::console) async fn csv(
    State(console): State<Arc<Console>>,
    _: Visitor,
) -> Result<Response, Trouble> {
    let all = listed(&console).await?;
    let mut table = Table::new(&[
        "case",
        "title",
        "stage",
        "items",
        "assets",
        "documents",
        "waiting",
        "custody_seq",
        "root",
        "problem",
    ]);
    let count = |number: usize| Cell::Count(number as u64);
    for own in all {
        table.rows.push(match own.case {
            Ok(case) => vec![
                own.id.into(),
                case.state.title.as_str().into(),
                case.state.stage().name().into(),
                count(case.state.items.len()),
                count(case.state.assets.len()),
                count(case.state.documents.len()),
                count(waiting(&case)),
                Cell::Count(case.checkpoint.size.saturating_sub(1)),
                case.checkpoint.root.to_string().into(),
                Cell::None,
            ],
            Err(why) => {
                let mut row = vec![Cell::None; 10];
                row[0] = own.id.into();
                row[9] = told(&why).into();
                row
            }
        });
    }
    Ok(files::csv(&table))
}

/// How far each step is, as words: for screen readers and CSV.
pub(super) fn in_words(progress: Progress) -> String {
    let Progress { step, done, of } = progress;
    format!("{}: {done} of {of}", step.title())
}
