//! Whose mailboxes does it depend on?

pub(crate) mod email;
pub(crate) mod recovery_email;
pub(crate) mod recovery_domain;
