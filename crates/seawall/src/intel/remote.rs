//! Which collections of others do we read and write, and how far did we get?

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use seawall_evidence::storage::{Existing, Folder, Storage as _};
use seawall_intel::taxii::{Collection, Collections, Discovery, Place};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shelf::broken;
use crate::{
    failure::{Exit, Failure},
    lookup::taxii::{Credentials, Server},
};

/// Longest file of a token or of a source.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Who asks.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
pub(crate) struct Login {
    /// File with the token, or with --user the password
    #[arg(long, value_name = "FILE")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_file: Option<PathBuf>,
    /// Name, where the server wants a name and a password
    #[arg(long, value_name = "NAME", requires = "token_file")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
}

impl Login {
    pub(crate) fn credentials(&self) -> Result<Credentials, Failure> {
        let Some(path) = &self.token_file else { return Ok(Credentials::Nobody) };
        let mut secret = String::new();
        fs_err::File::open(path)?.take(FILE_BYTES_MAX).read_to_string(&mut secret)?;
        let secret = secret.trim().to_owned();
        Ok(match &self.user {
            Some(user) => Credentials::Basic(user.clone(), secret),
            None => Credentials::Bearer(secret),
        })
    }

    /// These, or where nothing was said, those that were said before.
    pub(crate) fn or(&self, before: &Self) -> Self {
        if self.token_file.is_some() { self.clone() } else { before.clone() }
    }
}

/// A collection of others. What a secret is stands in its own file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Source {
    /// URL of the collection.
    pub(crate) collection: String,
    #[serde(flatten)]
    pub(crate) login: Login,
    /// Where the next pull goes on.
    #[serde(default)]
    pub(crate) place: Place,
}

/// All of them, a file each.
pub(crate) struct Sources(Folder);

impl Sources {
    pub(super) fn new(root: &Path) -> Self {
        Self(Folder::new(root))
    }

    fn path(name: &str) -> Result<seawall_evidence::storage::RelativePath, Failure> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if name.is_empty() || name.len() > 100 || !name.bytes().all(plain) || name.starts_with('.')
        {
            let text = "a name has letters, digits, `-`, `_` and `.`";
            return Err(Failure::new(Exit::Usage, text));
        }
        Ok(format!("sources/{name}.json").parse()?)
    }

    /// The one of a name.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Source>, Failure> {
        let Some(file) = self.0.open(&Self::path(name)?)? else { return Ok(None) };
        let mut text = String::new();
        file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
        serde_json::from_str(&text).map(Some).map_err(broken)
    }

    /// Writes one down.
    pub(crate) fn keep(&self, name: &str, source: &Source) -> Result<(), Failure> {
        let mut staged = self.0.stage()?;
        staged.write_all(&serde_json::to_vec_pretty(source)?)?;
        staged.publish(&Self::path(name)?, Existing::Replace)?;
        Ok(())
    }
}

/// A collection that was found at a URL.
pub(crate) struct Found {
    pub(crate) server: Server,
    /// URL of the collection, with a stroke at its end.
    pub(crate) url: String,
    pub(crate) collection: Collection,
}

fn with_stroke(url: &str) -> String {
    format!("{}/", url.trim_end_matches('/'))
}

/// Finds a collection: at its own URL, or below that of its root or server. `wanted` is its id, alias or title.
pub(crate) fn find(
    url: &str,
    wanted: Option<&str>,
    credentials: &Credentials,
) -> Result<Found, Failure> {
    let server = Server::of(url, credentials)?;
    let url = with_stroke(url);
    let told: Value = server.resource(&url)?;
    if told.get("can_read").is_some() {
        let collection: Collection = serde_json::from_value(told).map_err(|_| no_taxii(&url))?;
        return Ok(Found { server, url, collection });
    }
    let roots = if told.get("versions").is_some() {
        vec![url.clone()]
    } else {
        let discovery: Discovery = serde_json::from_value(told).map_err(|_| no_taxii(&url))?;
        discovery.api_roots.iter().map(|root| absolute(&url, root)).collect()
    };
    let (mut found, mut refused) = (Vec::new(), None);
    for root in roots.iter().take(100) {
        let list = format!("{}collections/", with_stroke(root));
        match server.resource::<Collections>(&list) {
            Ok(told) => found.extend(told.collections.into_iter().map(|own| (list.clone(), own))),
            Err(error) => refused = Some(error),
        }
    }
    if let Some(error) = refused.filter(|_| found.is_empty()) {
        return Err(error.into());
    }
    choose(found, wanted, server)
}

fn no_taxii(url: &str) -> Failure {
    let text =
        format!("what {url} answers is nothing of TAXII 2.1\nhint: as in https://HOST/taxii2/");
    Failure::new(Exit::Failed, text)
}

/// Roots may be relative to the server.
fn absolute(url: &str, root: &str) -> String {
    match root.strip_prefix('/') {
        Some(path) => {
            let host = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
            format!("{host}/{path}")
        }
        None => root.to_owned(),
    }
}

fn choose(
    found: Vec<(String, Collection)>,
    wanted: Option<&str>,
    server: Server,
) -> Result<Found, Failure> {
    let fits = |own: &Collection| match wanted {
        Some(wanted) => {
            own.id == wanted || own.alias.as_deref() == Some(wanted) || own.title == wanted
        }
        None => true,
    };
    let names: Vec<String> =
        found.iter().map(|(_, own)| format!("`{}` ({})", own.id, own.title)).take(20).collect();
    let mut fitting = found.into_iter().filter(|(_, own)| fits(own));
    match (fitting.next(), fitting.next()) {
        (Some((list, collection)), None) => {
            // An id goes into a URL, and on to the disk.
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if collection.id.is_empty() || !collection.id.bytes().all(plain) {
                return Err(Failure::new(Exit::Failed, "the id of the collection is none"));
            }
            let url = format!("{list}{}/", collection.id);
            Ok(Found { server, url, collection })
        }
        (None, _) => {
            let text = format!("no such collection\nhint: there are {}", names.join(", "));
            Err(Failure::new(Exit::NoInput, text))
        }
        (Some(_), Some(_)) => {
            let text = format!(
                "there is more than one collection\nhint: --collection names one of {}",
                names.join(", ")
            );
            Err(Failure::new(Exit::Usage, text))
        }
    }
}
