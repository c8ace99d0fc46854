//! Can anyone check this without trusting us?
//!
//! The path of evidence: bytes come in (`vault`), every act on them is logged (`custody`), what must not change
//! any more is sealed (`seal`), large data are frozen (`dataset`), numbers are bound to them (`figure`), documents
//! say them (`document`), and all of it leaves as a bundle that others check (`bundle`, `verify`). The formats are
//! in `docs/reference/case-format.md`. This crate depends on no other of ours, so that an opposing expert can
//! build it alone.
#![warn(missing_docs)]

pub mod canonical;
pub mod document;
pub mod hash;
pub mod merkle;
pub mod text;
pub mod time;
mod work;
pub mod storage;
pub mod note;
pub mod case_file;
pub mod item;
pub mod custody;
pub mod dataset;
pub mod query;
pub mod figure;
pub mod vault;
pub mod approval;
pub mod seal;
pub mod time_stamp;
pub mod bundle;
pub mod verify;
pub mod run;
