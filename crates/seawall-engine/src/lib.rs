//! How the path from events to campaigns runs: readers, account columns, counting, the selector graph.
#![warn(missing_docs)]

// What does a run leave behind?
pub mod output;
