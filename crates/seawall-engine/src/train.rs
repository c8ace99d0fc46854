//! What is learned from accounts that people spoke about?
//!
//! In order: [`labels`] (who said what of whom), [`gather`] (events are replayed through the fold of decisions, and each
//! labelled signup leaves an example), [`split`] (what is learned from, and what is kept out), [`boost`] and [`logistic`]
//! (trees and twin), [`fit()`] (all of it, and the thresholds), [`measure`] (how good is it on accounts it never saw).
//!
//! The same examples give the same model, byte for byte, whatever their order and the number of threads.

pub mod boost;
pub mod examples;
pub mod fit;
pub mod gather;
pub mod labels;
pub mod logistic;
pub mod measure;
pub mod split;

pub use examples::{Example, Examples, ExamplesError};
pub use fit::{FitError, Settings, Step, fit};
pub use gather::Gather;
pub use labels::{Labels, Word};
