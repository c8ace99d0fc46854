//! Are frozen datasets what the format says, and is each change of them named?

pub(crate) mod freezing;
mod hostile;
mod proofs;
pub(crate) mod tampering;
pub(crate) mod world;
