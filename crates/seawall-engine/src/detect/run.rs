//! The whole of detection, from a source of events to findings.

use std::{collections::BTreeMap, path::PathBuf};

use seawall_core::{
    campaign::findings::{Findings, KindSummary, Member, Mode, RunSummary, Series},
    decision::snapshot::Snapshot,
    event::Reject,
    selector::{Role, registry::KINDS},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    candidate::Candidate,
    decoys::{Decoys, shuffled},
    findings::Teller,
    judge::{Bench, Judgement},
    phrasing::{grouped, rfc3339, series},
    review,
    scene::{Scene, Sides},
    snapshot::snapshot,
    telling::{Afresh, Telling},
    told::Told,
    words::Wanted,
};
use crate::{
    Error,
    accounts::{Accounts, Budget, Details, SECONDS_1990},
    aside::{Aside, Bulky as _},
    bits::Marks,
    count::Shared,
    ingest::{Ingested, Knowledge, ingest},
    read::{Progress, ReadSummary, Source},
    resume::Resume,
    spread::{Gather, Here},
};

/// How to detect.
#[derive(Debug)]
pub struct DetectOptions {
    /// Bits from which a cluster is reported.
    pub report_bits: f64,
    /// Threads to use; the result is the same for any number.
    pub threads: usize,
    /// Whether personal values are shown in clear.
    pub reveal: bool,
    /// What the user knows beyond the log.
    pub knowledge: Knowledge,
    /// What may be kept where while detecting; the result is the same whatever it is.
    pub room: Room,
}

/// How much memory and disk a detection may take.
#[derive(Clone, Debug)]
pub struct Room {
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Folder for what does not fit in memory; nothing of it is left afterwards.
    pub spill: PathBuf,
    /// Bytes that may go there.
    pub spill_bytes: u64,
}

impl Room {
    /// Share of the memory that may hold what events say of accounts until it is in columns.
    pub(crate) const READ_SHARE: u64 = 8;

    /// The same, of whose disk so many bytes are taken.
    fn without(&self, taken_bytes: u64) -> Self {
        Self { spill_bytes: self.spill_bytes.saturating_sub(taken_bytes), ..self.clone() }
    }

    pub(crate) fn budget(&self) -> Budget {
        Budget {
            memory_bytes: usize::try_from(self.memory_bytes / Self::READ_SHARE)
                .unwrap_or(usize::MAX),
            spill: self.spill.clone(),
            spill_bytes: self.spill_bytes,
        }
    }
}

/// What a detection found.
#[derive(Debug)]
pub struct Detection {
    /// For people and files.
    pub findings: Findings,
    /// Members of the reported campaigns, in the order of campaigns, then of first event.
    pub members: Vec<Member>,
    /// For decisions.
    pub snapshot: Snapshot,
    /// What was read.
    pub read: ReadSummary,
}

/// Where a detection is.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Reading the input; the second reading looks up words.
    Reading(Progress),
    /// A stage after reading begins.
    Stage(&'static str),
}

/// Trusted accounts that make a history.
const TRUSTED_MIN: usize = 1000;
/// Share of all accounts that must be trusted for a history.
const TRUSTED_SHARE_MIN: f64 = 0.05;
/// Bits from which a cluster within the history is set aside from it.
const SET_ASIDE_BITS: f64 = 6.0;
/// Share of clusters as strong that shuffled data may have before a cluster is taken for chance.
const CHANCE_SHARE_MAX: f64 = 0.5;
/// Clusters listed though they are not reported.
const EXCUSED_MAX: usize = 50;

/// Detects operations in a source of events.
///
/// `reject` gets what could not be taken, in the order of the input. `watch` is told about progress.
pub fn detect(
    source: &Source,
    options: &DetectOptions,
    reject: &mut dyn FnMut(Reject),
    watch: &mut dyn FnMut(Step),
) -> Result<Detection, Error> {
    detect_on(source, options, None, reject, watch)
}

/// The same, going on from what `resume` keeps, and keeping there what is done.
pub fn detect_on(
    source: &Source,
    options: &DetectOptions,
    resume: Option<&mut Resume>,
    reject: &mut dyn FnMut(Reject),
    watch: &mut dyn FnMut(Step),
) -> Result<Detection, Error> {
    detect_with(source, options, &Here::new(options.threads), resume, reject, watch)
}

/// The same, where `gather` does the counting.
pub fn detect_with(
    source: &Source,
    options: &DetectOptions,
    gather: &dyn Gather,
    mut resume: Option<&mut Resume>,
    reject: &mut dyn FnMut(Reject),
    watch: &mut dyn FnMut(Step),
) -> Result<Detection, Error> {
    let ingested = ingest(
        source,
        &options.knowledge,
        options.room.budget(),
        options.threads,
        resume.as_deref_mut(),
        reject,
        &mut |progress| watch(Step::Reading(progress)),
    )?;
    let (knowledge, threads) = (&options.knowledge, options.threads);
    let telling = &mut Afresh { source, knowledge, threads };
    conclude(ingested, options, gather, resume, telling, watch)
}

/// Detects among accounts that have been read, going on from what `resume` keeps of that.
pub(crate) fn conclude(
    ingested: Ingested,
    options: &DetectOptions,
    gather: &dyn Gather,
    mut resume: Option<&mut Resume>,
    telling: &mut dyn Telling,
    watch: &mut dyn FnMut(Step),
) -> Result<Detection, Error> {
    let Ingested { accounts, details, pieces, activity, summary: read } = ingested;
    if accounts.is_empty() {
        return Err(Error::NoEvents { rejected: read.rejected_events });
    }
    watch(Step::Stage("grouping selectors"));
    let time = time_steps(&details);
    let room = options.room.without(pieces.spilled_bytes());
    let aside = Aside::new(details.bytes() + accounts.hashes.bytes(), &room)?;
    let details = aside.put(details)?;
    let room = room.without(aside.bytes());
    let mut shared = Shared::group(accounts, pieces, activity, gather, &room, options.threads)?;
    let hashes = aside.put(std::mem::take(&mut shared.accounts.hashes))?;
    // What was read is gone from the disk.
    let room = options.room.without(aside.bytes() + shared.columns.bytes_aside());
    shared.know(options.knowledge.lists.known_values());
    let choose = || History::choose(&mut shared, gather, options, watch);
    let history = kept(&mut resume, "history", choose)?;
    let sides = history.sides(&shared, options.threads)?;
    let stage = &mut |stage| watch(Step::Stage(stage));
    let (report_bits, threads) = (options.report_bits, options.threads);
    // Before all that is found is in memory.
    stage("shuffling for decoys");
    let decoys = run_decoys(&mut shared, &sides, gather, options, &room, &mut resume)?;
    let bench = Bench { shared: &mut shared, sides: &sides, gather, report_bits, threads };
    let mut judgement = bench.judge(stage)?;
    shared.accounts.hashes = aside.take(hashes)?;
    let scene = sides.scene(&shared, threads);
    let reviewed = review::apply(&scene, &mut judgement, &options.knowledge.reviews, report_bits);
    let decoys = decoys.against(judgement.candidates.iter().map(Candidate::score));
    let (reported, excused): (Vec<_>, Vec<_>) =
        judgement.candidates.iter().partition(|candidate| {
            candidate.bits >= options.report_bits
                && decoys.share(candidate.bits, candidate.members.len()) <= CHANCE_SHARE_MAX
        });
    let excused = worth_telling(excused);
    let of_these = reported.iter().chain(&excused).flat_map(|candidate| candidate.rows());
    let told = Told::take(of_these, &aside, details)?;
    let mut teller = Teller {
        scene: &scene,
        told: &told,
        judgement: &judgement,
        decoys: &decoys,
        reveal: options.reveal,
        lists: &options.knowledge.lists,
        names: BTreeMap::new(),
    };
    let last_seen = shared.accounts.last_seen;
    telling.note_clusters(&mut judgement.candidates.iter().map(|own| teller.member_hashes(own)));
    teller.name(telling, &rfc3339(last_seen), &reported);
    let mut wanted = Wanted::default();
    for candidate in &reported {
        teller.want(candidate, true, &mut wanted);
    }
    for candidate in &excused {
        teller.want(candidate, false, &mut wanted);
    }
    watch(Step::Stage("looking up words"));
    let mut words = telling.look_up(&shared, &wanted, watch)?;
    words.values.extend(told.activity_words(&shared.accounts, &wanted.values));
    let findings = Findings {
        campaigns: reported.iter().map(|candidate| teller.tell(candidate, &words, &time)).collect(),
        excused: excused.iter().map(|candidate| teller.tell(candidate, &words, &time)).collect(),
        run: RunSummary {
            reviews: reviewed,
            ..summary(&scene, &history, &judgement, &decoys, &read, options, time)
        },
    };
    let members = reported.iter().flat_map(|candidate| teller.members(candidate, &words)).collect();
    drop(told);
    watch(Step::Stage("making the snapshot for decisions"));
    let snapshot = snapshot(&scene, &reported, &findings.campaigns)?;
    Ok(Detection { findings, members, snapshot, read })
}

/// Those of what is not reported that are told: what people dismissed, then the largest.
fn worth_telling(mut excused: Vec<&Candidate>) -> Vec<&Candidate> {
    excused.sort_by_key(|candidate| {
        let size = std::cmp::Reverse(candidate.members.len());
        (candidate.reviewed.is_empty(), size, candidate.members[0].0)
    });
    excused.truncate(EXCUSED_MAX);
    excused
}

/// What a step comes to, taken from what is kept where it was done before.
fn kept<T: Serialize + DeserializeOwned>(
    resume: &mut Option<&mut Resume>,
    name: &str,
    make: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    match resume {
        None => make(),
        Some(resume) => resume.part(name, make),
    }
}

/// Which accounts are the history, if any.
#[derive(Serialize, Deserialize)]
struct History {
    mode: Mode,
    reason: String,
    /// Accounts that are part of the baseline.
    trusted: Vec<bool>,
    set_aside: u64,
}

impl History {
    /// A history needs enough trusted accounts; those among them that look like an operation's are set
    /// aside first, since a farm that stands in the history hides itself.
    fn choose(
        shared: &mut Shared,
        gather: &dyn Gather,
        options: &DetectOptions,
        watch: &mut dyn FnMut(Step),
    ) -> Result<Self, Error> {
        let mut trusted: Vec<bool> =
            (0..shared.len()).map(|row| shared.accounts.trusted.has(row)).collect();
        let count = trusted.iter().filter(|trusted| **trusted).count();
        let share = count as f64 / shared.len() as f64;
        if count < TRUSTED_MIN || share < TRUSTED_SHARE_MIN {
            let reason = format!(
                "{} of {} accounts are trusted; a history needs {} and {:.0} %, so accounts are compared with each other",
                grouped(count as u64),
                grouped(shared.len() as u64),
                grouped(TRUSTED_MIN as u64),
                TRUSTED_SHARE_MIN * 100.0
            );
            let trusted = vec![false; shared.len()];
            return Ok(Self { mode: Mode::Peer, reason, trusted, set_aside: 0 });
        }
        watch(Step::Stage("checking the history for standing operations"));
        let threads = options.threads;
        let sides = &Sides::of_history(shared, marks(&trusted, true), threads)?;
        let stage = &mut |stage| watch(Step::Stage(stage));
        let mut set_aside = 0;
        let bench = Bench { shared, sides, gather, report_bits: SET_ASIDE_BITS, threads };
        for candidate in bench.judge_campaigns(stage)?.0 {
            if candidate.bits >= SET_ASIDE_BITS {
                for (row, _) in &candidate.members {
                    set_aside += u64::from(trusted[*row as usize]);
                    trusted[*row as usize] = false;
                }
            }
        }
        let reason = format!(
            "{} of {} accounts are trusted{}; the others are judged against them",
            grouped(count as u64),
            grouped(shared.len() as u64),
            if set_aside > 0 {
                format!(", {} of them set aside as part of standing operations", grouped(set_aside))
            } else {
                String::new()
            }
        );
        Ok(Self { mode: Mode::History, reason, trusted, set_aside })
    }

    /// Everyone who is not part of it is judged.
    fn sides(&self, shared: &Shared, threads: usize) -> Result<Sides, Error> {
        let trusted = (self.mode == Mode::History).then(|| marks(&self.trusted, true));
        Sides::new(shared, marks(&self.trusted, false), trusted, threads)
    }
}

/// Rows of which this is said.
fn marks(said: &[bool], this: bool) -> Marks {
    Marks::new(said.len(), (0..said.len()).filter(|row| said[*row] == this))
}

/// More rounds where they are cheap: small inputs have few clusters to compare with.
fn decoy_rounds(accounts: usize) -> u64 {
    match accounts {
        0..50_000 => 3,
        50_000..150_000 => 2,
        _ => 1,
    }
}

fn run_decoys(
    shared: &mut Shared,
    sides: &Sides,
    gather: &dyn Gather,
    options: &DetectOptions,
    room: &Room,
    resume: &mut Option<&mut Resume>,
) -> Result<Decoys, Error> {
    let mut decoys = Decoys::default();
    // Shuffling the only family there is would shuffle nothing.
    let rounds = if sides.single_family() { 0 } else { decoy_rounds(shared.len()) };
    for number in 1..=rounds {
        let found = kept(resume, &format!("decoys-{number}"), || {
            let (report_bits, threads) = (options.report_bits, options.threads);
            shared.columns.let_go();
            let shuffled = shuffled(shared, sides.subject(), number, room, threads)?;
            let originals = std::mem::replace(&mut shared.columns, shuffled);
            let bench = Bench { shared, sides, gather, report_bits, threads };
            let (candidates, mut scores) = bench.judge_campaigns(&mut |_| ())?;
            scores.extend(candidates.iter().map(Candidate::score));
            shared.columns = originals;
            Ok(scores)
        })?;
        decoys.add_round(found.into_iter());
    }
    Ok(decoys)
}

/// Steps that divide the time of signups into 48 to 400, where it is long enough.
fn time_steps(details: &Details) -> Series {
    let signups = || details.signup_at.iter().filter(|at| **at != u32::MAX);
    let first = i64::from(signups().min().copied().unwrap_or(0));
    let last = i64::from(signups().max().copied().unwrap_or(0));
    let span = last - first + 1;
    let step_seconds =
        [60, 600, 3600, 3 * 3600, 6 * 3600, 43_200, 86_400, 7 * 86_400, 30 * 86_400, 180 * 86_400]
            .into_iter()
            .find(|step| span / step < 400)
            .unwrap_or(365 * 86_400);
    let start = first.div_euclid(step_seconds) * step_seconds;
    let steps = ((last - start) / step_seconds + 1).max(1) as usize;
    let empty =
        Series { start_seconds: start + SECONDS_1990, step_seconds, counts: vec![0; steps] };
    series(&empty, signups().copied())
}

fn summary(
    scene: &Scene<'_>,
    history: &History,
    judgement: &Judgement,
    decoys: &Decoys,
    read: &ReadSummary,
    options: &DetectOptions,
    signups_over_time: Series,
) -> RunSummary {
    let shared = scene.shared;
    let accounts = &shared.accounts;
    let hot = |kind: usize| {
        judgement.graph.nodes.iter().filter(|node| usize::from(node.kind.0) == kind).count() as u64
    };
    let kinds: Vec<KindSummary> = KINDS
        .iter()
        .enumerate()
        .map(|(index, kind)| KindSummary {
            kind: kind.name.to_owned(),
            title: kind.title.to_owned(),
            family: kind.family,
            role: kind.role,
            accounts: shared.columns[index].present,
            values_shared: shared.columns[index].hashes.len() as u64,
            values_hot: hot(index),
        })
        .collect();
    RunSummary {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        mode: history.mode,
        mode_reason: history.reason.clone(),
        advice: advice(history, judgement.single_family, &kinds, accounts),
        events: accounts.events,
        rejects: read.rejected_events + read.rejected_values,
        accounts: accounts.len() as u64,
        signups: u64::from(accounts.signed_up.count()),
        trusted: u64::from(accounts.trusted.count()),
        trusted_set_aside: history.set_aside,
        first_seen: rfc3339(accounts.first_seen.iter().min().copied().unwrap_or(0)),
        last_seen: rfc3339(accounts.last_seen),
        signups_over_time,
        report_bits: options.report_bits,
        decoys: decoys.bands(options.report_bits),
        kinds,
        reviews: Vec::new(),
    }
}

/// What would make the judgement better, for this input.
fn advice(
    history: &History,
    single_family: bool,
    kinds: &[KindSummary],
    accounts: &Accounts,
) -> Vec<String> {
    let mut advice = Vec::new();
    if history.mode == Mode::Peer {
        advice.push(
            "Mark accounts that have earned trust with `trusted`, or add the log of earlier months with such marks: a \
             value that is new, or more frequent than ever, then counts by itself, and farms whose pools are wide, slow, \
             or fill a whole country come into reach."
                .to_owned(),
        );
    }
    if single_family {
        advice.push(
            "The input has one family of evidence only: what is found rests on who deals with whom, cannot be checked \
             against shuffled data, and is a lead rather than a finding. Add what accounts exposed at signup."
                .to_owned(),
        );
    }
    if accounts.signed_up.count() == 0 {
        advice.push(
            "The input has no signups: what accounts exposed when they were made is not seen."
                .to_owned(),
        );
    }
    if accounts.deeds * 5 < accounts.len() as u64 {
        advice.push(
            "Add logins and actions: whether accounts come back, and what they act on together, is evidence both ways."
                .to_owned(),
        );
    }
    let missing: Vec<&str> = kinds
        .iter()
        .filter(|kind| kind.role == Role::Link && kind.accounts * 20 < accounts.len() as u64)
        .filter(|kind| {
            ["device_id", "ja4", "email_domain", "phone_block", "user_agent"]
                .contains(&kind.kind.as_str())
        })
        .map(|kind| kind.title.as_str())
        .collect();
    if !missing.is_empty() {
        advice.push(format!(
            "Hardly any account has: {}. Each would be a family of evidence, or part of one.",
            missing.join(", ")
        ));
    }
    if kinds.iter().any(|kind| kind.kind == "country" && kind.accounts * 2 < accounts.len() as u64)
    {
        advice.push(
            "Most accounts have no country: give a country database, so that accounts are compared within one.".to_owned(),
        );
    }
    advice
}
