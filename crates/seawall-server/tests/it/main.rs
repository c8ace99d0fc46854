//! Does the server keep its word, over HTTP, as a client sees it?

mod checkpoint;
mod console;
mod contract;
#[cfg(feature = "kafka")]
mod kafka;
mod knowledge;
mod model;
#[path = "../../../seawall-evidence/tests/it/python.rs"]
#[expect(dead_code, reason = "of the tests of the evidence crate, which ask more of it")]
mod python;
mod signals;
mod site;
mod taxii;
mod webhook;
mod world;
