//! What do public servers say? The one place where a command reaches into a network, and only when it is told to.
//!
//! Who answers may be hostile: bytes, redirections and time are capped, and no address within a private network is
//! asked but one that the user named. What came is handed on as it came; what it says is read by the core.

mod deadline;
mod dns;
mod http;
mod rdap;
mod reach;
pub(crate) mod taxii;
mod time_stamp;
mod tls;
mod web;

use jiff::Timestamp;
use seawall_core::case::asset::Method;

pub(crate) use deadline::Deadline;
pub(crate) use dns::{Servers, addresses, ask as dns};
pub(crate) use http::front_page;
pub(crate) use rdap::{Source as RdapSource, ask as rdap};
pub(crate) use reach::Reach;
pub(crate) use time_stamp::ask as time_stamp;
pub(crate) use tls::certificates;
pub(crate) use web::check_url;

/// How the program names itself to those whom it asks.
const AGENT: &str = concat!("seawall/", env!("CARGO_PKG_VERSION"));

/// What came of one lookup.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    /// The bytes, as they came.
    pub(crate) raw: Vec<u8>,
    /// RFC 6838 media type.
    pub(crate) media_type: &'static str,
    /// Who was asked for what.
    pub(crate) source: String,
    /// When it was asked.
    pub(crate) at: Timestamp,
}
