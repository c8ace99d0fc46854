//! What does a takedown case hold, how far is it, and what comes next?

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use seawall_core::case::{Id, people::Role, state::Machine as _};

use super::{away, cases, cases::keeper};
use crate::console::{
    Console, Trouble,
    access::guard::Visitor,
    cases::Case,
    parts,
    shell::{Page, Place},
    table::Asked,
};

pub(in crate::console) mod acts;
mod activity;
mod approvals;
mod assets;
pub(in crate::console) mod bundles;
mod documents;
mod evidence;
pub(in crate::console) mod files;
mod schedule;
pub(super) mod stepper;
mod timeline;

/// The parts of the page, each at an address of its own. A new part is a line here and in [`shown`].
const TABS: [(&str, &str); 8] = [
    ("evidence", "Evidence vault"),
    ("documents", "Exhibits and documents"),
    ("schedule", "Seizure schedule"),
    ("approvals", "Approvals"),
    ("assets", "Assets"),
    ("timeline", "Timeline"),
    ("bundles", "Bundles"),
    ("activity", "Activity"),
];

/// Hexadecimal digits of the root that are shown; the copy button has all.
const ROOT_SHOWN: usize = 16;
/// What stands before the campaign that a case was opened from.
pub(super) const FROM_CAMPAIGN: &str = "of campaign ";

/// A case, and as whom the visitor acts in it.
pub(super) struct Seen {
    pub(super) case: Case,
    pub(super) me: Option<(Id, Role)>,
}

impl Seen {
    pub(super) async fn read(
        console: &Console,
        visitor: &Visitor,
        id: &str,
    ) -> Result<Self, Trouble> {
        let (cases, own) = (keeper(console)?, id.to_owned());
        let case = away(move || Ok(cases.read(&own)?)).await?;
        let name: Option<Id> = visitor.person.case_name.as_ref().and_then(|name| name.parse().ok());
        let me = name.and_then(|name| {
            let role = case.state.people.get(&name)?.role;
            Some((name, role))
        });
        Ok(Self { case, me })
    }

    pub(super) fn id(&self) -> &str {
        self.case.file.id.as_str()
    }

    /// As whom the visitor acts, where they do in this case.
    pub(super) fn acting(&self) -> Result<&str, Trouble> {
        let me = self.me.as_ref().map(|(name, _)| name.as_str());
        me.ok_or_else(|| {
            Trouble::Conflict("You stand for nobody in this case. Its admin adds people with `seawall case person add`; whoever manages people here says under Settings, People, as whom you act.".to_owned())
        })
    }
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &visitor, &id).await?;
    let asked = Asked::new(&visitor.address);
    let told = asked.get("done").and_then(|proposal| acts::kept(&seen, proposal));
    shown(&console, &visitor, &seen, &asked, &told.unwrap_or_default()).await
}

/// The page, with a word above it of what was just done.
pub(super) async fn shown(
    console: &Arc<Console>,
    visitor: &Visitor,
    seen: &Seen,
    asked: &Asked,
    told: &Markup,
) -> Result<Response, Trouble> {
    let here = asked.get("tab").unwrap_or("evidence");
    let part = match here {
        "documents" => documents::part(console, seen, asked).await?,
        "schedule" => schedule::part(seen),
        "approvals" => approvals::part(console, visitor, seen).await?,
        "assets" => assets::part(seen),
        "timeline" => timeline::part(console, seen),
        "bundles" => bundles::part(console, visitor, seen),
        "activity" => activity::part(seen, asked),
        _ => evidence::part(seen, asked),
    };
    let known = TABS.iter().any(|(word, _)| *word == here);
    let id = seen.id();
    let body = html! {
        (told)
        (head(seen))
        nav .tabs aria-label="Parts of this case" {
            @for (word, title) in TABS {
                @let current = word == here || (!known && word == "evidence");
                a href={ "/cases/" (id) "?tab=" (word) } data-swap aria-current=[current.then_some("page")] { (title) }
            }
        }
        (part)
    };
    Ok(Page::new(Place::Cases, seen.case.state.title.clone(), body)
        .under("Takedown cases", "/cases")
        .answer(console, visitor))
}

fn head(seen: &Seen) -> Markup {
    let Seen { case, me } = seen;
    let profile = case.state.profile.as_ref();
    html! {
        div .head { div {
            h1 { (parts::name(&case.state.title)) }
            p .soft {
                (parts::id(seen.id())) " " span .tag { (case.state.stage().name().replace('_', " ")) }
                @if let Some(profile) = profile {
                    " · " (cases::kind(profile.kind)) " · " (parts::name(profile.responsible.as_str())) " answers for it"
                    @if let Some(docket) = &profile.docket { " · " (parts::name(&docket.court)) " " (parts::name(&docket.number)) }
                }
            }
            @if let Some(campaign) = campaign(case) { p .soft { "Opened from campaign " a href={ "/campaigns/" (campaign) } { (campaign) } "." } }
            p .soft { @match me {
                Some((name, role)) => { "You act as " strong { (parts::name(name.as_str())) } ", " (role.name().replace('_', " ")) "." }
                None => { "You are none of its people: you see what stands in its log, and act in nothing." }
            } }
        } }
        (stepper::steps(seen.id(), &case.state.progress()))
        (check(seen))
    }
}

/// The campaign that it was opened from, as the reason of its first entry says.
fn campaign(case: &Case) -> Option<Id> {
    let (_, id) = case.entries.first()?.reason.as_str().rsplit_once(FROM_CAMPAIGN)?;
    id.parse().ok()
}

/// Where the log stands, and the button that reads all of it again.
fn check(seen: &Seen) -> Markup {
    let checkpoint = seen.case.checkpoint;
    let root = checkpoint.root.to_string();
    html! {
        section .card aria-label="Custody log" {
            div .check {
                p { "Custody log: " (parts::number(checkpoint.size)) " entries, root " code .id { (&root[..ROOT_SHOWN]) "…" } (parts::copy(&root)) span .below { "Note it elsewhere: any later log that does not go on from it was cut or changed." } }
                form method="post" action={ "/cases/" (seen.id()) "/verify" } { button type="submit" { "Verify vault and log" } }
            }
        }
    }
}
