//! How is an operation ended, so that others can check it and undo it?
//!
//! A case is a fold over what people recorded of it ([`fold`]): who may do what ([`people`]), what may follow on
//! what ([`state`]), which infrastructure is named and what was measured of it ([`asset`]), what became of it in a word ([`badge`]), which means would
//! reach it ([`lever`]), what a court is asked for ([`schedule`]), what runs out when ([`deadline`]), what must be
//! kept ([`hold`]) and what may go out ([`disclosure`]). How far it is, [`progress`] counts. Formats are in `docs/reference/case-format.md`. Nothing
//! here is legal advice: rules of law are cited so that counsel can check them.

pub mod asset;
pub mod badge;
pub mod deadline;
pub mod disclosure;
pub mod fold;
pub mod hold;
pub mod id;
pub mod lever;
pub mod moment;
pub mod people;
pub mod progress;
pub mod record;
pub mod schedule;
pub mod state;

pub use fold::CaseState;
pub use id::{ContentHash, Id};
pub use moment::Moment;
pub use record::Record;
