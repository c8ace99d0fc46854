//! Every kind of selector, one line each. The order is the order of columns in outputs.

use super::Kind;

/// All kinds.
pub static KINDS: &[Kind] = &[];
