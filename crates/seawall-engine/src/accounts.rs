//! Who was seen, and what did each account expose?
//!
//! Events arrive in any order and in any number; what is kept is bounded by the number of accounts:
//! one value an account and kind, a few of its earliest actions, and a handful of counters. Every
//! rule for what is kept is a minimum under a total order, so that no result depends on the order of
//! the input or on the number of threads.

mod batch;
mod columns;
mod earliest;
mod pieces;
mod settled;
mod table;
mod values;

pub(crate) use batch::{Batch, Observation, SECONDS_1990};
pub use columns::{Accounts, Details};
pub(crate) use earliest::Dated;
pub(crate) use pieces::{Budget, OfKind, Pieces};
pub(crate) use settled::Settled;
pub(crate) use table::{AccountTable, ChunkRows, Facts, HashedMap, KeptChunk, KeptPiece};
pub(crate) use values::Values;
