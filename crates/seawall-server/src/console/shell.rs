//! What stands around every page?

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use seawall_charts::text;

use super::{
    Console, Trouble,
    access::{capability::Capability, guard::Visitor},
    assets, parts,
    review::{Said, Status},
    table::encode,
};

/// The parts of the console, as in the left rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Overview,
    Queue,
    Campaigns,
    Accounts,
    Actions,
    Actors,
    Cases,
    Intelligence,
    Policies,
    Settings,
}

impl Place {
    /// What is offered so far, in the order of the rail. A new part is a line here and in [`super::routes`].
    const SHOWN: [Self; 10] = [
        Self::Overview,
        Self::Queue,
        Self::Campaigns,
        Self::Accounts,
        Self::Actions,
        Self::Actors,
        Self::Cases,
        Self::Intelligence,
        Self::Policies,
        Self::Settings,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Queue => "Review queue",
            Self::Campaigns => "Campaigns",
            Self::Accounts => "Accounts",
            Self::Actions => "Actions",
            Self::Actors => "Actors",
            Self::Cases => "Takedown cases",
            Self::Intelligence => "Intelligence",
            Self::Policies => "Decisions",
            Self::Settings => "Settings",
        }
    }

    const fn address(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Queue => "/queue",
            Self::Campaigns => "/campaigns",
            Self::Accounts => "/accounts",
            Self::Actions => "/actions",
            Self::Actors => "/actors",
            Self::Cases => "/cases",
            Self::Intelligence => "/intel",
            Self::Policies => "/policies",
            Self::Settings => "/settings",
        }
    }

    /// The letter after `g` that goes there.
    const fn key(self) -> &'static str {
        match self {
            Self::Overview => "o",
            Self::Queue => "q",
            Self::Campaigns => "c",
            Self::Accounts => "u",
            Self::Actions => "x",
            Self::Actors => "a",
            Self::Cases => "t",
            Self::Intelligence => "i",
            Self::Policies => "d",
            Self::Settings => "s",
        }
    }

    /// Lines of its icon, 20 by 20.
    const fn icon(self) -> &'static str {
        match self {
            Self::Overview => "M3 17V9m4.700 8V4m4.600 13v-6M17 17V7",
            Self::Queue => "M3 5h14M3 10h9M3 15h6m4-1 2 2 3-4",
            Self::Campaigns => {
                "M5 6a2 2 0 1 0 0-.1M15 6a2 2 0 1 0 0-.1M10 16a2 2 0 1 0 0-.1M7 6h6M6 8l3 6m5-6-3 6"
            }
            Self::Accounts => {
                "M10 10a3.300 3.300 0 1 0 0-6.600 3.300 3.300 0 0 0 0 6.600M3.500 17c.8-3 3.400-4.500 6.500-4.500s5.700 1.500 6.500 4.500"
            }
            Self::Actions => {
                "M10 3 4 5.500v4.500c0 3.500 2.500 6 6 7.500 3.500-1.500 6-4 6-7.500V5.500zM7.500 10l2 2 3.500-4"
            }
            Self::Actors => {
                "M7 9a2.700 2.700 0 1 0 0-5.400A2.700 2.700 0 0 0 7 9M2 16c.6-2.700 2.500-4 5-4s4.400 1.300 5 4M13.500 9.500a2.300 2.300 0 1 0-1-4.300M14.500 12c2 .3 3.200 1.500 3.600 3.500"
            }
            Self::Cases => "M3 7.500h14V16H3zM7.500 7.500V4.500h5v3M3 11h14",
            Self::Intelligence => "M10 3v3m0 8v3m7-7h-3M6 10H3m7 4a4 4 0 1 0 0-8 4 4 0 0 0 0 8",
            Self::Policies => "M10 3v4M5 12l5-5 5 5M5 12v4m10-4v4M3 16h4m6 0h4",
            Self::Settings => {
                "M3 6h8m4 0h2M3 14h2m4 0h8M13 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4M7 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4"
            }
        }
    }
}

/// A page without what stands around it.
pub(super) struct Page {
    place: Place,
    title: String,
    crumbs: Vec<(String, String)>,
    body: Markup,
}

impl Page {
    /// A page of a part of the console.
    pub(super) fn new(place: Place, title: impl Into<String>, body: Markup) -> Self {
        Self { place, title: title.into(), crumbs: Vec::new(), body }
    }

    /// With a page that it lies under.
    #[must_use]
    pub(super) fn under(mut self, title: &str, address: impl Into<String>) -> Self {
        self.crumbs.push((title.to_owned(), address.into()));
        self
    }

    /// The answer to whoever asks.
    pub(super) fn answer(self, console: &Console, visitor: &Visitor) -> Response {
        self.answer_as(StatusCode::OK, console, visitor)
    }

    pub(super) fn answer_as(
        self,
        status: StatusCode,
        console: &Console,
        visitor: &Visitor,
    ) -> Response {
        html_answer(status, &whole(&self, console, visitor))
    }
}

pub(super) fn html_answer(status: StatusCode, markup: &Markup) -> Response {
    let media_type = HeaderValue::from_static("text/html; charset=utf-8");
    (status, [(header::CONTENT_TYPE, media_type)], markup.0.clone()).into_response()
}

fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (text::visible(title, 80)) " · Seawall" }
            link rel="icon" href=(assets::address("icon.svg")) type="image/svg+xml";
            link rel="stylesheet" href=(assets::address("console.css"));
            script type="module" src=(assets::address("console.js")) {}
        }
    }
}

pub(super) fn brand() -> Markup {
    html! {
        svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" {
            path .brand-wall d="M3 4h4v4h4V4h3v4h4V4h3v9H3z" {}
            path .brand-wave d="M2 17c2.5 0 2.5-1.6 5-1.6S9.5 17 12 17s2.5-1.6 5-1.6S19.5 17 22 17M2 21c2.5 0 2.5-1.6 5-1.6S9.5 21 12 21s2.5-1.6 5-1.6S19.5 21 22 21" {}
        }
        span { "Seawall" }
    }
}

fn whole(page: &Page, console: &Console, visitor: &Visitor) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&page.title))
            body data-live="/live" {
                a .skip href="#main" { "Skip to content" }
                (rail(page.place, console, visitor))
                div .stage {
                    (top(console, visitor))
                    @if !page.crumbs.is_empty() {
                        nav .crumbs aria-label="Breadcrumb" {
                            ol {
                                @for (title, address) in &page.crumbs { li { a href=(address) { (parts::name(title)) } } }
                                li aria-current="page" { (parts::name(&page.title)) }
                            }
                        }
                    }
                    main #main tabindex="-1" { (page.body) }
                }
                (keys())
            }
        }
    }
}

fn rail(here: Place, console: &Console, visitor: &Visitor) -> Markup {
    let waiting = waiting(console);
    html! {
        header .rail {
            a .brand href="/" { (brand()) }
            nav aria-label="Parts" {
                @for place in Place::SHOWN {
                    a href=(place.address()) data-go=(place.key()) aria-current=[(place == here).then_some("page")] {
                        svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" { path d=(place.icon()) {} }
                        span { (place.title()) }
                        @if place == Place::Queue && waiting > 0 && visitor.may(Capability::Label) {
                            span .count { (parts::number(waiting)) span .hidden { " waiting" } }
                        }
                    }
                }
            }
        }
    }
}

/// Campaigns that nobody decided about.
fn waiting(console: &Console) -> u64 {
    let Some(run) = console.shelf.run() else { return 0 };
    let state = console.book.state();
    let open = |status| matches!(status, Status::Suspected);
    run.campaigns.iter().filter(|own| open(state.reviews.status(&own.id))).count() as u64
}

fn top(console: &Console, visitor: &Visitor) -> Markup {
    html! {
        section .top aria-label="Search and state" {
            form .search role="search" action="/search" {
                label .hidden for="search" { "Search campaigns, accounts, selectors" }
                input #search type="search" name="q" placeholder="Search  /" autocomplete="off" spellcheck="false" maxlength="200";
            }
            (freshness(console))
            a #news .news href="" hidden {}
            details .me {
                summary { span .avatar aria-hidden="true" { (initial(&visitor.person.name)) } span .me-name { (parts::name(&visitor.person.name)) } }
                div .menu {
                    p .soft {
                        @for (index, role) in visitor.person.roles.iter().enumerate() { @if index > 0 { ", " } (role.title()) }
                    }
                    button type="button" data-keys hidden { "Keys " kbd { "?" } }
                    form method="post" action="/logout" { button type="submit" { "Sign out" } }
                }
            }
        }
    }
}

fn initial(name: &str) -> String {
    name.chars()
        .find(|own| own.is_alphanumeric())
        .map_or_else(|| "·".to_owned(), |own| own.to_uppercase().collect())
}

/// Of when what is shown is.
fn freshness(console: &Console) -> Markup {
    html! {
        p .fresh {
            @match console.shelf.run() {
                Some(run) => {
                    "Run " (parts::value(&run.name)) " · events up to " (parts::rfc3339(&run.summary.last_seen))
                }
                None => { "No run yet" }
            }
            @if let Some(why) = console.shelf.broken() {
                span .warn { " · a newer run is not shown: " (parts::sentence(&why)) }
            }
        }
    }
}

/// The list of keys, opened with `?`.
fn keys() -> Markup {
    let lists = [
        ("/", "search"),
        ("?", "this list"),
        ("j k", "next, previous in a list"),
        ("o", "open what is chosen"),
        ("x", "tick what is chosen"),
        (".", "write a note"),
        ("Esc", "close, leave a field"),
    ];
    let review = [
        ("a", "confirm"),
        ("d", "dismiss"),
        ("m", "merge into …"),
        ("s", "skip"),
        ("n", "next in the queue"),
        ("u", "undo my last"),
    ];
    html! {
        dialog #keys aria-labelledby="keys-title" {
            h2 #keys-title { "Keys" }
            div .key-lists {
                dl { @for (key, what) in lists { dt { kbd { (key) } } dd { (what) } } }
                dl { @for (key, what) in review { dt { kbd { (key) } } dd { (what) } } }
                dl { @for place in Place::SHOWN { dt { kbd { "g" } " " kbd { (place.key()) } } dd { (place.title()) } } }
            }
            form method="dialog" { button { "Close" } }
        }
    }
}

/// A page for somebody who is not signed in.
pub(super) fn outside(status: StatusCode, title: &str, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(title))
            body .outside {
                main #main {
                    p .brand { (brand()) }
                    (body)
                }
            }
        }
    };
    html_answer(status, &page)
}

/// The page that says what went wrong.
pub(super) fn trouble(console: &Console, visitor: &Visitor, trouble: &Trouble) -> Response {
    let (title, body) = match trouble {
        Trouble::NotFound(what) => (
            "Not there",
            parts::empty(
                "There is no such thing",
                &html! { p { (what) } p { a href="/campaigns" { "All campaigns" } } },
            ),
        ),
        Trouble::Missing(what) => (
            "Not there",
            parts::empty(
                "There is no such thing",
                &html! { p { (parts::sentence(what)) } p { a href="/cases" { "All cases" } } },
            ),
        ),
        Trouble::Refused(why) => (
            "Refused",
            parts::error(
                "The case does not let you do this",
                why,
                &visitor.request,
                &visitor.address,
            ),
        ),
        Trouble::Conflict(why) | Trouble::Wrong(why) => {
            ("Not done", parts::error("This was not done", why, &visitor.request, &visitor.address))
        }
        Trouble::SignInAgain => ("Sign in again", sign_in_again(&visitor.address)),
        Trouble::Forbidden(needed) => ("Restricted", parts::restricted(*needed)),
        Trouble::Stale(changes) => ("Changed meanwhile", stale(changes)),
        Trouble::CannotKeep(why) => (
            "Not kept",
            parts::error(
                "Nothing can be written, so nothing was done",
                why,
                &visitor.request,
                &visitor.address,
            ),
        ),
        Trouble::Broken(why) => (
            "Not shown",
            parts::error("This cannot be shown", why, &visitor.request, &visitor.address),
        ),
    };
    let body = html! { h1 { (title) } (body) };
    Page::new(Place::Campaigns, title, body).answer_as(trouble.status(), console, visitor)
}

/// What stands in place of what adds a way in, and the way back to it.
pub(super) fn sign_in_again(address: &str) -> Markup {
    parts::stale(&html! {
        p { "What is added here can sign in later, so it has to be you: you signed in more than a few minutes ago." }
        p { a .button href={ "/login?next=" (encode(address)) } { "Sign in again" } }
    })
}

fn stale(changes: &[String]) -> Markup {
    html! {
        div .state.error role="alert" {
            p .state-title { "Somebody was faster, and nothing of yours was done" }
            p { "Since you opened this:" }
            ul { @for change in changes { li { (parts::sentence(change)) } } }
            p { "Go back, reload, and decide again if you still want to." }
        }
    }
}

/// What somebody said of a campaign, in words.
pub(super) fn said(said: &Said) -> Markup {
    let with = |what: &str, note: &str| html! { (what) @if !note.is_empty() { ": " q { (parts::sentence(note)) } } };
    match said {
        Said::Claimed { .. } => html! { "took it" },
        Said::Released => html! { "gave it back" },
        Said::Skipped { reason } => with("skipped it", reason),
        Said::Decided { decision, note, .. } => with(decision.as_str(), note),
        Said::Proposed { decision, note, .. } => {
            with(&format!("had a model propose “{}”", decision.as_str()), note)
        }
        Said::Noted { note } => with("noted", note),
        Said::Named { name } => html! { "named it " (parts::name(name)) },
        Said::Merged { into, note, .. } => {
            html! { "merged it into " a href={ "/campaigns/" (into) } { (into) } (with("", note)) }
        }
        Said::Split { selector, name, note, .. } => {
            html! { "split off what carries " (parts::value(selector)) " as " (parts::name(name)) (with("", note)) }
        }
        Said::Member { account, belongs } => {
            html! { "said that " (parts::value(account)) (if *belongs { " belongs to it" } else { " does not belong to it" }) }
        }
        Said::Undone { .. } => html! { "took back what they said" },
    }
}

/// A picture of ours, which is markup already.
pub(super) fn drawn(svg: &str) -> Markup {
    html! { (PreEscaped(svg)) }
}
