//! Which telephone numbers stand behind it?

pub(crate) mod phone;
pub(crate) mod phone_block;
pub(crate) mod phone_prefix;
