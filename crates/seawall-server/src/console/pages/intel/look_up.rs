//! Is a value known, to others or here?

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use maud::{Markup, html};
use seawall_charts::text::counted;
use seawall_intel::stix::Archive;

use super::super::{away, unreadable};
use crate::console::{
    Console, Trouble, parts,
    table::{self, Asked, Column, ROWS},
};

/// Lines that are looked up at once.
const LINES_MAX: usize = 10_000;
/// Characters of a line that are looked at.
const LINE_CHARACTERS_MAX: usize = 400;

pub(super) fn search(typed: Option<&str>) -> Markup {
    parts::block(
        "look-up",
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
pub(super) struct Answers {
    asked: usize,
    known: Vec<Found>,
    cut: bool,
}

/// Looks values up, a line each: in indicators, in what binds campaigns, among accounts.
pub(super) async fn look_up(
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
            let (mut accounts, mut campaigns) = (Vec::<String>::new(), Vec::<usize>::new());
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

pub(super) fn answers(found: &Answers) -> Markup {
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
