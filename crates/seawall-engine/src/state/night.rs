//! A night: new events are read, earlier accounts come from the state, and both are judged together.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use seawall_core::{
    campaign::lineage::{Found, Line, Lineage},
    event::{Event, Reject},
    selector::{Derive, Deriver, KindId, account_hash, shown},
};

use super::{
    Keep, State,
    columns::{self, Kept},
    head::Head,
    keep::Stay,
    texts::{self, Texts},
};
use crate::{
    Error,
    accounts::{AccountTable, ChunkRows, HashedMap, KeptPiece},
    count::{Shared, evidence_kinds},
    detect::{
        DetectOptions, Detection, Lookup, Name, Step, Telling, Wanted, Words, by_account, conclude,
    },
    ingest::{Ingested, read_into},
    parallel::in_parallel,
    read::{Sink, Source, Spare, read},
    spread::Here,
};

/// What a night leaves, before it is true: see [`State::commit`].
#[derive(Debug)]
pub struct Night {
    pub(super) head: Head,
    lineage: Lineage,
}

impl Night {
    /// Its number, from 1.
    pub fn number(&self) -> u32 {
        self.head.nights
    }

    /// Campaigns through the nights, this one included.
    pub fn lineage(&self) -> &Lineage {
        &self.lineage
    }
}

/// Accounts that a value which tonight's new ones do not have is looked for with.
const CARRIERS_MAX: usize = 4;

/// Detects in new events and in what is kept of earlier ones. The state is as it was until the night is committed.
///
/// `reject` gets what could not be taken, in the order of the input. `watch` is told about progress.
pub fn detect_night(
    state: &State,
    source: &Source,
    options: &DetectOptions,
    keep: Keep,
    reject: &mut dyn FnMut(Reject),
    watch: &mut dyn FnMut(Step),
) -> Result<(Detection, Night), Error> {
    watch(Step::Stage("looking whether the events are new"));
    let mut head = state.head.next(&state.fresh(source)?);
    let mut table = AccountTable::new(options.room.budget());
    let threads = options.threads;
    let summary = read_into(&mut table, source, &options.knowledge, threads, reject, &mut |at| {
        watch(Step::Reading(at));
    })?;
    if table.len() == 0 {
        return Err(Error::NoEvents { rejected: summary.rejected_events });
    }
    let mut tonight = Tonight::of(&table);
    if let Some(kept) = state.kept()? {
        watch(Step::Stage("taking in earlier nights"));
        let stay = Stay::decide(keep, &kept, &state.clusters()?, &table, threads)?;
        take_in(&mut table, &kept, &stay, &mut tonight, threads)?;
    }
    watch(Step::Stage("setting accounts aside for another night"));
    head.accounts = Some(columns::write(&mut table, state.file("accounts"), threads)?);
    let ingested = Ingested::new(table, summary);
    let lineage = state.lineage.clone();
    let clusters = Vec::new();
    let mut telling = OfNight { state, source, options, tonight, head, clusters, lineage };
    let detection = conclude(ingested, options, &Here::new(threads), None, &mut telling, watch)?;
    let OfNight { mut head, clusters, lineage, .. } = telling;
    head.clusters = Some(state.write_whole("clusters", &clusters)?);
    head.lineage = Some(state.write_whole("campaigns", &lineage)?);
    Ok((detection, Night { head, lineage }))
}

/// Folds what is kept into tonight's accounts.
fn take_in(
    table: &mut AccountTable,
    kept: &Kept,
    stay: &Stay,
    tonight: &mut Tonight,
    threads: usize,
) -> Result<(), Error> {
    table.add_events(kept.events());
    kept.for_each(threads, |chunks| {
        let mut rows: Vec<ChunkRows> = Vec::new();
        for chunk in &chunks {
            tonight.known(&chunk.facts.hashes);
            rows.push(table.take_in(&chunk.facts, |at| stay.stays(&chunk.facts, at)));
        }
        let pieces =
            in_parallel(threads, chunks.len(), |at| KeptPiece::new(&chunks[at].values, &rows[at]));
        pieces.into_iter().try_for_each(|piece| table.add_kept(piece))
    })
}

/// Accounts that tonight's events are of.
struct Tonight {
    /// Number of each, by hash.
    numbers: HashedMap<u32>,
    /// Whether nothing was known of each before.
    new: Vec<bool>,
}

impl Tonight {
    fn of(table: &AccountTable) -> Self {
        let numbers = table.hashes().iter().copied().zip(0..).collect();
        Self { numbers, new: vec![true; table.len()] }
    }

    /// These were known before.
    fn known(&mut self, accounts: &[u64]) {
        for account in accounts {
            if let Some(number) = self.numbers.get(account) {
                self.new[*number as usize] = false;
            }
        }
    }

    /// Whether an account was heard of tonight, and if so, whether for the first time.
    fn is_new(&self, account: u64) -> Option<bool> {
        self.numbers.get(&account).map(|number| self.new[*number as usize])
    }
}

/// What a night knows beside its accounts.
struct OfNight<'a> {
    state: &'a State,
    source: &'a Source,
    options: &'a DetectOptions,
    tonight: Tonight,
    head: Head,
    clusters: Vec<Vec<u64>>,
    lineage: Lineage,
}

impl Telling for OfNight<'_> {
    fn name(&mut self, at: &str, found: &[Found]) -> Vec<Name> {
        let ids = self.lineage.add_night(self.head.nights, at, found);
        let lines: BTreeMap<&str, &Line> =
            self.lineage.lines().iter().map(|line| (line.campaign.as_str(), line)).collect();
        let name = |campaign: String| {
            let line = lines.get(campaign.as_str());
            Name { history: line.map(|line| line.history.clone()).unwrap_or_default(), campaign }
        };
        ids.into_iter().map(name).collect()
    }

    fn note_clusters(&mut self, clusters: &mut dyn Iterator<Item = Vec<u64>>) {
        self.clusters.extend(clusters);
    }

    fn look_up(
        &mut self,
        shared: &Shared,
        wanted: &Wanted,
        watch: &mut dyn FnMut(Step),
    ) -> Result<Words, Error> {
        let texts = shared_values(shared);
        let missing = self.missing(&texts)?;
        let (mut ids, mut values) =
            self.listen(&carriers(shared, &self.tonight, &missing), watch)?;
        watch(Step::Stage("setting texts aside for another night"));
        let State { folder, head: before, .. } = self.state;
        let mut accounts = shared.accounts.hashes.clone();
        accounts.sort_unstable();
        let path = self.state.file("ids");
        let ids = texts::merge(folder, before.ids.as_ref(), &mut ids, &accounts, path)?;
        let hashes: Vec<u64> = texts.iter().map(|entry| entry.0).collect();
        let path = self.state.file("values");
        let values = texts::merge(folder, before.values.as_ref(), &mut values, &hashes, path)?;
        let mut words = Words::default();
        texts::for_each(folder, &ids, |hash, text| {
            if wanted.accounts.contains(&hash) {
                words.accounts.insert(hash, text.to_owned());
            }
            Ok(())
        })?;
        let asked: BTreeMap<u64, KindId> =
            wanted.values.values().flatten().map(|(kind, hash)| (*hash, *kind)).collect();
        texts::for_each(folder, &values, |hash, text| {
            if let Some(kind) = asked.get(&hash) {
                words.shown.insert((*kind, hash), text.to_owned());
            }
            Ok(())
        })?;
        (self.head.ids, self.head.values) = (Some(ids), Some(values));
        Ok(words)
    }
}

impl OfNight<'_> {
    /// Those of these values, in ascending order, whose text is not kept yet.
    fn missing(&self, values: &[(u64, KindId)]) -> Result<BTreeSet<(KindId, u64)>, Error> {
        let mut missing: BTreeSet<(KindId, u64)> =
            values.iter().map(|(hash, kind)| (*kind, *hash)).collect();
        if let Some(note) = &self.state.head.values {
            texts::for_each(&self.state.folder, note, |hash, _| {
                if let Ok(at) = values.binary_search_by_key(&hash, |entry| entry.0) {
                    missing.remove(&(values[at].1, hash));
                }
                Ok(())
            })?;
        }
        Ok(missing)
    }

    /// Reads tonight's events again: ids of new accounts, and texts of wanted values as people get to see them.
    fn listen(
        &self,
        wanted: &Wanted,
        watch: &mut dyn FnMut(Step),
    ) -> Result<(Texts, Texts), Error> {
        let OfNight { source, options, tonight, .. } = self;
        let told: Vec<AtomicBool> = tonight.new.iter().map(|new| AtomicBool::new(!new)).collect();
        let (wanted, derivers) = (&by_account(wanted), Spare::<Deriver>::default());
        let new_sink = || Listening {
            lookup: Lookup::new(wanted, &options.knowledge, derivers.take().unwrap_or_default()),
            numbers: &tonight.numbers,
            told: &told,
            ids: Texts::default(),
        };
        let (mut ids, mut values) = (Texts::default(), Texts::default());
        let mut seen: BTreeSet<u64> = BTreeSet::new();
        let mut finish = |sink: Listening<'_>, _| {
            ids.append(&sink.ids);
            for ((kind, hash), text) in sink.lookup.found.values {
                if seen.insert(hash) {
                    values.push(hash, &shown(kind.kind(), &text, options.reveal));
                }
            }
            derivers.put(sink.lookup.deriver);
            Ok(())
        };
        read(source, options.threads, &new_sink, &mut finish, &mut |at| watch(Step::Reading(at)))?;
        Ok((ids, values))
    }
}

/// Takes ids of new accounts beside what is looked up.
struct Listening<'a> {
    lookup: Lookup<'a>,
    numbers: &'a HashedMap<u32>,
    /// Whose ids are known, by number. Whichever thread comes first tells it: an id is the same everywhere.
    told: &'a [AtomicBool],
    ids: Texts,
}

impl Sink for Listening<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if self.wants(event.account) {
            self.lookup.event(event);
        }
    }

    fn selective(&self) -> bool {
        true
    }

    fn wants(&mut self, account: &str) -> bool {
        let hash = account_hash(account);
        if let Some(number) = self.numbers.get(&hash)
            && !self.told[*number as usize].swap(true, Relaxed)
        {
            self.ids.push(hash, account);
        }
        self.lookup.wants(account)
    }
}

/// Hashes of values that several accounts share and that people may get to see, ascending. Those that come from what
/// an account did over all nights are told from what is kept of it.
fn shared_values(shared: &Shared) -> Vec<(u64, KindId)> {
    let mut values: Vec<(u64, KindId)> = evidence_kinds()
        .filter(|(_, kind)| !matches!(kind.derive, Derive::Activity(_)))
        .flat_map(|(kind, _)| {
            let hashes = &shared.columns[usize::from(kind.0)].hashes;
            hashes.iter().map(move |hash| (*hash, kind))
        })
        .collect();
    values.sort_unstable();
    values
}

/// Accounts to look for values with. A value is shared by enough from the night on in which one more has it, so there
/// is one among tonight's; best one that is new, which has nothing from earlier nights.
fn carriers(shared: &Shared, tonight: &Tonight, missing: &BTreeSet<(KindId, u64)>) -> Wanted {
    let mut values: HashMap<u64, Vec<(KindId, u64)>> = HashMap::new();
    for (kind, _) in evidence_kinds() {
        let column = &shared.columns[usize::from(kind.0)];
        let is_missing = |hash: &u64| missing.contains(&(kind, *hash));
        let wanted: Vec<bool> = column.hashes.iter().map(is_missing).collect();
        if !wanted.contains(&true) {
            continue;
        }
        let mut new = vec![false; wanted.len()];
        let mut others: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        column.for_each_shared(|row, id| {
            let at = id as usize - 1;
            if !wanted[at] || new[at] {
                return;
            }
            let account = shared.accounts.hashes[row as usize];
            match tonight.is_new(account) {
                Some(true) => {
                    new[at] = true;
                    values.entry(account).or_default().push((kind, column.hashes[at]));
                }
                Some(false) => {
                    let others = others.entry(at).or_default();
                    if others.len() < CARRIERS_MAX {
                        others.push(account);
                    }
                }
                None => {}
            }
        });
        for (at, accounts) in others.into_iter().filter(|entry| !new[entry.0]) {
            for account in accounts {
                values.entry(account).or_default().push((kind, column.hashes[at]));
            }
        }
    }
    Wanted { accounts: BTreeSet::new(), values }
}
