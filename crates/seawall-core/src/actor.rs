//! Who runs operations, with what, for whom, and who says so?
//!
//! What is known of actors is nothing but claims: somebody asserted that a thing relates to another. The picture
//! ([`picture`]) is a fold over a journal of entries ([`entry`]): nothing is changed or deleted, sources that disagree
//! stand side by side, and two things with one name stay two until a person says otherwise, with a source.

pub mod entry;
#[cfg(feature = "fixture")]
pub mod fixture;
pub mod grade;
pub mod names;
pub mod picture;

pub use entry::{Assertion, Entry, Record, Relation, Source, Stance, Target, Thing, ThingKind};
pub use grade::{Alternative, Confidence, Grade};
pub use picture::{Claim, ClaimKey, Misfit, Picture, Standing};
