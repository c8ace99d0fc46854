//! When did it come, and do time and place agree?

pub(crate) mod locale_mismatch;
pub(crate) mod local_hour;
pub(crate) mod signup_second;
