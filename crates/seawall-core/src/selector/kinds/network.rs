//! Where did it come from?

pub(crate) mod ip;
pub(crate) mod ip_prefix;
pub(crate) mod ip_site;
pub(crate) mod asn;
pub(crate) mod country;
pub(crate) mod network_class;
