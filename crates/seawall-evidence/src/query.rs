//! What do the data say, exactly? Counts and sums over a frozen dataset, which any other engine can repeat.
//!
//! A [`Question`] says which rows, by what they are grouped, and what is counted. [`ask`] reads only the columns that it
//! needs, once, with exact integers, and gives an [`Aggregate`]. A [`Query`] is a question together with the same in
//! SQL and the hash of its aggregate. The format is in `docs/reference/case-format.md`, section "Queries, aggregates
//! and figures".

pub mod aggregate;
mod distinct;
pub mod error;
mod groups;
pub mod members;
pub mod model;
mod plan;
mod run;
mod sql;
mod texts;

pub use aggregate::Aggregate;
pub use error::Error;
pub use members::Members;
pub use model::{Comparison, Condition, Measure, Of, Query, Question};
pub use run::{Asked, Data, Limits, ask, ask_all};
pub(crate) use run::{Asking, Decoded};
