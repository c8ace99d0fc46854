//! Who may see what? Pseudonyms, and what is taken out of a document before it is rendered.
//!
//! Redaction removes: what a recipient may not see never gets into the rendering. What was done is logged by class
//! and rule, never by value.

mod apply;
mod profile;
mod pseudonyms;
mod suppression;
mod words;

pub use apply::{CONTACT, Done, Known, Redacted, RedactionEntry, is_contact, redact};
pub use profile::{Class, Profile, Treatment};
pub use pseudonyms::{Pseudonym, Pseudonyms};
pub use suppression::{CELL_MIN, Suppressed, suppress};
