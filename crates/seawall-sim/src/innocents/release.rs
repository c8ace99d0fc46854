//! A browser release with a new TLS library: 30 % of clients have it after ten days.

use super::Scene;

/// Hour it starts at.
pub(crate) fn start_hour(scene: Scene) -> u32 {
    scene.day(0.5) + 16
}
