//! Which provider says who somebody is, and who of us is that? A file of settings that whoever starts the server names.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::Value;

use crate::console::{
    access::capability::Role,
    settings_file::{SettingsError, Topic, beside, text, url},
};

const TOPIC: Topic = Topic { of: "OpenID Connect", document: "docs/console.md" };
/// Longest text that is sent to a provider.
const TEXT_BYTES_MAX: usize = 1000;
/// Longest name of a provider, in characters.
const NAME_CHARACTERS_MAX: usize = 40;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    issuer: String,
    client_id: String,
    client_secret_file: PathBuf,
    name: Option<String>,
    #[serde(default = "scopes")]
    scopes: BTreeSet<String>,
    #[serde(default = "timeout_seconds")]
    timeout_seconds: u64,
    #[serde(default)]
    emails: BTreeMap<String, String>,
    #[serde(default)]
    subjects: BTreeMap<String, String>,
    groups: Option<Groups>,
}

fn scopes() -> BTreeSet<String> {
    BTreeSet::from(["email".to_owned()])
}

const fn timeout_seconds() -> u64 {
    10
}

/// Which roles groups have that a provider tells of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Groups {
    /// The claim that has their names, or a JSON pointer to it.
    #[serde(default = "claim")]
    pub(super) claim: String,
    /// Roles by the name of a group.
    pub(super) roles: BTreeMap<String, BTreeSet<Role>>,
}

fn claim() -> String {
    "groups".to_owned()
}

impl Groups {
    /// The names that claims have: a list, or one alone.
    pub(super) fn of(&self, claims: &Value) -> Option<Vec<String>> {
        let is_pointer = self.claim.starts_with('/');
        let found = if is_pointer { claims.pointer(&self.claim) } else { claims.get(&self.claim) };
        match found? {
            Value::String(one) => Some(vec![one.clone()]),
            Value::Array(all) => {
                Some(all.iter().filter_map(|own| own.as_str().map(ToOwned::to_owned)).collect())
            }
            _ => None,
        }
    }
}

/// Which provider, how it is asked, and who of us is who there.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the provider calls itself: a URL.
    pub(super) issuer: String,
    /// What it calls this console.
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// What people call it.
    pub(in crate::console) name: String,
    /// What is asked for, beside `openid`.
    pub(super) scopes: BTreeSet<String>,
    /// Longest that a request may take.
    pub(super) timeout_seconds: u64,
    /// Ids or names of people by their address, in lower case.
    pub(super) emails: BTreeMap<String, String>,
    /// Ids or names of people by what the provider calls them.
    pub(super) subjects: BTreeMap<String, String>,
    pub(super) groups: Option<Groups>,
}

impl Settings {
    /// Reads the file of settings, and that of the secret, which lies beside it unless its path is whole.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let file: File = TOPIC.read(path)?;
        let issuer = url(&file.issuer)
            .map_err(|why| TOPIC.wrong(path, format!("`issuer` {why}")))
            .and_then(|issuer| match issuer.query() {
                Some(_) => Err(TOPIC.wrong(path, "`issuer` has no query")),
                None => Ok(issuer),
            })?;
        check(&file).map_err(|why| TOPIC.wrong(path, why))?;
        let beside = beside(path, &file.client_secret_file);
        let client_secret = text(&beside)?.trim().to_owned();
        if !is_text(&client_secret) {
            return Err(TOPIC.wrong(&beside, "it has one secret, on one line"));
        }
        let host = || issuer.host().unwrap_or_default().to_owned();
        Ok(Self {
            name: file.name.unwrap_or_else(host),
            issuer: file.issuer,
            client_id: file.client_id,
            client_secret,
            scopes: file.scopes,
            timeout_seconds: file.timeout_seconds,
            emails: file
                .emails
                .into_iter()
                .map(|(address, person)| (address.to_ascii_lowercase(), person))
                .collect(),
            subjects: file.subjects,
            groups: file.groups,
        })
    }
}

/// Something of one line.
fn is_text(text: &str) -> bool {
    !text.is_empty() && text.len() <= TEXT_BYTES_MAX && !text.chars().any(char::is_control)
}

fn check(file: &File) -> Result<(), &'static str> {
    if !is_text(&file.client_id) {
        return Err("`client_id` is what the provider calls this console");
    }
    if file
        .name
        .as_ref()
        .is_some_and(|name| !is_text(name) || name.chars().count() > NAME_CHARACTERS_MAX)
    {
        return Err("`name` has 1 to 40 characters");
    }
    if !file.scopes.iter().all(|scope| is_text(scope) && !scope.contains(' ')) {
        return Err("`scopes` are words");
    }
    if !(1..=60).contains(&file.timeout_seconds) {
        return Err("`timeout_seconds` is from 1 to 60");
    }
    if file.emails.is_empty() && file.subjects.is_empty() {
        return Err("nobody could sign in: `[emails]` or `[subjects]` says who is who");
    }
    if file.groups.as_ref().is_some_and(|groups| groups.roles.is_empty()) {
        return Err("`[groups.roles]` says which roles a group has");
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    const GOOD: &str = "issuer = 'https://id.example/realm'\nclient_id = 'seawall'\n\
        client_secret_file = 'openid.secret'\n";
    const PEOPLE: &str = "[emails]\n'Ann@Example.org' = 'ann'\n";

    pub(in crate::console::openid) fn read(text: &str, secret: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().expect("a folder");
        fs_err::write(folder.path().join("openid.secret"), secret).expect("written");
        let path = folder.path().join("openid.toml");
        fs_err::write(&path, text).expect("written");
        Settings::read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn settings_have_a_provider_and_people_and_say_what_is_wrong() {
        let settings = read(&format!("{GOOD}{PEOPLE}"), "s3cret\n").expect("settings");
        assert_eq!(
            (settings.name.as_str(), settings.client_secret.as_str()),
            ("id.example", "s3cret")
        );
        assert_eq!(settings.emails["ann@example.org"], "ann");
        for (text, secret, why) in [
            (GOOD.to_owned(), "s", "[emails]"),
            (format!("{GOOD}extra = 1\n{PEOPLE}"), "s", "extra"),
            (format!("{GOOD}timeout_seconds = 0\n{PEOPLE}"), "s", "timeout"),
            (format!("{GOOD}name = ''\n{PEOPLE}"), "s", "`name`"),
            (format!("{GOOD}scopes = ['a b']\n{PEOPLE}"), "s", "`scopes`"),
            (format!("{GOOD}{PEOPLE}[groups.roles]\n"), "s", "[groups.roles]"),
            (format!("{GOOD}{PEOPLE}[groups.roles]\nall = ['king']\n"), "s", "king"),
            (format!("{GOOD}{PEOPLE}"), "", "one secret"),
            (format!("{GOOD}{PEOPLE}"), "hidden\nhidden", "one secret"),
        ] {
            let error = read(&text, secret).expect_err(why);
            assert!(error.contains(why) && error.contains("hint: docs/console.md"), "{error}");
            assert!(!error.contains("hidden"), "{error}");
        }
        for issuer in
            ["http://id.example/realm", "https://id.example/?a", "https://a:b@id.example", "x"]
        {
            let text = GOOD.replace("https://id.example/realm", issuer) + PEOPLE;
            assert!(read(&text, "s").expect_err(issuer).contains("`issuer`"), "{issuer}");
        }
    }

    #[test]
    fn groups_are_found_by_name_and_by_pointer() {
        let claims = json!({
            "groups": ["a", 7, "b"], "https://example.org/groups": "c", "realm_access": { "roles": ["d"] },
            "no": { "groups": [] },
        });
        let of =
            |claim: &str| Groups { claim: claim.to_owned(), roles: BTreeMap::new() }.of(&claims);
        let names = |names: &[&str]| Some(names.iter().map(|own| (*own).to_owned()).collect());
        assert_eq!(of("groups"), names(&["a", "b"]));
        assert_eq!(of("https://example.org/groups"), names(&["c"]));
        assert_eq!(of("/realm_access/roles"), names(&["d"]));
        assert_eq!((of("none"), of("no")), (None, None));
    }
}
