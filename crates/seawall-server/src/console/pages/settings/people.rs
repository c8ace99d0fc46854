//! Who may use the console?

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use seawall_core::case::Id as CaseId;
use serde::Deserialize;

use seawall_charts::text::counted;

use super::{
    super::{act, who, words},
    own, tabs,
};
use crate::console::{
    Console, Trouble,
    access::{
        self,
        capability::{Capability, Role},
        digest,
        guard::Visitor,
        people::{NAME_CHARACTERS_MAX, Person},
        tokens::PersonalToken,
    },
    act::Act,
    book::INVITATION,
    parts,
    shell::{Page, Place},
    state::State as Folded,
};

/// People at most.
const PEOPLE_MAX: usize = 10_000;

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Response {
    let people: Vec<Listed> = {
        let state = console.book.state();
        let listed = |own: &Person| Listed {
            person: own.clone(),
            sessions: state.sessions.of(&own.id),
            tokens: state.tokens.of(&own.id).into_iter().cloned().collect(),
        };
        state.people.all().map(listed).collect()
    };
    let body = html! {
        h1 { "People" }
        (tabs(&visitor, "/people"))
        div .list { (table(&people)) }
        (parts::block("invite", "Invite somebody", &html! {
            form method="post" action="/settings/people" {
                div .field { label for="name" { "Name" } input #name name="name" required maxlength=(NAME_CHARACTERS_MAX) autocomplete="off"; }
                (roles_field("new", &BTreeSet::from([Role::Analyst])))
                button .primary type="submit" { "Make a link" }
            }
        }))
    };
    Page::new(Place::Settings, "People", body)
        .under("Settings", "/settings")
        .answer(&console, &visitor)
}

/// Somebody with what they can get in by.
struct Listed {
    person: Person,
    sessions: usize,
    tokens: Vec<PersonalToken>,
}

fn table(people: &[Listed]) -> Markup {
    parts::scroller(
        "People",
        &html! {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Roles" } th scope="col" { "In cases" } th scope="col" { "Signed in last" } th scope="col" { "May sign in" } } }
                tbody { @for Listed { person: own, sessions, tokens } in people {
                    tr data-row {
                        th scope="row" { (parts::name(&own.name)) span .below { (own.id) } }
                        td { details { summary { @for (index, role) in own.roles.iter().enumerate() { @if index > 0 { ", " } (role.title()) } @if own.roles.is_empty() { "none" } }
                            form method="post" action={ "/settings/people/" (own.id) "/roles" } { (roles_field(&own.id, &own.roles)) button type="submit" { "Change roles" } } } }
                        td { details { summary { @match &own.case_name { Some(name) => { (parts::name(name)) } None => { "nobody" } } }
                            form method="post" action={ "/settings/people/" (own.id) "/case-name" } {
                                div .field { label for={ "case-" (own.id) } { "Person of cases that they act as" } input id={ "case-" (own.id) } name="case_name" value=[own.case_name.as_deref()] maxlength="128" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" autocomplete="off" spellcheck="false"; }
                                button type="submit" { "Change" }
                            } } }
                        td { @match own.signed_in_at { Some(at) => (parts::moment(at)), None => span .soft { "never" } } span .below { (sessions) " open" } (tokens_of(own, tokens)) }
                        td { (may_sign_in(own)) }
                    }
                } }
            }
        },
    )
}

/// With what models ask in somebody's name.
fn tokens_of(person: &Person, tokens: &[PersonalToken]) -> Markup {
    html! {
        @if !tokens.is_empty() {
            details {
                summary { (counted(tokens.len() as u64, "token", "tokens")) " for models" }
                @for token in tokens {
                    form method="post" action={ "/settings/people/" (person.id) "/tokens/revoke" } {
                        p { (parts::name(&token.name)) " " span .soft { "until " (own::until(token)) } }
                        (own::revoke(token))
                    }
                }
            }
        }
    }
}

fn may_sign_in(own: &Person) -> Markup {
    let address = format!("/settings/people/{}", own.id);
    html! {
        div .actions {
            @if own.disabled {
                form method="post" action={ (address) "/enable" } { button type="submit" { "Let in again" } }
            } @else {
                form method="post" action={ (address) "/invite" } { button type="submit" { (if own.password.is_some() { "New password link" } else { "New link" }) } }
                form method="post" action={ (address) "/disable" } { button .danger type="submit" { "Shut out" } }
            }
        }
    }
}

fn roles_field(of: &str, roles: &BTreeSet<Role>) -> Markup {
    html! {
        fieldset .field {
            legend { "Roles" }
            @for role in Role::ALL {
                label .tick for={ (of) "-" (role.as_str()) } { input type="checkbox" id={ (of) "-" (role.as_str()) } name="role" value=(role.as_str()) checked[roles.contains(&role)]; (role.title()) }
            }
        }
    }
}

fn roles_of(fields: &[(String, String)]) -> Result<BTreeSet<Role>, Trouble> {
    let words = fields.iter().filter(|(name, _)| name == "role");
    let roles: Option<BTreeSet<Role>> = words.map(|(_, word)| Role::parse(word)).collect();
    roles.ok_or_else(|| Trouble::Wrong("There is no such role.".to_owned()))
}

/// A link that was made, shown this once.
fn link(console: &Console, visitor: &Visitor, name: &str, secret: &str) -> Response {
    let body = html! {
        h1 { "Link for " (parts::name(name)) }
        p { "Hand it over yourself. It lets one set a password, once, within two days. It is not kept and cannot be shown again." }
        p { code .secret { "/join/" (secret) } (parts::copy(&format!("/join/{secret}"))) }
        p .soft { "The address of this console goes before it." }
        p { a .button href="/settings/people" { "Back to people" } }
    };
    Page::new(Place::Settings, "Link", body)
        .under("Settings", "/settings")
        .under("People", "/settings/people")
        .answer(console, visitor)
}

fn fresh() -> Result<String, Trouble> {
    access::secret().ok_or_else(|| Trouble::Broken("the system gives no random numbers".to_owned()))
}

pub(in crate::console) async fn invite(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let name = fields
        .iter()
        .find(|(name, _)| name == "name")
        .map_or_else(String::new, |(_, value)| words(value, NAME_CHARACTERS_MAX));
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Trouble::Wrong("A name is needed.".to_owned()));
    }
    let roles = roles_of(&fields)?;
    let secret = fresh()?;
    let person = access::id("p")
        .ok_or_else(|| Trouble::Broken("the system gives no random numbers".to_owned()))?;
    let (invitation, called) = (digest(&secret), name.clone());
    act(&console, &who(&visitor), move |state, now| {
        if state.people.by_name(&called).is_some() {
            return Err(Trouble::Wrong("Somebody has this name already.".to_owned()));
        }
        if state.people.all().count() >= PEOPLE_MAX {
            return Err(Trouble::Wrong("There are too many people.".to_owned()));
        }
        let until = now + INVITATION;
        Ok((vec![Act::Invited { person, name: called, roles, invitation, until }], ()))
    })
    .await?;
    Ok(link(&console, &visitor, &name, &secret))
}

pub(in crate::console) async fn invite_again(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let secret = fresh()?;
    let invitation = digest(&secret);
    let name = act(&console, &who(&visitor), move |state, now| {
        let own = known(state, &id)?;
        let (name, roles) = (own.name.clone(), own.roles.clone());
        let invited = Act::Invited {
            person: id,
            name: name.clone(),
            roles,
            invitation,
            until: now + INVITATION,
        };
        Ok((vec![invited], name))
    })
    .await?;
    Ok(link(&console, &visitor, &name, &secret))
}

fn known<'a>(state: &'a Folded, id: &str) -> Result<&'a Person, Trouble> {
    state.people.by_id(id).ok_or(Trouble::NotFound("There is nobody with this id."))
}

/// Somebody must always be able to let people in.
fn others_can_manage(state: &Folded, id: &str) -> Result<(), Trouble> {
    if state.people.another_manager(id) {
        return Ok(());
    }
    Err(Trouble::Wrong("Nobody else could manage people then.".to_owned()))
}

pub(in crate::console) async fn roles(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let roles = roles_of(&fields)?;
    act(&console, &who(&visitor), move |state, _| {
        known(state, &id)?;
        let manages = roles.iter().any(|role| role.capabilities().contains(&Capability::People));
        if !manages {
            others_can_manage(state, &id)?;
        }
        Ok((vec![Act::RolesChanged { person: id, roles }], ()))
    })
    .await?;
    Ok(Redirect::to("/settings/people").into_response())
}

/// Says as which person of cases somebody acts: nobody does so by choosing a name.
pub(in crate::console) async fn case_name(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(typed): Form<CaseNameForm>,
) -> Result<Response, Trouble> {
    let name = typed.case_name.trim().to_owned();
    let case_name = if name.is_empty() { None } else { Some(name) };
    if case_name.as_deref().is_some_and(|name| name.parse::<CaseId>().is_err()) {
        return Err(Trouble::Wrong(
            "A person of a case has a short name of letters, digits, `.`, `_` and `-`.".to_owned(),
        ));
    }
    act(&console, &who(&visitor), move |state, _| {
        known(state, &id)?;
        let other = case_name.as_deref().and_then(|name| state.people.by_case_name(name));
        if other.is_some_and(|other| other.id != id) {
            return Err(Trouble::Wrong("Somebody else acts as that person.".to_owned()));
        }
        Ok((vec![Act::CaseNamed { person: id, case_name }], ()))
    })
    .await?;
    Ok(Redirect::to("/settings/people").into_response())
}

#[derive(Deserialize)]
pub(in crate::console) struct CaseNameForm {
    #[serde(default)]
    case_name: String,
}

pub(in crate::console) async fn disable(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    act(&console, &who(&visitor), move |state, _| {
        known(state, &id)?;
        others_can_manage(state, &id)?;
        Ok((vec![Act::Disabled { person: id }], ()))
    })
    .await?;
    Ok(Redirect::to("/settings/people").into_response())
}

pub(in crate::console) async fn enable(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    act(&console, &who(&visitor), move |state, _| {
        known(state, &id)?;
        Ok((vec![Act::Enabled { person: id }], ()))
    })
    .await?;
    Ok(Redirect::to("/settings/people").into_response())
}
