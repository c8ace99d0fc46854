//! What are the parts of each field, taken apart once for all kinds?

pub(super) mod client;
pub(super) mod domain;
pub(super) mod ja4;
pub(super) mod mailbox;
pub(super) mod phone;
pub(super) mod place;
pub(super) mod referrer;
