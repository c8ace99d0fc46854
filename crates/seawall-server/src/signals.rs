//! What do other sites tell us of single accounts? Security event tokens (RFC 8417), pushed (RFC 8935) or handed over.
//!
//! Whose are taken stands in the [`Settings`]; where there are none, nobody is listened to. A token is checked, kept in
//! a journal of its own as it came, and only then acknowledged. What follows from all of them is
//! [`seawall_intel::signals::Signals`].

mod book;
mod push;
mod settings;

pub use book::{Book, BookError, Taken, objects};
pub use push::{Receiver, router};
pub use settings::{Settings, SettingsError};
