//! What do others know, does it meet what was found here, and what of ours waits to leave?

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Form, extract::State, response::Response};
use maud::{Markup, html};
use seawall_charts::text::counted;
use seawall_intel::stix::{Archive, Object};
use serde::Deserialize;
use serde_json::Value;

use super::{away, unreadable};
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

/// Lines that are looked up at once.
const LINES_MAX: usize = 10_000;
/// Characters of a line that are looked at.
const LINE_CHARACTERS_MAX: usize = 400;

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
    let shares = shares(&console).await?;
    let body = html! {
        h1 { "Intelligence" }
        (counts(&archive))
        (search(wanted.as_deref()))
        @if let Some(found) = &found { (answers(found)) }
        (parts::block("met", "What of it was met here", &met(&console)))
        (parts::block("received", "Indicators received", &received(&asked, &archive)))
        (parts::block("outbound", "Waiting to leave, and gone", &outbound(&shares)))
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
            html! { @match changed { Some(at) => { (parts::rfc3339(&at.to_string())) } None => { "–" } } },
            html! { "by its source" },
        ),
    ])
}

fn search(typed: Option<&str>) -> Markup {
    parts::block(
        "search",
        "Is this known?",
        &html! {
            form .filters data-swap action="/intel" {
                div .field { label for="value" { "Value" } input #value type="search" name="q" value=(typed.unwrap_or_default()) placeholder="A domain, address, number, hash, account" maxlength="400" spellcheck="false"; }
                button type="submit" { "Look up" }
            }
            details {
                summary { "Paste many, a line each" }
                form method="post" action="/intel/search" {
                    div .field { label for="lines" { "Values, up to 10,000" } textarea #lines name="lines" rows="8" spellcheck="false" required {} }
                    button .primary type="submit" { "Look all up" }
                }
            }
        },
    )
}

/// Where a value was found.
struct Found {
    value: String,
    /// Names of indicators and who made them.
    indicators: Vec<(String, String)>,
    /// Ids and names of campaigns that it binds.
    campaigns: Vec<(String, String)>,
    /// Pseudonyms of accounts.
    accounts: Vec<String>,
}

impl Found {
    fn is_known(&self) -> bool {
        !(self.indicators.is_empty() && self.campaigns.is_empty() && self.accounts.is_empty())
    }
}

/// What was asked, and what is known of it; values that nobody knows are only counted.
struct Answers {
    asked: usize,
    known: Vec<Found>,
    cut: bool,
}

async fn look_up(
    console: &Arc<Console>,
    archive: &Archive,
    text: &str,
) -> Result<Answers, Trouble> {
    let mut values: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    for line in lines().take(LINES_MAX) {
        let value: String = line.chars().take(LINE_CHARACTERS_MAX).collect();
        if seen.insert(value.clone()) {
            values.push(value);
        }
    }
    let cut = lines().count() > LINES_MAX;
    let literals = literals(archive);
    let run = console.shelf.run();
    let asked = values.len();
    let known = away(move || {
        let mut known = Vec::new();
        for value in values {
            let plain = plain(&value);
            let (mut accounts, mut campaigns) = (Vec::new(), Vec::new());
            if let Some(run) = &run {
                let members = run.members.find(&value, 4).map_err(unreadable)?;
                accounts.extend(members.into_iter().map(|(_, row)| row.pseudonym));
                accounts.dedup();
                campaigns.extend(run.bound_by(&plain).map_err(unreadable)?);
            }
            let of = |position: usize| {
                let own = &run.as_ref()?.campaigns[position];
                Some((own.id.clone(), own.name.clone()))
            };
            let found = Found {
                indicators: literals.get(&plain).cloned().unwrap_or_default(),
                campaigns: campaigns.into_iter().filter_map(of).collect(),
                accounts,
                value,
            };
            if found.is_known() {
                known.push(found);
            }
        }
        Ok(known)
    })
    .await?;
    Ok(Answers { asked, known, cut })
}

/// As values are compared: without case, and without the brackets that keep people from clicking.
fn plain(value: &str) -> String {
    value.trim().replace("[.]", ".").replace("hxxp", "http").to_lowercase()
}

/// Texts in patterns of indicators, with their names and who made them.
fn literals(archive: &Archive) -> BTreeMap<String, Vec<(String, String)>> {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for object in archive.active_of("indicator") {
        let Some(pattern) = object.text("pattern") else { continue };
        let creator = object.text("created_by_ref").unwrap_or("not said");
        let identity = creator.parse().ok().and_then(|id| archive.latest(&id));
        let by = identity.and_then(|own| own.text("name")).unwrap_or(creator);
        let name = object.text("name").unwrap_or(pattern);
        for literal in quoted(pattern) {
            found.entry(plain(&literal)).or_default().push((name.to_owned(), by.to_owned()));
        }
    }
    found
}

/// Texts between single quotes, as patterns of STIX write them.
fn quoted(pattern: &str) -> Vec<String> {
    let (mut found, mut current) = (Vec::new(), None::<String>);
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match (&mut current, letter) {
            (Some(text), '\\') => text.extend(letters.next()),
            (Some(_), '\'') => found.extend(current.take()),
            (Some(text), letter) => text.push(letter),
            (None, '\'') => current = Some(String::new()),
            (None, _) => {}
        }
    }
    found
}

const FOUND: [Column; 4] = [
    Column::text("", "Value"),
    Column::text("", "Known to others"),
    Column::text("", "Binds a campaign here"),
    Column::text("", "A member here"),
];

fn answers(found: &Answers) -> Markup {
    let rows = html! { @for own in found.known.iter().take(ROWS * 10) { tr {
        th scope="row" { (parts::value(&own.value)) }
        td { @for (name, by) in own.indicators.iter().take(3) { span .below { (parts::name(name)) " · " (parts::name(by)) } } @if own.indicators.is_empty() { span .soft { "–" } } }
        td { @for (id, name) in own.campaigns.iter().take(3) { a href={ "/campaigns/" (id) } { (parts::name(name)) } " " } @if own.campaigns.is_empty() { span .soft { "–" } } }
        td { @for account in &own.accounts { a href={ "/accounts/" (account) } { code { (account) } } " " } @if own.accounts.is_empty() { span .soft { "–" } } }
    } } };
    parts::block(
        "found",
        "Found",
        &html! {
            p role="status" { (counted(found.asked as u64, "value", "values")) " looked up, " strong { (found.known.len()) } " known." }
            @if found.cut { (parts::partial(LINES_MAX as u64, LINES_MAX as u64 + 1, &html! { "More lines were pasted than are looked up at once." })) }
            @if found.known.is_empty() { (parts::empty("None of it is known here", &html! { p { "No indicator names it, it binds no campaign, and no member has it as an id. Personal values are kept masked, and are not found by their text." } })) }
            @else { (table::table(&Asked::default(), "What was found", &FOUND, ("", false), &rows)) }
        },
    )
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

/// Something that is to leave, or has left.
#[derive(Default)]
struct Share {
    about: String,
    tlp: String,
    to: String,
    proposed_by: String,
    approved_by: Option<String>,
    state: &'static str,
}

/// What is shared, as the acts say that `seawall intel` signs. That commands checks signatures; here they are only read.
async fn shares(console: &Arc<Console>) -> Result<BTreeMap<String, Share>, Trouble> {
    let folder = console.data().join("intel/shares");
    away(move || {
        let mut shares: BTreeMap<String, Share> = BTreeMap::new();
        kept::lines(&folder, &mut |line| {
            let broken = || Trouble::Broken("what is shared is not as it was written".to_owned());
            let kept: Value = serde_json::from_str(line).map_err(|_| broken())?;
            let act = kept["note"].as_str().and_then(|note| note.lines().nth(1));
            let act: Value =
                act.and_then(|text| serde_json::from_str(text).ok()).ok_or_else(broken)?;
            take(&mut shares, &act, &kept["content"]);
            Ok(())
        })?;
        Ok(shares)
    })
    .await
}

fn take(shares: &mut BTreeMap<String, Share>, act: &Value, content: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let Some(id) = act["id"].as_str() else { return };
    let share = shares.entry(id.to_owned()).or_default();
    match act["act"].as_str() {
        Some("propose") => {
            let conditions = &content["conditions"];
            *share = Share {
                about: text(&act["about"]),
                tlp: text(&conditions["tlp"]),
                to: text(&conditions["organisation"]),
                proposed_by: text(&act["by"]),
                approved_by: None,
                state: "◌ waits for a second person",
            };
        }
        Some("approve") => {
            share.approved_by = Some(text(&act["by"]));
            share.state = "◐ approved";
        }
        Some("export") => share.state = "● exported",
        Some("recall") => share.state = "○ recalled",
        _ => {}
    }
}

const OUTBOUND: [Column; 5] = [
    Column::text("", "What"),
    Column::text("", "TLP"),
    Column::text("", "Proposed by"),
    Column::text("", "Approved by"),
    Column::text("", "State"),
];

fn outbound(shares: &BTreeMap<String, Share>) -> Markup {
    if shares.is_empty() {
        return parts::empty(
            "Nothing is shared",
            &html! { p { code { "seawall intel propose" } " proposes a campaign, " code { "seawall actor export" } " an actor. A second person approves before anything leaves." } },
        );
    }
    let rows = html! { @for (id, share) in shares.iter().rev().take(ROWS) { tr {
        th scope="row" { code { (id) } span .below { (parts::sentence(&share.about)) } }
        td { span .tag { "TLP:" (share.tlp.to_uppercase().replace('_', "+")) } span .below { "as " (parts::name(&share.to)) } }
        td { (parts::name(&share.proposed_by)) }
        td { @match &share.approved_by { Some(by) => { (parts::name(by)) } None => { span .soft { "nobody yet" } } } }
        td { (share.state) }
    } } };
    html! {
        (table::table(&Asked::default(), "Outbound", &OUTBOUND, ("", false), &rows))
        p .soft { "Each act is signed by whoever did it. " code { "seawall intel shares" } " checks the signatures." }
    }
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

#[cfg(test)]
mod tests {
    use super::{plain, quoted};

    #[test]
    fn texts_of_patterns_are_found() {
        let pattern = r"[domain-name:value = 'solve.example' OR file:name = 'it\'s']";
        assert_eq!(quoted(pattern), ["solve.example", "it's"]);
        assert!(quoted("[x:y = 1]").is_empty());
    }

    #[test]
    fn values_are_compared_without_what_hides_them() {
        assert_eq!(plain(" hxxps://Solve[.]Example/ "), "https://solve.example/");
    }
}
