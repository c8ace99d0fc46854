//! What is known of one account: why it is in a campaign, what was decided about it, and what it shares?

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use seawall_charts::{
    text::{bits, confidence},
    words::Titles,
};
use seawall_core::{
    campaign::findings::Campaign,
    decision::record::Record,
    selector::{account_hash, pseudonym},
};

use super::{actions, away, campaigns, person, unreadable};
use crate::{
    api::decision_id,
    console::{
        Console, Trouble,
        access::{capability::Capability, guard::Visitor},
        parts,
        review::{Event, Said},
        runs::Row,
        shell::{Page, Place},
        table::{self, Asked, Column, encode},
    },
};

mod compare;
mod pictures;
mod shared;

/// Campaigns that an account is shown in at most: one account is in one, as a rule.
const CAMPAIGNS_MAX: usize = 8;
/// Decisions that are shown of one account, and in the list of the latest.
const DECISIONS_MAX: usize = 50;

/// An account with all that its page needs.
pub(super) struct Known {
    pub(super) pseudonym: String,
    pub(super) memberships: Vec<Membership>,
    /// The last first.
    pub(super) decisions: Vec<Arc<Record>>,
    /// What the site was asked to do to it, the last first.
    pub(super) done: Vec<actions::Done>,
    pub(super) titles: Titles,
}

/// A campaign that it is a member of.
pub(super) struct Membership {
    pub(super) row: Row,
    pub(super) campaign: Campaign,
    /// What people said of it within the campaign, the last at the end, with their names.
    pub(super) said: Vec<(Event, String)>,
}

impl Known {
    /// Reads what is known of an account id or a pseudonym; nothing where nobody knows it.
    pub(super) async fn read(
        console: &Arc<Console>,
        account: &str,
    ) -> Result<Option<Self>, Trouble> {
        let Some(run) = console.shelf.run() else { return Ok(None) };
        let (read, wanted) = (Arc::clone(&run), account.to_owned());
        let rows = away(move || {
            let found = read.members.find(&wanted, CAMPAIGNS_MAX).map_err(unreadable)?;
            let with = |(position, row): (usize, Row)| {
                Ok((row, read.campaign(position).map_err(unreadable)?))
            };
            found.into_iter().map(with).collect::<Result<Vec<_>, Trouble>>()
        })
        .await?;
        let shown = match rows.first() {
            Some((row, _)) => row.pseudonym.clone(),
            None if account.starts_with("a-") => account.to_owned(),
            None => pseudonym(account_hash(account)),
        };
        let own = shown.clone();
        let fits = move |record: &Record| pseudonym(record.inputs.account) == own;
        let decisions = console.app.service.latest_decisions(DECISIONS_MAX, fits);
        let done = actions::of_account(console, &shown).await?;
        if rows.is_empty() && decisions.is_empty() && done.is_empty() {
            return Ok(None);
        }
        let state = console.book.state();
        let of = |event: &&Event| matches!(&event.said, Said::Member { account, .. } if *account == shown);
        let memberships = rows.into_iter().map(|(row, campaign)| {
            let review = state.reviews.of(&campaign.campaign);
            let said = review.map_or_else(Vec::new, |review| {
                let events = review.history.iter().filter(|event| !event.undone).filter(of);
                events.map(|event| (event.clone(), person(&state, &event.by))).collect()
            });
            Membership { row, campaign, said }
        });
        let memberships = memberships.collect();
        drop(state);
        let titles = Titles::new(&run.summary.kinds);
        Ok(Some(Self { pseudonym: shown, memberships, decisions, done, titles }))
    }

    /// The campaign that it belongs to most surely.
    pub(super) fn first(&self) -> Option<&Membership> {
        self.memberships.first()
    }
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let known = Known::read(&console, &id).await?.ok_or(Trouble::NotFound(
        "No member of a campaign has this id, and none of the latest decisions was about it.",
    ))?;
    if known.pseudonym != id {
        // Ids of the site do not stay in addresses.
        return Ok(Redirect::to(&format!("/accounts/{}", known.pseudonym)).into_response());
    }
    let other = match asked.get("with").filter(|own| *own != id) {
        Some(other) => Some((other.to_owned(), Known::read(&console, other).await?)),
        None => None,
    };
    let body = html! {
        (head(&visitor, &known))
        (figures(&known))
        @for own in &known.memberships { (labels(&visitor, &known, own)) }
        (actions::of_account_part(&visitor, &known.pseudonym, &known.done))
        (pictures::evidence(&known))
        (pictures::timeline(&known))
        (shared::part(&console, &known))
        (decisions(&known))
        (compare::part(&asked, &known, other.as_ref().map(|(id, own)| (id.as_str(), own.as_ref()))))
    };
    Ok(Page::new(Place::Accounts, known.pseudonym.clone(), body)
        .under("Accounts", "/accounts")
        .answer(&console, &visitor))
}

fn head(visitor: &Visitor, known: &Known) -> Markup {
    html! {
        div .head { div {
            h1 { "Account " (parts::id(&known.pseudonym)) }
            p .soft {
                "Under a pseudonym: the same account has the same one in every campaign, decision and document. "
                "Whose it is, is shown within its campaign, to those who may reveal that."
            }
            @if let Some(own) = known.first() {
                @let within = format!("/campaigns/{}?tab=accounts&account={}", own.campaign.campaign, known.pseudonym);
                p { "Id at the site: " (parts::masked("••••••", visitor.may(Capability::Reveal).then_some(within.as_str()))) }
            }
        } }
    }
}

fn figures(known: &Known) -> Markup {
    let nothing = || html! { "–" };
    let campaign = known.first().map_or_else(
        || html! { "in none of this run" },
        |own| html! { a href={ "/campaigns/" (own.campaign.campaign) } { (parts::name(&own.campaign.name)) } },
    );
    let first = known.decisions.last();
    parts::figures(&[
        ("Campaigns of this run", html! { (known.memberships.len()) }, campaign),
        (
            "Probability of membership",
            known.first().map_or_else(nothing, |own| html! { (confidence(own.row.confidence)) }),
            html! { "by the run that is shown" },
        ),
        (
            "Bits in all",
            known.first().map_or_else(nothing, |own| html! { (bits(own.row.bits)) }),
            html! { "its prior and its evidence" },
        ),
        (
            "Decision at first",
            first.map_or_else(nothing, |own| html! { (own.decision.decision.as_str()) }),
            first.map_or_else(
                || html! { "none is kept at hand" },
                |own| parts::moment(own.inputs.time),
            ),
        ),
    ])
}

/// Does it belong? Whoever may label says so here, as in the list of the campaign.
fn labels(visitor: &Visitor, known: &Known, own: &Membership) -> Markup {
    let last = own.said.last().and_then(|(event, _)| match &event.said {
        Said::Member { belongs, .. } => Some(*belongs),
        _ => None,
    });
    html! {
        section .block aria-labelledby={ "label-" (own.campaign.campaign) } {
            h2 id={ "label-" (own.campaign.campaign) } { "Does it belong to " (parts::name(&own.campaign.name)) "?" }
            @for (event, name) in &own.said {
                @let Said::Member { belongs, .. } = &event.said else { continue };
                p { (if *belongs { "✓ belongs" } else { "✕ does not belong" }) ", says " (parts::name(name)) ", " (parts::moment(event.at)) }
            }
            @if own.said.is_empty() { p .soft { "Nobody has said anything yet. What people say flows back into the next detection." } }
            @if visitor.may(Capability::Label) {
                form .actions method="post" action={ "/campaigns/" (own.campaign.campaign) "/member" } {
                    input type="hidden" name="account" value=(known.pseudonym);
                    input type="hidden" name="back" value=(visitor.address);
                    @if last != Some(true) { button type="submit" name="belongs" value="yes" data-key="b" { "Belongs " kbd { "b" } } }
                    @if last != Some(false) { button type="submit" name="belongs" value="no" data-key="w" { "Does not belong " kbd { "w" } } }
                }
            }
        }
    }
}

const DECISION_COLUMNS: [Column; 5] = [
    Column::text("", "When"),
    Column::text("", "Event"),
    Column::text("", "Decision"),
    Column::text("", "Rule"),
    Column::text("", "Reasons"),
];

fn decisions(known: &Known) -> Markup {
    let rows = html! { @for record in &known.decisions { (decision_row(record)) } };
    parts::block(
        "decisions",
        "Decisions about it",
        &html! {
            @if known.decisions.is_empty() {
                p .soft { "None of the decisions that the server keeps at hand is about it. Those before are in the journal, and are found by their id." }
            } @else {
                (table::table(&Asked::default(), "Decisions about it", &DECISION_COLUMNS, ("", false), &rows))
            }
        },
    )
}

fn decision_row(record: &Record) -> Markup {
    let id = decision_id(record.inputs.sequence);
    let event =
        seawall_core::decision::record::EVENT_TYPES[usize::from(record.inputs.event_type)].1;
    html! {
        tr {
            td { a href={ "/policies/decisions/" (id) } { (parts::moment(record.inputs.time)) } }
            td { (event) }
            td { strong { (record.decision.decision.as_str()) } }
            td { (parts::value(record.decision.rule.as_deref().unwrap_or("–"))) }
            td { @for reason in &record.decision.reasons { span .below { (parts::sentence(&reason.text)) } } }
        }
    }
}

const LATEST_COLUMNS: [Column; 4] = [
    Column::text("", "When"),
    Column::text("", "Account"),
    Column::text("", "Event"),
    Column::text("", "Decision"),
];

/// Where one looks an account up, and whom decisions were about lately.
pub(in crate::console) async fn list(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let asked = Asked::new(&visitor.address);
    let wanted = asked.get("account").map(str::to_owned);
    if let Some(account) = &wanted
        && let Some(known) = Known::read(&console, account).await?
    {
        return Ok(Redirect::to(&format!("/accounts/{}", known.pseudonym)).into_response());
    }
    let latest = console.app.service.latest_decisions(DECISIONS_MAX, |_| true);
    let rows = html! { @for record in &latest {
        @let own = pseudonym(record.inputs.account);
        tr data-row {
            td { (parts::moment(record.inputs.time)) }
            th scope="row" { a href={ "/accounts/" (own) } { code { (own) } } }
            td { (seawall_core::decision::record::EVENT_TYPES[usize::from(record.inputs.event_type)].1) }
            td { (record.decision.decision.as_str()) }
        }
    } };
    let body = html! {
        (parts::head(&"Accounts", &Markup::default()))
        @if console.shelf.run().is_none() { (campaigns::no_run(&console)) }
        form .filters action="/accounts" {
            div .field { label for="account" { "Account" } input #account type="search" name="account" value=(wanted.as_deref().unwrap_or_default()) placeholder="Id or pseudonym" maxlength="400" spellcheck="false"; }
            button type="submit" { "Find" }
        }
        @if let Some(account) = &wanted {
            (parts::empty("Not found", &html! { p { "No member of a campaign has the id " (parts::value(account)) ", and none of the latest decisions was about it. " a href={ "/search?q=" (encode(account)) } { "Search everywhere" } } }))
        }
        (parts::block("latest", "Decided about lately", &html! {
            @if latest.is_empty() {
                (parts::empty("No decision yet", &html! { p { "Decisions appear when the site asks for them at " code { "/api/v1/decisions" } ". Members of campaigns are listed with their campaign." } p { a href="/campaigns" { "All campaigns" } } }))
            } @else {
                div .list { (table::table(&asked, "Latest decisions", &LATEST_COLUMNS, ("", false), &rows)) }
            }
        }))
    };
    Ok(Page::new(Place::Accounts, "Accounts", body).answer(&console, &visitor))
}

/// Pictures of it as files, with their rows.
pub(in crate::console) async fn file(
    State(console): State<Arc<Console>>,
    Path((id, file)): Path<(String, String)>,
    _: Visitor,
) -> Result<Response, Trouble> {
    let known =
        Known::read(&console, &id).await?.ok_or(Trouble::NotFound("Nobody knows this account."))?;
    pictures::file(&known, &file).ok_or(Trouble::NotFound("An account has no such file."))
}
