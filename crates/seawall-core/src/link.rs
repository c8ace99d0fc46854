//! Which selectors are shared by more accounts than chance allows.
//!
//! A link between accounts is a shared selector. What makes it evidence is that the history, or the
//! other accounts of the same place and client, does not predict it.

pub mod discovery;
pub mod history;
pub mod tail;
