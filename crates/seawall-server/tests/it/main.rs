//! Does the server keep its word, over HTTP, as a client sees it?

mod checkpoint;
mod contract;
mod knowledge;
mod site;
mod webhook;
mod world;
