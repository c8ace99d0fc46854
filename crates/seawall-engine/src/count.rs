//! How many accounts share each value?
//!
//! Each column of 64-bit hashes becomes a column of dense numbers for the values that enough accounts
//! share, in the order of their hashes, so that numbering depends on nothing but the values.

mod column;
mod columns;
mod group;
mod shared;

pub(crate) use column::NOWHERE;
pub use column::{Column, IdsOf};
pub use columns::Columns;
pub use group::{ABSENT, Grouped, RARE, SHARED_MIN, group};
pub use shared::{Shared, evidence_kinds};
