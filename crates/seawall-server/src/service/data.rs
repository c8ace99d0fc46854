//! What lies in the data directory beside the journal?

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use rand::TryRng as _;
use seawall_core::decision::{
    exposed::Loaded,
    live::Limits,
    scored::Ready,
    snapshot::{SNAPSHOT_BYTES_MAX, Snapshot},
};
use seawall_store::place::Folder;
use serde::{Deserialize, Serialize};

use super::error::Error;

/// How much is kept, as it stands in `live.toml`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LiveFile {
    selectors_max: u64,
    accounts_max: u64,
    /// Nobody outside may know it: who does can crowd selectors out.
    secret: String,
}

const LIVE: &str = "live.toml";

/// A data directory.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    root: PathBuf,
}

impl Data {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    pub(crate) fn checkpoints(&self) -> Arc<Folder> {
        Arc::new(Folder::new(self.root.join("checkpoints")))
    }

    pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Error {
        let path = path.to_owned();
        move |source| Error::Io { path: path.clone(), source }
    }

    /// The limits of this directory; those asked for count where they are said, the secret is made once.
    pub(crate) fn limits(
        &self,
        selectors_max: Option<u64>,
        accounts_max: Option<u64>,
    ) -> Result<Limits, Error> {
        // Events stand in the journal as they came: nobody else on the machine reads them.
        fs_err::create_dir_all(&self.root)
            .and_then(|()| restrict(&self.root))
            .map_err(Self::io(&self.root))?;
        let path = self.root.join(LIVE);
        let settings = || Error::Settings(path.clone());
        let kept: Option<LiveFile> = match fs_err::File::open(&path) {
            Ok(file) => {
                let mut text = String::new();
                file.take(1 << 16).read_to_string(&mut text).map_err(Self::io(&path))?;
                Some(toml::from_str(&text).map_err(|_| settings())?)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Self::io(&path)(error)),
        };
        let secret = match &kept {
            Some(kept) => u64::from_str_radix(&kept.secret, 16).map_err(|_| settings())?,
            None => rand::rngs::SysRng.try_next_u64().map_err(|_| Error::Chance)?,
        };
        let or =
            |asked: Option<u64>, kept: Option<u64>, usual: u64| asked.or(kept).unwrap_or(usual);
        let file = LiveFile {
            selectors_max: or(selectors_max, kept.as_ref().map(|kept| kept.selectors_max), 1 << 22),
            accounts_max: or(accounts_max, kept.as_ref().map(|kept| kept.accounts_max), 1_000_000),
            secret: format!("{secret:016x}"),
        };
        let text = toml::to_string(&file).map_err(|_| settings())?;
        self.write(&path, text.as_bytes())?;
        let size = |number: u64| usize::try_from(number).map_err(|_| settings());
        Ok(Limits {
            selectors_max: size(file.selectors_max)?,
            accounts_max: size(file.accounts_max)?,
            secret,
        })
    }

    /// Where a file of the user's knowledge is kept.
    pub(crate) fn knowledge(&self, hash: &str) -> PathBuf {
        self.root.join("knowledge").join(hash)
    }

    fn snapshot_path(&self, id: &str) -> PathBuf {
        self.root.join("snapshots").join(format!("{id}.bin"))
    }

    /// Takes a snapshot's file in; its id and the snapshot.
    pub(crate) fn keep_snapshot(&self, bytes: &[u8]) -> Result<Loaded, Error> {
        let loaded = Loaded::with_id(Snapshot::decode(bytes)?, Snapshot::id(bytes));
        self.write(&self.snapshot_path(&loaded.id), bytes)?;
        Ok(loaded)
    }

    /// A snapshot that was taken in.
    pub(crate) fn snapshot(&self, id: &str) -> Result<Loaded, Error> {
        let empty = Snapshot::empty();
        let encoded = empty.encode();
        if Snapshot::id(&encoded) == id {
            return Ok(Loaded::with_id(empty, id.to_owned()));
        }
        let bytes = read(&self.snapshot_path(id))?;
        Ok(Loaded::with_id(Snapshot::decode(&bytes)?, Snapshot::id(&bytes)))
    }

    fn model_path(&self, id: &str) -> PathBuf {
        self.root.join("models").join(format!("{id}.bin"))
    }

    /// Takes the file of an account model in.
    pub(crate) fn keep_model(&self, bytes: &[u8]) -> Result<Ready, Error> {
        let ready = Ready::decode(bytes)?;
        self.write(&self.model_path(&ready.id), bytes)?;
        Ok(ready)
    }

    /// An account model that was taken in.
    pub(crate) fn model(&self, id: &str) -> Result<Ready, Error> {
        Ok(Ready::decode(&read(&self.model_path(id))?)?)
    }

    /// Writes a file whole or not at all.
    pub(crate) fn write(&self, path: &Path, content: &[u8]) -> Result<(), Error> {
        let folder = path.parent().unwrap_or(&self.root);
        fs_err::create_dir_all(folder).map_err(Self::io(folder))?;
        let staged = path.with_extension("new");
        let mut file = fs_err::File::create(&staged).map_err(Self::io(&staged))?;
        file.write_all(content)
            .and_then(|()| file.sync_all())
            .and_then(|()| fs_err::rename(&staged, path))
            .map_err(Self::io(path))
    }
}

fn restrict(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Reads a snapshot's file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let io = Data::io(path);
    let file = fs_err::File::open(path).map_err(&io)?;
    let mut bytes = Vec::new();
    std::io::copy(&mut file.take(SNAPSHOT_BYTES_MAX as u64), &mut bytes).map_err(io)?;
    Ok(bytes)
}
