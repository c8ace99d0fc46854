//! Is a selector suddenly, or all in all, shared by more accounts than it should be?
//!
//! Two tests of a value's accounts since it is tracked. Their number against the negative binomial that the history
//! predicts, as the batch does it; and a cumulative sum for a jump of the rate (Page's test with the likelihood ratio of
//! a Poisson process; Lorden: the mean time between false alarms of one value is at least e to the threshold). Time is
//! counted in signups of the site, so that the site's own busy hours cancel out.

use super::{
    counter::{Cell, JUMPS},
    snapshot::{KindBaseline, Rate},
};
use crate::{
    link::tail::negative_binomial_ln_upper,
    selector::{Kind, Role},
};

/// False-discovery rate of the batch's tests; here each kind's tests are counted in full (Bonferroni).
const RATE: f64 = 0.01;
/// Values that a kind is taken to have at least.
const VALUES_MIN: f64 = 1000.0;
/// Days that the sum's threshold is meant for, and what is added to it.
const DAYS: f64 = 30.0;
const MARGIN: f64 = 7.0;
/// Accounts that a value needs.
const ACCOUNTS_MIN: u32 = 3;
/// Share of signups from which a value is too common to bind anyone.
const POPULAR_SHARE: f32 = 0.05;

/// Adds an account to the evidence on a value, and raises the alarm if it is enough. `signups` is the number of the
/// site's signups so far.
pub fn update(
    cell: &mut Cell,
    kind: &Kind,
    baseline: &KindBaseline,
    rate: Option<(Rate, bool)>,
    signups: u32,
) {
    let passed = signups.saturating_sub(cell.signups[1]) as f32;
    cell.signups[1] = signups;
    let Some((rate, _)) = rate else { return };
    if rate.mean > POPULAR_SHARE {
        return;
    }
    if cell.accounts > 1 {
        for (sum, jump) in cell.jumps.iter_mut().zip(JUMPS) {
            *sum = (*sum + jump.ln() - (jump - 1.0) * rate.mean * passed).max(0.0);
        }
    }
    // A kind whose values carry their own time cannot have been seen before.
    let is_tested = kind.role == Role::Link && kind.name != "lockstep";
    if cell.alarmed || !is_tested || cell.accounts < ACCOUNTS_MIN {
        return;
    }
    let values = f64::from(baseline.values).max(VALUES_MIN);
    let sudden = f64::from(cell.jumps[0].max(cell.jumps[1])) >= (values * DAYS).ln() + MARGIN;
    // The tail costs most, and a few accounts more change little.
    let is_turn = cell.accounts < 16 || cell.accounts.is_multiple_of(cell.accounts / 8);
    cell.alarmed = (sudden || is_turn) && is_beyond(cell, rate, values);
}

/// Whether the history leaves so many accounts unexplained, all in all.
fn is_beyond(cell: &Cell, rate: Rate, values: f64) -> bool {
    let exposure = f64::from(cell.signups[1].saturating_sub(cell.signups[0])) + 1.0;
    let mean = f64::from(rate.mean) * exposure;
    let beyond = u64::from(cell.accounts - 1);
    negative_binomial_ln_upper(beyond, mean, f64::from(rate.size)) <= (RATE / values).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decision::counter::Counters, selector::KindId};

    fn alarms(gap: u32, mean: f32, size: f32) -> Option<u32> {
        let kind = KindId::from_name("email_domain").expect("a kind").kind();
        let baseline = KindBaseline { values: 10_000, ..KindBaseline::default() };
        let rate = Rate { value: 5, mean, size };
        let mut counters = Counters::new(8, 0);
        for account in 1..200 {
            let cell = counters.count(5, account, account * gap);
            update(cell, kind, &baseline, Some((rate, false)), account * gap);
            if cell.alarmed {
                return Some(account);
            }
        }
        None
    }

    #[test]
    fn a_value_that_comes_as_expected_raises_no_alarm() {
        // One in a thousand signups, as the history says.
        assert_eq!(alarms(1000, 1e-3, 5.0), None);
        assert_eq!(alarms(500, 1e-3, 5.0), None);
    }

    #[test]
    fn a_new_value_that_keeps_coming_does_within_ten_accounts() {
        let account = alarms(1000, 1e-7, 0.5).expect("an alarm");
        assert!((3..10).contains(&account), "{account}");
    }

    #[test]
    fn a_value_too_common_never_does() {
        assert_eq!(alarms(1, 0.06, 1e6), None);
    }

    #[test]
    fn poisson_arrivals_at_the_expected_rate_raise_no_alarm_in_a_thousand_values() {
        let kind = KindId::from_name("device_id").expect("a kind").kind();
        let baseline = KindBaseline { values: 1000, ..KindBaseline::default() };
        let rate = Rate { value: 5, mean: 0.002, size: 1e6 };
        let mut state = 11_u64;
        let mut uniform = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut alarms = 0;
        for _ in 0..1000 {
            let mut counters = Counters::new(8, 0);
            let mut signups = 0.0;
            for account in 1..60 {
                signups += -(1.0 - uniform()).ln() / 0.002;
                let cell = counters.count(5, account, signups as u32);
                update(cell, kind, &baseline, Some((rate, false)), signups as u32);
                alarms += u32::from(cell.alarmed);
            }
        }
        assert_eq!(alarms, 0);
    }
}
