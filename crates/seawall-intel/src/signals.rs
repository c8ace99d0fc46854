//! What do other sites say of single accounts? Events of `OpenID`'s Shared Signals Framework (RISC, CAEP), as security
//! event tokens (RFC 8417).
//!
//! A token is checked once ([`Transmitters::check`]) and kept as it came. What follows from all that were kept is a fold
//! ([`Signals`]): indicators with a source, a confidence and an end, like those of anybody else.

mod event;
mod fold;
mod keys;
mod subject;
mod transmitter;

pub use event::{Malformed, SecurityEvent};
pub use fold::Signals;
pub use keys::{Keys, NoKeys, Unproven};
pub use transmitter::{Refusal, Transmitter, Transmitters};

/// Longest token that is read.
pub const TOKEN_BYTES_MAX: usize = 64 << 10;
