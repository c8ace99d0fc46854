//! Which selectors are shared by more accounts than they should be?
//!
//! Four tests, each controlled for false discovery within its kind: against the trusted history;
//! against the time of signups (a burst); against the company its accounts keep (are the other things
//! they share shared by unusually many, or unusually few?); and, in a second pass, whether they are
//! concentrated among accounts that are hot in another family already. Where there is a history, a
//! value that it predicts is never hot; and where the history itself is judged, a value that no others have. What others
//! know as an operation's is looked at even where its number alone would not surprise: that adds no evidence.

use std::ops::Range;

use seawall_core::{
    link::{
        discovery::{believed, ln_p_max},
        history::Prediction,
        tail::{negative_binomial_ln_upper, poisson_ln_upper_to},
    },
    selector::{Family, KindId, Role},
};

use super::{
    company::Company,
    concentration::{Cells, Look, Outlines, STRATUM_BITS},
    in_parallel,
    scene::{Carriers, Scene},
};
use crate::{
    Error,
    bits::{Marks, Ranked},
    count::evidence_kinds,
};

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
/// Groups of cells, each a family of tests of its own: families of evidence, at most.
const GROUPS: usize = 16;
/// Accounts of a value that are looked at: more tell no more.
const SAMPLE_MAX: usize = 4096;

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

/// Per kind: for each value, whether it is hot.
struct Heat {
    hot: Vec<bool>,
    /// Values that the history predicts, or that shield nobody: never hot, and not tested any further.
    ordinary: Vec<bool>,
}

/// Finds all hot selectors, in order of kind and value.
pub(crate) fn find(scene: &Scene<'_>) -> Result<Vec<Node>, Error> {
    let company = Company::new(scene)?;
    let mut cells = Cells::new(company.cells(), scene.shared.strata_count);
    cells.count(scene, &company.outlines, &company.elsewhere(None));
    let signups = signups(scene);
    let kinds: Vec<KindId> = evidence_kinds().map(|(kind, _)| kind).collect();
    let heat = in_parallel(scene.side_by_side(), kinds.len(), |index| {
        let kind = kinds[index];
        let (mut own, parts) = by_itself(scene, kind, signups)?;
        let look = company.elsewhere(Some(kind.kind().family));
        let group_of = |cell| company.family(cell) as usize;
        let by_company = in_parallel(parts.len(), parts.len(), |part| {
            concentrated(&parts[part], &cells, &company.outlines, &look, group_of, &own.hot)
        });
        mark_concentrated(scene, kind, &mut own, by_company);
        named(scene, kind, &mut own);
        Ok(own)
    });
    let mut heat = heat.into_iter().collect::<Result<Vec<_>, Error>>()?;
    drop(company);
    second_pass(scene, &kinds, &mut heat)?;
    let mut nodes = Vec::new();
    for (kind, heat) in kinds.iter().zip(&heat) {
        let info = kind.kind();
        let hot = heat.hot.iter().enumerate().filter(|(_, hot)| **hot);
        nodes.extend(hot.map(|(value, _)| Node {
            kind: *kind,
            id: value as u32 + 1,
            family: info.family,
            link: info.role == Role::Link,
            accounts: scene.counts[usize::from(kind.0)][value],
            expected:
                predicted(scene, *kind, value).map_or(0.0, |prediction| expected(&prediction)),
        }));
    }
    Ok(nodes)
}

/// Which accounts signed up in the input; nothing where all did.
fn signups<'a>(scene: &Scene<'a>) -> Option<&'a Marks> {
    let signups = &scene.shared.accounts.signed_up;
    ((signups.count() as usize) < scene.shared.len()).then_some(signups)
}

/// Values that are hot by themselves, against the history and their own times, whatever company they keep; and the rows
/// that may tell of it, part by part.
fn by_itself(
    scene: &Scene<'_>,
    kind: KindId,
    signups: Option<&Marks>,
) -> Result<(Heat, Vec<Carriers>), Error> {
    let tests = scene.counts[usize::from(kind.0)].len();
    let column = scene.shared.columns.brought(usize::from(kind.0))?;
    let parts = scene.parts(kind);
    let looked = in_parallel(parts.len(), parts.len(), |part| {
        let values = parts[part].clone();
        let against_history = against_history(scene, kind, values.clone());
        let ordinary = |value: usize| against_history.ordinary[value - values.start];
        let wanted = |value| comparable(scene, kind, value) && !ordinary(value);
        let carriers = scene.carriers(kind, &column, values.clone(), wanted);
        let by_burst = bursts(scene, signups, &carriers);
        (against_history, by_burst, carriers)
    });
    let mut heat = Heat { hot: vec![false; tests], ordinary: Vec::with_capacity(tests) };
    let (mut by_history, mut by_burst) = (Vec::new(), Vec::new());
    let mut carriers = Vec::with_capacity(looked.len());
    for (against_history, bursts, own) in looked {
        heat.ordinary.extend(against_history.ordinary);
        by_history.extend(against_history.tested);
        by_burst.extend(bursts);
        carriers.push(own);
    }
    // A kind whose values carry their own time cannot have been seen before.
    if kind.kind().name != "lockstep" {
        mark(&mut heat, by_history, tests as u64);
    }
    if scene.single_family && kind.kind().name == "counterparty" {
        dealings(scene, kind, &mut heat);
    }
    by_burst.extend(lockstep(scene, kind));
    mark(&mut heat, by_burst, tests as u64);
    Ok((heat, carriers))
}

/// For each kind, how many of its values are hot by themselves.
pub(super) fn hot_by_itself(scene: &Scene<'_>) -> Result<Vec<(KindId, usize)>, Error> {
    let signups = signups(scene);
    let kinds: Vec<KindId> = evidence_kinds().map(|(kind, _)| kind).collect();
    let counted = in_parallel(scene.side_by_side(), kinds.len(), |index| {
        let (heat, _) = by_itself(scene, kinds[index], signups)?;
        Ok((kinds[index], heat.hot.iter().filter(|hot| **hot).count()))
    });
    counted.into_iter().collect()
}

/// A value (index) and the natural logarithm of its chance.
type Tested = Vec<(usize, f64)>;

/// Marks the values that may be believed among `tests` tested.
fn mark(heat: &mut Heat, mut tested: Tested, tests: u64) {
    let most = ln_p_max(tested.len() as u64, tests, RATE);
    tested.retain(|value| value.1 <= most);
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

/// What the history says of some values.
#[derive(Default)]
struct AgainstHistory {
    /// Of each, whether it is ordinary.
    ordinary: Vec<bool>,
    tested: Tested,
}

fn against_history(scene: &Scene<'_>, kind: KindId, values: Range<usize>) -> AgainstHistory {
    let index = usize::from(kind.0);
    let (counts, all) = (&scene.counts[index], &scene.shared.columns[index].counts);
    let mut found = AgainstHistory::default();
    for value in values {
        let count = counts[value];
        let Some(prediction) = predicted(scene, kind, value) else {
            found.ordinary.push(scene.shields_only && all[value] - count < ACCOUNTS_MIN);
            continue;
        };
        let expected = expected(&prediction);
        let ordinary = 1.0 - expected / f64::from(count.max(1)) < EXCESS_MIN;
        found.ordinary.push(ordinary);
        if count >= ACCOUNTS_MIN && !ordinary {
            let beyond = u64::from(count) - u64::from(prediction.unseen);
            let ln_p = negative_binomial_ln_upper(beyond, prediction.mean, prediction.size);
            found.tested.push((value, ln_p));
        }
    }
    found
}

/// What the history predicts of a value, where there is one.
fn predicted(scene: &Scene<'_>, kind: KindId, value: usize) -> Option<Prediction> {
    let (baseline, kind) = (scene.baseline?, usize::from(kind.0));
    let before = u64::from(baseline.counts[kind][value]);
    Some(baseline.predictions[kind].predict(before, baseline.exposure))
}

/// Accounts that a prediction leads to expect.
fn expected(prediction: &Prediction) -> f64 {
    prediction.mean + f64::from(u8::from(prediction.unseen))
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
    for (value, count) in scene.counts[usize::from(kind.0)].iter().enumerate() {
        heat.hot[value] |= *count >= ACCOUNTS_MIN
            && *count < hub_min
            && !heat.ordinary[value]
            && scene.shared.counterparties_within.has(value);
    }
}

/// The chance (natural logarithm) up to which a test may be believed: a list has two tests of a value at most.
fn believable() -> f64 {
    ln_p_max(2, 1, RATE)
}

/// Values whose signups crowd into a window, compared with all signups of the same time; those that may be believed.
fn bursts(scene: &Scene<'_>, signups: Option<&Marks>, carriers: &Carriers) -> Tested {
    let mut tested = Vec::new();
    if scene.signups.count() == 0 {
        return tested;
    }
    let ln_p_max = believable();
    let (mut of_signups, mut seconds) = (Vec::new(), Vec::new());
    for (value, mut own) in carriers.iter() {
        if let Some(signups) = signups {
            of_signups.clear();
            of_signups.extend(own.iter().filter(|row| signups.has(**row as usize)));
            own = &of_signups;
        }
        if own.len() < PEER_ACCOUNTS_MIN as usize {
            continue;
        }
        seconds.clear();
        seconds.extend(own.iter().map(|row| scene.shared.accounts.first_seen[*row as usize]));
        // With one family all that is found is a lead: more is looked at, and the pairs will tell.
        let starts = if scene.single_family { 1 } else { own.len() };
        let ln_p = burst_ln_p(&seconds, own, scene.signups, starts, ln_p_max);
        tested.extend(ln_p.map(|ln_p| (value, ln_p)));
    }
    tested
}

/// Chance of the fullest window of signups, of which `seconds` and `rows` are in order of time, where it is at most
/// `ln_p_max`; `signups` says of every row how many there were before it, and `starts` from how many signups on a window of
/// each length is counted.
fn burst_ln_p(
    seconds: &[u32],
    rows: &[u32],
    signups: &Ranked,
    starts: usize,
    ln_p_max: f64,
) -> Option<f64> {
    let rank = |at: usize| signups.look(rows[at] as usize).1 as f64;
    let all = f64::from(signups.count());
    // Any of so many windows might have been the fullest.
    let several = ((WINDOWS_SECONDS.len() * starts) as f64).ln();
    // All ranks before anything is decided, so that the misses of the cache overlap.
    let windows =
        fullest(seconds).map(|(inside, start)| (inside, rank(start + inside - 1) - rank(start)));
    let mut best = None;
    for (inside, of_everyone) in windows {
        let expected = ((rows.len() - 1) as f64 * (of_everyone / all)).max(1e-6);
        let most = best.unwrap_or(ln_p_max - several);
        best = poisson_ln_upper_to(inside as u64 - 1, expected, most).or(best);
    }
    best.map(|best| (best + several).min(0.0))
}

/// For each window the most signups that it may hold, and the first of them; among equals the latest.
///
/// A stretch of signups grows where it still fits into the window, and moves on by one where it does not: so it is always
/// as long as the fullest so far, and nothing has to be decided on the way, which costs most where time is random.
fn fullest(seconds: &[u32]) -> [(usize, usize); WINDOWS_SECONDS.len()] {
    let mut starts = [0; WINDOWS_SECONDS.len()];
    let mut fullest = [0; WINDOWS_SECONDS.len()];
    for until in seconds {
        for (at, window) in WINDOWS_SECONDS.iter().enumerate() {
            let fits = |start: usize| seconds[start] + window >= *until;
            starts[at] += usize::from(!fits(starts[at]));
            fullest[at] = if fits(starts[at]) { starts[at] } else { fullest[at] };
        }
    }
    std::array::from_fn(|at| (seconds.len() - starts[at], fullest[at]))
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
    carriers: &Carriers,
    cells: &Cells,
    outlines: &Outlines,
    look: &impl Look,
    group_of: impl Fn(usize) -> usize,
    hot: &[bool],
) -> Vec<Tested> {
    let mut scratch = cells.scratch();
    // The best of about a dozen occupied cells in the group.
    let several = 12.0_f64.ln();
    let ln_p_max = believable() - several;
    let mut groups: Vec<Tested> = vec![Vec::new(); GROUPS];
    for (value, own) in carriers.iter() {
        if own.is_empty() || hot[value] {
            continue;
        }
        let step = own.len().div_ceil(SAMPLE_MAX);
        let mut best = [0.0_f64; GROUPS];
        let own = own.iter().step_by(step);
        cells.examine(&mut scratch, own, outlines, look, ln_p_max, |concentration| {
            let slot = &mut best[group_of(concentration.cell)];
            *slot = slot.min(concentration.ln_p);
        });
        for (group, ln_p) in best.iter().enumerate().filter(|entry| *entry.1 < 0.0) {
            groups[group].push((value, (ln_p + several).min(0.0)));
        }
    }
    groups
}

/// Marks values whose accounts are concentrated, of which there is a list for each group of cells in each part.
fn mark_concentrated(scene: &Scene<'_>, kind: KindId, heat: &mut Heat, parts: Vec<Vec<Tested>>) {
    let mut groups: Vec<Tested> = vec![Vec::new(); GROUPS];
    for part in parts {
        for (group, tested) in groups.iter_mut().zip(part) {
            group.extend(tested);
        }
    }
    for tested in groups {
        mark(heat, tested, scene.counts[usize::from(kind.0)].len() as u64);
    }
}

/// Adds values that are ordinary by themselves but concentrated among accounts hot in another family.
fn second_pass(scene: &Scene<'_>, kinds: &[KindId], heat: &mut [Heat]) -> Result<(), Error> {
    let outlines = hot_families(scene, kinds, heat)?;
    let mut cells = Cells::new(GROUPS, scene.shared.strata_count);
    cells.count(scene, &outlines, &HotFamilies { but: None });
    let found = in_parallel(scene.side_by_side(), kinds.len(), |index| {
        let (kind, heat) = (kinds[index], &heat[index]);
        let column = scene.shared.columns.brought(usize::from(kind.0))?;
        let parts = scene.parts(kind);
        let look = HotFamilies { but: Some(kind.kind().family) };
        let found = in_parallel(parts.len(), parts.len(), |part| {
            let wanted = |value: usize| {
                comparable(scene, kind, value) && !heat.ordinary[value] && !heat.hot[value]
            };
            let carriers = scene.carriers(kind, &column, parts[part].clone(), wanted);
            concentrated(&carriers, &cells, &outlines, &look, |cell| cell, &heat.hot)
        });
        Ok::<_, Error>(found)
    });
    for ((kind, heat), found) in kinds.iter().zip(heat).zip(found) {
        mark_concentrated(scene, *kind, heat, found?);
    }
    Ok(())
}

/// In which families each account has something hot, one bit each.
fn hot_families(scene: &Scene<'_>, kinds: &[KindId], heat: &[Heat]) -> Result<Outlines, Error> {
    let mut outlines = Outlines::new(scene, 1);
    for (kind, heat) in kinds.iter().zip(heat).filter(|(kind, _)| kind.kind().role == Role::Link) {
        let family = HotFamilies::bit(kind.kind().family);
        let column = scene.shared.columns.brought(usize::from(kind.0))?;
        outlines.fill(scene.threads, |rows, words| {
            column.for_each_shared_among(rows.clone(), |row, id| {
                if heat.hot[id as usize - 1] {
                    words[row as usize - rows.start] |= family;
                }
            });
        });
    }
    Ok(outlines)
}

/// The families in which an account has something hot, as cells.
struct HotFamilies {
    but: Option<Family>,
}

impl HotFamilies {
    fn bit(family: Family) -> u64 {
        1 << (STRATUM_BITS + family as u32)
    }
}

impl Look for HotFamilies {
    fn each_cell(&self, words: &[u64], mut each: impl FnMut(usize)) {
        let families = words[0] >> STRATUM_BITS << STRATUM_BITS;
        let mut left = families & !self.but.map_or(0, Self::bit);
        while left != 0 {
            each((left.trailing_zeros() - STRATUM_BITS) as usize);
            left &= left - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use xxhash_rust::xxh3::xxh3_64;

    /// However many accounts have a value, chance alone takes it for a burst hardly more often than its p-value says.
    #[test]
    fn chance_bursts_as_seldom_as_it_says() {
        const SIGNUPS: u32 = 500_000;
        const VALUES: usize = 400;
        const LEVEL: f64 = 0.05;
        let mut words = (0_u64..).map(|number| xxh3_64(&number.to_le_bytes()));
        // A year of signups, each as long after the one before.
        let signups = Ranked::new(SIGNUPS as usize, 0..SIGNUPS as usize);
        for accounts in [5, 50, 500, 5000] {
            let bursting = (0..VALUES).filter(|_| {
                let words = words.by_ref().take(accounts);
                let mut rows: Vec<u32> =
                    words.map(|word| (word % u64::from(SIGNUPS)) as u32).collect();
                rows.sort_unstable();
                let seconds: Vec<u32> = rows.iter().map(|row| row * 63).collect();
                burst_ln_p(&seconds, &rows, &signups, accounts, LEVEL.ln()).is_some()
            });
            // Three standard deviations above what may be.
            let most = VALUES as f64 * LEVEL + 3.0 * (VALUES as f64 * LEVEL).sqrt();
            assert!((bursting.count() as f64) < most, "of values of {accounts} accounts");
        }
    }

    proptest! {
        #[test]
        fn windows_are_as_full_as_any(steps in proptest::collection::vec(0_u32..200_000, 1..40)) {
            let seconds: Vec<u32> =
                steps.iter().scan(1, |at, step| { *at += step; Some(*at) }).collect();
            let found = fullest(&seconds);
            for (window, found) in WINDOWS_SECONDS.iter().zip(found) {
                let inside = |start: usize| {
                    seconds[start..].iter().filter(|at| **at <= seconds[start] + window).count()
                };
                let most = (0..seconds.len()).map(|start| (inside(start), start)).max();
                prop_assert_eq!(Some(found), most);
            }
        }
    }
}
