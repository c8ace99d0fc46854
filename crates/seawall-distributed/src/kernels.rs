//! Which functions of ours do executors have?
//!
//! A plan names functions, and does not carry them: client, scheduler and executors each register the same ones, which do
//! nothing but hand rows to the engine's.

mod grouping;
mod pairing;

use std::sync::Arc;

use datafusion::{
    common::Result,
    execution::FunctionRegistry,
    logical_expr::{AggregateUDF, ScalarUDF},
};

/// `(hash, row) -> list`, an aggregate: which rows of a part share values.
pub(crate) const GROUP: &str = "seawall_group";
/// `(bundle) -> list`: which pairs of hot selectors an account carries.
pub(crate) const PAIRS: &str = "seawall_pairs";

/// [`GROUP`].
pub(crate) fn group() -> AggregateUDF {
    AggregateUDF::from(grouping::Group::new())
}

/// [`PAIRS`].
pub(crate) fn pairs() -> ScalarUDF {
    ScalarUDF::from(pairing::Pairs::new())
}

/// Adds ours to those that are known.
pub(crate) fn register(registry: &mut dyn FunctionRegistry) -> Result<()> {
    registry.register_udaf(Arc::new(group()))?;
    registry.register_udf(Arc::new(pairs()))?;
    Ok(())
}
