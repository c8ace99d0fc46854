//! What time is it, and where does chance come from? The one place where a case meets the world.

use jiff::Timestamp;
use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};
use seawall_evidence::{hash::Digest, time::Time};

use crate::failure::{Exit, Failure};

/// The time that was stated, or that of the clock.
pub(crate) fn now(stated: Option<&str>) -> Result<Time, Failure> {
    let Some(text) = stated else { return Ok(Time::new(Timestamp::now())) };
    let parsed: Result<Timestamp, _> = text.parse();
    parsed.map(Time::new).map_err(|_| {
        Failure::new(Exit::Usage, format!("`{text}` is no time\nhint: as in 2023-12-07T09:00:00Z"))
    })
}

/// Chance from the system; or, for examples that shall repeat, from a seed and a place in the log.
pub(crate) fn chance(seed: Option<&str>, case: &str, size: u64) -> Result<StdRng, Failure> {
    let Some(seed) = seed else { return Ok(StdRng::try_from_rng(&mut SysRng)?) };
    let text = format!("{seed}\n{case}\n{size}");
    Ok(StdRng::from_seed(*Digest::of(text).as_bytes()))
}
