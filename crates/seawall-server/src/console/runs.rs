//! What did the newest detection find, and how is a small part of it read?
//!
//! Of a run an index is kept: a few numbers for each campaign, and for each member where its row stands and how strong it
//! is, 28 bytes. Campaigns and rows are read from the files when a page shows them. The files stay open, so that a run
//! that is replaced on the disk is still the one that the index is of.

mod index;
mod members;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use seawall_engine::output::{Error, MANIFEST};

pub use index::{Brief, Run};
pub use members::{Member, Order, Row};

/// Where runs lie, and the one that is shown.
#[derive(Debug)]
pub struct Shelf {
    place: PathBuf,
    shown: RwLock<Shown>,
}

#[derive(Clone, Debug, Default)]
struct Shown {
    run: Option<Arc<Run>>,
    /// What is on the disk and could not be read.
    broken: Option<String>,
    seen: Option<Seen>,
}

/// Which manifest was looked at last: its path and when it was written.
type Seen = (PathBuf, std::time::SystemTime);

impl Shelf {
    /// Of a run, or of a folder that runs lie in.
    pub fn new(place: PathBuf) -> Self {
        Self { place, shown: RwLock::default() }
    }

    /// The run that is shown.
    pub fn run(&self) -> Option<Arc<Run>> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).run.clone()
    }

    /// Why there is a newer run that is not shown.
    pub fn broken(&self) -> Option<String> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).broken.clone()
    }

    /// Where runs are looked for.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Takes the newest run in, where it is another one than before; its name.
    pub fn look(&self) -> Option<String> {
        let newest = newest(&self.place)?;
        if self.shown.read().unwrap_or_else(PoisonError::into_inner).seen.as_ref() == Some(&newest)
        {
            return None;
        }
        let directory = newest.0.parent().unwrap_or(&self.place);
        let read = Run::open(directory);
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        shown.seen = Some(newest);
        match read {
            Ok(run) => {
                let name = run.name.clone();
                shown.run = Some(Arc::new(run));
                shown.broken = None;
                Some(name)
            }
            Err(error) => {
                shown.broken = Some(tell(&error));
                None
            }
        }
    }
}

/// An error without the paths of this machine.
fn tell(error: &Error) -> String {
    match error {
        Error::Changed { path } | Error::Malformed { path, .. } => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            format!("{} is not as the run wrote it", name.unwrap_or_default())
        }
        _ => "its files cannot be read".to_owned(),
    }
}

/// The manifest that was written last, of the folder itself or of those in it; of several the last by name.
fn newest(place: &Path) -> Option<Seen> {
    let written = |directory: &Path| -> Option<Seen> {
        let path = directory.join(MANIFEST);
        let at = fs_err::metadata(&path).ok()?.modified().ok()?;
        Some((path, at))
    };
    if let Some(own) = written(place) {
        return Some(own);
    }
    let folders = fs_err::read_dir(place).ok()?.filter_map(Result::ok);
    let mut all: Vec<Seen> = folders.filter_map(|entry| written(&entry.path())).collect();
    all.sort_by(|left, right| (left.1, &left.0).cmp(&(right.1, &right.0)));
    all.pop()
}
