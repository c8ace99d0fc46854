//! Which number may a document say, and where does it come from?
//!
//! A [`Draft`] names a cell of an aggregate. Bound to it, it is a [`Figure`]: a value, and the one way to show it. The
//! format is in `docs/reference/case-format.md`, section "Queries, aggregates and figures".

pub mod bind;
pub mod ladder;
pub mod model;
pub mod rounding;
pub mod value;

pub use bind::{Answer, Answers, Error};
pub use model::{Cell, Draft, Figure, Over, Status};
pub use rounding::Rounding;
pub use value::Value;
