//! Where does the site listen, and how is it asked? A file of settings that whoever starts the server names.

use std::path::{Path, PathBuf};

use axum::http::Uri;
use serde::Deserialize;

use super::plan::Limits;
use crate::{
    console::settings_file::{SettingsError, Topic, beside, text, url},
    webhook::Secret,
};

const TOPIC: Topic = Topic { of: "actions", document: "docs/actions.md" };
/// Accounts of a request at most.
const BATCH_MAX: u32 = 1000;
/// Attempts at most.
const RETRIES_MAX: usize = 32;
/// Secrets that sign at the same time.
const SECRETS_MAX: usize = 3;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    url: String,
    secret_file: PathBuf,
    #[serde(default = "approve_above")]
    approve_above: u32,
    #[serde(default = "batch")]
    batch: u32,
    #[serde(default = "timeout_seconds")]
    timeout_seconds: u64,
    #[serde(default = "retry_seconds")]
    retry_seconds: Vec<u32>,
    #[serde(default = "failures_max")]
    failures_max: f64,
    #[serde(default = "appeals_max")]
    appeals_max: f64,
    #[serde(default = "appeals_least")]
    appeals_least: u32,
}

const fn approve_above() -> u32 {
    100
}

const fn batch() -> u32 {
    100
}

const fn timeout_seconds() -> u64 {
    15
}

fn retry_seconds() -> Vec<u32> {
    vec![5, 30, 300, 1800, 7200, 18_000]
}

const fn failures_max() -> f64 {
    0.01
}

const fn appeals_max() -> f64 {
    0.01
}

const fn appeals_least() -> u32 {
    5
}

/// Where the site listens, and how it is asked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one address that is asked.
    pub(super) url: String,
    /// The newest first; all of them sign.
    pub(super) secrets: Vec<Secret>,
    /// Accounts that one person may act on within a day without a second.
    pub(in crate::console) approve_above: u32,
    /// Accounts of a request.
    pub(in crate::console) batch: u32,
    /// Longest that an attempt may take.
    pub(super) timeout_seconds: u64,
    /// How long after each failed attempt the site is asked again.
    pub(super) retry_seconds: Vec<u32>,
    /// Share of a stage that may be refused or fail before the action halts, or the next stage does not begin by itself.
    pub(in crate::console) failures_max: f64,
    /// Share of those that something was done to that may be restored after appeals before the action halts.
    appeals_max: f64,
    /// Fewer than these do not halt it.
    appeals_least: u32,
}

impl Settings {
    /// Reads the file of settings, and that of the secrets, which lies beside it unless its path is whole.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let file: File = TOPIC.read(path)?;
        let beside = beside(path, &file.secret_file);
        let secrets = secrets(&text(&beside)?).ok_or_else(|| {
            let why = "it has one to three secrets, one a line, each `whsec_` and 24 to 64 bytes in base64";
            TOPIC.wrong(&beside, why)
        })?;
        check(&file).map_err(|why| TOPIC.wrong(path, why))?;
        Ok(Self {
            url: file.url,
            secrets,
            approve_above: file.approve_above,
            batch: file.batch,
            timeout_seconds: file.timeout_seconds,
            retry_seconds: file.retry_seconds,
            failures_max: file.failures_max,
            appeals_max: file.appeals_max,
            appeals_least: file.appeals_least,
        })
    }

    #[cfg(test)]
    pub(super) fn for_tests(retry_seconds: &[u32]) -> Self {
        Self {
            url: "http://localhost/".to_owned(),
            secrets: Vec::new(),
            approve_above: approve_above(),
            batch: batch(),
            timeout_seconds: timeout_seconds(),
            retry_seconds: retry_seconds.to_vec(),
            failures_max: failures_max(),
            appeals_max: appeals_max(),
            appeals_least: appeals_least(),
        }
    }

    /// When an action that is proposed now halts by itself.
    pub(in crate::console) const fn limits(&self) -> Limits {
        Limits {
            failures_max: self.failures_max,
            appeals_max: self.appeals_max,
            appeals_least: self.appeals_least,
        }
    }

    /// Where it listens, for people.
    pub(in crate::console) fn host(&self) -> String {
        let url: Option<Uri> = self.url.parse().ok();
        url.and_then(|url| url.authority().map(ToString::to_string)).unwrap_or_default()
    }
}

fn secrets(text: &str) -> Option<Vec<Secret>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let secrets: Vec<Secret> = lines.map(Secret::parse).collect::<Option<_>>()?;
    (1..=SECRETS_MAX).contains(&secrets.len()).then_some(secrets)
}

fn check(file: &File) -> Result<(), String> {
    url(&file.url).map_err(|why| format!("`url` {why}"))?;
    limits(file).map_err(ToOwned::to_owned)
}

fn limits(file: &File) -> Result<(), &'static str> {
    if !(1..=BATCH_MAX).contains(&file.batch) {
        return Err("`batch` is from 1 to 1000");
    }
    if !(1..=120).contains(&file.timeout_seconds) {
        return Err("`timeout_seconds` is from 1 to 120");
    }
    if file.retry_seconds.len() > RETRIES_MAX {
        return Err("`retry_seconds` has at most 32 pauses");
    }
    if !(0.0..=1.0).contains(&file.failures_max) {
        return Err("`failures_max` is from 0 to 1");
    }
    if !(0.0..=1.0).contains(&file.appeals_max) {
        return Err("`appeals_max` is from 0 to 1");
    }
    if file.appeals_least == 0 {
        return Err("`appeals_least` is 1 or more");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn read(settings: &str, secret: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().expect("a folder");
        fs_err::write(folder.path().join("site.secret"), secret).expect("written");
        let path = folder.path().join("actions.toml");
        fs_err::write(&path, settings).expect("written");
        Settings::read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn settings_have_a_place_and_secrets_and_say_what_is_wrong() {
        let good = "url = 'https://site.example/seawall'\nsecret_file = 'site.secret'\n";
        let settings = read(good, &format!("{SECRET}\n\n{SECRET}\n")).expect("settings");
        assert_eq!((settings.approve_above, settings.secrets.len()), (100, 2));
        assert_eq!(settings.host(), "site.example");
        for (rest, secret, why) in [
            ("batch = 0\n", SECRET, "batch"),
            ("batch = 5000\n", SECRET, "batch"),
            ("timeout_seconds = 0\n", SECRET, "timeout"),
            ("failures_max = 2.0\n", SECRET, "failures_max"),
            ("appeals_max = -0.1\n", SECRET, "appeals_max"),
            ("appeals_least = 0\n", SECRET, "appeals_least"),
            ("extra = 1\n", SECRET, "extra"),
            ("", "secret", "whsec_"),
            ("", "whsec_AAAA", "24 to 64"),
            ("", "", "one to three"),
        ] {
            let error = read(&format!("{good}{rest}"), secret).expect_err(rest);
            assert!(error.contains(why), "{error}");
            assert!(!error.contains(SECRET), "{error}");
        }
        for url in ["http://site.example/", "ftp://site.example/", "https://a:b@site.example/", ""]
        {
            let text = good.replace("https://site.example/seawall", url);
            assert!(read(&text, SECRET).expect_err(url).contains("`url`"), "{url}");
        }
    }
}
