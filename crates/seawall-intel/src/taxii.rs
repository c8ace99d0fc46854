//! What do TAXII 2.1 servers and clients say to each other? Everything but the network.
//!
//! A server and a client share the [resources](Discovery), so that what one writes the other reads.

mod cursor;
mod envelope;
mod filter;
mod media;
mod paging;
mod resource;
mod time;

pub use cursor::{NotACursor, Position};
pub use envelope::{
    CONTENT_BYTES_MAX, EnvelopeError, OBJECT_BYTES_MAX, Posted, Refusal, read_posted,
};
pub use filter::{BadFilter, Filters, Query, SpecVersion, VersionFilter};
pub use media::{MEDIA_TYPE, Representation, accepts, content, media_type_of};
pub use paging::{Astray, PageEnd, Paging, Place, Step};
pub use resource::{
    ApiRoot, Collection, Collections, Discovery, Envelope, ErrorResource, Manifest, ManifestRecord,
    Status, StatusDetail, StatusWord, Versions,
};
pub use time::{Microseconds, microseconds, parse_microseconds, version_text};
