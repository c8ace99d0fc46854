//! Which telephone numbers stand behind it?

#[expect(clippy::module_inception, reason = "a folder is a family, a file a kind")]
pub(crate) mod phone;
pub(crate) mod phone_block;
pub(crate) mod phone_prefix;
