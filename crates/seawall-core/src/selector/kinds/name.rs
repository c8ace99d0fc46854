//! How were its names made?

pub(crate) mod email_shape;
pub(crate) mod email_template;
pub(crate) mod username_template;
pub(crate) mod username_stem;
pub(crate) mod number_sequence;
pub(crate) mod display_name;
pub(crate) mod name_relation;
pub(crate) mod name_look;
pub(crate) mod name_script;
