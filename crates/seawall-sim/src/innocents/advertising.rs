//! An advertising campaign: one referrer brings a steady 5 % of signups for two weeks.

use super::Scene;

/// Hour it starts at.
pub(crate) fn start_hour(scene: Scene) -> u32 {
    scene.day(0.4) + 7
}
