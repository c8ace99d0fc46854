//! What do the objects of an exchange say? STIX 2.1, as a thin layer over its JSON.
//!
//! Of an [`Object`] only what every object has is typed; the whole of it is kept as it came, so that what Seawall does
//! not know survives a round trip.

mod archive;
mod bundle;
mod farm;
mod id;
mod make;
mod observable;
mod object;
mod tlp;

pub use archive::{Added, Archive};
pub use bundle::{BundleError, Limits, Summary, read_bundle, write_bundle};
pub use farm::{FARM_EXTENSION, farm_extension, producer};
pub use id::{NotAnId, StixId};
pub use make::{Draft, own_id, stamp};
pub use object::{NotAnObject, Object};
pub use observable::{observable, observable_id};
pub use tlp::{NotATlp, Tlp};
