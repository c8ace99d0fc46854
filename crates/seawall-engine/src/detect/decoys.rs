//! What does the same procedure find where no operation can exist?
//!
//! Each family is shuffled by itself among accounts of the same country and client. Every value keeps
//! its count, every family its inner correlations, but no two families agree any more: whatever is
//! still found is chance.

use seawall_core::{
    campaign::findings::{DecoyBand, FAMILIES},
    selector::registry::KINDS,
};

use super::{candidate::Score, in_parallel, run::Room};
use crate::{
    Error,
    bits::Marks,
    count::{Columns, Shared},
};

/// Lower bounds of the bands of size.
pub(crate) const BANDS: [u64; 4] = [10, 30, 100, 1000];

/// Scores of clusters of shuffled data, and of the real data, by band.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decoys {
    rounds: u32,
    /// Scores of decoys in each band.
    decoys: [Vec<f64>; 4],
    /// Scores of real candidates in each band.
    targets: [Vec<f64>; 4],
}

fn band(accounts: usize) -> usize {
    BANDS.iter().rposition(|least| accounts as u64 >= *least).unwrap_or(0)
}

impl Decoys {
    /// Adds what a round found in shuffled data.
    pub(crate) fn add_round(&mut self, found: impl Iterator<Item = Score>) {
        self.rounds += 1;
        for (bits, accounts) in found {
            self.decoys[band(accounts)].push(bits);
        }
    }

    /// The same, held against what was found in the data as they are.
    pub(crate) fn against(mut self, targets: impl Iterator<Item = Score>) -> Self {
        for (bits, accounts) in targets {
            self.targets[band(accounts)].push(bits);
        }
        self
    }

    fn at_least(scores: &[f64], bits: f64) -> f64 {
        scores.iter().filter(|score| **score >= bits).count() as f64
    }

    /// Share of clusters as strong and of that size that chance makes: decoys over targets.
    pub(crate) fn share(&self, bits: f64, accounts: usize) -> f64 {
        // Without a round (one family stands alone) nothing could fail: even odds at most.
        if self.rounds == 0 {
            return 0.5;
        }
        let band = band(accounts);
        let rounds = f64::from(self.rounds.max(1));
        (Self::at_least(&self.decoys[band], bits)
            / rounds
            / Self::at_least(&self.targets[band], bits).max(1.0))
        .min(1.0)
    }

    /// The same with one decoy added, so that it is never nought: an upper estimate.
    pub(crate) fn q(&self, bits: f64, accounts: usize) -> f64 {
        let band = band(accounts);
        let rounds = f64::from(self.rounds.max(1));
        ((Self::at_least(&self.decoys[band], bits) + 1.0)
            / (rounds * Self::at_least(&self.targets[band], bits).max(1.0) + 1.0))
            .min(1.0)
    }

    /// The table for the report; counts of decoys are a mean over the rounds, rounded up.
    pub(crate) fn bands(&self, report_bits: f64) -> Vec<DecoyBand> {
        (0..BANDS.len())
            .map(|band| DecoyBand {
                accounts_min: BANDS[band],
                decoys: (Self::at_least(&self.decoys[band], report_bits)
                    / f64::from(self.rounds.max(1)))
                .ceil() as u64,
                campaigns: Self::at_least(&self.targets[band], report_bits) as u64,
                decoy_bits_max: self.decoys[band]
                    .iter()
                    .fold(0.0, |most: f64, bits| most.max(*bits)),
            })
            .collect()
    }
}

/// The columns of one round: judged accounts have each family's values of another of their stratum, each family by
/// itself.
pub(crate) fn shuffled(
    shared: &Shared,
    subject: &Marks,
    number: u64,
    room: &Room,
    threads: usize,
) -> Result<Columns, Error> {
    let mut by_stratum: Vec<Vec<u32>> = vec![Vec::new(); shared.strata_count];
    for row in subject.rows() {
        by_stratum[usize::from(shared.strata[row])].push(row as u32);
    }
    let rows = shared.len();
    let aside = Shared::aside(rows, room)?;
    let moved = in_parallel(threads, FAMILIES.len(), |family| {
        let places = places(&by_stratum, rows, (number << 40) ^ ((family as u64) << 32));
        let kinds = (0..KINDS.len()).filter(|kind| KINDS[*kind].family as usize == family);
        let moved = kinds.map(|kind| {
            let column = shared.columns.brought(kind)?.placed(&places, rows);
            Ok((kind, Columns::put(&aside, column)?))
        });
        moved.collect::<Result<Vec<_>, Error>>()
    });
    let mut columns = Vec::with_capacity(KINDS.len());
    for of_family in moved {
        columns.extend(of_family?);
    }
    columns.sort_unstable_by_key(|(kind, _)| *kind);
    Columns::new(columns.into_iter().map(|(_, column)| column), aside)
}

/// The row that each row's values go to, within each stratum.
fn places(by_stratum: &[Vec<u32>], rows: usize, seed: u64) -> Vec<u32> {
    let mut places: Vec<u32> = (0..rows as u32).collect();
    for (stratum, rows) in by_stratum.iter().enumerate() {
        let mut shuffled = rows.clone();
        let mut state = seed ^ stratum as u64;
        for last in (1..shuffled.len()).rev() {
            let chosen = (u128::from(next(&mut state)) * (last as u128 + 1)) >> 64;
            shuffled.swap(last, chosen as usize);
        }
        for (to, from) in rows.iter().zip(shuffled) {
            places[from as usize] = *to;
        }
    }
    places
}

/// `SplitMix64` (Steele, Lea & Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
