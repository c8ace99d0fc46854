//! What is a site asked to do to the accounts of a campaign, and what came of it?
//!
//! An action is proposed, approved where it is large, and sent in stages, each of which somebody starts. All of it is
//! in the journal before it is done, so that a server that was killed goes on where it was. [`plan`] is what is to be
//! done, [`list`] to whom, [`ledger`] what follows from the journal, [`send`] how the site is asked, [`settings`] where
//! it listens.

mod draw;
pub mod ledger;
mod list;
pub mod plan;
mod send;
mod settings;
mod step;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

pub(super) use draw::{ACCOUNTS_MAX, Drawn, Outline, draw, key, outline};
pub(super) use list::{Line, List, ListError};
pub(super) use send::deliver;
pub use settings::Settings;
pub use step::{Came, Entry, Step};

use crate::service::locked;

/// Lists that are open at a time.
const OPEN_MAX: usize = 64;
/// Folder of the lists, in the data directory.
const FOLDER: &str = "actions";

/// What is needed to act: where to, and the lists of whom.
#[derive(Debug)]
pub(super) struct Desk {
    folder: PathBuf,
    /// None where nobody said where the site listens.
    pub(super) settings: Option<Settings>,
    /// Lists that were opened and found to be as they were written, by action.
    open: Mutex<BTreeMap<String, Arc<List>>>,
}

impl Desk {
    pub(super) fn new(data: &std::path::Path, settings: Option<Settings>) -> Self {
        Self { folder: data.join(FOLDER), settings, open: Mutex::default() }
    }

    /// Where the list of an action lies.
    fn path(&self, action: &str) -> PathBuf {
        self.folder.join(format!("{action}.ndjson"))
    }

    /// Writes a list beside its place: nobody finds it there until [`Self::place`].
    pub(super) fn write(&self, action: &str, drawn: &Drawn) -> Result<PathBuf, ListError> {
        list::write(&self.folder, action, drawn)
    }

    /// Gives a list that was written its name.
    pub(super) fn place(&self, action: &str, written: &std::path::Path) -> Result<(), ListError> {
        list::place(written, &self.path(action))
    }

    /// The list of an action, which must be the one that was journalled.
    pub(super) fn list(&self, action: &str, sha256: &str) -> Result<Arc<List>, ListError> {
        if let Some(list) = locked(&self.open).get(action) {
            return Ok(Arc::clone(list));
        }
        let list = Arc::new(List::open(&self.path(action), sha256)?);
        let mut open = locked(&self.open);
        if open.len() >= OPEN_MAX {
            open.clear();
        }
        open.insert(action.to_owned(), Arc::clone(&list));
        Ok(list)
    }
}
