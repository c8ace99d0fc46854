//! Do the parts of evidence hold together, and is whatever is done to them noticed?
#![expect(clippy::unwrap_used, clippy::clone_on_ref_ptr, reason = "what tests share is test, too")]

mod agreement;
mod authority;
mod bundle;
mod custody;
mod dataset;
mod dating;
mod forgery;
mod numbers;
mod python;
mod query;
mod support;
mod tampering;
mod time_stamp;
mod vault;
mod world;
