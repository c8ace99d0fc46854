//! How does a model come of examples?

use std::collections::{BTreeMap, BTreeSet};

use seawall_core::{
    decision::{
        features::{FEATURES, names},
        scored::client_names,
    },
    model::{
        AccountModel, Trained,
        calibration::{Calibration, Known},
        drift::{Reference, Spread, quantiles},
        strata::{Bound, Division, Held},
        trees::Trees,
        twin::{Term, Twin},
    },
};

use super::{
    boost::{self, Growth, Rows},
    examples::{Example, Examples},
    logistic,
    split::{Side, sides},
};

/// Labelled accounts of each sort from which the twin is learned.
pub const TWIN_MIN: usize = 100;
/// Labelled accounts from which trees are grown too; with fewer, the twin speaks.
pub const TREES_MIN: usize = 5_000;
/// Accounts of each sort that people spoke about from which the last third of the trees is grown on them alone.
const STRONG_MIN: usize = 200;
/// Held-out accounts of each sort that a calibration needs.
const CALIBRATION_MIN: usize = 20;
/// Prior of the twin's weights.
const TWIN_PRIOR: f64 = 1.0;

/// How a model is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How trees are grown.
    pub growth: Growth,
    /// Share of people that may be over the threshold.
    pub false_positive_max: f64,
    /// Probability that more are.
    pub doubt: f64,
    /// Share of people's accounts that are kept out: the last ones.
    pub held_share: f64,
    /// Labelled accounts from which trees are grown.
    pub trees_min: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            growth: Growth::default(),
            false_positive_max: 1e-3,
            doubt: 0.05,
            held_share: 0.4,
            trees_min: TREES_MIN,
        }
    }
}

/// Where a training is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The twin is fitted.
    Twin,
    /// Trees are grown.
    Trees,
    /// Thresholds are set.
    Thresholds,
}

/// Why no model comes of examples.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Too few labelled accounts, or of one sort only.
    #[error(
        "{fraudulent} labelled accounts of operations and {people} of people to learn from, and {TWIN_MIN} of each are needed\nhint: without a model, decisions work from evidence alone"
    )]
    TooFew {
        /// Accounts of operations.
        fraudulent: usize,
        /// Accounts of people.
        people: usize,
    },
    /// A bound or a share that is none.
    #[error("the bound, its doubt and the share that is kept out lie between 0 and 1")]
    Settings,
    /// The trees could not be grown.
    #[error("the trees could not be grown: {0}")]
    Trees(String),
}

/// A model, and its trees for others to read.
pub struct Fitted {
    /// The model.
    pub model: AccountModel,
    /// Its trees in the JSON of `XGBoost`, one document for each stage of growing.
    pub xgboost: Vec<Vec<u8>>,
}

/// Makes a model. Where `held` is given, that is kept out, and all of `examples` but its campaigns and accounts is learned
/// from; otherwise the last part of `examples` is kept out.
pub fn fit(
    examples: &Examples,
    held: Option<&Examples>,
    settings: &Settings,
    progress: &mut dyn FnMut(Step),
) -> Result<Fitted, FitError> {
    let is_share = |share: f64| share > 0.0 && share < 1.0;
    if ![settings.false_positive_max, settings.doubt, settings.held_share].into_iter().all(is_share)
    {
        return Err(FitError::Settings);
    }
    let (learn, hold) = part(examples, held, settings.held_share);
    let fraudulent = learn.iter().filter(|own| own.word.is_fraudulent()).count();
    let people = learn.len() - fraudulent;
    if fraudulent < TWIN_MIN || people < TWIN_MIN {
        return Err(FitError::TooFew { fraudulent, people });
    }
    progress(Step::Twin);
    let twin = twin(&learn);
    let (mut trees, mut xgboost) = (Trees::default(), Vec::new());
    if learn.len() >= settings.trees_min {
        progress(Step::Trees);
        for grown in grow(&learn, &settings.growth)? {
            xgboost.push(grown.xgboost_json().map_err(FitError::Trees)?);
            trees.trees.extend(grown.trees.trees);
        }
    }
    progress(Step::Thresholds);
    let mut model = AccountModel { features: names(), trees, twin, ..AccountModel::default() };
    let scores: Vec<f64> = hold.iter().map(|own| model.log_odds(&own.features)).collect();
    model.calibration = calibration(&hold, &scores);
    model.bound = bound(&hold, &scores, settings);
    model.reference = reference(&learn, &hold, &scores);
    model.trained = trained(&learn, &hold, &scores, &model.bound);
    Ok(Fitted { model, xgboost })
}

/// What is learned from, and what is kept out; no campaign and no account is in both.
pub fn part<'a>(
    examples: &'a Examples,
    held: Option<&'a Examples>,
    held_share: f64,
) -> (Vec<&'a Example>, Vec<&'a Example>) {
    if let Some(held) = held {
        let hold: Vec<&Example> = held.examples.iter().collect();
        let campaigns: BTreeSet<u64> = hold.iter().map(|own| own.campaign).collect();
        let accounts: BTreeSet<(u64, u64)> =
            hold.iter().map(|own| (own.account, own.block)).collect();
        let is_apart = |own: &&Example| {
            (own.campaign == 0 || !campaigns.contains(&own.campaign))
                && !accounts.contains(&(own.account, own.block))
        };
        return (examples.examples.iter().filter(is_apart).collect(), hold);
    }
    let sides = sides(&examples.examples, held_share);
    let of = |side: Side| {
        let all = examples.examples.iter().zip(&sides);
        all.filter(|(_, own)| **own == side).map(|(own, _)| own).collect()
    };
    (of(Side::Learn), of(Side::Hold))
}

/// Weights with which operations and people count the same in all.
fn weights(examples: &[&Example]) -> Vec<f64> {
    let mut sums = [0.0; 2];
    for own in examples {
        sums[usize::from(own.word.is_fraudulent())] += f64::from(own.word.weight());
    }
    let half = f64::midpoint(sums[0], sums[1]);
    let weight = |own: &&Example| {
        f64::from(own.word.weight()) * half / sums[usize::from(own.word.is_fraudulent())]
    };
    examples.iter().map(weight).collect()
}

fn twin(learn: &[&Example]) -> Twin {
    let asked = (0_u16..).zip(FEATURES.iter()).filter(|(_, feature)| feature.twin);
    let asked: Vec<u16> = asked.map(|(position, _)| position).collect();
    let row = |own: &&Example| -> Vec<f64> {
        asked.iter().map(|at| f64::from(own.features[usize::from(*at)])).collect()
    };
    let features: Vec<Vec<f64>> = learn.iter().map(row).collect();
    let fraudulent: Vec<bool> = learn.iter().map(|own| own.word.is_fraudulent()).collect();
    let rows =
        logistic::Rows { features: &features, fraudulent: &fraudulent, weights: &weights(learn) };
    let (intercept, weights) = logistic::fit(&rows, TWIN_PRIOR);
    let terms = asked.into_iter().zip(weights).map(|(feature, weight)| Term { feature, weight });
    Twin { intercept, terms: terms.collect() }
}

fn rows(learn: &[&Example], margins: Option<Vec<f32>>) -> Rows {
    Rows {
        features: learn.iter().flat_map(|own| own.features.iter().copied()).collect(),
        labels: learn.iter().map(|own| f32::from(u8::from(own.word.is_fraudulent()))).collect(),
        weights: weights(learn).into_iter().map(|weight| weight as f32).collect(),
        margins,
    }
}

/// Grows two thirds of the trees on all, and the last third on those that people spoke about, where there are enough.
fn grow(learn: &[&Example], growth: &Growth) -> Result<Vec<boost::Grown>, FitError> {
    let strong: Vec<&Example> = learn.iter().copied().filter(|own| own.word.is_strong()).collect();
    let sort = |fraudulent: bool| {
        strong.iter().filter(|own| own.word.is_fraudulent() == fraudulent).count()
    };
    let grow = |rows: &Rows, trees| {
        boost::grow(rows, &Growth { trees, ..*growth }).map_err(FitError::Trees)
    };
    let all_strong = strong.len() == learn.len();
    if all_strong || sort(true) < STRONG_MIN || sort(false) < STRONG_MIN {
        return Ok(vec![grow(&rows(learn, None), growth.trees)?]);
    }
    let last = growth.trees / 3;
    let first = grow(&rows(learn, None), growth.trees - last)?;
    let margins = strong.iter().map(|own| first.trees.log_odds(&own.features) as f32).collect();
    let second = grow(&rows(&strong, Some(margins)), last)?;
    Ok(vec![first, second])
}

/// From a person's word where there are enough of them, otherwise from all.
fn calibration(hold: &[&Example], scores: &[f64]) -> Calibration {
    let known = |strong: bool| -> Vec<Known> {
        let all = hold.iter().zip(scores);
        all.filter(|(own, _)| !strong || own.word.is_strong() || own.word == super::Word::Trusted)
            .map(|(own, score)| Known {
                score: *score,
                fraudulent: own.word.is_fraudulent(),
                // Here an account is an account: how much it counts in learning is another matter.
                weight: 1.0,
            })
            .collect()
    };
    let is_enough = |known: &[Known]| {
        let fraudulent = known.iter().filter(|known| known.fraudulent).count();
        fraudulent >= CALIBRATION_MIN && known.len() - fraudulent >= CALIBRATION_MIN
    };
    let all = [known(true), known(false)].into_iter().find(|known| is_enough(known));
    all.map_or_else(Calibration::default, |known| Calibration::fit(&known))
}

/// People that count for the bound: whom the site trusts, and whom a person called genuine.
fn held(hold: &[&Example], scores: &[f64]) -> Vec<Held> {
    let people = hold.iter().zip(scores).filter(|(own, _)| !own.word.is_fraudulent());
    let held = |(own, score): (&&Example, &f64)| Held {
        score: *score,
        stratum: own.stratum,
        block: own.block,
    };
    people.map(held).collect()
}

fn bound(hold: &[&Example], scores: &[f64], settings: &Settings) -> Bound {
    let countries: BTreeMap<u64, [u8; 2]> =
        hold.iter().filter_map(|own| Some((own.stratum[0], own.country?))).collect();
    let clients: BTreeMap<u64, &str> = client_names().into_iter().collect();
    let name = |division: Division, value: u64| {
        let found = match division {
            Division::Country => {
                countries.get(&value).map(|letters| String::from_utf8_lossy(letters).into_owned())
            }
            Division::Client => clients.get(&value).map(|name| (*name).to_owned()),
        };
        found.unwrap_or_else(|| "not known".to_owned())
    };
    Bound::set(&held(hold, scores), settings.false_positive_max, settings.doubt, &name)
}

fn reference(learn: &[&Example], hold: &[&Example], scores: &[f64]) -> Reference {
    let mut trusted: Vec<f64> = held(hold, scores).iter().map(|held| held.score).collect();
    trusted.sort_by(f64::total_cmp);
    // What most accounts are like: operations come and go, and are no drift.
    let people: Vec<&&Example> = learn.iter().filter(|own| !own.word.is_fraudulent()).collect();
    let spread = |at: usize| Spread::of(people.iter().map(|own| own.features[at]));
    Reference {
        features: (0..FEATURES.len()).map(spread).collect(),
        trusted_scores: quantiles(&trusted),
        trusted: trusted.len() as u64,
    }
}

fn trained(learn: &[&Example], hold: &[&Example], scores: &[f64], bound: &Bound) -> Trained {
    let sorts = |all: &[&Example]| {
        let fraudulent = all.iter().filter(|own| own.word.is_fraudulent()).count() as u64;
        [fraudulent, all.len() as u64 - fraudulent]
    };
    let campaigns = |all: &[&Example]| {
        let ids: BTreeSet<u64> = all.iter().map(|own| own.campaign).filter(|id| *id != 0).collect();
        ids.len() as u64
    };
    let times = || learn.iter().chain(hold).map(|own| own.time);
    let over = |own: &Example, score: f64| {
        bound.threshold_of(own.stratum).is_some_and(|(threshold, _)| score > threshold)
    };
    let held_out = sorts(hold);
    let found = hold.iter().zip(scores).filter(|(own, _)| own.word.is_fraudulent());
    let found = found.filter(|(own, score)| over(own, **score)).count();
    Trained {
        accounts: sorts(learn),
        held_out,
        campaigns: [campaigns(learn), campaigns(hold)],
        between: [times().min().unwrap_or(0), times().max().unwrap_or(0)],
        recall: found as f64 / held_out[0].max(1) as f64,
    }
}
