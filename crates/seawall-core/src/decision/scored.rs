//! What does the account model say of an account that just signed up, and why?

use serde::{Deserialize, Serialize};

use super::{
    exposed::Loaded,
    features::{FEATURES, features, names},
    grounds::Grounds,
    record::{EVENT_TYPES, Inputs},
};
use crate::{
    event::EventType,
    model::{AccountModel, ModelError},
    selector::{Client, KindId, kind_seed, value_hash},
};

/// Reasons that are told.
const REASONS_MAX: usize = 5;
/// Bits that a reason adds at least.
const REASON_BITS_MIN: f64 = 0.05;

/// What the account model says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Id of the model.
    pub model: String,
    /// Probability of being an operation's, as calibrated.
    pub probability: f64,
    /// Log-odds, in bits: of the trees where there are any.
    pub bits: f64,
    /// Log-odds of the logistic twin, in bits.
    pub twin_bits: f64,
    /// The threshold of this account's country and client, in bits; none where too few trusted accounts were there to set
    /// one.
    pub threshold_bits: Option<f64>,
    /// Above the threshold.
    pub over: bool,
    /// Share of people that are over at most, but for a probability of `doubt`.
    pub false_positive_max: Option<f64>,
    /// See `false_positive_max`.
    pub doubt: Option<f64>,
    /// Whether three times that is also kept for the account's own country and client by themselves.
    pub strata_stated: bool,
    /// Of accounts that are over: the features that added most, strongest first.
    pub reasons: Vec<FeatureReason>,
}

/// What a feature added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureReason {
    /// Name of the feature.
    pub feature: String,
    /// Bits that it added.
    pub bits: f64,
    /// One sentence.
    pub text: String,
}

/// An account model that is ready to be asked.
#[derive(Debug)]
pub struct Ready {
    /// The model itself.
    pub model: AccountModel,
    /// Its id.
    pub id: String,
}

impl Ready {
    /// Reads the file of a model.
    pub fn decode(bytes: &[u8]) -> Result<Self, ModelError> {
        Ok(Self { model: AccountModel::decode(bytes, &names())?, id: AccountModel::id(bytes) })
    }

    /// Asks it about a signup; of anything later it says nothing, since it was trained with signups.
    pub fn score(&self, loaded: &Loaded, inputs: &Inputs, grounds: &Grounds) -> Option<Scored> {
        let event_type = EVENT_TYPES.get(usize::from(inputs.event_type))?.0;
        (event_type == EventType::Signup)
            .then(|| self.of_features(&features(loaded, inputs, grounds), inputs.stratum))
    }

    /// Asks it about what a decision was made of.
    pub fn ask(&self, loaded: &Loaded, inputs: &Inputs) -> Option<Scored> {
        self.score(loaded, inputs, &Grounds::find(loaded, inputs))
    }

    /// What it says of features, for an account of a country and client.
    pub fn of_features(&self, features: &[f32], stratum: [u64; 2]) -> Scored {
        let bits = |log_odds: f64| log_odds / std::f64::consts::LN_2;
        let AccountModel { twin, calibration, bound, .. } = &self.model;
        let log_odds = self.model.log_odds(features);
        let threshold = bound.threshold_of(stratum);
        let over = threshold.is_some_and(|(threshold, _)| log_odds > threshold);
        let stated = threshold.map(|_| bound);
        Scored {
            model: self.id.clone(),
            probability: calibration.probability(log_odds),
            bits: bits(log_odds),
            twin_bits: bits(twin.log_odds(features)),
            threshold_bits: threshold.map(|(threshold, _)| bits(threshold)),
            over,
            false_positive_max: stated.map(|bound| bound.false_positive_max),
            doubt: stated.map(|bound| bound.doubt),
            strata_stated: threshold.is_some_and(|(_, stated)| stated),
            reasons: if over { self.reasons(features) } else { Vec::new() },
        }
    }

    fn reasons(&self, features: &[f32]) -> Vec<FeatureReason> {
        let added = self.model.contributions(features);
        let mut order: Vec<usize> = (0..added.len()).collect();
        order.sort_by(|a, b| added[*b].total_cmp(&added[*a]).then(a.cmp(b)));
        let reason = |index: usize| {
            let (feature, bits) = (&FEATURES[index], added[index] / std::f64::consts::LN_2);
            let told = feature.told(features[index]);
            FeatureReason {
                feature: feature.name.clone(),
                bits,
                text: format!("{}: {told}, which adds {bits:.1} bits", feature.title),
            }
        };
        let reasons = order.into_iter().take(REASONS_MAX).map(reason);
        reasons.filter(|reason| reason.bits >= REASON_BITS_MIN).collect()
    }
}

/// Hash and name of every class of client that is a stratum.
pub fn client_names() -> Vec<(u64, &'static str)> {
    let Some(kind) = KindId::from_name("client") else { return Vec::new() };
    let seed = kind_seed(kind.kind());
    Client::ALL.into_iter().map(|client| (value_hash(seed, client.name()), client.name())).collect()
}
