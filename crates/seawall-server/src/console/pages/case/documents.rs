//! Which exhibits and documents are there, what is to become of each, and has anything changed since it was made?

use std::{collections::BTreeMap, sync::Arc};

use maud::{Markup, html};
use seawall_charts::{
    table::{Cell, Table},
    text::counted,
};
use seawall_core::case::{
    Id, Record,
    people::{Power, right},
    progress::Standing,
    record::DocumentRecord,
    state::{ItemState, Machine as _},
};
use seawall_evidence::{custody::Action, document::Kind};

use super::{
    super::{away, cases::keeper},
    Seen,
    evidence::word,
};
use crate::console::{
    Console, Trouble,
    cases::{Case, Paper},
    parts,
    table::{self, Asked, Column},
};

/// What models say of documents, by id and version.
type Papers = BTreeMap<(Id, u64), Paper>;

/// A word with a mark, so that colour tells nothing alone.
fn standing(standing: Standing) -> Markup {
    let mark = match standing {
        Standing::Superseded => "–",
        Standing::Draft => "◌",
        Standing::Final => "○",
        Standing::Waiting => "◐",
        Standing::Approved => "◉",
        Standing::Released => "●",
    };
    html! { span aria-hidden="true" { (mark) } " " (standing.title()) }
}

/// What has happened since a version was made to what it rests on, each in a sentence.
pub(super) fn changed(case: &Case, record: &DocumentRecord, paper: Option<&Paper>) -> Vec<String> {
    let mut changes: Vec<String> = record
        .cites
        .iter()
        .filter_map(|item| {
            let state = case.state.items.get(item)?.state;
            let gone =
                matches!(state, ItemState::Disposed | ItemState::Disputed | ItemState::Quarantined);
            gone.then(|| format!("{item} is {}", state.name()))
        })
        .collect();
    let asks = matches!(Kind::of_id(record.id.as_str()), Some(Kind::D4 | Kind::D5));
    let shows = |id: &str| paper.is_some_and(|paper| paper.figures.iter().any(|own| own == id));
    let mut made = false;
    for entry in case.entries.iter().filter(|entry| entry.action == Action::Record) {
        let of_record = entry.object.as_str() == record.id.as_str();
        // Bodies are read from where this version was made; there are few records of its id.
        if !made {
            made = of_record
                && matches!(entry.body(), Ok(Record::Document(own)) if own.version == record.version);
            continue;
        }
        match entry.body() {
            Ok(Record::Figure(figure)) if shows(figure.id.as_str()) => {
                changes.push(format!("{} is {} now", figure.id, figure.state.name()));
            }
            Ok(Record::Schedule(schedule)) if asks => {
                changes.push(format!("there is version {} of the schedule", schedule.version));
            }
            Ok(Record::AssetState(change)) if asks => {
                changes.push(format!("{} is {} now", change.asset, change.to.name()));
            }
            Ok(Record::Observation(seen)) if asks => {
                changes.push(format!("{} was looked at again", seen.asset));
            }
            _ => {}
        }
    }
    changes.dedup();
    changes
}

fn bates(paper: Option<&Paper>) -> Option<(u64, String)> {
    let bates = paper?.bates.as_ref()?;
    let pages = (bates.last + 1).saturating_sub(bates.first);
    Some((pages, format!("{} to {}", bates.shown(bates.first), bates.shown(bates.last))))
}

/// What it is called; not where it tells of persons.
fn title(record: &DocumentRecord, paper: Option<&Paper>) -> Option<String> {
    paper.filter(|_| !record.personal_data).map(|paper| paper.title.clone())
}

const COLUMNS: [Column; 6] = [
    Column::text("", "Document"),
    Column::text("", "State"),
    Column::text("", "Changed since"),
    Column::text("", "Pages"),
    Column::text("", "For"),
    Column::text("", ""),
];

pub(super) async fn papers(console: &Console, case: &str) -> Result<Papers, Trouble> {
    let (cases, case) = (keeper(console)?, case.to_owned());
    away(move || Ok(cases.papers(&case)?)).await
}

pub(super) async fn part(
    console: &Arc<Console>,
    seen: &Seen,
    asked: &Asked,
) -> Result<Markup, Trouble> {
    if seen.case.state.documents.is_empty() {
        return Ok(parts::empty(
            "Nothing was drafted yet",
            &html! { p { "An exhibit shows an item or figures: " code { "seawall case exhibit build 1 --title TEXT --item ITEM --as NAME" } ". A document is drafted by its kind: " code { "seawall case document draft D2 --words FILE --as NAME" } "." } },
        ));
    }
    let papers = papers(console, seen.id()).await?;
    let all = asked.get("versions") == Some("all");
    let of_case = &seen.case.state;
    let latest = |record: &&DocumentRecord| {
        all || of_case.latest_document(&record.id).is_some_and(|it| it.version == record.version)
    };
    let shown: Vec<&DocumentRecord> = of_case.documents.values().filter(latest).collect();
    let rows = html! { @for record in &shown { (row(seen, record, papers.get(&(record.id.clone(), record.version)))) } };
    Ok(html! {
        ul .chips aria-label="Versions" {
            li { a data-swap href=(asked.with("versions", "")) aria-current=[(!all).then_some("true")] { "Latest versions" } }
            li { a data-swap href=(asked.with("versions", "all")) aria-current=[all.then_some("true")] { "All versions" } }
        }
        div .list { (table::table(asked, "Exhibits and documents", &COLUMNS, ("", false), &rows)) }
        p .files { a href={ "/cases/" (seen.id()) "/documents.csv" } download { "CSV" } }
        p .soft { "A final version is drafted with " code { "--final" } " and a " code { "--profile" } ". Who looks at a document stands in the custody log." }
    })
}

fn row(seen: &Seen, record: &DocumentRecord, paper: Option<&Paper>) -> Markup {
    let changes = changed(&seen.case, record, paper);
    let own = seen.case.state.standing(record);
    html! {
        tr data-row {
            th .main-cell scope="row" {
                (record.id) " " span .soft { "version " (record.version) }
                @if let Some(title) = title(record, paper) { span .below { (parts::sentence(&title)) } } @else { span .below { "tells of persons" } }
            }
            td { (standing(own)) }
            td { @if changes.is_empty() { span .soft { "nothing" } } @else {
                details { summary { (counted(changes.len() as u64, "change", "changes")) }
                    ul { @for change in changes.iter().take(20) { li { (parts::sentence(change)) } } } }
            } }
            td { @match bates(paper) { Some((pages, range)) => { (pages) span .below { (parts::value(&range)) } } None => { span .soft { "–" } } } }
            td { @match record.profile { Some(profile) => (word(&profile).replace('_', " ")), None => span .soft { "those who work on it" } } }
            td { div .actions { (look(seen, record)) (propose(seen, record, own)) } }
        }
    }
}

/// The button that opens the PDF; what tells of persons is opened for a purpose.
pub(super) fn look(seen: &Seen, record: &DocumentRecord) -> Markup {
    let Some((_, role)) = &seen.me else { return Markup::default() };
    let power = if record.personal_data { Power::Reveal } else { Power::ReadEvidence };
    if !right(*role, power).acts() {
        return html! { span .soft { "not shown to " (role.name().replace('_', " ")) } };
    }
    let name = format!("{}-v{}", record.id, record.version);
    let form = |why: &Markup| {
        html! {
            form method="post" action={ "/cases/" (seen.id()) "/look" } target="_blank" {
                input type="hidden" name="document" value=(record.id);
                input type="hidden" name="version" value=(record.version);
                (why)
                button type="submit" { "PDF" span .hidden { " of " (name) ", in a new tab" } }
            }
        }
    };
    if !record.personal_data {
        return form(&Markup::default());
    }
    html! { details { summary { "PDF …" } (form(&html! {
        div .field { label for={ "why-" (name) } { "For what " span .soft { "(logged)" } } input id={ "why-" (name) } name="purpose" required minlength="8" maxlength="200" autocomplete="off"; }
    })) } }
}

fn propose(seen: &Seen, record: &DocumentRecord, own: Standing) -> Markup {
    let may = seen.me.as_ref().is_some_and(|(_, role)| right(*role, Power::Release).proposes());
    html! {
        @if own == Standing::Final && record.profile.is_some() && may {
            form method="post" action={ "/cases/" (seen.id()) "/propose" } {
                input type="hidden" name="document" value=(record.id);
                input type="hidden" name="sha256" value=(record.sha256);
                button type="submit" { "Propose release" span .hidden { " of " (record.id) } }
            }
        }
        @if own == Standing::Waiting || own == Standing::Approved {
            a .button href={ "/cases/" (seen.id()) "?tab=approvals" } { "Approvals" }
        }
    }
}

pub(super) fn rows(case: &Case, papers: &Papers) -> Table {
    let mut table = Table::new(&[
        "document", "version", "state", "title", "changed", "pages", "bates", "profile", "sha256",
    ]);
    for (key, record) in &case.state.documents {
        let paper = papers.get(key);
        let pages = bates(paper);
        table.rows.push(vec![
            record.id.as_str().into(),
            Cell::Count(record.version),
            case.state.standing(record).title().into(),
            title(record, paper).map_or(Cell::None, Cell::Text),
            changed(case, record, paper).join("; ").into(),
            pages.as_ref().map_or(Cell::None, |(pages, _)| Cell::Count(*pages)),
            pages.map_or(Cell::None, |(_, range)| range.into()),
            record.profile.map_or(Cell::None, |profile| word(&profile).into()),
            record.sha256.as_str().into(),
        ]);
    }
    table
}
