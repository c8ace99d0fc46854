//! Who sent it?

pub(crate) mod referrer;
pub(crate) mod invite;
