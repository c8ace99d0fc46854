//! What is in the file of an account model?
//!
//! A header, the content, a check: the same model gives the same bytes, and its id is made of them. A decision names the
//! model that it was made with.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::{calibration::Calibration, drift::Reference, strata::Bound, trees::Trees, twin::Twin};

const MAGIC: &[u8; 8] = b"SEAWALLM";
/// The format that is written.
pub const MODEL_FORMAT: u32 = 1;
/// Largest model that is read.
pub const MODEL_BYTES_MAX: usize = 256 << 20;

/// What a model was trained with, for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// Accounts that it learned from: an operation's, and people's.
    pub accounts: [u64; 2],
    /// Accounts that were kept out, to calibrate it and to set its thresholds.
    pub held_out: [u64; 2],
    /// Campaigns that it learned from, and that were kept out.
    pub campaigns: [u64; 2],
    /// First and last signup, in milliseconds since the Unix epoch.
    pub between: [i64; 2],
    /// Share of held-out accounts of operations above the threshold.
    pub recall: f64,
}

/// A trained model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountModel {
    /// Names of the features, in their order.
    pub features: Vec<String>,
    /// Log-odds from all features.
    pub trees: Trees,
    /// Log-odds from the bits of families.
    pub twin: Twin,
    /// From log-odds of the trees to a probability.
    pub calibration: Calibration,
    /// How many people are wronged at most.
    pub bound: Bound,
    /// How everything was.
    pub reference: Reference,
    /// What it was trained with.
    pub trained: Trained,
}

impl Default for Calibration {
    fn default() -> Self {
        Self::Platt { slope: 1.0, intercept: 0.0 }
    }
}

/// Why a file is no model that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Not a model.
    #[error("not an account model\nhint: `seawall train fit` writes one")]
    NotAModel,
    /// A format of another version.
    #[error(
        "an account model of format {0}, and this program knows {MODEL_FORMAT}\nhint: train again with this version"
    )]
    Format(u32),
    /// It was changed or cut.
    #[error("the account model is damaged\nhint: train again")]
    Damaged,
    /// Trained by a version whose features are other ones.
    #[error(
        "the account model asks for `{0}`, which is not what this program has\nhint: train again with this version"
    )]
    Features(String),
}

impl AccountModel {
    /// The file: the same model gives the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&MODEL_FORMAT.to_le_bytes());
        let mut bytes = postcard::to_extend(self, bytes).expect("a model is plain data in memory");
        let check = xxh3_128(&bytes).to_le_bytes();
        bytes.extend_from_slice(&check);
        bytes
    }

    /// Reads a file, and checks all that a decision relies on. `features` are the names that this program has.
    pub fn decode(bytes: &[u8], features: &[String]) -> Result<Self, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::NotAModel)?;
        let (format, rest) = rest.split_first_chunk().ok_or(ModelError::NotAModel)?;
        let format = u32::from_le_bytes(*format);
        if format != MODEL_FORMAT {
            return Err(ModelError::Format(format));
        }
        let (content, check) = rest.split_last_chunk().ok_or(ModelError::Damaged)?;
        if xxh3_128(&bytes[..bytes.len() - check.len()]) != u128::from_le_bytes(*check) {
            return Err(ModelError::Damaged);
        }
        let model: Self = postcard::from_bytes(content).map_err(|_| ModelError::Damaged)?;
        let other = model.features.iter().zip(features).find(|(theirs, own)| theirs != own);
        if let Some((theirs, _)) = other {
            return Err(ModelError::Features(theirs.clone()));
        }
        let count = features.len();
        if model.features.len() != count {
            return Err(ModelError::Features(format!("{} features", model.features.len())));
        }
        let is_sound = model.trees.is_sound(count)
            && model.twin.is_sound(count)
            && model.calibration.is_sound()
            && model.bound.is_sound()
            && model.reference.features.len() == count
            && model.reference.features.iter().all(super::drift::Spread::is_sound);
        if is_sound { Ok(model) } else { Err(ModelError::Damaged) }
    }

    /// Log-odds of an account: of the trees, or of the twin where there were too few accounts to grow any.
    pub fn log_odds(&self, features: &[f32]) -> f64 {
        if self.trees.trees.is_empty() {
            self.twin.log_odds(features)
        } else {
            self.trees.log_odds(features)
        }
    }

    /// What each feature added to these.
    pub fn contributions(&self, features: &[f32]) -> Vec<f64> {
        if self.trees.trees.is_empty() {
            self.twin.contributions(features)
        } else {
            self.trees.contributions(features)
        }
    }

    /// Its id: `m-` and 32 hexadecimal digits, from the bytes of its file.
    pub fn id(encoded: &[u8]) -> String {
        format!("m-{:032x}", xxh3_128(encoded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::drift::Spread;

    fn model() -> AccountModel {
        let spread = Spread::of([1.0, 2.0, f32::NAN].into_iter());
        AccountModel {
            features: vec!["one".to_owned()],
            reference: Reference { features: vec![spread], ..Reference::default() },
            ..AccountModel::default()
        }
    }

    #[test]
    fn a_model_comes_back_as_it_was_and_only_to_whom_it_fits() {
        let (model, own) = (model(), vec!["one".to_owned()]);
        let bytes = model.encode();
        assert_eq!(AccountModel::decode(&bytes, &own), Ok(model));
        let refused = AccountModel::decode(&bytes, &["two".to_owned()]);
        assert_eq!(refused, Err(ModelError::Features("one".to_owned())));
        assert!(AccountModel::decode(&bytes, &[]).is_err());
    }

    #[test]
    fn whatever_byte_is_changed_it_is_refused() {
        let own = vec!["one".to_owned()];
        let bytes = model().encode();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x41;
            assert!(AccountModel::decode(&changed, &own).is_err(), "byte {at}");
            assert!(AccountModel::decode(&bytes[..at], &own).is_err(), "cut at {at}");
        }
    }
}
