//! Where is this: a campaign, an account?

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::html;

use super::{away, unreadable};
use crate::console::{
    Console, Trouble,
    access::guard::Visitor,
    parts,
    runs::Brief,
    shell::{Page, Place},
    table::{Asked, encode},
};

/// Campaigns and accounts that are listed at most.
const FOUND_MAX: usize = 20;

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let query = asked.get("q").unwrap_or_default().trim().to_owned();
    let Some(run) = console.shelf.run().filter(|_| !query.is_empty()) else {
        let body = html! { h1 { "Search" } (parts::empty("Nothing was asked for", &html! { p { "Type a campaign's name or id, an account id, or the pseudonym of an account." } })) };
        return Ok(Page::new(Place::Campaigns, "Search", body).answer(&console, &visitor));
    };
    if run.position(&query).is_some() {
        return Ok(Redirect::to(&format!("/campaigns/{query}")).into_response());
    }
    let lower = query.to_lowercase();
    let campaigns: Vec<&Brief> = run
        .campaigns
        .iter()
        .filter(|own| own.name.to_lowercase().contains(&lower) || own.id.contains(&lower))
        .collect();
    let (read, account) = (Arc::clone(&run), query.clone());
    let accounts = away(move || read.members.find(&account, FOUND_MAX).map_err(unreadable)).await?;
    let body = html! {
        h1 { "Search for " (parts::value(&query)) }
        @if campaigns.is_empty() && accounts.is_empty() {
            (parts::empty("Nothing found", &html! { p { "No campaign has this in its name, and no member of a campaign has this id. Accounts that are in no campaign are not listed." } }))
        }
        @if !accounts.is_empty() {
            (parts::block("accounts", "Accounts", &html! {
                ul { @for (position, row) in &accounts {
                    li { a href={ "/accounts/" (row.pseudonym) } { code { (row.pseudonym) } } " is a member of " a href={ "/campaigns/" (run.campaigns[*position].id) "?tab=accounts&account=" (encode(&row.pseudonym)) } { (parts::name(&run.campaigns[*position].name)) } }
                } }
            }))
        }
        @if !campaigns.is_empty() {
            (parts::block("campaigns", "Campaigns", &html! {
                ul { @for own in campaigns.iter().take(FOUND_MAX) { li data-row { a href={ "/campaigns/" (own.id) } { (parts::name(&own.name)) } " " span .soft { (parts::number(own.accounts)) " accounts" } } } }
                @if campaigns.len() > FOUND_MAX { (parts::partial(FOUND_MAX as u64, campaigns.len() as u64, &html! { a href={ "/campaigns?q=" (encode(&query)) } { "All of them" } })) }
            }))
        }
    };
    Ok(Page::new(Place::Campaigns, "Search", body).answer(&console, &visitor))
}
