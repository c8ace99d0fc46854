//! Do the kinds do what their table says, on any input?

use std::path::PathBuf;

mod derivations;
mod properties;
mod registered;

/// A file of the folder of published vectors: `SEAWALL_SHARED`, or `shared` beside the repository.
/// `None`, saying so, where it is absent.
#[expect(clippy::disallowed_methods, reason = "where a test finds its data is no configuration")]
pub(super) fn shared(path: &str) -> Option<PathBuf> {
    let folder = std::env::var("SEAWALL_SHARED").map_or_else(
        |_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let file = folder.join(path);
    if file.try_exists().unwrap() {
        Some(file)
    } else {
        println!("skipped: {} is absent", file.display());
        None
    }
}
