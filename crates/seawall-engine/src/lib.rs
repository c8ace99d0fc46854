//! How the path from events to campaigns runs: what reads the input, counts it and writes the result.
#![warn(missing_docs)]

mod error;
pub mod read;
pub mod write;

pub use error::{Error, ErrorClass};
