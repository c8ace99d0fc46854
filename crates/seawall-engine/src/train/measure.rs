//! How good is a model on accounts that it never saw, and have accounts changed since?

use seawall_core::{
    decision::{Answer, features::FEATURES, scored::Ready},
    model::{
        bound::clopper_pearson,
        drift::{kolmogorov_smirnov, kolmogorov_smirnov_max, population_stability},
    },
};
use serde::Serialize;

use super::examples::{Example, Examples};

/// Confidence of the intervals that are told.
pub const CONFIDENCE: f64 = 0.95;
/// Bits that the trees and the twin may be apart.
const DISAGREEMENT_BITS: f64 = 3.0;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub total: u64,
}

impl Share {
    fn of<'a>(all: impl Iterator<Item = &'a Asked<'a>>, is: impl Fn(&Asked<'a>) -> bool) -> Self {
        let mut own = Self::default();
        for asked in all {
            own.total += 1;
            own.count += u64::from(is(asked));
        }
        own
    }

    /// As a number.
    pub fn share(&self) -> f64 {
        self.count as f64 / self.total.max(1) as f64
    }

    /// The interval of Clopper and Pearson, at [`CONFIDENCE`].
    pub fn interval(&self) -> (f64, f64) {
        clopper_pearson(self.count, self.total, CONFIDENCE)
    }
}

/// How people of one country or client fare.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StratumMeasured {
    /// `country` or `client`.
    pub division: &'static str,
    /// Which.
    pub name: String,
    /// People over the threshold.
    pub people: Share,
    /// A bound of three times that of all is stated for it.
    pub stated: bool,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// People over the threshold.
    pub people: Share,
    /// The interval of that.
    pub people_interval: (f64, f64),
    /// The bound that the model states; none where it states none.
    pub false_positive_max: Option<f64>,
    /// Accounts of operations over the threshold.
    pub fraudulent: Share,
    /// Accounts of operations that evidence alone blocks.
    pub blocked_by_evidence: Share,
    /// Of the accounts of operations that evidence alone does not block, those over the threshold.
    pub beyond_blocks: Share,
    /// Of the accounts of operations that evidence alone allows, those over the threshold.
    pub beyond_evidence: Share,
    /// People whom evidence alone does not allow.
    pub people_by_evidence: Share,
    /// Mean squared error of the probability (Brier).
    pub brier: f64,
    /// Accounts where trees and twin are more than three bits apart.
    pub disagreeing: Share,
    /// By country and client, those with a stated bound first, the most often wronged first.
    pub strata: Vec<StratumMeasured>,
    /// Population stability index of each feature, the largest first, from 0.1 on.
    pub drift: Vec<(String, f64)>,
    /// Largest distance of trusted scores now and at the training, and what chance alone exceeds once in a hundred.
    pub scores_apart: (f64, f64),
}

/// An example and what the model says of it.
struct Asked<'a> {
    example: &'a Example,
    over: bool,
    probability: f64,
    apart: f64,
}

fn ask<'a>(ready: &Ready, examples: &'a Examples) -> Vec<Asked<'a>> {
    let asked = |example: &'a Example| {
        let scored = ready.of_features(&example.features, example.stratum);
        let apart = (scored.bits - scored.twin_bits).abs();
        Asked { example, over: scored.over, probability: scored.probability, apart }
    };
    examples.examples.iter().map(asked).collect()
}

/// Measures a model.
pub fn measure(ready: &Ready, examples: &Examples) -> Measured {
    let asked = ask(ready, examples);
    let of = |fraudulent: bool| {
        asked.iter().filter(move |own| own.example.word.is_fraudulent() == fraudulent)
    };
    let people = Share::of(of(false), |own| own.over);
    let fraudulent_evidence =
        |least: Answer| of(true).filter(move |own| own.example.evidence < least);
    let squared = |own: &Asked<'_>| {
        let truth = f64::from(u8::from(own.example.word.is_fraudulent()));
        (own.probability - truth).powi(2)
    };
    let bound = &ready.model.bound;
    Measured {
        people,
        people_interval: people.interval(),
        false_positive_max: bound.threshold.map(|_| bound.false_positive_max),
        fraudulent: Share::of(of(true), |own| own.over),
        blocked_by_evidence: Share::of(of(true), |own| own.example.evidence == Answer::Block),
        beyond_blocks: Share::of(fraudulent_evidence(Answer::Block), |own| own.over),
        beyond_evidence: Share::of(fraudulent_evidence(Answer::Challenge), |own| own.over),
        people_by_evidence: Share::of(of(false), |own| own.example.evidence > Answer::Allow),
        brier: asked.iter().map(squared).sum::<f64>() / asked.len().max(1) as f64,
        disagreeing: Share::of(asked.iter(), |own| own.apart > DISAGREEMENT_BITS),
        strata: strata(ready, &asked),
        drift: drift(ready, examples),
        scores_apart: scores_apart(ready, examples),
    }
}

fn strata(ready: &Ready, asked: &[Asked<'_>]) -> Vec<StratumMeasured> {
    let mut all: Vec<StratumMeasured> = ready
        .model
        .bound
        .strata
        .iter()
        .map(|own| {
            let index = own.division as usize;
            let people = asked.iter().filter(|asked| {
                !asked.example.word.is_fraudulent() && asked.example.stratum[index] == own.value
            });
            StratumMeasured {
                division: own.division.as_str(),
                name: own.name.clone(),
                people: Share::of(people, |own| own.over),
                stated: own.threshold.is_some(),
            }
        })
        .filter(|own| own.people.total > 0)
        .collect();
    all.sort_by(|a, b| {
        let wronged = b.people.share().total_cmp(&a.people.share());
        b.stated.cmp(&a.stated).then(wronged).then(a.name.cmp(&b.name))
    });
    all
}

/// Smallest index that is told.
const DRIFT_MIN: f64 = 0.1;

fn people(examples: &Examples) -> impl Iterator<Item = &Example> + Clone {
    examples.examples.iter().filter(|own| !own.word.is_fraudulent())
}

fn drift(ready: &Ready, examples: &Examples) -> Vec<(String, f64)> {
    if people(examples).next().is_none() {
        return Vec::new();
    }
    let index = |(at, spread): (usize, &seawall_core::model::drift::Spread)| {
        let now = spread.shares_of(people(examples).map(|own| own.features[at]));
        (FEATURES[at].name.clone(), population_stability(&spread.shares, &now))
    };
    let all = ready.model.reference.features.iter().enumerate().map(index);
    let mut all: Vec<(String, f64)> = all.filter(|(_, index)| *index >= DRIFT_MIN).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all
}

fn scores_apart(ready: &Ready, examples: &Examples) -> (f64, f64) {
    let score = |own: &Example| ready.model.log_odds(&own.features) as f32;
    let mut now: Vec<f32> = people(examples).map(score).collect();
    now.sort_by(f32::total_cmp);
    let reference = &ready.model.reference;
    let apart = kolmogorov_smirnov(&reference.trusted_scores, &now);
    (apart, kolmogorov_smirnov_max(reference.trusted, now.len() as u64))
}

/// What a challenger would do otherwise than the champion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The champion, measured.
    pub champion: Measured,
    /// The challenger, measured.
    pub challenger: Measured,
    /// People over the threshold of: both, the champion alone, the challenger alone.
    pub people: [u64; 3],
    /// The same of accounts of operations.
    pub fraudulent: [u64; 3],
}

/// Asks both about the same accounts.
pub fn compare(champion: &Ready, challenger: &Ready, examples: &Examples) -> Compared {
    let (one, two) = (ask(champion, examples), ask(challenger, examples));
    let count = |fraudulent: bool| {
        let mut counts = [0; 3];
        for (one, two) in one.iter().zip(&two) {
            if one.example.word.is_fraudulent() == fraudulent {
                match (one.over, two.over) {
                    (true, true) => counts[0] += 1,
                    (true, false) => counts[1] += 1,
                    (false, true) => counts[2] += 1,
                    (false, false) => {}
                }
            }
        }
        counts
    };
    let (people, fraudulent) = (count(false), count(true));
    Compared {
        champion: measure(champion, examples),
        challenger: measure(challenger, examples),
        people,
        fraudulent,
    }
}
