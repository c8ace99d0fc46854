//! Does the server keep its word, over HTTP, as a client sees it?

mod contract;
#[path = "../../../seawall-evidence/tests/it/python.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "of the tests of the evidence crate, which ask more of it"
)]
mod python;
mod site;
mod taxii;
mod world;
