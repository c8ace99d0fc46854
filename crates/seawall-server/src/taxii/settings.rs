//! Which collections are there, and what may be done with them? `taxii.toml` in the data directory.

use std::{
    collections::BTreeSet,
    io::Read as _,
    path::{Path, PathBuf},
};

use rand::TryRng as _;
use seawall_intel::taxii::CONTENT_BYTES_MAX;
use serde::{Deserialize, Serialize};

const FILE: &str = "taxii.toml";
const FILE_BYTES_MAX: u64 = 1 << 20;
/// The root of collections that name none.
const ROOT: &str = "intel";
/// Objects of a page, unless the file says otherwise, and at most.
const PAGE_OBJECTS: u32 = 1000;
const PAGE_OBJECTS_MAX: u32 = 10_000;
/// Longest body that a server may be told to take.
pub(super) const CONTENT_BYTES_LIMIT: u64 = 64 << 20;

/// What is offered over TAXII.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What the server is called.
    pub title: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whom to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Where clients reach it, as in `https://taxii.example.org`; otherwise what they ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Most objects of a page.
    pub page_objects_max: u32,
    /// Longest body that is taken.
    pub content_bytes_max: u64,
    /// The collections.
    #[serde(rename = "collection")]
    pub collections: Vec<CollectionSettings>,
}

/// A collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionSettings {
    /// A UUID.
    pub id: String,
    /// For people.
    pub title: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A name that stands for the id in URLs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The API root that it is in.
    #[serde(default = "root")]
    pub root: String,
    /// Whether it may be read.
    #[serde(default = "yes")]
    pub can_read: bool,
    /// Whether it may be added to.
    #[serde(default = "yes")]
    pub can_write: bool,
}

fn root() -> String {
    ROOT.to_owned()
}

const fn yes() -> bool {
    true
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: "Seawall".to_owned(),
            description: None,
            contact: None,
            url: None,
            page_objects_max: PAGE_OBJECTS,
            content_bytes_max: CONTENT_BYTES_MAX,
            collections: Vec::new(),
        }
    }
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
    #[error("`{path}` has no settings of TAXII")]
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
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Chance,
}

impl Settings {
    /// Reads those of a data directory; `None` where there are none: then nothing is offered.
    pub fn open(data: &Path) -> Result<Option<Self>, SettingsError> {
        let path = data.join(FILE);
        let io = |source| SettingsError::Io { path: path.clone(), source };
        let file = match fs_err::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(error)),
        };
        let mut text = String::new();
        file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(io)?;
        let read = toml::from_str(&text);
        let settings: Self = read.map_err(|source| SettingsError::Malformed {
            path: path.clone(),
            source: Box::new(source),
        })?;
        settings.check()?;
        Ok(Some(settings))
    }

    /// Reads those of a data directory; where there are none, makes them with one collection to read and write.
    pub fn open_or_begin(data: &Path) -> Result<Self, SettingsError> {
        if let Some(known) = Self::open(data)? {
            return Ok(known);
        }
        let mut settings = Self::default();
        settings.add(CollectionSettings {
            id: new_id()?,
            title: "Intelligence".to_owned(),
            description: None,
            alias: Some("intelligence".to_owned()),
            root: root(),
            can_read: true,
            can_write: true,
        })?;
        settings.keep(data)?;
        Ok(settings)
    }

    /// Adds a collection.
    pub fn add(&mut self, collection: CollectionSettings) -> Result<(), SettingsError> {
        let mut added = self.clone();
        added.collections.push(collection);
        added.check()?;
        *self = added;
        Ok(())
    }

    /// Writes them down; a running server knows them after a restart.
    pub fn keep(&self, data: &Path) -> Result<(), SettingsError> {
        let path = data.join(FILE);
        let io = |source| SettingsError::Io { path: path.clone(), source };
        let text = toml::to_string(self).expect("settings are texts, numbers and lists of them");
        fs_err::create_dir_all(data).map_err(io)?;
        let staged = data.join(format!("{FILE}.new"));
        fs_err::write(&staged, text).map_err(io)?;
        fs_err::rename(&staged, &path).map_err(io)
    }

    /// The collection of an id or alias.
    pub fn collection(&self, name: &str) -> Option<&CollectionSettings> {
        let fits = |own: &&CollectionSettings| own.id == name || own.alias.as_deref() == Some(name);
        self.collections.iter().find(fits)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let unsound = |text: String| Err(SettingsError::Unsound(text));
        if !(1..=PAGE_OBJECTS_MAX).contains(&self.page_objects_max) {
            return unsound(format!("`page_objects_max` is from 1 to {PAGE_OBJECTS_MAX}"));
        }
        if !(1024..=CONTENT_BYTES_LIMIT).contains(&self.content_bytes_max) {
            return unsound(format!("`content_bytes_max` is from 1024 to {CONTENT_BYTES_LIMIT}"));
        }
        let mut names = BTreeSet::new();
        for own in &self.collections {
            let is_id = uuid::Uuid::try_parse(&own.id).is_ok_and(|id| id.to_string() == own.id);
            if !is_id {
                return unsound(format!("`{}` is no UUID in lower case", own.id));
            }
            let mut words = own.alias.iter().chain([&own.root]);
            if let Some(word) = words.find(|word| !is_word(word)) {
                return unsound(format!(
                    "`{word}` is no name of an alias or a root\nhint: letters, digits, `-` and `_`"
                ));
            }
            for name in own.alias.iter().chain([&own.id]) {
                if !names.insert(name) {
                    return unsound(format!("`{name}` names two collections"));
                }
            }
        }
        Ok(())
    }
}

fn is_word(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

/// An id for a new collection.
pub fn new_id() -> Result<String, SettingsError> {
    let mut bytes = [0; 16];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(|_| SettingsError::Chance)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}

#[cfg(test)]
mod tests {
    use super::{CollectionSettings, Settings, new_id};

    #[test]
    fn settings_come_back_and_begin_with_one_collection() {
        let data = tempfile::tempdir().unwrap();
        assert!(Settings::open(data.path()).unwrap().is_none());
        let mut begun = Settings::open_or_begin(data.path()).unwrap();
        assert!(begun.collections[0].can_read && begun.collections[0].can_write);
        let other = CollectionSettings {
            id: new_id().unwrap(),
            alias: Some("other".into()),
            can_write: false,
            ..begun.collections[0].clone()
        };
        begun.add(other.clone()).unwrap();
        begun.keep(data.path()).unwrap();
        let read = Settings::open_or_begin(data.path()).unwrap();
        assert_eq!(read, begun);
        assert_eq!(read.collection("other"), Some(&other));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let data = tempfile::tempdir().unwrap();
        let begun = Settings::open_or_begin(data.path()).unwrap();
        let own = begun.collections[0].clone();
        let refuses = |changed: CollectionSettings| begun.clone().add(changed).is_err();
        assert!(refuses(own.clone()));
        let id = new_id().unwrap();
        assert!(refuses(CollectionSettings { id: id.clone(), ..own.clone() }));
        assert!(refuses(CollectionSettings { id: id.to_uppercase(), alias: None, ..own.clone() }));
        assert!(refuses(CollectionSettings { id, alias: Some("a/b".into()), ..own }));
        fs_err::write(data.path().join("taxii.toml"), "page_objects_max = 0\n").unwrap();
        assert!(Settings::open(data.path()).is_err());
        fs_err::write(data.path().join("taxii.toml"), "pages = 1\n").unwrap();
        assert!(Settings::open(data.path()).is_err());
    }
}
