//! What is known of one campaign, and what did people say of it?

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use seawall_charts::{
    period,
    text::{bits, confidence, count, share, stated_bits, times},
    words::{self, Titles},
};
use seawall_core::campaign::findings::Campaign;

use super::{away, campaigns, cases, person, unreadable};
use crate::{
    clock::now_milliseconds,
    console::{
        Console, Trouble,
        access::{capability::Capability, guard::Visitor},
        parts,
        review::{Event, Review, Status},
        runs::Run,
        shell::{Page, Place},
        table::Asked,
    },
};

mod accounts;
pub(in crate::console) mod act;
mod activity;
pub(in crate::console) mod acts;
mod evidence;
pub(in crate::console) mod files;
pub(super) mod forms;
mod geography;
mod graph;
mod pictures;
mod timeline;
pub(super) mod why;

/// The parts of the page, each at an address of its own. A new part is a line here and in [`tab`].
const TABS: [(&str, &str); 8] = [
    ("why", "Why"),
    ("graph", "Graph"),
    ("timeline", "Timeline"),
    ("accounts", "Accounts"),
    ("geography", "Geography"),
    ("evidence", "Evidence"),
    ("actions", "Actions"),
    ("activity", "Activity"),
];

/// A campaign with all that its pages need.
pub(super) struct Seen {
    pub(super) run: Arc<Run>,
    pub(super) position: usize,
    pub(super) campaign: Campaign,
    pub(super) review: Review,
    /// What models propose, and the names of those for whom.
    pub(super) proposals: Vec<(String, Event)>,
    pub(super) titles: Titles,
    /// A campaign that is bound by the same, what people said of it.
    pub(super) resembles: Option<(String, Status)>,
}

impl Seen {
    /// Reads one of the run that is shown.
    pub(super) async fn read(console: &Arc<Console>, id: &str) -> Result<Self, Trouble> {
        let nothing = Trouble::NotFound(
            "The run that is shown has no campaign with this id. It may be of an earlier run.",
        );
        let run = console.shelf.run().ok_or_else(|| nothing.clone())?;
        let position = run.position(id).ok_or(nothing)?;
        let read = Arc::clone(&run);
        let campaign = away(move || read.campaign(position).map_err(unreadable)).await?;
        let state = console.book.state();
        let review = state.reviews.of(id).cloned().unwrap_or_default();
        let resembles = state.reviews.resembling(id, &bound_by(&campaign));
        let resembles = resembles.map(|(id, status)| (id.to_owned(), status));
        let proposals = review.proposals();
        let proposals =
            proposals.into_iter().map(|(by, event)| (person(&state, by), event.clone())).collect();
        drop(state);
        let titles = Titles::new(&run.summary.kinds);
        Ok(Self { run, position, campaign, review, proposals, titles, resembles })
    }

    /// What people call it.
    pub(super) fn name(&self) -> &str {
        self.review.name().unwrap_or(&self.campaign.name)
    }

    pub(super) fn id(&self) -> &str {
        &self.campaign.campaign
    }
}

/// Kinds and hashes of what binds a campaign most: by that it is known again.
pub(super) fn bound_by(campaign: &Campaign) -> BTreeSet<String> {
    let of = campaign.selectors.iter().take(12);
    of.map(|selector| format!("{}:{}", selector.kind, selector.value_hash)).collect()
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    if console.shelf.run().is_none() {
        let body = html! { h1 { "Campaign" } (campaigns::no_run(&console)) };
        return Ok(Page::new(Place::Campaigns, "Campaign", body).answer(&console, &visitor));
    }
    let seen = Seen::read(&console, &id).await?;
    let here = asked.get("tab").unwrap_or("why").to_owned();
    let part = tab(&console, &visitor, &seen, &here, &asked).await?;
    Ok(whole(&console, &visitor, &seen, &here, &part))
}

/// One part of the page.
async fn tab(
    console: &Arc<Console>,
    visitor: &Visitor,
    seen: &Seen,
    here: &str,
    asked: &Asked,
) -> Result<Markup, Trouble> {
    Ok(match here {
        "graph" => graph::part(seen),
        "timeline" => timeline::part(seen),
        "accounts" => accounts::part(seen, visitor, asked, None).await?,
        "geography" => geography::part(seen),
        "evidence" => evidence::part(seen),
        "actions" => super::actions::of_campaign(console, visitor, seen.id()),
        "activity" => activity::part(console, seen, visitor),
        _ => why::part(seen),
    })
}

fn whole(console: &Console, visitor: &Visitor, seen: &Seen, here: &str, part: &Markup) -> Response {
    let id = seen.id();
    let known = TABS.iter().any(|(word, _)| *word == here);
    let body = html! {
        (head(console, visitor, seen))
        nav .tabs aria-label="Parts of this campaign" {
            @for (word, title) in TABS {
                @let current = word == here || (!known && word == "why");
                a href={ "/campaigns/" (id) "?tab=" (word) } data-swap aria-current=[current.then_some("page")] { (title) }
            }
        }
        (part)
    };
    Page::new(Place::Campaigns, seen.name(), body)
        .under("Campaigns", "/campaigns")
        .answer(console, visitor)
}

fn head(console: &Console, visitor: &Visitor, seen: &Seen) -> Markup {
    let campaign = &seen.campaign;
    html! {
        div .head {
            div {
                h1 { (parts::name(seen.name())) }
                p .soft {
                    (parts::id(seen.id())) " " (parts::status(seen.review.status())) " · "
                    (period(&campaign.first_seen, &campaign.last_seen)) " · evidence "
                    strong { (words::strength(campaign.bits)) }
                }
            }
        }
        (claim(console, visitor, seen))
        @for own in &campaign.reviewed { (parts::stale(&html! { (parts::sentence(&words::by_review(own))) "." })) }
        @if let Some(into) = seen.review.merged_into() {
            (parts::stale(&html! { "This is part of " a href={ "/campaigns/" (into) } { (into) } " by what people said." }))
        }
        @if let Some((other, status)) = &seen.resembles && seen.review.status() == Status::Suspected {
            (parts::stale(&html! { "It is bound by the same selectors as " a href={ "/campaigns/" (other) } { (other) } ", which is " (parts::status(*status)) " by what people said." }))
        }
        (figures(seen))
        @if visitor.may(Capability::ChangeCases) && console.cases.is_some() {
            p .actions { a .button href=(cases::from_campaign(seen.id(), seen.name())) { "Open takedown case" } }
        }
        @if visitor.may(Capability::Label) { (forms::acts(visitor, seen)) }
    }
}

fn claim(console: &Console, visitor: &Visitor, seen: &Seen) -> Markup {
    let Some(other) = seen.review.claimed_by_other(&visitor.person.id, now_milliseconds()) else {
        return Markup::default();
    };
    let name = person(&console.book.state(), other);
    parts::stale(
        &html! { (parts::name(&name)) " is looking at this one now. Notes can be written meanwhile; decisions wait." },
    )
}

fn figures(seen: &Seen) -> Markup {
    let campaign = &seen.campaign;
    let stated = times(campaign.bits.min(20.0));
    parts::figures(&[
        (
            "Accounts",
            html! { (count(campaign.accounts)) },
            html! { (share(campaign.accounts, seen.run.summary.accounts)) " of all" },
        ),
        (
            "Bits for each account",
            html! { (stated_bits(campaign.bits)) },
            html! { "about " (stated) " times as likely" },
        ),
        (
            "Confidence",
            html! { (confidence(campaign.confidence)) },
            html! { "not excused: " (bits(campaign.bits_unexcused)) " bits" },
        ),
        (
            "Trusted members",
            html! { (count(campaign.trusted)) },
            html! { (share(campaign.trusted, campaign.accounts)) " of them" },
        ),
    ])
}
