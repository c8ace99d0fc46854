//! Who did what, and was anything changed since?

use std::sync::Arc;

use axum::{extract::State, response::Response};
use maud::{Markup, html};

use super::{
    super::{actions::told, away, person},
    tabs,
};
use crate::console::{
    Console, Trouble,
    access::guard::Visitor,
    act::{Act, Kept, SERVER, Way},
    parts,
    shell::{self, Page, Place},
    table::{self, Asked, ROWS},
};

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    shown(&console, &visitor, &asked, &Markup::default()).await
}

async fn shown(
    console: &Arc<Console>,
    visitor: &Visitor,
    asked: &Asked,
    verified: &Markup,
) -> Result<Response, Trouble> {
    let (total, head) = console.book.head();
    // The newest first: the last page of the journal is the first here.
    let end = total.saturating_sub((asked.page() * ROWS) as u64);
    let from = end.saturating_sub(ROWS as u64);
    let own = Arc::clone(console);
    let entries = away(move || Ok(own.book.entries(from, (end - from) as usize)?)).await?;
    let names: Vec<String> =
        {
            let state = console.book.state();
            entries
                .iter()
                .map(|(_, kept)| {
                    if kept.by == SERVER { "Seawall".to_owned() } else { person(&state, &kept.by) }
                })
                .collect()
        };
    let body = html! {
        h1 { "Audit log" }
        (tabs(visitor, "/audit"))
        (verified)
        (parts::block("chain", "One chain", &html! {
            p { "Every entry holds the SHA-256 of the one before: nothing can be changed or taken out without changing this:" }
            p { (parts::id(&head)) " " span .soft { "after " (parts::number(total)) " entries. Note it elsewhere to be able to compare." } }
            form method="post" action="/settings/audit/verify" { button type="submit" { "Verify the chain" } }
        }))
        div .list {
            (parts::scroller("Audit log", &html! {
                table {
                    thead { tr { th scope="col" .number { "No." } th scope="col" { "When (UTC)" } th scope="col" { "Who" } th scope="col" { "What" } } }
                    tbody { @for ((sequence, kept), name) in entries.iter().zip(&names).rev() {
                        tr data-row { td .number { (sequence) } td { (parts::moment(kept.at)) } td { (parts::name(name)) } td { (what(kept)) } }
                    } }
                }
            }))
            (table::pager(asked, usize::try_from(total).unwrap_or(usize::MAX), ROWS))
        }
    };
    Ok(Page::new(Place::Settings, "Audit log", body)
        .under("Settings", "/settings")
        .answer(console, visitor))
}

pub(in crate::console) async fn verify(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let own = Arc::clone(&console);
    let verified = away(move || Ok(own.book.verify())).await?;
    let told = match verified {
        Ok(found) => parts::done(&format!(
            "All {} entries follow on each other. The last is {}.",
            found.entries, found.head
        )),
        Err(error) => parts::error(
            "The chain is broken",
            &error.to_string(),
            &visitor.request,
            "/settings/audit",
        ),
    };
    shown(&console, &visitor, &Asked::new("/settings/audit"), &told).await
}

const fn by(way: Way) -> &'static str {
    match way {
        Way::Password => "",
        Way::Openid => " by OpenID Connect",
        Way::Passkey => " with a passkey",
    }
}

/// What was done, in words. Secrets and hashes of passwords stay in the journal.
fn what(kept: &Kept) -> Markup {
    match &kept.act {
        Act::Invited { person, name, .. } => {
            html! { "made a link for " (parts::name(name)) " (" (person) ")" }
        }
        Act::Joined { name, .. } => html! { "set a password as " (parts::name(name)) },
        Act::RolesChanged { person, roles } => {
            html! { "gave " (person) " the roles: " @for (index, role) in roles.iter().enumerate() { @if index > 0 { ", " } (role.title()) } }
        }
        Act::Disabled { person } => html! { "shut " (person) " out" },
        Act::Enabled { person } => html! { "let " (person) " in again" },
        Act::SignedIn { way, .. } => html! { "signed in" (by(*way)) },
        Act::SignedOut { .. } => html! { "signed out" },
        Act::SignInFailed { person, way: Way::Password, .. } => {
            html! { "refused a password" @if let Some(person) = person { " for " (person) } }
        }
        Act::SignInFailed { person, way, why } => {
            html! { "refused to let " @if let Some(person) = person { (person) } @else { "somebody" } " in" (by(*way)) ": " (parts::sentence(why)) }
        }
        Act::PasskeyAdded { passkey, name, .. } => {
            html! { "added the passkey " (parts::name(name)) " (" (passkey) ")" }
        }
        Act::PasskeyRemoved { passkey } => html! { "took the passkey " (passkey) " away" },
        Act::PasskeyUsed { passkey, .. } => html! { "showed the passkey " (passkey) },
        Act::TokenMade { name, scopes } => {
            html! { "made the token " (parts::name(name)) " for " (scopes.join(", ")) }
        }
        Act::TokenRevoked { name } => html! { "took the token " (parts::name(name)) " away" },
        Act::PersonalTokenMade { token, name, until, .. } => {
            html! { "made a token of their own, " (parts::name(name)) " (" (token) "), that counts until " (parts::moment(*until)) }
        }
        Act::PersonalTokenRevoked { person, token } => {
            html! { "took the token " (token) " of " (person) " away" }
        }
        Act::Asked { token, tool, about, refused } => {
            html! { @if *refused { "had a model refused " } @else { "had a model ask " } code { (tool) } @for own in about { " " (parts::value(own)) } span .soft { " with " (token) } }
        }
        Act::Revealed { what, purpose } => {
            html! { "saw " (parts::sentence(what)) ": " q { (parts::sentence(purpose)) } }
        }
        Act::Exported { what, rows } => {
            html! { "took along " (parts::sentence(what)) ", " (parts::number(*rows)) " rows" }
        }
        Act::CaseNamed { person, case_name } => html! {
            "let " (person) " stand for " @match case_name { Some(name) => { (parts::name(name)) } None => { "nobody" } } " in cases"
        },
        Act::InCase { case, what } => {
            html! { a href={ "/cases/" (case) } { (parts::name(case)) } ": " (parts::sentence(what)) }
        }
        Act::Reviewed(entry) => {
            html! { a href={ "/campaigns/" (entry.campaign) } { (entry.campaign) } ": " (shell::said(&entry.said)) }
        }
        Act::Acted(entry) => {
            html! { a href={ "/actions/" (entry.action) } { (entry.action) } ": " (told(&entry.step)) }
        }
    }
}
