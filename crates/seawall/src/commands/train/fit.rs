//! `seawall train fit`: which model do examples make?

use std::path::PathBuf;

use clap::Args;
use seawall_charts::text::{count, counted};
use seawall_core::model::{AccountModel, strata::STRATUM_FACTOR};
use seawall_engine::train::{Settings as Training, Step, boost::Growth, fit, fit::TREES_MIN};

use super::{read_examples, write_whole};
use crate::{
    commands::detect::threads,
    config::Settings,
    console::Console,
    failure::{Exit, Failure},
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall train fit march.examples --out model.bin
  seawall train fit january.examples february.examples --held march.examples --out model.bin
  seawall train fit march.examples --false-positives 0.0001 --doubt 0.05 --out model.bin

Without --held, the last part of the examples is kept out: later than what is learned from, and no
campaign on both sides. What is kept out calibrates the model and sets its thresholds. The same
examples make the same file, whatever their order and the number of threads.";

/// Learn a model from examples
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files of `seawall train examples`
    #[arg(value_name = "FILE", required = true)]
    examples: Vec<PathBuf>,
    /// Files to keep out [default: the last part of the others]
    #[arg(long, value_name = "FILE")]
    held: Vec<PathBuf>,
    /// Share of people that may be over the threshold
    #[arg(long, value_name = "SHARE", default_value_t = 1e-3)]
    false_positives: f64,
    /// Probability that more are
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    doubt: f64,
    /// Share of people's accounts that is kept out, where no --held is given
    #[arg(long, value_name = "SHARE", default_value_t = 0.4)]
    held_share: f64,
    /// Trees
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u16).range(1..=300))]
    trees: u16,
    /// Questions that a tree asks in a row
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=6))]
    depth: u8,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// File to write
    #[arg(long, value_name = "FILE", default_value = "model.bin")]
    out: PathBuf,
}

pub(super) fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut progress = Progress::new(console.interactive);
    progress.stage("reading examples");
    let examples = read_examples(&arguments.examples)?;
    let held = (!arguments.held.is_empty()).then(|| read_examples(&arguments.held)).transpose()?;
    let growth = Growth {
        trees: arguments.trees.into(),
        depth: arguments.depth.into(),
        threads: threads(arguments.threads.unwrap_or(settings.threads)),
        ..Growth::default()
    };
    let training = Training {
        growth,
        false_positive_max: arguments.false_positives,
        doubt: arguments.doubt,
        held_share: arguments.held_share,
        ..Training::default()
    };
    let fitted = fit(&examples, held.as_ref(), &training, &mut |step| {
        progress.stage(match step {
            Step::Twin => "fitting the twin",
            Step::Trees => "growing trees",
            Step::Thresholds => "setting thresholds",
        });
    });
    progress.finish();
    let model = fitted.map_err(|error| Failure::new(Exit::Usage, error))?.model;
    let bytes = model.encode();
    write_whole(&arguments.out, &bytes)?;
    tell(&model, console)?;
    writeln!(console.data(), "{}", AccountModel::id(&bytes))?;
    Ok(())
}

/// What it learned from, what it states, and where it can state nothing.
pub(super) fn tell(model: &AccountModel, console: &mut Console) -> Result<(), Failure> {
    let AccountModel { trees, bound, trained, .. } = model;
    let sorts = |[operations, people]: [u64; 2]| {
        format!(
            "{} of operations, {} of people",
            counted(operations, "account", "accounts"),
            counted(people, "account", "accounts")
        )
    };
    console.note("learned from", sorts(trained.accounts))?;
    console.note("kept out", sorts(trained.held_out))?;
    if trees.trees.is_empty() {
        console.note(
            "trees",
            format!(
                "none: {TREES_MIN} labelled accounts are needed, so the logistic twin speaks alone"
            ),
        )?;
    } else {
        console.note("trees", count(trees.trees.len() as u64))?;
    }
    let [needed, needed_stratum] = bound.accounts_min();
    let share = |share: f64| format!("{:.3} %", share * 100.0);
    let sure = share(1.0 - bound.doubt);
    if bound.threshold.is_none() {
        return console.note(
            "no bound",
            format!(
                "{} people kept out; {} are needed for at most {} at {sure}, so nobody is over",
                count(bound.trusted),
                count(needed),
                share(bound.false_positive_max)
            ),
        );
    }
    console.note(
        "bound",
        format!(
            "at most {} of people over, at {sure}; from {} people kept out",
            share(bound.false_positive_max),
            count(bound.trusted)
        ),
    )?;
    console.note(
        "of operations",
        format!("{:.1} % of those kept out are over", trained.recall * 100.0),
    )?;
    for own in &bound.strata {
        let (division, name) = (own.division.as_str(), &own.name);
        let said = match own.threshold {
            Some(threshold) if bound.threshold.is_some_and(|all| threshold > all) => {
                format!(
                    "{division} {name}: a higher threshold, for at most {}",
                    share(STRATUM_FACTOR * bound.false_positive_max)
                )
            }
            Some(_) => continue,
            None => format!(
                "{division} {name}: {} people kept out, {} are needed to state a bound of its own",
                count(own.trusted),
                count(needed_stratum)
            ),
        };
        console.note("stratum", said)?;
    }
    Ok(())
}
