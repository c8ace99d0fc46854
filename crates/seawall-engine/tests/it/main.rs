//! Do reading, detecting and writing keep their word on real files, good and bad?

mod bad_input;
mod detection;
mod formats;
mod nightly;
mod plan;
mod round_trip;
mod support;
mod training;
