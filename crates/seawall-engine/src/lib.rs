//! How the path from events to campaigns runs: readers, account columns, counting, the selector graph.
#![warn(missing_docs)]

mod error;
// How do numbers take little room?
mod bits;
// How is work shared out?
mod parallel;

mod scatter;
// Where does what does not fit in memory go?
mod spill;
// And what nobody asks for at the moment?
mod aside;
// What does the input say?
pub mod read;
// Which country and network is an address of?
pub mod places;
// From events to accounts.
mod ingest;
// Who was seen, and what did each account expose?
pub mod accounts;
// How many accounts share each value?
pub mod count;
// Where is the heavy counting done: here, or by others?
pub mod spread;
// Which accounts are one operation's?
pub mod detect;
// What is kept of earlier nights, so that only new events are read?
pub mod state;
// What is learned from accounts that people spoke about?
pub mod train;
// What of a detection is done already, should it be stopped?
pub mod resume;
// What will that take?
pub mod plan;
// How are events written for others to read?
pub mod write;
// How good was it?
pub mod evaluate;
// What does a run leave behind?
pub mod output;

pub use error::{Error, ErrorClass};
