//! Where are things kept?
//!
//! The [`journal`] is an append-only sequence of typed entries in a local directory. All that people decide and all
//! that sites report goes through it before it is acknowledged; whatever is shown or computed is a fold over it. A [`checkpoint`] is what
//! such a fold has come to.
//! [`tables`] hold what is too much for that: rows that are looked up and paged through.
//! Events and runs may lie in [`objects`] of a store that others run.
#![warn(missing_docs)]

mod error;
pub mod lock;
pub mod place;
pub mod journal;
pub mod checkpoint;
pub mod group;
pub mod tables;
pub mod objects;

pub use error::Error;
