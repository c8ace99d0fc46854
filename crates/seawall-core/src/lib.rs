//! The domain, in the order the data flows.
//!
//! Each module may use the ones above it, never those below (`cargo xtask tidy` checks).
#![warn(missing_docs)]

// What happened.
pub mod event;
// What each account exposes that can be pivoted on.
pub mod selector;
// Which selectors are shared by more accounts than chance allows.
pub mod link;
// Which selectors, and so which accounts, belong together.
pub mod cluster;
// Which of those are one operation's, and how sure that is.
pub mod campaign;
// What accounts that people spoke about say of one that nobody did.
pub mod model;
// What is answered at once when an account signs up, logs in or is tested.
pub mod decision;
// Who runs operations, with what, for whom, and who says so.
pub mod actor;
// How an operation is ended, so that others can check and undo it.
pub mod case;
