//! How is a file of settings read that whoever starts the server names?

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use axum::http::Uri;
use serde::de::DeserializeOwned;

const BYTES_MAX: u64 = 1 << 20;
const URL_BYTES_MAX: usize = 2000;

/// Why settings are none.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file cannot be read.
    #[error("cannot read `{path}`")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is not as it must be.
    #[error("`{path}` has no settings of {of}: {why}\nhint: {document} has an example")]
    Wrong {
        /// Which.
        path: PathBuf,
        /// Of what.
        of: &'static str,
        /// Where they are described.
        document: &'static str,
        /// What is wrong.
        why: String,
    },
}

/// What settings are of, and where they are described.
#[derive(Clone, Copy, Debug)]
pub(super) struct Topic {
    pub(super) of: &'static str,
    pub(super) document: &'static str,
}

impl Topic {
    pub(super) fn wrong(self, path: &Path, why: impl Into<String>) -> SettingsError {
        let Self { of, document } = self;
        SettingsError::Wrong { path: path.to_owned(), of, document, why: why.into() }
    }

    /// What a file of TOML says.
    pub(super) fn read<T: DeserializeOwned>(self, path: &Path) -> Result<T, SettingsError> {
        // Not its own words: they would quote the file.
        toml::from_str(&text(path)?)
            .map_err(|error| self.wrong(path, error.message().lines().next().unwrap_or_default()))
    }
}

/// A file that settings name: it lies beside them unless its path is whole.
pub(super) fn beside(settings: &Path, file: &Path) -> PathBuf {
    settings.parent().unwrap_or(Path::new("")).join(file)
}

pub(super) fn text(path: &Path) -> Result<String, SettingsError> {
    let mut text = String::new();
    fs_err::File::open(path)
        .and_then(|file| file.take(BYTES_MAX).read_to_string(&mut text))
        .map_err(|source| SettingsError::Read { path: path.to_owned(), source })?;
    Ok(text)
}

/// A URL that may be asked: over TLS, but for this machine. What is wrong with it otherwise.
pub(super) fn url(text: &str) -> Result<Uri, &'static str> {
    let url: Option<Uri> = text.parse().ok().filter(|_| text.len() <= URL_BYTES_MAX);
    let url = url.ok_or("is no URL")?;
    let is_web = matches!(url.scheme_str(), Some("https" | "http"))
        && url.host().is_some_and(|host| !host.is_empty())
        && !url.authority().is_some_and(|own| own.as_str().contains('@'))
        && !text.contains('#');
    if !is_web {
        return Err("is `https://` or `http://` and a host, without a user");
    }
    let is_here = matches!(url.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme_str() == Some("http") && !is_here {
        return Err("is `https://`, but for this machine: what goes over it is nobody else's");
    }
    Ok(url)
}
