//! Where is its mail?

pub(crate) mod email_domain;
pub(crate) mod email_host;
pub(crate) mod email_disposable;
