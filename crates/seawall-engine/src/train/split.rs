//! What is learned from, and what is kept out?
//!
//! By time and by campaign: what is kept out is later than all that is learned from, and no campaign is on both sides. An
//! account that would break one of the two is left out altogether.

use std::collections::BTreeMap;

use super::examples::Example;

/// Where an example goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It is learned from.
    Learn,
    /// It is kept out, to calibrate and to set thresholds.
    Hold,
    /// Neither.
    Leave,
}

/// One in so many campaigns is kept out.
const CAMPAIGNS_EVERY: usize = 3;

/// The side of each example. `held_share` of people's accounts, the last ones, are kept out; of campaigns every third, by
/// the hash of its name.
pub fn sides(examples: &[Example], held_share: f64) -> Vec<Side> {
    let mut times: Vec<i64> =
        examples.iter().filter(|own| !own.word.is_fraudulent()).map(|own| own.time).collect();
    times.sort_unstable();
    let cut_at = (times.len() as f64 * (1.0 - held_share)).floor() as usize;
    let cut = times.get(cut_at).copied().unwrap_or(i64::MAX);
    let held = held_campaigns(examples);
    let side = |own: &Example| {
        let later = own.time >= cut;
        // An account without a campaign goes by its time alone.
        match held.get(&own.campaign).copied().unwrap_or(later) {
            held if held != later => Side::Leave,
            true => Side::Hold,
            false => Side::Learn,
        }
    };
    examples.iter().map(side).collect()
}

/// Of each campaign, whether it is kept out.
fn held_campaigns(examples: &[Example]) -> BTreeMap<u64, bool> {
    let mut campaigns: BTreeMap<u64, bool> =
        examples.iter().filter(|own| own.campaign != 0).map(|own| (own.campaign, false)).collect();
    for (position, held) in campaigns.values_mut().enumerate() {
        *held = position % CAMPAIGNS_EVERY == CAMPAIGNS_EVERY - 1;
    }
    campaigns
}
