//! Does it agree with what others wrote: the suites, validators and examples of OASIS, MITRE's bundles, MISP's lists?
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod claims;
mod index;
mod misp;
#[path = "../../../seawall-evidence/tests/it/python.rs"]
#[expect(dead_code, reason = "of the tests of the evidence crate, which ask more of it")]
mod python;
mod round_trip;
mod suites;
mod validator;
