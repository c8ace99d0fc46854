//! Who runs operations, with what, for whom, and who says so?

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, Render as _, html};
use seawall_charts::{ActorGraph, actor_graph, actor_graph_table, reach, text::counted};
use seawall_core::actor::{Assertion, Claim, ClaimKey, Picture, Standing, Target, ThingKind};
use seawall_intel::{
    actors,
    indicator::source_identity,
    stix::{Object, Tlp, write_bundle},
};

use self::states::States;
use super::{away, files};
use crate::console::{
    Console, Trouble,
    access::{capability::Capability, guard::Visitor},
    kept,
    parts::{self, Figure},
    shell::{Page, Place},
    table::{self, Asked, Column, ROWS, encode},
};

mod states;

/// Width of the picture in CSS pixels; it scrolls where there is less room.
const WIDTH: f64 = 930.0;
const NOTE: &str = "From left to right: customers, actors, what they use, and campaigns. A dotted line rests on one source alone, a dashed one is contradicted.";
const NOTE_WITH_STATES: &str = "From left to right: customers, actors, what they use, and campaigns. A dotted line rests on one source alone, a dashed one is contradicted. What became of an asset is the last that a case knows: only what was measured is seized.";
const STEPS: [(u8, &str); 3] =
    [(1, "One claim away"), (2, "Two claims away"), (3, "Three claims away")];

/// An id as part of a path.
fn in_path(id: &str) -> String {
    encode(id).replace('+', "%20")
}

/// What is known, from the journal that `seawall actor` writes.
async fn picture(console: &Arc<Console>) -> Result<Picture, Trouble> {
    let folder = console.data().join("actors");
    away(move || kept::picture(&folder)).await
}

const COLUMNS: [Column; 4] = [
    Column::text("", "Actor"),
    Column::text("", "Also known as"),
    Column::number("", "Claims"),
    Column::text("", "Named by"),
];
/// What stands beside them for who may see cases.
const STATE_COLUMN: Column = Column::text("", "What it has");

pub(in crate::console) async fn list(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let picture = picture(&console).await?;
    let states = States::read(&console, &visitor, &picture).await?;
    let wanted = asked.get("q").unwrap_or_default().to_lowercase();
    let fits = |id: &str, name: &str| {
        let others = || picture.names(id).any(|(other, _)| other.to_lowercase().contains(&wanted));
        wanted.is_empty() || name.to_lowercase().contains(&wanted) || others()
    };
    let all: Vec<_> =
        picture.things.values().filter(|(thing, _)| thing.kind == ThingKind::Actor).collect();
    let found: Vec<_> = all.iter().filter(|(thing, _)| fits(&thing.id, &thing.name)).collect();
    let rows = html! { @for (thing, sources) in found.iter().skip(asked.page() * ROWS).take(ROWS) {
        tr data-row {
            th scope="row" { a href={ "/actors/" (in_path(&thing.id)) } { (parts::name(&thing.name)) } }
            td { @for (index, (name, _)) in picture.names(&thing.id).take(6).enumerate() { @if index > 0 { ", " } (parts::name(name)) } }
            td .number { (picture.of_subject(&thing.id).count() + picture.leading_to(&thing.id).count()) }
            td { @for (index, source) in sources.iter().take(4).enumerate() { @if index > 0 { ", " } (parts::name(&source.name)) } }
            @if states.are_shown { td { (states.of_those_it_has(&picture, &thing.id)) } }
        }
    } };
    let mut columns = COLUMNS.to_vec();
    columns.extend(states.are_shown.then_some(STATE_COLUMN));
    let body = html! {
        (parts::head(&"Actors and infrastructure", &Markup::default()))
        (states.note())
        @if all.is_empty() {
            (parts::empty("No actor is known", &html! { p { "Claims about actors come from what others share and from what people write down: " code { "seawall intel import" } ", " code { "seawall actor link" } "." } }))
        } @else {
            form .filters data-swap action="/actors" {
                div .field { label for="q" { "Name" } input #q type="search" name="q" value=(wanted) maxlength="200" spellcheck="false"; }
                button type="submit" { "Filter" }
            }
            @if found.is_empty() { (parts::filtered_out("/actors")) } @else {
                div .list { (table::table(&asked, "Actors", &columns, ("", false), &rows)) (table::pager(&asked, found.len(), ROWS)) }
            }
        }
    };
    Ok(Page::new(Place::Actors, "Actors and infrastructure", body).answer(&console, &visitor))
}

fn steps(asked: &Asked) -> u8 {
    asked.get("steps").and_then(|steps| steps.parse().ok()).unwrap_or(1).clamp(1, 3)
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let picture = picture(&console).await?;
    let (thing, sources) =
        picture.things.get(&id).ok_or(Trouble::NotFound("Nothing of this id is known."))?;
    let steps = steps(&asked);
    let states = States::read(&console, &visitor, &picture).await?;
    let graph = ActorGraph {
        id: "actor",
        start: &id,
        picture: &picture,
        steps,
        states: &states.by_thing,
        width: WIDTH,
    };
    let address = |name: &str| format!("/actors/{}/{name}?steps={steps}", in_path(&id));
    let (csv, svg) = (address("claims.csv"), address("graph.svg"));
    let body = html! {
        (parts::head(&html! { (parts::name(&thing.name)) (states.badge(&id)) }, &html! {
            p .soft { (thing.kind.name().replace('_', " ")) " · named by " @for (index, source) in sources.iter().enumerate() { @if index > 0 { ", " } (parts::name(&source.name)) } }
            @if let Some(said) = &thing.description { p { (parts::sentence(said)) } }
        }))
        (states.note())
        (parts::figures(&figures(&picture, &id)))
        ul .chips aria-label="How far" {
            @for (number, words) in STEPS { li { a data-swap href=(asked.with("steps", &number.to_string())) aria-current=[(number == steps).then_some("true")] { (words) } } }
        }
        (parts::block("picture", "Graph", &Figure {
            id: "graph",
            title: "Who has to do with whom, and with what",
            note: if states.are_shown { NOTE_WITH_STATES } else { NOTE },
            wide: actor_graph(&graph),
            narrow: String::new(),
            table: &actor_graph_table(&graph),
            files: Some((&csv, &svg)),
        }.render()))
        (parts::block("claims", "Every claim, and who makes it", &claims(&picture, &states, &id)))
        (parts::block("hypotheses", "What would change our mind", &hypotheses(&picture, &states, &id)))
        @if visitor.may(Capability::Export) {
            p .files { a href=(address("bundle.json")) download { "STIX 2.1 bundle (TLP:AMBER)" } }
        }
    };
    Ok(Page::new(Place::Actors, thing.name.clone(), body)
        .under("Actors and infrastructure", "/actors")
        .answer(&console, &visitor))
}

fn of<'a>(picture: &'a Picture, id: &'a str) -> Vec<(&'a ClaimKey, &'a Claim)> {
    picture.of_subject(id).chain(picture.leading_to(id)).collect()
}

fn figures(picture: &Picture, id: &str) -> [(&'static str, Markup, Markup); 4] {
    let claims = of(picture, id);
    let number = |standing| claims.iter().filter(|(_, claim)| claim.standing() == standing).count();
    let last = claims.iter().filter_map(|(_, claim)| claim.last_asserted_at).max();
    [
        ("Claims", html! { (claims.len()) }, html! { "of it and leading to it" }),
        (
            "Corroborated",
            html! { (number(Standing::Corroborated)) },
            html! { "by two sources or more" },
        ),
        (
            "On one source alone",
            html! { (number(Standing::OneSource)) },
            html! { (number(Standing::Contradicted)) " contradicted" },
        ),
        (
            "Last asserted",
            html! { @match last { Some(at) => { (at.strftime("%Y-%m-%d").to_string()) } None => { "–" } } },
            html! { (number(Standing::Withdrawn)) " withdrawn" },
        ),
    ]
}

const CLAIM_COLUMNS: [Column; 5] = [
    Column::text("", "Claim"),
    Column::text("", "Standing"),
    Column::text("", "Said by"),
    Column::text("", "Contradicted by"),
    Column::text("", "First and last asserted"),
];

fn claims(picture: &Picture, states: &States, id: &str) -> Markup {
    let mut claims = of(picture, id);
    // What is surest stands first.
    claims.sort_by_key(|(key, claim)| (std::cmp::Reverse(claim.standing()), (*key).clone()));
    let rows = html! { @for (key, claim) in claims.iter().take(ROWS) {
        tr {
            th scope="row" { (statement(picture, states, key)) }
            td { (mark(claim.standing())) span .below { "assessed " (claim.assessed().word()) @if let Some((least, most)) = claim.confidences() { ", said " (least) @if most > least { "–" (most) } " of 100" } } }
            td { @for said in claim.supports.values() { (source(said)) } @if claim.supports.is_empty() { span .soft { "nobody any more" } } }
            td { @for said in claim.contradicts.values() { (source(said)) } @if claim.contradicts.is_empty() { span .soft { "–" } } }
            td { @if let Some(at) = claim.first_asserted_at { (parts::rfc3339(&at.to_string())) } @if let Some(at) = claim.last_asserted_at { span .below { (parts::rfc3339(&at.to_string())) } } }
        }
    } };
    html! {
        p .soft { "Grades are those of the Admiralty code: a letter for how reliable the source is, a digit for how credible what it says." }
        @if claims.is_empty() { p { "Nothing is claimed of it." } } @else { (table::table(&Asked::default(), "Claims", &CLAIM_COLUMNS, ("", false), &rows)) }
        @if claims.len() > ROWS { (parts::partial(ROWS as u64, claims.len() as u64, &html! { "The CSV has all." })) }
    }
}

fn statement(picture: &Picture, states: &States, key: &ClaimKey) -> Markup {
    let thing = |id: &str| html! { a href={ "/actors/" (in_path(id)) } { (parts::name(picture.things.get(id).map_or(id, |(thing, _)| &thing.name))) } (states.badge(id)) };
    html! {
        (thing(&key.subject)) " " (key.relation.name().replace('_', " ")) " "
        @match &key.target { Target::Thing(id) => { (thing(id)) } Target::Text(text) => { (parts::value(text)) } }
    }
}

/// A word with a mark, so that colour tells nothing alone.
fn mark(standing: Standing) -> Markup {
    let sign = match standing {
        Standing::Corroborated => "●",
        Standing::OneSource => "◌",
        Standing::Contradicted => "◐",
        Standing::Withdrawn => "○",
    };
    html! { span aria-hidden="true" { (sign) } " " (standing.words()) }
}

fn source(said: &Assertion) -> Markup {
    html! { span .below {
        (parts::name(&said.source.name)) " "
        @match said.grade { Some(grade) => { span .tag { (grade.to_string()) } } None => { span .soft { "not graded" } } }
    } }
}

/// Other explanations that were weighed, and what rests on too little.
fn hypotheses(picture: &Picture, states: &States, id: &str) -> Markup {
    let claims = of(picture, id);
    let weighed: Vec<_> = claims
        .iter()
        .flat_map(|(key, claim)| claim.alternatives.iter().map(move |own| (*key, own)))
        .collect();
    let weak: Vec<_> = claims
        .iter()
        .filter(|(_, claim)| {
            matches!(claim.standing(), Standing::OneSource | Standing::Contradicted)
        })
        .collect();
    html! {
        @if weighed.is_empty() {
            (parts::empty("No other explanation was weighed", &html! { p { "Without one, no claim is assessed as high. " code { "seawall actor assess" } " writes one down." } }))
        } @else {
            ul { @for (key, own) in weighed {
                li { "That " (statement(picture, states, key)) " could also be: " strong { (parts::sentence(&own.explanation)) } ". Against it: " (parts::sentence(&own.against)) "." }
            } }
        }
        @if !weak.is_empty() {
            p { (counted(weak.len() as u64, "claim would fall", "claims would fall")) " with one source, or " @if weak.len() == 1 { "is" } @else { "are" } " contradicted: a second source for each, or a withdrawal, decides." }
        }
    }
}

/// The picture, its claims, or a bundle for others.
pub(in crate::console) async fn file(
    State(console): State<Arc<Console>>,
    Path((id, file)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let picture = picture(&console).await?;
    if !picture.things.contains_key(&id) {
        return Err(Trouble::NotFound("Nothing of this id is known."));
    }
    let states = States::read(&console, &visitor, &picture).await?;
    let steps = steps(&asked);
    let graph = ActorGraph {
        id: "actor",
        start: &id,
        picture: &picture,
        steps,
        states: &states.by_thing,
        width: WIDTH,
    };
    match file.as_str() {
        "graph.svg" => Ok(files::svg(&actor_graph(&graph))),
        "claims.csv" => Ok(files::csv(&actor_graph_table(&graph))),
        "bundle.json" if !visitor.may(Capability::Export) => {
            Err(Trouble::Forbidden(Capability::Export))
        }
        "bundle.json" => bundle(&picture, &id, steps),
        _ => Err(Trouble::NotFound("An actor has no such file.")),
    }
}

fn bundle(picture: &Picture, id: &str, steps: u8) -> Result<Response, Trouble> {
    let identity = source_identity("Seawall");
    let mut objects =
        actors::objects(picture, &reach(picture, id, steps), identity.id(), Tlp::Amber);
    objects.extend([identity, Tlp::Amber.object()]);
    let all: Vec<&Object> = objects.iter().collect();
    let mut out = Vec::new();
    let written = write_bundle(&mut out, &all).ok().and_then(|_| String::from_utf8(out).ok());
    let text = written.ok_or_else(|| Trouble::Broken("the bundle cannot be written".to_owned()))?;
    Ok(files::attached("application/stix+json;version=2.1", text))
}
