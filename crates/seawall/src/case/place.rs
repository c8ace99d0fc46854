//! Where does a case lie, and what does it say? Reading needs no key but that of the case.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use seawall_core::case::CaseState;
use seawall_evidence::{
    case_file::CaseFile,
    custody::{CheckpointShown, Entry, LogReader},
    storage::{Folder, RelativePath, Storage},
    vault::Vault,
};

use super::{change, keys::KeyRing};
use crate::failure::{Exit, Failure};

/// The data directory where none is named.
const DATA: &str = "seawall-data";

/// Which case, and where.
#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help = "Folder of cases and keys [default: seawall-data]"
    )]
    pub(crate) data: Option<PathBuf>,
    /// Id of the case [default: the only one there is]
    #[arg(long, global = true, value_name = "CASE")]
    pub(crate) case: Option<String>,
}

impl Place {
    /// The data directory.
    pub(crate) fn data(&self) -> &Path {
        self.data.as_deref().unwrap_or(Path::new(DATA))
    }

    /// Where the cases lie.
    pub(crate) fn cases(&self) -> PathBuf {
        self.data().join("cases")
    }

    /// Ids of all cases, in order.
    pub(crate) fn ids(&self) -> Result<Vec<String>, Failure> {
        let cases = self.cases();
        if !cases.try_exists()? {
            return Ok(Vec::new());
        }
        let mut ids = Vec::new();
        for entry in fs_err::read_dir(cases)? {
            let entry = entry?;
            if entry.path().join("case.json").try_exists()? {
                ids.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        ids.sort();
        Ok(ids)
    }

    /// The id of the case that is meant.
    pub(crate) fn id(&self) -> Result<String, Failure> {
        let ids = self.ids()?;
        let data = self.data().display();
        match (&self.case, ids.as_slice()) {
            (Some(id), _) if ids.contains(id) => Ok(id.clone()),
            (Some(id), _) => Err(Failure::new(
                Exit::NoInput,
                format!(
                    "there is no case `{id}` in `{data}`\nhint: `seawall case list` shows those there are"
                ),
            )),
            (None, [only]) => Ok(only.clone()),
            (None, []) => Err(Failure::new(
                Exit::NoInput,
                format!("there is no case in `{data}`\nhint: open one with `seawall case new`"),
            )),
            (None, _) => Err(Failure::new(
                Exit::Usage,
                format!("there are {} cases in `{data}`\nhint: say which with --case", ids.len()),
            )),
        }
    }

    /// The folder of that case.
    pub(crate) fn folder(&self, id: &str) -> Folder {
        Folder::new(self.cases().join(id))
    }

    /// The storage of that case.
    pub(crate) fn storage(&self, id: &str) -> Arc<dyn Storage> {
        Arc::new(self.folder(id))
    }
}

/// A case that is read, and not written.
pub(crate) struct Reading {
    pub(crate) file: CaseFile,
    pub(crate) entries: Vec<Entry>,
    pub(crate) checkpoint: CheckpointShown,
    pub(crate) state: CaseState,
    pub(crate) vault: Vault,
}

impl Reading {
    /// Opens the case, verifies its log, and folds it.
    pub(crate) fn open(place: &Place) -> Result<Self, Failure> {
        let id = place.id()?;
        let storage = place.storage(&id);
        let keys = KeyRing::new(place.data());
        let vault = Vault::new(Arc::clone(&storage), keys.case_key(&id)?);
        let file = case_file(&*storage, &id)?;
        let reader = LogReader::open(storage, log_folder(), &file.verifier()?)?;
        let entries = reader.entries()?;
        let state = change::state_of(&entries, &vault)?;
        Ok(Self { file, entries, checkpoint: reader.checkpoint().shown(), state, vault })
    }
}

/// Where the log lies in a case.
pub(crate) fn log_folder() -> RelativePath {
    RelativePath::new("log").expect("a plain name")
}

/// Reads `case.json`.
pub(crate) fn case_file(storage: &dyn Storage, id: &str) -> Result<CaseFile, Failure> {
    let bytes = storage.read(&CaseFile::path(), CaseFile::BYTES_MAX)?.ok_or_else(|| {
        Failure::new(Exit::NoInput, format!("the case `{id}` has no `case.json`"))
    })?;
    CaseFile::parse(&bytes)
        .map_err(|error| Failure::new(Exit::Integrity, format!("`case.json` of `{id}`: {error}")))
}

/// A whole file of at most `bytes_max`; a longer one is refused, never cut.
pub(crate) fn read_file(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let mut file = fs_err::File::open(path)?.take(bytes_max.saturating_add(1));
    io::copy(&mut file, &mut content)?;
    if content.len() as u64 > bytes_max {
        let message = format!("`{}` is longer than {bytes_max} bytes", path.display());
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(content)
}
