//! Which parts do the work of the commands? The one place where the command line meets the engine and
//! the simulator.

use std::path::{Path, PathBuf};

use seawall_core::{
    campaign::findings::{Findings, Member},
    event::Reject,
};
use seawall_engine::output::FileDigest;

use crate::failure::{Exit, Failure};

/// What to detect in, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) inputs: Vec<String>,
    pub(crate) map: Option<PathBuf>,
    pub(crate) lists: Option<PathBuf>,
    pub(crate) asn_mmdb: Option<PathBuf>,
    pub(crate) country_mmdb: Option<PathBuf>,
    pub(crate) report_bits: f64,
    pub(crate) threads: usize,
    pub(crate) reveal: bool,
}

/// Where the work is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// Bytes read, bytes in all, events so far.
    Reading(u64, u64, u64),
    /// A stage of unknown length begins.
    Stage(&'a str),
}

/// What a detection found, and in what.
#[derive(Debug)]
pub(crate) struct Detected {
    pub(crate) findings: Findings,
    pub(crate) members: Vec<Member>,
    pub(crate) inputs: Vec<FileDigest>,
    /// Files of a folder or pattern that were passed over.
    pub(crate) ignored: Vec<PathBuf>,
}

/// What world to make, and how to write it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) preset: String,
    pub(crate) accounts: u64,
    pub(crate) seed: u64,
    pub(crate) events: PathBuf,
    pub(crate) truth: PathBuf,
}

/// Detects; `reject` gets what could not be taken, `watch` is told where the work is.
pub(crate) fn detect(
    request: &Request,
    reject: &mut dyn FnMut(Reject),
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<Detected, Failure> {
    let _ = (request, reject, watch, Step::Reading(0, 0, 0), Step::Stage(""));
    Err(Failure::new(Exit::Failed, "this build has no detector"))
}

/// Makes a world; returns (events, accounts).
pub(crate) fn simulate(
    world: &World,
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<(u64, u64), Failure> {
    let _ = (world, watch);
    Err(Failure::new(Exit::Failed, "this build has no simulator"))
}

/// Names of the worlds that can be made.
pub(crate) const PRESETS: [&str; 6] =
    ["standard", "contaminated", "first-run", "correlated", "small", "clean"];

/// Compares members with the truth; returns text for people and a document.
pub(crate) fn evaluate(
    members: &Path,
    truth: &Path,
) -> Result<(String, serde_json::Value), Failure> {
    let _ = (members, truth);
    Err(Failure::new(Exit::Failed, "this build has no evaluation"))
}
