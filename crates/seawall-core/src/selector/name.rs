//! How was this name made?

pub(super) mod dictionary;
pub(super) mod model;
pub(super) mod relation;
pub(super) mod script;
pub(super) mod template;
