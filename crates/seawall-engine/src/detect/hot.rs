//! Which selectors are shared by more accounts than they should be?
//!
//! Four tests, each controlled for false discovery within its kind: against the trusted history;
//! against the time of signups (a burst); against the company its accounts keep (are the other things
//! they share shared by unusually many, or unusually few?); and, in a second pass, whether they are
//! concentrated among accounts that are hot in another family already. Where there is a history, a
//! value that it predicts is never hot; and where the history itself is judged, a value that no others have. What others
//! know as an operation's is looked at even where its number alone would not surprise: that adds no evidence.

use std::collections::HashSet;

use seawall_core::{
    link::{
        discovery::believed,
        tail::{negative_binomial_ln_upper, poisson_ln_upper},
    },
    selector::{Family, KindId, Role},
};

use super::{by_rows, concentration::Cells, in_parallel, scene::Scene};

use crate::count::{RARE, evidence_kinds};

/// False-discovery rate of each test.
const RATE: f64 = 0.01;
/// Accounts a value needs.
const ACCOUNTS_MIN: u32 = 3;
/// Accounts a value needs to be judged by its peers alone.
const PEER_ACCOUNTS_MIN: u32 = 5;
/// Share of a value's accounts that the history must leave unexplained.
const EXCESS_MIN: f64 = 0.5;
/// Windows of the burst test, in seconds.
const WINDOWS_SECONDS: [u32; 4] = [3600, 6 * 3600, 86_400, 7 * 86_400];
/// Accounts of a value that are looked at: more tell no more.
const SAMPLE_MAX: usize = 4096;
/// Classes of how many accounts share a value.
const CLASSES: usize = 28;

/// A hot selector: a node of the selector graph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: KindId,
    /// Id within the kind's column.
    pub(crate) id: u32,
    pub(crate) family: Family,
    /// Whether it may bind accounts, or only corroborate.
    pub(crate) link: bool,
    /// Judged accounts that have it.
    pub(crate) accounts: u32,
    /// Accounts that the history, or the value's peers, led to expect.
    pub(crate) expected: f64,
}

/// What each judged account shares, as cells: a binding kind and a class of how many share its value.
pub(crate) struct Company {
    /// Family of each cell.
    families: Vec<Family>,
    /// Where each account's cells start (one more than accounts).
    offsets: Vec<u32>,
    cells: Vec<u16>,
}

fn class(count: u32) -> u8 {
    if count < 3 { 1 } else { 2 + (count / 3).ilog2() as u8 }
}

impl Company {
    fn new(scene: &Scene<'_>) -> Self {
        let kinds: Vec<KindId> = evidence_kinds()
            .filter(|(kind, info)| {
                info.role == Role::Link && scene.shared.columns[usize::from(kind.0)].present > 0
            })
            .map(|(kind, _)| kind)
            .collect();
        let families = kinds.iter().flat_map(|kind| [kind.kind().family; CLASSES]).collect();
        let parts = by_rows(scene.threads, scene.shared.len(), |rows| {
            let mut ends = Vec::with_capacity(rows.len());
            let mut cells: Vec<u16> = Vec::new();
            for row in rows {
                if scene.subject[row] {
                    for (column, kind) in kinds.iter().enumerate() {
                        if let Some(class) = widest_class(scene, *kind, row) {
                            cells.push((column * CLASSES + usize::from(class)) as u16);
                        }
                    }
                }
                ends.push(cells.len() as u32);
            }
            (ends, cells)
        });
        let mut company = Self { families, offsets: vec![0], cells: Vec::new() };
        for (ends, cells) in parts {
            let before = company.cells.len() as u32;
            company.offsets.extend(ends.iter().map(|end| before + end));
            company.cells.extend(cells);
        }
        company
    }

    fn cells_of(&self, row: u32) -> &[u16] {
        let row = row as usize;
        &self.cells[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    /// Cells of an account in other families.
    fn cells(&self, row: u32, own: Family, each: &mut dyn FnMut(usize)) {
        for cell in self.cells_of(row) {
            let cell = usize::from(*cell);
            if self.families[cell] != own {
                each(cell);
            }
        }
    }
}

/// Class of the most widely shared of an account's values of a kind; popular ones do not count.
fn widest_class(scene: &Scene<'_>, kind: KindId, row: usize) -> Option<u8> {
    let kind = usize::from(kind.0);
    let popular = scene.popular_min();
    scene.shared.columns[kind]
        .ids_of(row)
        .iter()
        .filter(|id| **id != RARE)
        .map(|id| scene.counts[kind][*id as usize - 1])
        .filter(|count| *count < popular)
        .max()
        .map(class)
        .filter(|class| *class > 1)
}

/// Per kind: for each value, whether it is hot, and how many accounts were expected.
struct Heat {
    hot: Vec<bool>,
    expected: Vec<f64>,
    /// Values that the history predicts, or that shield nobody: never hot, and not tested any further.
    ordinary: Vec<bool>,
}

/// Finds all hot selectors, in order of kind and value.
pub(crate) fn find(scene: &Scene<'_>) -> Vec<Node> {
    let company = Company::new(scene);
    let mut cells = Cells::new(company.families.len(), scene.shared.strata_count);
    for row in (0..scene.shared.len()).filter(|row| scene.subject[*row]) {
        let stratum = scene.shared.strata[row];
        cells.add_account(stratum);
        for cell in company.cells_of(row as u32) {
            cells.add(stratum, usize::from(*cell));
        }
    }
    let kinds: Vec<KindId> = evidence_kinds().map(|(kind, _)| kind).collect();
    let mut heat = in_parallel(scene.threads, kinds.len(), |index| {
        let kind = kinds[index];
        let tests = scene.counts[usize::from(kind.0)].len() as u64;
        let (mut heat, (offsets, rows)) = by_itself(scene, kind);
        let by_company = concentrated(
            scene,
            &offsets,
            &rows,
            &cells,
            |row, each| company.cells(row, kind.kind().family, each),
            |cell| company.families[cell] as usize,
            &heat.hot,
        );
        for values in by_company {
            mark(&mut heat, values, tests);
        }
        named(scene, kind, &mut heat);
        heat
    });
    drop(company);
    second_pass(scene, &kinds, &mut heat);
    let mut nodes = Vec::new();
    for (kind, heat) in kinds.iter().zip(&heat) {
        let info = kind.kind();
        for (index, hot) in heat.hot.iter().enumerate() {
            if *hot {
                nodes.push(Node {
                    kind: *kind,
                    id: index as u32 + 1,
                    family: info.family,
                    link: info.role == Role::Link,
                    accounts: scene.counts[usize::from(kind.0)][index],
                    expected: heat.expected[index],
                });
            }
        }
    }
    nodes
}

/// Values that are hot by themselves, against the history and their own times, whatever company they keep; and the rows
/// that may tell of it.
fn by_itself(scene: &Scene<'_>, kind: KindId) -> (Heat, (Vec<u32>, Vec<u32>)) {
    let mut heat = against_history(scene, kind);
    let (offsets, rows) =
        scene.rows_by_id(kind, |value| comparable(scene, kind, value) && !heat.ordinary[value]);
    if scene.single_family && kind.kind().name == "counterparty" {
        dealings(scene, kind, &mut heat);
    }
    let mut by_burst = bursts(scene, &offsets, &rows);
    by_burst.extend(lockstep(scene, kind));
    mark(&mut heat, by_burst, scene.counts[usize::from(kind.0)].len() as u64);
    (heat, (offsets, rows))
}

/// For each kind, how many of its values are hot by themselves.
pub(super) fn hot_by_itself(scene: &Scene<'_>) -> Vec<(KindId, usize)> {
    let kinds: Vec<KindId> = evidence_kinds().map(|(kind, _)| kind).collect();
    in_parallel(scene.threads, kinds.len(), |index| {
        let (heat, _) = by_itself(scene, kinds[index]);
        (kinds[index], heat.hot.iter().filter(|hot| **hot).count())
    })
}

/// A value (index) and the natural logarithm of its chance.
type Tested = Vec<(usize, f64)>;

/// Marks the values that may be believed among `tests` tested.
fn mark(heat: &mut Heat, mut tested: Tested, tests: u64) {
    tested.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let count = believed(tested.iter().map(|value| value.1), tests, RATE);
    for (index, _) in &tested[..count] {
        if !heat.ordinary[*index] {
            heat.hot[*index] = true;
        }
    }
}

/// Whether a value has enough accounts to be compared with its peers, and is not too common among them.
fn comparable(scene: &Scene<'_>, kind: KindId, value: usize) -> bool {
    (PEER_ACCOUNTS_MIN..scene.popular_min()).contains(&scene.counts[usize::from(kind.0)][value])
}

fn against_history(scene: &Scene<'_>, kind: KindId) -> Heat {
    let index = usize::from(kind.0);
    let counts = &scene.counts[index];
    let mut heat = Heat {
        hot: vec![false; counts.len()],
        expected: vec![0.0; counts.len()],
        ordinary: vec![false; counts.len()],
    };
    if scene.shields_only {
        let all = &scene.shared.columns[index].counts;
        heat.ordinary = all.iter().zip(counts).map(|(all, own)| all - own < ACCOUNTS_MIN).collect();
    }
    let Some(baseline) = &scene.baseline else { return heat };
    let history = &baseline.predictions[index];
    let mut tested = Vec::new();
    for (value, count) in counts.iter().enumerate() {
        let prediction =
            history.predict(u64::from(baseline.counts[index][value]), baseline.exposure);
        let expected = prediction.mean + f64::from(u8::from(prediction.unseen));
        heat.expected[value] = expected;
        heat.ordinary[value] = 1.0 - expected / f64::from((*count).max(1)) < EXCESS_MIN;
        if *count >= ACCOUNTS_MIN && !heat.ordinary[value] {
            let beyond = u64::from(*count) - u64::from(prediction.unseen);
            tested.push((
                value,
                negative_binomial_ln_upper(beyond, prediction.mean, prediction.size),
            ));
        }
    }
    // A kind whose values carry their own time cannot have been seen before.
    if kind.kind().name != "lockstep" {
        mark(&mut heat, tested, counts.len() as u64);
    }
    heat
}

/// Values that others know as an operation's. Those that the history predicts, or that many have, stay out: lists of
/// others have everybody's provider on them now and then.
fn named(scene: &Scene<'_>, kind: KindId, heat: &mut Heat) {
    let counts = &scene.counts[usize::from(kind.0)];
    for id in &scene.shared.known[usize::from(kind.0)] {
        let value = *id as usize - 1;
        let few = (ACCOUNTS_MIN..scene.popular_min()).contains(&counts[value]);
        heat.hot[value] |= few && !heat.ordinary[value];
    }
}

/// Where an input has nothing but what accounts deal with, accounts that a few others deal with directly
/// are looked at: the pairs will tell. Whoever is dealt with by many is a hub, and tells nothing.
fn dealings(scene: &Scene<'_>, kind: KindId, heat: &mut Heat) {
    let hub_min = (scene.subjects / 200).max(50);
    let accounts: HashSet<u64> = scene.shared.accounts.hashes.iter().copied().collect();
    let hashes = &scene.shared.columns[usize::from(kind.0)].hashes;
    for (value, count) in scene.counts[usize::from(kind.0)].iter().enumerate() {
        heat.hot[value] |= *count >= ACCOUNTS_MIN
            && *count < hub_min
            && !heat.ordinary[value]
            && accounts.contains(&hashes[value]);
    }
}

/// Values whose signups crowd into a window, compared with all signups of the same time.
fn bursts(scene: &Scene<'_>, offsets: &[u32], rows: &[u32]) -> Tested {
    let accounts = &scene.shared.accounts;
    let mut tested = Vec::new();
    let Some(signups) = scene.signup_ranks.last().filter(|signups| **signups > 0) else {
        return tested;
    };
    let signups = f64::from(*signups);
    // Second and rank of each signup of the value, in order of time.
    let mut own: Vec<(u32, u32)> = Vec::new();
    for (value, window) in offsets[1..].windows(2).enumerate() {
        own.clear();
        own.extend(
            rows[window[0] as usize..window[1] as usize]
                .iter()
                .map(|row| *row as usize)
                .filter(|row| accounts.flags[*row].signup)
                .map(|row| (accounts.first_seen[row], scene.signup_ranks[row])),
        );
        if own.len() >= PEER_ACCOUNTS_MIN as usize {
            tested.push((value, burst_ln_p(&own, signups)));
        }
    }
    tested
}

/// Chance of the fullest window of signups, each a second and a rank, in order of time.
fn burst_ln_p(own: &[(u32, u32)], signups: f64) -> f64 {
    let mut best = 0.0_f64;
    for window in WINDOWS_SECONDS {
        let mut start = 0;
        let mut most = (0, 0);
        for (end, (until, _)) in own.iter().enumerate() {
            while own[start].0 + window < *until {
                start += 1;
            }
            most = most.max((end - start + 1, start));
        }
        let (inside, start) = most;
        let rank = |at: usize| f64::from(own[at].1);
        let exposure = (rank(start + inside - 1) - rank(start)) / signups;
        let expected = (own.len() - 1) as f64 * exposure;
        best = best.min(poisson_ln_upper(inside as u64 - 1, expected.max(1e-6)));
    }
    (best + (WINDOWS_SECONDS.len() as f64).ln()).min(0.0)
}

/// Actions on a target within one time bucket, beyond what the target's other times lead to expect.
fn lockstep(scene: &Scene<'_>, kind: KindId) -> Tested {
    if kind.kind().name != "lockstep" {
        return Vec::new();
    }
    scene.counts[usize::from(kind.0)]
        .iter()
        .zip(&scene.shared.lockstep)
        .enumerate()
        .filter(|(value, _)| comparable(scene, kind, *value))
        .map(|(value, (count, origin))| {
            let share = f64::from(origin.bucket_share).min(0.9);
            let elsewhere = f64::from(origin.target_accounts.saturating_sub(*count));
            let expected = (elsewhere * share / (1.0 - share)).max(0.5);
            (value, negative_binomial_ln_upper(u64::from(*count), expected, 2.0))
        })
        .collect()
}

/// Values whose accounts are concentrated in cells; one list for each group of cells, since each is a
/// family of tests of its own.
fn concentrated(
    scene: &Scene<'_>,
    offsets: &[u32],
    rows: &[u32],
    cells: &Cells,
    for_each_cell: impl Fn(u32, &mut dyn FnMut(usize)),
    group_of: impl Fn(usize) -> usize,
    hot: &[bool],
) -> Vec<Tested> {
    let mut scratch = cells.scratch();
    let mut groups: Vec<Tested> = vec![Vec::new(); 16];
    for (value, window) in offsets[1..].windows(2).enumerate() {
        let own = &rows[window[0] as usize..window[1] as usize];
        if own.is_empty() || hot[value] {
            continue;
        }
        let step = own.len().div_ceil(SAMPLE_MAX);
        let mut best = [0.0_f64; 16];
        cells.examine(
            &mut scratch,
            own.iter().step_by(step),
            |row| scene.shared.strata[row as usize],
            &for_each_cell,
            |concentration| {
                let slot = &mut best[group_of(concentration.cell)];
                *slot = slot.min(concentration.ln_p);
            },
        );
        for (group, ln_p) in best.iter().enumerate().filter(|entry| *entry.1 < 0.0) {
            // The best of about a dozen occupied cells in the group.
            groups[group].push((value, (ln_p + 12.0_f64.ln()).min(0.0)));
        }
    }
    groups
}

/// Adds values that are ordinary by themselves but concentrated among accounts hot in another family.
fn second_pass(scene: &Scene<'_>, kinds: &[KindId], heat: &mut [Heat]) {
    let mut hot_families = vec![0_u16; scene.shared.len()];
    for (kind, heat) in kinds.iter().zip(heat.iter()) {
        let info = kind.kind();
        if info.role == Role::Link {
            scene.shared.columns[usize::from(kind.0)].for_each_shared(|row, id| {
                if heat.hot[id as usize - 1] {
                    hot_families[row as usize] |= 1 << info.family as u16;
                }
            });
        }
    }
    let mut cells = Cells::new(16, scene.shared.strata_count);
    let bits = |mask: u16, each: &mut dyn FnMut(usize)| {
        let mut mask = mask;
        while mask != 0 {
            each(mask.trailing_zeros() as usize);
            mask &= mask - 1;
        }
    };
    for row in (0..scene.shared.len()).filter(|row| scene.subject[*row]) {
        let stratum = scene.shared.strata[row];
        cells.add_account(stratum);
        bits(hot_families[row], &mut |family| cells.add(stratum, family));
    }
    let found = in_parallel(scene.threads, kinds.len(), |index| {
        let heat = &heat[index];
        let (offsets, rows) = scene.rows_by_id(kinds[index], |value| {
            comparable(scene, kinds[index], value) && !heat.ordinary[value] && !heat.hot[value]
        });
        let own = 1_u16 << kinds[index].kind().family as u16;
        concentrated(
            scene,
            &offsets,
            &rows,
            &cells,
            |row, each| bits(hot_families[row as usize] & !own, each),
            |cell| cell,
            &heat.hot,
        )
    });
    for ((heat, kind), groups) in heat.iter_mut().zip(kinds).zip(found) {
        for tested in groups {
            mark(heat, tested, scene.counts[usize::from(kind.0)].len() as u64);
        }
    }
}
