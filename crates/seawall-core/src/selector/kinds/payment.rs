//! Who pays?

#[expect(clippy::module_inception, reason = "a folder is a family, a file a kind")]
pub(crate) mod payment;
