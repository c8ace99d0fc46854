//! How the path from events to campaigns runs: readers, account columns, counting, the selector graph.
#![warn(missing_docs)]

// Who was seen, and what did each account expose?
pub mod accounts;
// How many accounts share each value?
pub mod count;
// Which accounts are one operation's?
pub mod detect;
// How good was a detection, where the truth is known?
pub mod evaluate;
