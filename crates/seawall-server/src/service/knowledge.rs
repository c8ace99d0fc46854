//! What does the user know beyond the events: lists of domains and networks, databases of places?
//!
//! Files that are used are kept by the hash of their content, and which are used stands in the journal: whoever reads it
//! again has the same at the same entries.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use seawall_core::selector::Lists;
use seawall_engine::places::Places;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Error, data::Data};

/// Largest list and largest database that is read.
const LIST_BYTES_MAX: u64 = 512 << 20;
const DATABASE_BYTES_MAX: u64 = 4 << 30;

/// Files to use from now on.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// A folder of lists, whose names say of what.
    pub lists: Option<PathBuf>,
    /// Countries of addresses.
    pub country_mmdb: Option<PathBuf>,
    /// Networks of addresses.
    pub asn_mmdb: Option<PathBuf>,
}

/// Which files are used, by the SHA-256 of their content, as it stands in the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Used {
    /// Names and hashes of lists, by name.
    lists: Vec<(String, String)>,
    country_mmdb: Option<String>,
    asn_mmdb: Option<String>,
}

/// What is in them.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) lists: Arc<Lists>,
    pub(crate) places: Places,
}

impl Files {
    /// Whether there are any.
    fn is_empty(&self) -> bool {
        self.lists.is_none() && self.country_mmdb.is_none() && self.asn_mmdb.is_none()
    }

    /// Keeps them; nothing where there are none. What is not named stays as it `was`.
    pub(crate) fn keep(&self, data: &Data, was: &Used) -> Result<Option<Used>, Error> {
        if self.is_empty() {
            return Ok(None);
        }
        let mut used = was.clone();
        if let Some(folder) = &self.lists {
            used.lists.clear();
            for path in text_files(folder)? {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                used.lists.push((name, keep(data, &path, LIST_BYTES_MAX)?));
            }
        }
        let database = |path: &PathBuf| keep(data, path, DATABASE_BYTES_MAX);
        if let Some(path) = &self.country_mmdb {
            used.country_mmdb = Some(database(path)?);
        }
        if let Some(path) = &self.asn_mmdb {
            used.asn_mmdb = Some(database(path)?);
        }
        Ok(Some(used))
    }
}

impl Used {
    /// Reads what is in them.
    pub(crate) fn open(&self, data: &Data) -> Result<Known, Error> {
        let mut lists = Lists::default();
        for (name, hash) in &self.lists {
            let path = data.knowledge(hash);
            let mut text = String::new();
            let file = fs_err::File::open(&path).map_err(Data::io(&path))?;
            file.take(LIST_BYTES_MAX).read_to_string(&mut text).map_err(Data::io(&path))?;
            lists.add(name, &text).map_err(|error| Error::Knowledge(error.to_string()))?;
        }
        let database = |hash: &Option<String>| hash.as_ref().map(|hash| data.knowledge(hash));
        let (country, asn) = (database(&self.country_mmdb), database(&self.asn_mmdb));
        let places = Places::open(country.as_deref(), asn.as_deref())
            .map_err(|error| Error::Knowledge(error.to_string()))?;
        Ok(Known { lists: Arc::new(lists), places })
    }
}

/// The lists of a folder, in the order of their names.
fn text_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let io = Data::io(folder);
    let mut paths = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(&io)? {
        paths.push(entry.map_err(&io)?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    Ok(paths)
}

/// Keeps a file under the hash of its content, which is returned.
fn keep(data: &Data, path: &Path, bytes_max: u64) -> Result<String, Error> {
    let io = Data::io(path);
    let mut bytes = Vec::new();
    let file = fs_err::File::open(path).map_err(&io)?;
    std::io::copy(&mut file.take(bytes_max + 1), &mut bytes).map_err(&io)?;
    if bytes.len() as u64 > bytes_max {
        let path = path.display();
        return Err(Error::Knowledge(format!("`{path}` has more than {bytes_max} bytes")));
    }
    let hash = crate::access::hexadecimal(Sha256::digest(&bytes).into());
    data.write(&data.knowledge(&hash), &bytes)?;
    Ok(hash)
}
