//! Where is what others know kept, and what of ours may leave?

mod file;
mod remote;
mod shares;
mod shelf;

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use seawall_core::actor::{Entry, Picture, Record};
use seawall_intel::{misp::WarningList, sighting::Watch, stix::Archive};

pub(crate) use file::{Read, read};
pub(crate) use remote::{Found, Login, Source, Sources, find};
pub(crate) use shares::{Content, Shares};
pub(crate) use shelf::Shelf;

use crate::{
    case::{KeyRing, now},
    failure::{Exit, Failure},
};

/// The data directory where none is named.
const DATA: &str = "seawall-data";

/// Where, and when.
#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help = "Folder of what is kept [default: seawall-data]"
    )]
    data: Option<PathBuf>,
    /// The time that is written down [default: now]
    #[arg(long, global = true, value_name = "TIME", hide_short_help = true)]
    at: Option<String>,
}

impl Place {
    /// The data directory.
    pub(crate) fn data(&self) -> &Path {
        self.data.as_deref().unwrap_or(Path::new(DATA))
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Result<Timestamp, Failure> {
        Ok(now(self.at.as_deref())?.timestamp())
    }

    /// Objects that were received.
    pub(crate) fn received(&self) -> Shelf {
        Shelf::new(&self.data().join("intel"), "received")
    }

    /// Warning lists that were received.
    pub(crate) fn warnings(&self) -> Shelf {
        Shelf::new(&self.data().join("intel"), "warnings")
    }

    /// What is shared.
    pub(crate) fn shares(&self) -> Shares {
        let keys = KeyRing::new(self.data());
        Shares::new(Shelf::new(&self.data().join("intel"), "shares"), keys)
    }

    /// Servers of others, and how far they were read.
    pub(crate) fn sources(&self) -> Sources {
        Sources::new(&self.data().join("intel"))
    }

    /// What servers of others said about what we gave them.
    pub(crate) fn receipts(&self) -> Shelf {
        Shelf::new(&self.data().join("intel"), "receipts")
    }

    /// The journal of actors.
    pub(crate) fn actors(&self) -> Shelf {
        Shelf::new(self.data(), "actors")
    }

    /// Everything that was received, and what follows from what other sites say of accounts.
    pub(crate) fn archive(&self) -> Result<Archive, Failure> {
        let mut archive = Archive::default();
        self.received().lines(&mut |text| {
            archive.add(shelf::object(text)?);
            Ok(())
        })?;
        for object in seawall_server::signals::objects(self.data())? {
            archive.add(object);
        }
        Ok(archive)
    }

    /// The latest version of every warning list.
    pub(crate) fn warning_lists(&self) -> Result<Vec<WarningList>, Failure> {
        let mut lists: Vec<WarningList> = Vec::new();
        self.warnings().lines(&mut |text| {
            let list = WarningList::read(text).map_err(shelf::broken)?;
            lists.retain(|known| known.name != list.name);
            lists.push(list);
            Ok(())
        })?;
        Ok(lists)
    }

    /// Indicators that were received, ready to be looked for, of which their source is sure enough.
    pub(crate) fn watch(&self, confidence_min: u8) -> Result<Watch, Failure> {
        Ok(Watch::new(&self.archive()?, &self.warning_lists()?, confidence_min))
    }

    /// What servers were told.
    pub(crate) fn fed(&self) -> Shelf {
        Shelf::new(&self.data().join("intel"), "fed")
    }

    /// What is known of actors.
    pub(crate) fn picture(&self) -> Result<Picture, Failure> {
        let mut picture = Picture::default();
        self.actors().lines(&mut |text| {
            let record: Record = serde_json::from_str(text).map_err(shelf::broken)?;
            picture.apply(&record).map_err(shelf::broken)
        })?;
        Ok(picture)
    }

    /// Writes down what is not known yet; returns how many entries that were, and how many did not fit.
    pub(crate) fn record(&self, entries: Vec<Entry>, by: &str) -> Result<Recorded, Failure> {
        let mut picture = self.picture()?;
        let (mut lines, mut misfits) = (Vec::new(), Vec::new());
        let at = self.now()?;
        // Things first: claims may lead to things that come later.
        let (things, rest): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| matches!(entry, Entry::Thing { .. }));
        for entry in things.into_iter().chain(rest) {
            if picture.knows(&entry) {
                continue;
            }
            let record = Record { at, by: by.to_owned(), entry };
            match picture.apply(&record) {
                Ok(()) => lines.push(serde_json::to_string(&record)?),
                Err(misfit) => misfits.push(misfit.to_string()),
            }
        }
        if !lines.is_empty() {
            self.actors().append(&lines)?;
        }
        Ok(Recorded { entries: lines.len(), misfits, picture })
    }
}

/// What was written down about actors.
pub(crate) struct Recorded {
    pub(crate) entries: usize,
    pub(crate) misfits: Vec<String>,
    pub(crate) picture: Picture,
}

impl Recorded {
    /// A failure where something did not fit.
    pub(crate) fn or_fail(&self) -> Result<(), Failure> {
        match self.misfits.first() {
            Some(misfit) => Err(Failure::new(Exit::Usage, misfit)),
            None => Ok(()),
        }
    }
}
