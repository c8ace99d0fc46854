//! Does the server keep its word, over HTTP, as a client sees it?

mod contract;
mod model;
mod site;
mod world;
