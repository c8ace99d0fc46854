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
// What is one thing that others know?
pub mod known;
// What do plain lists and tables say?
pub mod list;
// What do events, galaxies and warning lists of MISP say?
pub mod misp;
// How much of what was once said is left a while later?
pub mod decay;
// What is to be looked for, how long, and how sure is it?
pub mod indicator;
// Which accounts were seen with what others know?
pub mod sighting;
// Which selectors do indicators name?
pub mod selectors;
// What do others claim of actors, and how are claims passed on?
pub mod actors;
// Which campaigns have what an actor has?
pub mod relate;
// What of a campaign may others know?
pub mod share;
// What do other sites say of single accounts?
pub mod signals;
// What do TAXII servers and clients say to each other?
pub mod taxii;
