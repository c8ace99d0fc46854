//! What exactly were the data, and are they still that? Parquet files that are frozen under one Merkle root.
//!
//! [`freeze()`] reads Parquet files once and states what they hold: a [`Manifest`] with hashes, the Merkle roots of
//! salted rows, and what was left out. [`verify()`] reads them again and names what differs. [`proof`] shows one
//! row without the others, and [`sample`] draws rows that neither side chooses. The formats are in
//! `docs/reference/case-format.md`, section "A frozen dataset".

pub(crate) mod cells;
pub mod completeness;
pub mod error;
pub mod freeze;
pub mod manifest;
mod measure;
pub mod proof;
pub(crate) mod row;
pub mod salt;
pub mod sample;
pub(crate) mod table;
pub mod verify;

pub use error::Error;
pub use freeze::{Part, Request, freeze};
pub use manifest::Manifest;
pub use salt::SaltKey;
pub(crate) use verify::verify_and;
pub use verify::{Difference, verify};
