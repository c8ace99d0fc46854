//! What may follow on what? The state machines of a case, each a table of arrows.

use std::fmt::Debug;

mod machines;

pub use machines::{
    ActionState, AssetState, CaseStage, DocumentState, ExhibitState, FigureState, HoldState,
    ItemState,
};

/// What an arrow needs beside the will to take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// A second person who approves.
    SecondPerson,
    /// A measurement; what somebody says does not suffice.
    Measurement,
}

/// One transition that is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow<S> {
    /// From this state.
    pub from: S,
    /// To this one.
    pub to: S,
    /// What it needs.
    pub needs: Needs,
}

/// A set of states with its arrows.
pub trait Machine: Copy + Eq + Debug + 'static {
    /// What is in these states, in prose.
    const NOUN: &'static str;
    /// Where it begins.
    const START: Self;
    /// Every state.
    const ALL: &'static [Self];
    /// What may follow on what.
    const ARROWS: &'static [Arrow<Self>];
    /// As in files.
    fn name(self) -> &'static str;
}

/// A transition that is not allowed, and what would be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {noun} is {from}: it cannot become {to}\nhint: {allowed}")]
pub struct Refused {
    noun: &'static str,
    from: &'static str,
    to: &'static str,
    allowed: String,
}

/// What the step from `from` to `to` needs; refused where there is no such arrow.
pub fn step<S: Machine>(from: S, to: S) -> Result<Needs, Refused> {
    if let Some(arrow) = S::ARROWS.iter().find(|arrow| arrow.from == from && arrow.to == to) {
        return Ok(arrow.needs);
    }
    let next: Vec<&str> =
        S::ARROWS.iter().filter(|arrow| arrow.from == from).map(|arrow| arrow.to.name()).collect();
    let allowed = if next.is_empty() {
        "nothing follows on that".to_owned()
    } else {
        format!("next may be {}", next.join(", "))
    };
    Err(Refused { noun: S::NOUN, from: from.name(), to: to.name(), allowed })
}

#[cfg(test)]
mod tests;
