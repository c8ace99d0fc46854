//! What waits for a person, and what does one say of it?

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use seawall_charts::text::{bits, counted, percent};
use serde::Deserialize;

use super::{
    act,
    campaign::{Seen, acts, bound_by, forms, why},
    campaigns, files, person, who, words,
};
use crate::{
    clock::now_milliseconds,
    console::{
        Console, Trouble,
        access::{capability::Capability, guard::Visitor},
        act::Act,
        parts,
        review::{CLAIM, Decision, Entry, NOTE_CHARACTERS_MAX, Review, Reviews, Said, Status},
        runs::{Brief, Run},
        shell::{Page, Place},
        table::{self, Asked},
    },
};

/// Items of a page of the list.
const ITEMS: usize = 30;
/// Of so many decided campaigns one is looked at by a second person.
const SECOND_LOOK: u64 = 10;
/// Campaigns that are decided about at once, at most.
const BULK_MAX: usize = 200;

/// Why a campaign waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    /// People who decided do not agree.
    Disputed,
    /// Nobody decided.
    New,
    /// One person decided, and another is to look as well.
    SecondLook,
}

impl Lane {
    const ALL: [Self; 3] = [Self::Disputed, Self::New, Self::SecondLook];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Disputed => "disputed",
            Self::New => "new",
            Self::SecondLook => "second",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Disputed => "Disputed",
            Self::New => "New",
            Self::SecondLook => "Second look",
        }
    }
}

/// Whether a campaign waits for somebody, and why.
fn lane(own: &Brief, review: Option<&Review>, person: &str) -> Option<Lane> {
    let Some(review) = review else { return Some(Lane::New) };
    let decisions = review.decisions();
    match review.status() {
        Status::Suspected => Some(Lane::New),
        // Whoever decided already waits for the others.
        Status::Disputed => {
            (!decisions.contains_key(person) || decisions.len() > 2).then_some(Lane::Disputed)
        }
        Status::Confirmed | Status::Dismissed => {
            let sampled = xxhash_rust::xxh3::xxh3_64(own.id.as_bytes()).is_multiple_of(SECOND_LOOK);
            (sampled && decisions.len() == 1 && !decisions.contains_key(person))
                .then_some(Lane::SecondLook)
        }
        Status::Merged => None,
    }
}

/// What waits for somebody, in the order in which it is to be looked at: the strongest evidence first.
fn waiting<'a>(run: &'a Run, reviews: &Reviews, person: &str) -> Vec<(Lane, &'a Brief)> {
    let of = run.campaigns.iter();
    let mut all: Vec<(Lane, &Brief)> =
        of.filter_map(|own| Some((lane(own, reviews.of(&own.id), person)?, own))).collect();
    all.sort_by_key(|(lane, _)| *lane);
    all
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let Some(run) = console.shelf.run() else {
        let body = html! { h1 { "Review queue" } (campaigns::no_run(&console)) };
        return Ok(Page::new(Place::Queue, "Review queue", body).answer(&console, &visitor));
    };
    let me = who(&visitor);
    let (list, first) = list(&console, &run, &asked, &me, &visitor);
    let shown = asked.get("item").map(str::to_owned).or(first);
    let preview = match shown {
        Some(id) => preview(&Seen::read(&console, &id).await?, &visitor),
        None => parts::empty(
            "Nothing is chosen",
            &html! { p { "Choose a campaign at the left, or take the next one." } },
        ),
    };
    let body = html! {
        div .head {
            div { h1 { "Review queue" } (counters(&console, &me)) }
            @if visitor.may(Capability::Export) { a .button href="/queue/reviews.ndjson" download="reviews.ndjson" title="What was merged, split and dismissed: seawall detect --reviews" { "For the next detection" } }
            @if visitor.may(Capability::Review) {
                form method="post" action="/queue/next" { button .primary type="submit" data-key="n" { "Take the next one " kbd { "n" } } }
            }
        }
        @if let Some(id) = asked.get("decided") { (parts::done(&format!("Kept what you said of {id}. It is in its activity, and can be undone there."))) }
        div .queue { (list) div { (preview) } }
    };
    Ok(Page::new(Place::Queue, "Review queue", body).answer(&console, &visitor))
}

/// The list, and the first of it.
fn list(
    console: &Console,
    run: &Run,
    asked: &Asked,
    me: &str,
    visitor: &Visitor,
) -> (Markup, Option<String>) {
    let state = console.book.state();
    let all = waiting(run, &state.reviews, me);
    let wanted =
        asked.get("lane").and_then(|word| Lane::ALL.into_iter().find(|own| own.as_str() == word));
    let shown: Vec<_> =
        all.iter().filter(|(lane, _)| wanted.is_none_or(|own| own == *lane)).collect();
    let first = shown.get(asked.page() * ITEMS).map(|(_, own)| own.id.clone());
    let current = asked.get("item").map(str::to_owned).or_else(|| first.clone());
    let now = now_milliseconds();
    let markup = html! {
        div {
            ul .chips aria-label="Why they wait" {
                li { a data-swap href=(asked.without(&["lane", "item"])) aria-current=[wanted.is_none().then_some("true")] { "All " span .number { (all.len()) } } }
                @for lane in Lane::ALL {
                    @let number = all.iter().filter(|(own, _)| *own == lane).count();
                    li { a data-swap href=(Asked::new(&asked.without(&["item"])).with("lane", lane.as_str())) aria-current=[(wanted == Some(lane)).then_some("true")] { (lane.title()) " " span .number { (number) } } }
                }
            }
            @if shown.is_empty() && wanted.is_some() { (parts::filtered_out(&asked.without(&["lane", "item"]))) }
            @else if shown.is_empty() { (parts::empty("All done", &html! { p { "Nothing waits for you. New campaigns appear when a detection finds them." } })) }
            @else {
                form .list method="post" action="/queue/bulk" {
                    @if visitor.may(Capability::Review) { (bulk_bar()) }
                    ul .inbox {
                        @for (lane, own) in shown.iter().skip(asked.page() * ITEMS).take(ITEMS) {
                            @let review = state.reviews.of(&own.id);
                            (item(own, *lane, review, review.and_then(|own| own.claimed_by_other(me, now)).map(|id| person(&state, id)), asked, current.as_deref() == Some(own.id.as_str())))
                        }
                    }
                    (table::pager(asked, shown.len(), ITEMS))
                }
            }
        }
    };
    (markup, first)
}

fn bulk_bar() -> Markup {
    html! {
        div .bulk {
            label .tick { input type="checkbox" data-all="campaign"; "All on this page" }
            label .hidden for="bulk-note" { "Why" }
            input #bulk-note name="note" placeholder="Why, for all that are ticked" maxlength="400";
            button type="submit" name="decision" value="confirmed" { "Confirm ticked" }
            button type="submit" name="decision" value="dismissed" { "Dismiss ticked" }
        }
    }
}

fn item(
    own: &Brief,
    lane: Lane,
    review: Option<&Review>,
    claimed: Option<String>,
    asked: &Asked,
    current: bool,
) -> Markup {
    let version = review.map_or(0, Review::version);
    html! {
        li data-row {
            input type="checkbox" name="campaign" value={ (own.id) " " (version) } aria-label={ "Tick " (own.id) };
            div {
                a data-swap href=(Asked::new(&asked.with("page", asked.get("page").unwrap_or_default())).with("item", &own.id)) aria-current=[current.then_some("true")] {
                    (parts::name(review.and_then(|own| own.name()).unwrap_or(&own.name)))
                }
                span .below {
                    (counted(own.accounts, "account", "accounts")) @if lane != Lane::New { " · " (lane.title()) }
                    @if review.is_some_and(|own| !own.proposals().is_empty()) { " · a model proposes" }
                    @if let Some(name) = claimed { " · with " (parts::name(&name)) }
                }
            }
            span .bits title="Bits for each account" { (bits(own.bits)) }
        }
    }
}

/// What one does, and whether others say the same.
fn counters(console: &Console, me: &str) -> Markup {
    let state = console.book.state();
    let day = now_milliseconds() - 24 * 3600 * 1000;
    let mine = state.reviews.all().flat_map(|(_, own)| &own.history).filter(|event| {
        event.by == me
            && event.at >= day
            && !event.undone
            && matches!(event.said, Said::Decided { .. } | Said::Merged { .. })
    });
    let (mine, agreement) = (mine.count() as u64, state.reviews.agreement());
    html! {
        p .soft {
            (counted(mine, "decision", "decisions")) " of yours in 24 hours"
            @if agreement.pairs() > 0 {
                @let same = (agreement.confirmed + agreement.dismissed) as f64 / agreement.pairs() as f64;
                " · second looks agree in " (percent(same)) " of " (agreement.pairs())
                @if let Some(beyond) = agreement.beyond_chance() { " (Scott's π " (format!("{beyond:.2}")) ")" }
            }
        }
    }
}

fn preview(seen: &Seen, visitor: &Visitor) -> Markup {
    let address = format!("/campaigns/{}", seen.id());
    html! {
        div .head { div {
            h2 { a href=(address) { (parts::name(seen.name())) } }
            p .soft { (parts::id(seen.id())) " " (parts::status(seen.review.status())) " · " (counted(seen.campaign.accounts, "account", "accounts")) " · " (bits(seen.campaign.bits)) " bits" }
        } }
        @if visitor.may(Capability::Review) {
            div .decide { section .card aria-label="Decide" {
                (forms::proposals(seen))
                (forms::decision(seen, &address, "queue"))
                form method="post" action={ "/queue/skip/" (seen.id()) } {
                    input type="hidden" name="reason" value="";
                    button type="submit" data-key="s" { "Skip " kbd { "s" } }
                }
            } }
        }
        (why::part(seen))
    }
}

/// What people said, for the next detection.
pub(in crate::console) async fn export(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let exported = act(&console, &who(&visitor), |state, _| {
        let exported = state.reviews.export();
        let rows = exported.reviews.len() as u64;
        Ok((vec![Act::Exported { what: "reviews for a detection".to_owned(), rows }], exported))
    })
    .await?;
    Ok(files::attached("application/x-ndjson", exported.lines()))
}

/// Takes the next one that nobody else looks at, for a quarter of an hour.
pub(in crate::console) async fn next(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let run = console.shelf.run().ok_or(Trouble::NotFound("There is no run."))?;
    let me = who(&visitor);
    let by = who(&visitor);
    let taken = act(&console, &by, move |state, now| {
        let free = |own: &&Brief| match state.reviews.of(&own.id) {
            Some(review) => {
                let skipped = review
                    .history
                    .iter()
                    .rev()
                    .take_while(|event| matches!(event.said, Said::Skipped { .. }));
                review.claimed_by_other(&me, now).is_none()
                    && !skipped.into_iter().any(|event| event.by == me)
            }
            None => true,
        };
        let mine = |own: &&Brief| {
            state
                .reviews
                .of(&own.id)
                .and_then(|own| own.claim.as_ref())
                .is_some_and(|(by, until)| *by == me && now < *until)
        };
        let all: Vec<&Brief> =
            waiting(&run, &state.reviews, &me).into_iter().map(|(_, own)| own).collect();
        // One who holds one already goes on with it.
        let next = all.iter().copied().find(mine).or_else(|| all.iter().copied().find(free));
        let claim = next.map(|own| {
            Act::Reviewed(Entry {
                campaign: own.id.clone(),
                said: Said::Claimed { until: now + CLAIM },
            })
        });
        Ok((claim.into_iter().collect(), next.map(|own| own.id.clone())))
    });
    let address = match taken.await? {
        Some(id) => format!("/queue?item={id}"),
        None => "/queue".to_owned(),
    };
    Ok(Redirect::to(&address).into_response())
}

#[derive(Deserialize)]
pub(in crate::console) struct SkipForm {
    #[serde(default)]
    reason: String,
}

/// Leaves one for others.
pub(in crate::console) async fn skip(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<SkipForm>,
) -> Result<Response, Trouble> {
    Seen::read(&console, &id).await?;
    let entry = Entry { campaign: id, said: Said::Skipped { reason: words(&form.reason, 400) } };
    let me = who(&visitor);
    act(&console, &who(&visitor), move |state, now| {
        Ok((vec![acts::checked(state, entry, &me, 0, now)?], ()))
    })
    .await?;
    next(State(console), visitor).await
}

/// One decision for several: each is checked like one alone, and all that can be kept are.
pub(in crate::console) async fn bulk_decide(
    console: &Arc<Console>,
    visitor: &Visitor,
    ticked: Vec<(String, u64)>,
    decision: Decision,
    note: String,
) -> Result<(Vec<String>, Vec<String>), Trouble> {
    let mut of = Vec::new();
    for (id, saw) in ticked {
        of.push((Seen::read(console, &id).await?, saw));
    }
    let bound: Vec<(String, u64, BTreeSet<String>)> = of
        .iter()
        .map(|(seen, saw)| (seen.id().to_owned(), *saw, bound_by(&seen.campaign)))
        .collect();
    let me = who(visitor);
    let (done, refused) = act(console, &who(visitor), move |state, now| {
        let (mut acts, mut done, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for (campaign, saw, bound_by) in bound {
            let said = Said::Decided { decision, note: note.clone(), bound_by };
            match acts::checked(state, Entry { campaign: campaign.clone(), said }, &me, saw, now) {
                Ok(act) => {
                    acts.push(act);
                    done.push(campaign);
                }
                Err(_) => refused.push(campaign),
            }
        }
        Ok((acts, (done, refused)))
    })
    .await?;
    for (seen, _) in &of {
        if done.iter().any(|id| id == seen.id()) {
            acts::label(console, visitor, seen, Some(decision)).await?;
        }
    }
    Ok((done, refused))
}

pub(in crate::console) async fn bulk(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let get = |name: &str| {
        fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    };
    let decision = Decision::parse(get("decision"))
        .ok_or_else(|| Trouble::Wrong("There is no such decision.".to_owned()))?;
    let ticked: BTreeSet<(String, u64)> = fields
        .iter()
        .filter(|(name, _)| name == "campaign")
        .filter_map(|(_, value)| value.split_once(' '))
        .filter_map(|(id, saw)| Some((id.to_owned(), saw.parse().ok()?)))
        .collect();
    if ticked.is_empty() || ticked.len() > BULK_MAX {
        return Err(Trouble::Wrong(format!("Tick at least one, and at most {BULK_MAX}.")));
    }
    let note = words(get("note"), NOTE_CHARACTERS_MAX);
    let (done, refused) =
        bulk_decide(&console, &visitor, ticked.into_iter().collect(), decision, note).await?;
    let body = html! {
        h1 { "Decided about " (counted(done.len() as u64, "campaign", "campaigns")) }
        ul { @for id in &done { li { a href={ "/campaigns/" (id) } { (id) } " " (decision.as_str()) } } }
        @if !refused.is_empty() {
            (parts::stale(&html! {
                p { (counted(refused.len() as u64, "campaign was", "campaigns were")) " left as they are: somebody changed them meanwhile, or looks at them." }
                ul { @for id in &refused { li { a href={ "/campaigns/" (id) } { (id) } } } }
            }))
        }
        p { a .button href="/queue" { "Back to the queue" } }
    };
    Ok(Page::new(Place::Queue, "Decided", body)
        .under("Review queue", "/queue")
        .answer(&console, &visitor))
}
