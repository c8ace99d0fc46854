//! What leaves a case, so that others can check it? A bundle: a BagIt bag (RFC 8493) of plain files.
//!
//! In two steps, since the log goes along and must know what left: [`Contents::list`] says what will be in the
//! bundle, an `export` entry binds its hash, and [`export`] writes the bundle with the log that has that entry.

use std::{io, path::Path};

use crate::{
    custody::{self, LogReader},
    hash::Digest,
    storage::{self, Folder, RelativePath},
    text::{BadText, Id},
};

pub(crate) mod bag;
mod contents;
pub mod layout;
mod read;

pub use bag::Info;
pub use contents::{Contents, ExportList, Listed};
pub use layout::Person;
pub(crate) use read::{Bundle, lines};

/// The second implementation of level 0, which goes into each bundle.
pub const VERIFY_PY: &str = include_str!("bundle/verify.py");

/// The description of all formats, which goes into each bundle.
pub const CASE_FORMAT: &str = include_str!("../../../docs/reference/case-format.md");

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] custody::Error),
    /// A file that should go in cannot be read.
    #[error("cannot read `{path}`, which should go into the bundle")]
    Read {
        /// Its path in the bundle.
        path: RelativePath,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Two files of one name, or one where the log and its list lie.
    #[error("`{0}` is in the bundle already")]
    Twice(RelativePath),
    /// A file has changed since the list was made.
    #[error("`{0}` has changed since the list of the bundle was made\nhint: list it again")]
    Changed(RelativePath),
    /// No entry of the log says that this was exported.
    #[error("no `export` entry of the log has the hash of this list, {0}")]
    NotLogged(Digest),
    /// A name cannot stand in a tag of a bag.
    #[error(transparent)]
    Text(#[from] BadText),
    /// What should go in has no canonical spelling.
    #[error(transparent)]
    Form(#[from] crate::canonical::Error),
}

/// Writes a bundle to `destination`, where nothing may be. It appears there whole, or not at all; what a crash left
/// of an earlier attempt is cleared away. The same contents, log and info give the same bytes.
///
/// `list` is of these contents, and an `export` entry of `log` has its hash.
pub fn export(
    destination: &Path,
    contents: &Contents<'_>,
    list: &ExportList,
    log: &LogReader,
    info: &Info,
) -> Result<(), Error> {
    let name = destination.file_name().unwrap_or_default().to_string_lossy();
    let partial = Folder::new(destination.with_file_name(format!(".{name}.partial")));
    partial.remove()?;
    write(&partial, contents, list, log, info)?;
    Ok(partial.move_to(destination)?)
}

/// Writes the files of a bundle into an empty storage.
pub fn write(
    storage: &dyn storage::Storage,
    contents: &Contents<'_>,
    list: &ExportList,
    log: &LogReader,
    info: &Info,
) -> Result<(), Error> {
    let mut is_logged = false;
    log.verify(&mut |entry, _| {
        is_logged |=
            entry.action == custody::Action::Export && entry.object_sha256 == Some(list.sha256());
    })?;
    if !is_logged {
        return Err(Error::NotLogged(list.sha256()));
    }
    let mut bag = bag::Writer::new(storage);
    for listed in list.files() {
        bag.payload(listed, contents.open(&listed.path)?)?;
    }
    bag.text(layout::exported(), list.to_text().as_bytes())?;
    log.copy_to(storage, &layout::log(), &mut |path, sha256, bytes| {
        bag.note(Listed { path, sha256, bytes });
    })?;
    bag.finish(info)
}

/// A name for a new bundle, as the object of the `export` entry.
pub fn id(list: &ExportList) -> Id {
    let hash = list.sha256().to_string();
    Id::new(format!("bundle-{}", &hash[..16])).expect("hexadecimal digits make an id")
}
