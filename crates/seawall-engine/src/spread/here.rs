//! What of the counting is done in this process? All of it.

use seawall_core::selector::Kind;

use super::{
    Carried, Gather, Keep, Pair,
    stretches::{self, Sizes},
};
use crate::{
    Error,
    count::{self, Grouped},
};

/// Counts in this process.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    threads: usize,
}

impl Here {
    /// On so many threads.
    pub const fn new(threads: usize) -> Self {
        Self { threads }
    }
}

impl Gather for Here {
    fn group(&self, _: &Kind, values: &[u64]) -> Result<Grouped, Error> {
        Ok(count::group(values))
    }

    fn pairs(&self, carried: &Carried<'_>, keep: &Keep<'_>) -> Result<Vec<Pair>, Error> {
        Ok(stretches::count(carried, keep, self.threads, Sizes::default()))
    }
}
