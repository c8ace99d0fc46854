//! What do accounts that people spoke about say of one that nobody did?
//!
//! The account model: gradient-boosted [`trees`] over the features of an account, a logistic [`twin`] that anyone can
//! work out by hand, a [`calibration`] that makes a probability of the trees' log-odds, and a [`bound`] on how many
//! people it wrongs. Here it is asked, and its few formulas are; it is trained in `seawall_engine::train`. Where features
//! come from it does not know: it has their names, and a program whose features have other names is refused.

pub mod bound;
pub mod calibration;
pub mod drift;
pub mod file;
pub mod strata;
pub mod trees;
pub mod twin;

pub use file::{AccountModel, MODEL_BYTES_MAX, ModelError, Trained};
