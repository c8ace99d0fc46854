//! What does the model say that one can work out by hand?
//!
//! A logistic regression on the bits of families: an intercept, and so many bits for each bit. Where it and the trees are
//! far apart, a person should look.

use serde::{Deserialize, Serialize};

/// A feature and its weight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// Position of the feature.
    pub feature: u16,
    /// Log-odds for each unit of it.
    pub weight: f64,
}

/// The logistic twin of the trees.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Twin {
    /// Log-odds where no family says anything.
    pub intercept: f64,
    /// In the order of features.
    pub terms: Vec<Term>,
}

impl Twin {
    /// Log-odds of an account; a feature that is not known says nothing.
    pub fn log_odds(&self, features: &[f32]) -> f64 {
        let known = self.terms.iter().filter_map(|term| {
            let own = features[usize::from(term.feature)];
            own.is_finite().then(|| term.weight * f64::from(own))
        });
        self.intercept + known.sum::<f64>()
    }

    /// What each feature added to these.
    pub fn contributions(&self, features: &[f32]) -> Vec<f64> {
        let mut added = vec![0.0; features.len()];
        for term in &self.terms {
            let own = features[usize::from(term.feature)];
            if own.is_finite() {
                added[usize::from(term.feature)] += term.weight * f64::from(own);
            }
        }
        added
    }

    pub(super) fn is_sound(&self, features: usize) -> bool {
        self.intercept.is_finite()
            && self
                .terms
                .iter()
                .all(|term| usize::from(term.feature) < features && term.weight.is_finite())
    }
}
