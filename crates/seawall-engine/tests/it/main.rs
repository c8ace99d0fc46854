//! Do reading, detecting and writing keep their word on real files, good and bad?

mod bad_input;
mod detection;
mod formats;
mod objects;
mod nightly;
mod plan;
mod resume;
mod reviews;
mod round_trip;
#[expect(dead_code, reason = "of the tests of the store, which ask more of it")]
#[path = "../../../seawall-store/tests/it/s3.rs"]
mod s3;
mod spill;
mod spread;
mod support;
mod training;
