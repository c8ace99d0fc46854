//! `seawall train show`: what did a model learn from, what does it state, and what does it ask?

use std::path::PathBuf;

use clap::Args;
use seawall_core::{decision::features::FEATURES, model::trees::LEAF};

use super::fit::tell;
use crate::{commands::decide::read_model, console::Console, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  seawall train show model.bin

The features that trees ask, with how often and what that changes in all, and the weights of the
twin: so many bits for each bit.";

/// Say what a model learned from, what it states, and what it asks
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The model
    #[arg(value_name = "MODEL")]
    model: PathBuf,
}

/// Features that are listed: those asked most.
const LISTED: usize = 40;

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<(), Failure> {
    let ready = read_model(&arguments.model)?;
    writeln!(console.data(), "{}", ready.id)?;
    tell(&ready.model, console)?;
    let mut asked = vec![0_u64; FEATURES.len()];
    for node in ready.model.trees.trees.iter().flatten().filter(|node| node.feature != LEAF) {
        asked[usize::from(node.feature)] += 1;
    }
    let mut order: Vec<usize> = (0..asked.len()).filter(|at| asked[*at] > 0).collect();
    order.sort_by(|a, b| asked[*b].cmp(&asked[*a]).then(a.cmp(b)));
    for at in order.into_iter().take(LISTED) {
        let feature = &FEATURES[at];
        writeln!(console.data(), "{:<30} {:>5} times  {}", feature.name, asked[at], feature.title)?;
    }
    writeln!(
        console.data(),
        "twin: {:.3} bits",
        ready.model.twin.intercept / std::f64::consts::LN_2
    )?;
    for term in &ready.model.twin.terms {
        let feature = &FEATURES[usize::from(term.feature)];
        let bits = term.weight / std::f64::consts::LN_2;
        writeln!(
            console.data(),
            "{:<30} {bits:>+8.3} bits for each  {}",
            feature.name,
            feature.title
        )?;
    }
    Ok(())
}
