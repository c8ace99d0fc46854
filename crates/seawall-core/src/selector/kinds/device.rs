//! With what did it come?

pub(crate) mod device_id;
pub(crate) mod ja4;
pub(crate) mod ja4_ciphers;
pub(crate) mod user_agent;
pub(crate) mod client;
pub(crate) mod client_mix;
pub(crate) mod client_claims;
