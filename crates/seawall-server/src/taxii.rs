//! What do others get and give over TAXII 2.1?
//!
//! Collections are named in the [`Settings`]; where there are none, nothing is offered. What objects say is nobody's
//! concern here: they come out as they came in.

mod answer;
mod asked;
mod change;
mod collections;
mod keeper;
mod kept;
mod load;
mod objects;
mod rows;
mod settings;
mod writer;

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    routing::{MethodRouter, get},
};
use tokio::sync::Semaphore;

pub use load::{Loaded, Loader};
pub use settings::{CollectionSettings, Settings, SettingsError, new_id};

use crate::access::Tokens;
use answer::Refused;
use keeper::Keeper;
use kept::Kept;
use writer::Writer;

/// Bytes of bodies that are read at the same time, in units of 1 KiB.
const POSTING_KIBIBYTES: u32 = 96 << 10;

/// Collections that are offered.
pub struct Taxii {
    settings: Settings,
    tokens: Tokens,
    keeper: Arc<Keeper>,
    writer: Writer,
    posting: Arc<Semaphore>,
}

impl Taxii {
    /// Opens what the data directory has.
    pub fn open(
        data: &Path,
        settings: Settings,
        tokens: Tokens,
    ) -> Result<Arc<Self>, seawall_store::Error> {
        let keeper = Arc::new(Keeper::open(data)?);
        let writer = Writer::start(Arc::clone(&keeper));
        let posting = Arc::new(Semaphore::new(POSTING_KIBIBYTES as usize));
        Ok(Arc::new(Self { settings, tokens, keeper, writer, posting }))
    }

    /// The tables, as long as somebody reads them.
    fn kept(&self) -> Result<Arc<Kept>, Refused> {
        self.keeper.kept().ok_or_else(Refused::busy)
    }
}

/// The paths of TAXII, to be merged with others.
pub fn router(taxii: Arc<Taxii>) -> Router {
    let mut below = Router::new();
    for (path, methods) in [
        ("/{root}", get(collections::root)),
        ("/{root}/status/{id}", get(collections::status)),
        ("/{root}/collections", get(collections::list)),
        ("/{root}/collections/{collection}", get(collections::one)),
        ("/{root}/collections/{collection}/manifest", get(objects::manifest)),
        ("/{root}/collections/{collection}/objects", get(objects::list).post(objects::add)),
        (
            "/{root}/collections/{collection}/objects/{object}",
            get(objects::one).delete(objects::remove),
        ),
        ("/{root}/collections/{collection}/objects/{object}/versions", get(objects::versions)),
    ] {
        let methods: MethodRouter<Arc<Taxii>> = methods.fallback(async || Refused::method());
        // The standard ends every path with a stroke; not all clients do.
        below = below.route(&format!("{path}/"), methods.clone()).route(path, methods);
    }
    let discovery: MethodRouter<Arc<Taxii>> =
        get(collections::discovery).fallback(async || Refused::method());
    Router::new()
        .route("/taxii2/", discovery.clone())
        .nest("/taxii2", below.route("/", discovery).fallback(collections::nothing))
        .with_state(taxii)
}
