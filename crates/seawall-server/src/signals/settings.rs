//! Whose events are taken? `signals.toml` in the data directory.

use std::{
    collections::BTreeSet,
    io::Read as _,
    path::{Path, PathBuf},
};

use seawall_intel::signals::{Transmitter, Transmitters};
use serde::Deserialize;

const FILE: &str = "signals.toml";
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Whose events are taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The transmitters.
    #[serde(rename = "transmitter")]
    transmitters: Vec<TransmitterSettings>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TransmitterSettings {
    /// Its name in `iss`: a URL.
    issuer: String,
    /// Names of ours in `aud`, of which a token has one.
    audience: Vec<String>,
    /// File of its keys (RFC 7517), in the data directory.
    keys: PathBuf,
    /// How sure its events make at most, 0 to 100.
    #[serde(default = "most")]
    confidence_max: u8,
    /// For how many days an event counts.
    #[serde(default = "days")]
    days: u16,
}

const fn most() -> u8 {
    100
}

const fn days() -> u16 {
    90
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The operating system refused.
    #[error("cannot use `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not one of settings.
    #[error("`{path}` has no settings of Shared Signals")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// What it says cannot be.
    #[error("{0}")]
    Unsound(String),
}

fn text(path: &Path) -> Result<Option<String>, SettingsError> {
    let io = |source| SettingsError::Io { path: path.to_owned(), source };
    let file = match fs_err::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(io)?;
    Ok(Some(text))
}

impl Settings {
    /// The transmitters of a data directory, with their keys; `None` where no settings are: then nobody is listened to.
    pub fn open(data: &Path) -> Result<Option<Transmitters>, SettingsError> {
        let path = data.join(FILE);
        let Some(read) = text(&path)? else { return Ok(None) };
        let settings: Self = toml::from_str(&read)
            .map_err(|source| SettingsError::Malformed { path, source: Box::new(source) })?;
        let mut names = BTreeSet::new();
        let mut transmitters = Vec::new();
        for own in settings.transmitters {
            transmitters.push(own.open(data)?);
            if !names.insert(own.issuer.clone()) {
                return Err(SettingsError::Unsound(format!("`{}` stands there twice", own.issuer)));
            }
        }
        Ok(Some(Transmitters::new(transmitters)))
    }
}

impl TransmitterSettings {
    fn open(&self, data: &Path) -> Result<Transmitter, SettingsError> {
        let unsound = |why: String| SettingsError::Unsound(format!("`{}`: {why}", self.issuer));
        if self.issuer.is_empty() || self.audience.is_empty() {
            return Err(unsound("`issuer` and `audience` are names".to_owned()));
        }
        if self.confidence_max > 100 || self.days == 0 {
            return Err(unsound("`confidence_max` is from 0 to 100, `days` 1 or more".to_owned()));
        }
        let path = data.join(&self.keys);
        let keys =
            text(&path)?.ok_or_else(|| unsound(format!("`{}` is not there", path.display())))?;
        let transmitter = Transmitter::new(self.issuer.clone(), self.audience.clone(), &keys);
        let mut transmitter =
            transmitter.map_err(|error| unsound(format!("`{}` is {error}", path.display())))?;
        transmitter.confidence_max = self.confidence_max;
        transmitter.days = self.days;
        Ok(transmitter)
    }
}
