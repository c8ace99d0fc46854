//! What do others know, and what do we tell them?
//!
//! Everything comes in as STIX 2.1 objects ([`stix`]) or is made into them, and goes out as such. What others know
//! is evidence with a source, never truth.
#![warn(missing_docs)]

// What do the objects of an exchange say?
pub mod stix;
// When does what was observed fit a pattern?
pub mod pattern;
// What does an event say, in the words of patterns?
pub mod observe;
