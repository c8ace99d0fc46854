//! Which person of ours is it whom a provider knows, and what may they do? Pure.

use std::collections::BTreeSet;

use super::{Refusal, Settings, token::Claims};
use crate::console::access::{
    capability::{Capability, Role},
    people::{People, Person},
};

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Their id.
    pub(crate) person: String,
    /// What they may do from now on, where groups say so and it is something else than before.
    pub(crate) roles: Option<BTreeSet<Role>>,
}

/// Whether a token does not say all that is needed: some providers tell it elsewhere.
pub(super) fn lacks(settings: &Settings, claims: &Claims) -> bool {
    let by_email = !settings.subjects.contains_key(&claims.subject) && !settings.emails.is_empty();
    (by_email && claims.email().is_none())
        || settings.groups.as_ref().is_some_and(|groups| groups.of(&claims.more).is_none())
}

/// The person, if they may sign in; else why not, and who it is where it is anybody. Nobody gets in by a name that they chose: only whom
/// the settings name, first by what the provider calls them for good, then by an address that it says is theirs.
pub(super) fn person(
    settings: &Settings,
    claims: &Claims,
    people: &People,
) -> Result<Known, (Refusal, Option<String>)> {
    let by_subject = settings.subjects.get(&claims.subject);
    let by_email = || settings.emails.get(&claims.email()?);
    let named = by_subject.or_else(by_email).ok_or((Refusal::Unknown, None))?;
    let person = people.by_id(named).or_else(|| people.by_name(named));
    let person = person.ok_or((Refusal::Unknown, None))?;
    let roles = roles(settings, claims, person, people)
        .map_err(|refusal| (refusal, Some(person.id.clone())))?;
    Ok(Known { person: person.id.clone(), roles })
}

/// Roles that somebody has from now on, where they are others than before.
fn roles(
    settings: &Settings,
    claims: &Claims,
    person: &Person,
    people: &People,
) -> Result<Option<BTreeSet<Role>>, Refusal> {
    if person.disabled {
        return Err(Refusal::Disabled);
    }
    let Some(groups) = &settings.groups else { return Ok(None) };
    let names = groups.of(&claims.more).unwrap_or_default();
    let roles: BTreeSet<Role> =
        names.iter().filter_map(|name| groups.roles.get(name)).flatten().copied().collect();
    if roles.is_empty() {
        return Err(Refusal::NoRole);
    }
    let manages = roles.iter().any(|role| role.capabilities().contains(&Capability::People));
    let managed = person.capabilities().contains(&Capability::People);
    if managed && !manages && !people.another_manager(&person.id) {
        return Err(Refusal::LastManager);
    }
    Ok((roles != person.roles).then_some(roles))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{super::settings::tests::read, *};

    const PROVIDER: &str =
        "issuer = 'https://id.example'\nclient_id = 'c'\nclient_secret_file = 'openid.secret'\n";

    fn settings(text: &str) -> Settings {
        read(&format!("{PROVIDER}{text}"), "s").expect("settings")
    }

    fn people() -> People {
        let mut people = People::default();
        for (id, name, role) in [("p-1", "ann", Role::Admin), ("p-2", "bob", Role::Viewer)] {
            people.invite(id, name, &BTreeSet::from([role]), (String::new(), 0), 0);
        }
        people
    }

    fn claims(subject: &str, more: Value) -> Claims {
        Claims { subject: subject.to_owned(), more }
    }

    #[test]
    fn only_whom_the_settings_name_is_somebody() {
        let settings = settings(
            "[emails]\n'ann@x.org' = 'ann'\n'dan@x.org' = 'dan'\n[subjects]\n'17' = 'p-2'\n",
        );
        let mut people = people();
        let of = |people: &People, subject: &str, more: Value| {
            person(&settings, &claims(subject, more), people).map(|own| own.person)
        };
        let own = json!({ "email": "ANN@x.org", "email_verified": true });
        assert_eq!(of(&people, "1", own.clone()), Ok("p-1".to_owned()));
        assert_eq!(of(&people, "17", json!({})), Ok("p-2".to_owned()));
        // What the provider calls somebody for good goes before an address.
        assert_eq!(of(&people, "17", own.clone()), Ok("p-2".to_owned()));
        for more in [
            json!({}),
            json!({ "email": "ann@x.org" }),
            json!({ "email": "ann@x.org", "email_verified": false }),
            json!({ "email": "ann@x.org", "email_verified": 1 }),
            json!({ "email": "eve@x.org", "email_verified": true }),
            // Named, and nobody here.
            json!({ "email": "dan@x.org", "email_verified": true }),
            // A Kelvin sign is no `k`, nor any other letter one of ASCII.
            json!({ "email": "\u{212a}ann@x.org", "email_verified": true }),
            json!({ "sub": "17", "preferred_username": "ann", "name": "p-1" }),
        ] {
            assert_eq!(of(&people, "1", more.clone()), Err((Refusal::Unknown, None)), "{more}");
        }
        people.change("p-1", |own| own.disabled = true);
        assert_eq!(of(&people, "1", own), Err((Refusal::Disabled, Some("p-1".to_owned()))));
    }

    #[test]
    fn groups_say_what_one_may_do_and_leave_somebody_who_manages_people() {
        let settings = settings(
            "[subjects]\n'1' = 'ann'\n'2' = 'bob'\n[groups.roles]\nlook = ['viewer']\nall = ['admin', 'legal']\n",
        );
        let people = people();
        let of = |subject: &str, groups: &[&str]| {
            let claims = claims(subject, json!({ "groups": groups }));
            person(&settings, &claims, &people).map(|own| own.roles).map_err(|(why, _)| why)
        };
        let roles = |roles: &[Role]| Some(roles.iter().copied().collect());
        assert_eq!(of("2", &["look"]), Ok(None));
        assert_eq!(
            of("2", &["look", "all", "others"]),
            Ok(roles(&[Role::Viewer, Role::Admin, Role::Legal]))
        );
        assert_eq!(of("2", &["others"]), Err(Refusal::NoRole));
        assert_eq!(of("1", &["look"]), Err(Refusal::LastManager));
        assert_eq!(of("1", &["all"]), Ok(roles(&[Role::Admin, Role::Legal])));
        let none = person(&settings, &claims("2", json!({})), &people);
        assert_eq!(none, Err((Refusal::NoRole, Some("p-2".to_owned()))));
    }

    #[test]
    fn what_is_not_needed_is_not_asked_for() {
        let by_subject = settings("[subjects]\n'1' = 'ann'\n");
        assert!(!lacks(&by_subject, &claims("1", json!({}))));
        let by_email = settings("[emails]\n'ann@x.org' = 'ann'\n");
        assert!(lacks(&by_email, &claims("1", json!({}))));
        assert!(!lacks(&by_email, &claims("1", json!({ "email": "a", "email_verified": true }))));
        let groups = settings("[subjects]\n'1' = 'ann'\n[groups.roles]\nlook = ['viewer']\n");
        assert!(lacks(&groups, &claims("1", json!({}))));
        assert!(!lacks(&groups, &claims("1", json!({ "groups": [] }))));
    }
}
