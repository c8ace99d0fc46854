//! What do others know, does it meet what was found here, and what of ours waits to leave?

use std::{collections::BTreeMap, sync::Arc};

use axum::{Form, extract::State, response::Response};
use maud::{Markup, html};
use seawall_charts::text::counted;
use seawall_intel::stix::{Archive, Object};
use serde::Deserialize;

use super::away;
use crate::{
    console::{
        Console, Trouble,
        access::guard::Visitor,
        kept, parts,
        shell::{Page, Place},
        table::{self, Asked, Column, ROWS},
    },
    taxii::Settings,
};

mod look_up;
mod outbound;

use look_up::{answers, look_up, search};

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let archive = archive(&console).await?;
    let wanted = asked.get("q").map(str::to_owned);
    let found = match &wanted {
        Some(text) => Some(look_up(&console, &archive, text).await?),
        None => None,
    };
    let shares = outbound::shares(&console).await?;
    let body = html! {
        (parts::head(&"Intelligence", &Markup::default()))
        (counts(&archive))
        (search(wanted.as_deref()))
        @if let Some(found) = &found { (answers(found)) }
        (parts::block("met", "What of it was met here", &met(&console)))
        (parts::block("received", "Indicators received", &received(&asked, &archive)))
        (parts::block("outbound", "Waiting to leave, and gone", &outbound::outbound(&shares)))
        (parts::block("collections", "Collections offered over TAXII", &collections(&console)))
    };
    Ok(Page::new(Place::Intelligence, "Intelligence", body).answer(&console, &visitor))
}

#[derive(Deserialize)]
pub(in crate::console) struct Pasted {
    lines: String,
}

/// Looks many up at once: too many for an address.
pub(in crate::console) async fn look(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(pasted): Form<Pasted>,
) -> Result<Response, Trouble> {
    let archive = archive(&console).await?;
    let found = look_up(&console, &archive, &pasted.lines).await?;
    let body = html! { h1 { "Looked up" } (answers(&found)) (search(None)) p { a href="/intel" { "Back to intelligence" } } };
    Ok(Page::new(Place::Intelligence, "Looked up", body)
        .under("Intelligence", "/intel")
        .answer(&console, &visitor))
}

/// Everything that was received.
async fn archive(console: &Arc<Console>) -> Result<Archive, Trouble> {
    let folder = console.data().join("intel/received");
    away(move || {
        let mut archive = Archive::default();
        let mut number = 0_u64;
        kept::lines(&folder, &mut |line| {
            number += 1;
            let value = serde_json::from_str(line).ok();
            let object = value.and_then(|value| Object::new(value).ok());
            let broken = || {
                Trouble::Broken(format!(
                    "object {number} that was received is not as it was written"
                ))
            };
            archive.add(object.ok_or_else(broken)?);
            Ok(())
        })?;
        Ok(archive)
    })
    .await
}

fn counts(archive: &Archive) -> Markup {
    let mut types: BTreeMap<&str, u64> = BTreeMap::new();
    for object in archive.active() {
        *types.entry(object.object_type()).or_default() += 1;
    }
    let of = |name: &str| types.get(name).copied().unwrap_or_default();
    let changed = archive.changed();
    parts::figures(&[
        (
            "Indicators",
            html! { (parts::number(of("indicator"))) },
            html! { "received and not revoked" },
        ),
        (
            "Actors and campaigns",
            html! { (parts::number(of("threat-actor") + of("intrusion-set") + of("campaign"))) },
            html! { "as others describe them" },
        ),
        (
            "Objects",
            html! { (parts::number(archive.len() as u64)) },
            html! { (counted(types.len() as u64, "type", "types")) },
        ),
        (
            "Last changed",
            html! { @match changed { Some(at) => { (at.strftime("%Y-%m-%d").to_string()) } None => { "–" } } },
            html! { "by its source" },
        ),
    ])
}

/// Campaigns whose selectors somebody else knows.
fn met(console: &Console) -> Markup {
    let Some(run) = console.shelf.run() else {
        return parts::empty(
            "No run is shown",
            &html! { p { "What others know is held against what a detection finds." } },
        );
    };
    let found =
        run.campaigns.iter().flat_map(|own| own.known.iter().map(move |known| (own, known)));
    let found: Vec<_> = found.collect();
    html! {
        @if found.is_empty() {
            (parts::empty("Nothing of it was met", &html! { p { "No campaign is bound by what others know. Detections look for it when they are given lists: " code { "seawall intel selectors" } " writes them." } }))
        } @else {
            ul { @for (campaign, selector) in found.iter().take(ROWS) {
                li { (parts::value(&selector.value)) " binds " (counted(selector.members, "account", "accounts")) " of " a href={ "/campaigns/" (campaign.id) } { (parts::name(&campaign.name)) } ", and is known to " @for by in &selector.known_by { (parts::name(by)) " " } }
            } }
            @if found.len() > ROWS { (parts::partial(ROWS as u64, found.len() as u64, &html! { "The campaigns have the rest." })) }
        }
    }
}

const RECEIVED: [Column; 4] = [
    Column::text("", "Indicator"),
    Column::text("", "Pattern"),
    Column::text("", "Good from"),
    Column::number("", "Confidence"),
];

fn received(asked: &Asked, archive: &Archive) -> Markup {
    let all: Vec<_> = archive.active_of("indicator").collect();
    if all.is_empty() {
        return parts::empty(
            "Nothing was received",
            &html! { p { code { "seawall intel import" } " takes files of STIX and MISP, " code { "seawall intel pull" } " asks servers of others." } },
        );
    }
    let rows = html! { @for object in all.iter().skip(asked.page() * ROWS).take(ROWS) { tr {
        th scope="row" { (parts::name(object.text("name").unwrap_or("without a name"))) }
        td { (parts::value(object.text("pattern").unwrap_or_default())) }
        td { @if let Some(from) = object.text("valid_from") { (parts::rfc3339(from)) } }
        td .number { @match object.confidence() { Some(own) => { (own) } None => { span .soft { "not said" } } } }
    } } };
    html! { div .list { (table::table(asked, "Indicators received", &RECEIVED, ("", false), &rows)) (table::pager(asked, all.len(), ROWS)) } }
}

fn collections(console: &Console) -> Markup {
    match Settings::open(console.data()) {
        Ok(Some(settings)) if !settings.collections.is_empty() => html! {
            ul { @for own in &settings.collections {
                li { strong { (parts::name(&own.title)) } " " code { (own.id) } ": " (match (own.can_read, own.can_write) { (true, true) => "read and write", (true, false) => "read", (false, true) => "write", (false, false) => "closed" }) }
            } }
        },
        Ok(_) => parts::empty(
            "No collection is offered",
            &html! { p { code { "seawall serve --taxii" } " offers one to begin with." } },
        ),
        Err(_) => html! { p { "Their settings cannot be read." } },
    }
}
