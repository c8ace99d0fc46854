//! Does this bundle hold, without trusting anyone who made it?
//!
//! Level 0 is the bag, the log, and all that the log says about files; level 1 figures and documents, level 2 the sealed
//! data. They write one [`Report`]. Level 3, the detector again, is given by the caller. The bundle is hostile: every
//! read is capped, no path leaves it, and what is wrong is a line of the report, not an error.

use std::sync::Arc;

use crate::{
    bundle::Bundle,
    note::PublicKey,
    storage::{self, RelativePath, Storage},
};

mod approvals;
mod bag;
mod datasets;
mod exported;
mod facts;
mod figures;
mod files;
mod loaded;
mod log;
mod releases;
mod report;
mod seals;
mod time_stamps;

pub use report::{Check, Failure, Outcome, Report};

/// How far to look. A level includes those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Bag, log, items, seals, time-stamps, approvals, releases.
    Zero,
    /// Figures against aggregates, documents against figures.
    One,
    /// Datasets against their roots, aggregates against datasets.
    Two,
    /// The detector again.
    Three,
}

/// Runs the detector again for one run manifest of the bundle, and says what came of it.
pub type Rerun<'a> = &'a dyn Fn(&RelativePath, &[u8]) -> Vec<Check>;

/// What the one who checks brings along.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// How far to look.
    pub level: Level,
    /// A checkpoint of the same log that is known from before, as a note: this log must go on from it.
    pub older: Option<&'a [u8]>,
    /// The key of the log, as known from elsewhere.
    pub log_key: Option<PublicKey>,
    /// Certificates of time-stamp authorities, as DER, that are trusted. If there are none, those in the bundle are
    /// used, and the report says so.
    pub certificates: &'a [Vec<u8>],
    /// Runs the detector, at level 3.
    pub rerun: Option<Rerun<'a>>,
}

impl Options<'_> {
    /// What is needed for a level, with nothing known from elsewhere.
    pub const fn level(level: Level) -> Self {
        Self { level, older: None, log_key: None, certificates: &[], rerun: None }
    }
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("level", &self.level).finish_non_exhaustive()
    }
}

/// Largest manifest of a run.
const RUN_BYTES_MAX: u64 = 16 << 20;

/// Checks a bundle. An error is one of the disk; what is wrong with the bundle is in the report.
pub fn verify(storage: Arc<dyn Storage>, options: &Options<'_>) -> Result<Report, storage::Error> {
    let bundle = Bundle::open(storage)?;
    let mut report = Report::default();
    let hashes = bag::check(&bundle, &mut report)?;
    let facts = log::check(&bundle, options, &mut report)?;
    if let Some(facts) = &facts {
        exported::check(&bundle, facts, &hashes, &mut report)?;
        files::check(&bundle, facts, &hashes, &mut report);
        seals::check(&bundle, facts, &hashes, options, &mut report)?;
        approvals::check(&bundle, facts, &mut report)?;
        releases::check(&bundle, facts, &hashes, &mut report);
    }
    if options.level >= Level::One {
        let loaded = loaded::load(&bundle, &mut report)?;
        figures::check(&bundle, &loaded, facts.as_ref(), &mut report)?;
        if options.level >= Level::Two {
            datasets::check(&bundle, &loaded, &hashes, &mut report)?;
        }
    }
    if options.level >= Level::Three {
        rerun(&bundle, options, &mut report)?;
    }
    Ok(report)
}

fn rerun(
    bundle: &Bundle,
    options: &Options<'_>,
    report: &mut Report,
) -> Result<(), storage::Error> {
    let folder = RelativePath::own("data/runs");
    let runs: Vec<&RelativePath> = bundle.within(&folder).collect();
    let Some(rerun) = options.rerun else {
        report.skip("runs", "the detector is not at hand");
        return Ok(());
    };
    if runs.is_empty() {
        report.skip("runs", "there is no run in the bundle");
    }
    for path in runs {
        match bundle.read(path, RUN_BYTES_MAX) {
            Ok(Some(manifest)) => report.extend(rerun(path, &manifest)),
            Ok(None) => report.skip(format!("run:{path}"), "gone while it was looked at"),
            Err(storage::Error::TooLarge { .. }) => {
                report.fail(format!("run:{path}"), "larger than a manifest of a run can be");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
