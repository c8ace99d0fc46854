//! Who pays?

pub(crate) mod payment;
