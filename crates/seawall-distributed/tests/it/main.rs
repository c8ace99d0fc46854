//! Does a cluster come to the same bytes as one machine, and is it known when it does not come to any?

mod lost;
mod loopback;
mod network;
mod support;
