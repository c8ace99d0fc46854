//! Which parts do the work of the commands? The one place where the command line meets the engine and
//! the simulator.

use std::{
    collections::BTreeSet,
    io::{self, BufWriter, Read as _, Write as _},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use seawall_core::{
    campaign::{
        findings::{Findings, Member},
        review::{self, Reviews},
    },
    decision::snapshot::Snapshot,
    event::{Event, Reject},
    selector::Lists,
};
use seawall_engine::{
    detect::{self, DetectOptions, Knowledge, Room},
    evaluate,
    output::FileDigest,
    places::Places,
    plan::Plan,
    read::{FieldMap, Sink, Source, read},
    resume::Resume,
    state::{self, Keep, Night, State},
    write::EventWriter,
};
use seawall_sim::{Preset, WorldOptions, generate};

use crate::{
    failure::{Exit, Failure},
    machine,
};

/// Longest list that is read: room for 10 million domains.
const LIST_BYTES_MAX: u64 = 512 << 20;
/// Events between two reports of progress.
const EVENTS_STEP: u64 = 4_096;

/// What to detect in, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) inputs: Vec<String>,
    pub(crate) map: Option<PathBuf>,
    pub(crate) lists: Option<PathBuf>,
    pub(crate) country_mmdb: Option<PathBuf>,
    pub(crate) asn_mmdb: Option<PathBuf>,
    /// What people said of earlier campaigns.
    pub(crate) reviews: Option<PathBuf>,
    pub(crate) report_bits: f64,
    pub(crate) threads: usize,
    pub(crate) reveal: bool,
    /// What the machine offers where nothing else is said.
    pub(crate) room: Option<Room>,
    /// Where earlier events are kept, if they are.
    pub(crate) nightly: Option<Nightly>,
    /// Folder that keeps what is done, and may have it from before.
    pub(crate) resume: Option<PathBuf>,
}

/// A detection in new events, with what is kept of earlier ones.
#[derive(Clone, Debug)]
pub(crate) struct Nightly {
    pub(crate) folder: PathBuf,
    pub(crate) keep: Keep,
}

/// Where the work is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// Bytes read, bytes in all, events so far.
    Reading(u64, u64, u64),
    /// A stage of unknown length begins.
    Stage(&'a str),
    /// Events written so far.
    Writing(u64),
}

/// What a detection found, and in what.
#[derive(Debug)]
pub(crate) struct Detected {
    pub(crate) findings: Findings,
    pub(crate) members: Vec<Member>,
    pub(crate) snapshot: Snapshot,
    pub(crate) inputs: Vec<FileDigest>,
    /// The field map, lists and databases that were used.
    pub(crate) knowledge: Vec<FileDigest>,
    /// Lines of lists that are no entry, by list.
    pub(crate) bad_list_lines: Vec<(String, u64)>,
    /// Files of a folder or pattern that were passed over.
    pub(crate) ignored: Vec<PathBuf>,
    /// The night that this was, which is yet to become true.
    pub(crate) night: Option<(State, Night)>,
    /// What keeps the work until the run is written.
    pub(crate) resume: Option<Resume>,
}

/// What world to make, and how to write it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) preset: String,
    pub(crate) accounts: u64,
    pub(crate) seed: u64,
    /// How much accounts do after signup, as a multiple of the usual.
    pub(crate) activity: f64,
    pub(crate) events: PathBuf,
    pub(crate) truth: PathBuf,
}

/// Detects; `reject` gets what could not be taken, `watch` is told where the work is.
pub(crate) fn detect(
    request: &Request,
    reject: &mut dyn FnMut(Reject),
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<Detected, Failure> {
    let map = request.map.as_deref().map(FieldMap::open).transpose()?;
    let list_paths = request.lists.as_deref().map(list_paths).transpose()?.unwrap_or_default();
    let (lists, bad_list_lines) = read_lists(&list_paths)?;
    let places = Places::open(request.country_mmdb.as_deref(), request.asn_mmdb.as_deref())?;
    let source = Source::open(&request.inputs, map.as_ref())?;
    let options = DetectOptions {
        report_bits: request.report_bits,
        threads: request.threads,
        reveal: request.reveal,
        knowledge: Knowledge {
            lists,
            places,
            reviews: request.reviews.as_deref().map(read_reviews).transpose()?.unwrap_or_default(),
        },
        room: request.room.clone().unwrap_or_else(|| machine::room(None)),
    };
    // `knowledge::uses` tells by this order what each was to the run.
    let single = [&request.map, &request.country_mmdb, &request.asn_mmdb, &request.reviews];
    let single = single.into_iter().flatten();
    let knowledge = single
        .chain(&list_paths)
        .map(|path| FileDigest::of_file(path))
        .collect::<Result<Vec<_>, _>>()?;
    let open = |folder: &PathBuf| Resume::open(folder, &source, &options, &knowledge);
    let mut resume = request.resume.as_ref().map(open).transpose()?;
    let told = &mut |step: detect::Step| match step {
        detect::Step::Reading(progress) => {
            watch(Step::Reading(progress.bytes_done, progress.bytes_total, progress.events));
        }
        detect::Step::Stage(name) => watch(Step::Stage(name)),
    };
    let (detection, night) = match &request.nightly {
        None => (detect::detect_on(&source, &options, resume.as_mut(), reject, told)?, None),
        Some(Nightly { folder, keep }) => {
            let state = State::open(folder, request.reveal)?;
            let (detection, night) =
                state::detect_night(&state, &source, &options, *keep, reject, told)?;
            (detection, Some((state, night)))
        }
    };
    watch(Step::Stage("taking digests of the input"));
    let digest = |input: seawall_engine::read::InputDigest| FileDigest {
        file: input.source,
        bytes: input.bytes,
        sha256: input.sha256,
    };
    Ok(Detected {
        findings: detection.findings,
        members: detection.members,
        snapshot: detection.snapshot,
        inputs: source.digests()?.into_iter().map(digest).collect(),
        knowledge,
        bad_list_lines,
        ignored: source.ignored().to_vec(),
        night,
        resume,
    })
}

/// How long the input is.
pub(crate) fn input_bytes(request: &Request) -> Result<u64, Failure> {
    Ok(Source::open(&request.inputs, None)?.bytes_total())
}

/// What a detection will take, as far as the first events tell.
pub(crate) fn plan(request: &Request) -> Result<Plan, Failure> {
    let map = request.map.as_deref().map(FieldMap::open).transpose()?;
    let source = Source::open(&request.inputs, map.as_ref())?;
    let plan = Plan::new(&source, &Knowledge::default())?;
    Ok(Plan { keeps: request.resume.is_some(), ..plan })
}

/// Those of `wanted` that have events in the inputs. What cannot be read as an event has no account.
pub(crate) fn accounts(
    inputs: &[String],
    map: Option<&Path>,
    wanted: &BTreeSet<String>,
    threads: usize,
) -> Result<BTreeSet<String>, Failure> {
    let map = map.map(FieldMap::open).transpose()?;
    let source = Source::open(inputs, map.as_ref())?;
    let mut found = BTreeSet::new();
    read(
        &source,
        threads,
        &|| Seen { wanted, found: BTreeSet::new() },
        &mut |seen, _| {
            found.extend(seen.found);
            Ok(())
        },
        &mut |_| {},
    )?;
    Ok(found)
}

/// The wanted accounts of a piece of the input.
struct Seen<'a> {
    wanted: &'a BTreeSet<String>,
    found: BTreeSet<String>,
}

impl Sink for Seen<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if self.wants(event.account) {
            self.found.insert(event.account.to_owned());
        }
    }

    fn selective(&self) -> bool {
        true
    }

    fn wants(&mut self, account: &str) -> bool {
        self.wanted.contains(account)
    }
}

/// The lists of a folder, in the order of their names.
fn list_paths(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    Ok(paths)
}

/// Reads what people said of earlier campaigns.
fn read_reviews(path: &Path) -> Result<Reviews, Failure> {
    let refused =
        |reason: String| Failure::new(Exit::Usage, format!("{}: {reason}", path.display()));
    let mut text = String::new();
    let read = fs_err::File::open(path)?.take(review::BYTES_MAX + 1).read_to_string(&mut text)?;
    if read as u64 > review::BYTES_MAX {
        return Err(refused(format!("longer than {} MiB", review::BYTES_MAX >> 20)));
    }
    Reviews::parse(&text).map_err(|error| refused(error.to_string()))
}

/// Reads lists; also how many lines of which are no entry.
fn read_lists(paths: &[PathBuf]) -> Result<(Lists, Vec<(String, u64)>), Failure> {
    let mut lists = Lists::default();
    let mut bad_lines = Vec::new();
    for path in paths {
        let refused =
            |reason: String| Failure::new(Exit::Usage, format!("{}: {reason}", path.display()));
        let mut text = String::new();
        let read = fs_err::File::open(path)?.take(LIST_BYTES_MAX + 1).read_to_string(&mut text)?;
        if read as u64 > LIST_BYTES_MAX {
            return Err(refused(format!("longer than {} MiB", LIST_BYTES_MAX >> 20)));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let summary = lists.add(&name, &text).map_err(|error| refused(error.to_string()))?;
        if summary.bad_lines > 0 {
            bad_lines.push((name.into_owned(), summary.bad_lines));
        }
    }
    Ok((lists, bad_lines))
}

/// Makes a world; returns (events, accounts).
pub(crate) fn simulate(
    world: &World,
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<(u64, u64), Failure> {
    let preset: Preset =
        world.preset.parse().map_err(|error: String| Failure::new(Exit::Usage, error))?;
    let mut options = WorldOptions::new(preset, world.accounts, world.seed);
    options.activity = world.activity;
    let mut writer = EventWriter::create(&world.events)?;
    let mut truth_file = BufWriter::new(fs_err::File::create(&world.truth)?);
    writeln!(truth_file, "account,fraud,campaign,operator,kind")?;
    let (mut events, mut accounts) = (0_u64, 0_u64);
    let mut failed: Option<seawall_engine::Error> = None;
    let mut truth_failed: Option<io::Error> = None;
    // It stops early only where writing failed, which is told below.
    let _ = generate(
        &options,
        &mut |event| {
            events += 1;
            if events.is_multiple_of(EVENTS_STEP) {
                watch(Step::Writing(events));
            }
            match writer.write(event) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        },
        &mut |truth| {
            accounts += 1;
            let fraud = u8::from(truth.fraud);
            let (campaign, operator, kind) = (truth.campaign, truth.operator, truth.kind);
            let row =
                writeln!(truth_file, "{},{fraud},{campaign},{operator},{kind}", truth.account);
            if truth_failed.is_none() {
                truth_failed = row.err();
            }
        },
    );
    if let Some(error) = failed {
        return Err(error.into());
    }
    truth_failed.map_or(Ok(()), Err).context("could not write the truth")?;
    writer.finish()?;
    truth_file.flush()?;
    Ok((events, accounts))
}

/// Names of the worlds that can be made.
pub(crate) fn presets() -> impl Iterator<Item = &'static str> {
    Preset::ALL.into_iter().map(Preset::name)
}

/// Compares members with the truth; returns text for people and a document.
pub(crate) fn evaluate(
    members: &Path,
    truth: &Path,
) -> Result<(String, serde_json::Value), Failure> {
    let evaluation =
        evaluate::measure(&evaluate::read_members(members)?, &evaluate::read_truth(truth)?);
    Ok((evaluate::table(&evaluation), serde_json::to_value(&evaluation)?))
}
