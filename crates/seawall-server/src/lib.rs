//! What does a site, and what do people, ask over HTTP?
//!
//! [`service`] is what is asked, without HTTP: the journal, the state, the decision. [`api`] is its HTTP. What any other
//! part needs that is mounted beside it has a room of its own: who asks ([`access`]), what went wrong ([`problem`]),
//! lists in pages ([`page`]), one effect for one key ([`service`] keeps the keys),
//! bodies that nobody read ([`unread`]). [`webhook`] tells others what goes on.
//! [`taxii`] is such a part: collections of what others know; [`signals`] another: what other sites say of accounts.
//! [`console`] is what people see of it all, [`mcp`] what models are told. `kafka` reads events from topics, and passes decisions on to one.
#![warn(missing_docs)]

pub mod access;
pub mod api;
pub mod clock;
pub mod console;
#[cfg(feature = "kafka")]
pub mod kafka;
pub mod mcp;
pub mod page;
pub mod problem;
pub mod service;
pub mod signals;
pub mod taxii;
pub mod unread;
pub mod webhook;

mod serve;

pub use serve::{ServeError, ServeOptions, serve};
