//! Which commands are there, and which one was meant?

use std::{ffi::OsString, io::Write as _, path::PathBuf, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::{
    commands::{
        actor, begin, case, completions, config as config_command, decide, demo, detect, doctor,
        evaluate, explain, history, intel, man, mcp, policy, review, serve, simulate, snapshot,
        train, verify,
    },
    config::Settings,
    console::Console,
    failure::{Exit, Failure, Outcome},
};

const EXAMPLES: &str = "\
Examples:
  seawall                                       Open the console, on a demo world at first
  seawall demo                                  See it work on a synthetic world
  seawall detect signups.ndjson.gz --out run    Find the campaigns in your own log
  seawall explain ACCOUNT --run run             Why is this account in a campaign?
  seawall serve --run run                       Allow, challenge or block each signup

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no input, 4 no permission, 5 conflict,
6 campaigns found (with --fail-on), 7 a file of a run has changed.

Data go to standard output, everything else to standard error. NO_COLOR is honoured.
Settings: flag, then SEAWALL_SECTION__KEY, then seawall.toml, then default.";

/// Finds large-scale fraudulent-account operations in a site's own event log, and shows why.
#[derive(Debug, Parser)]
#[command(name = "seawall", version, after_help = EXAMPLES, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// Settings file [default: seawall.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a synthetic world, detect in it, and show the result
    Demo(demo::Arguments),
    /// Find campaigns in event logs
    Detect(detect::Arguments),
    /// Say why an account is in a campaign, in bits
    Explain(explain::Arguments),
    /// Tell what became of each campaign, night by night
    History(history::Arguments),
    /// Make a synthetic world with known truth
    Simulate(simulate::Arguments),
    /// Compare a run with the truth
    Evaluate(evaluate::Arguments),
    /// Answer decisions over HTTP
    Serve(serve::Arguments),
    /// Allow, challenge or block, from the command line
    Decide(decide::Arguments),
    /// Show, check, try and promote the rules of decisions
    Policy(policy::Arguments),
    /// Let a running server decide by another run
    Snapshot(snapshot::Arguments),
    /// Hand on what people decided in the console, for the next detection
    Review(review::Arguments),
    /// Learn from labelled accounts a model that decisions ask, and measure it
    Train(train::Arguments),
    /// Take in what others know, look for it, and share what was found
    Intel(intel::Arguments),
    /// Hold what is claimed of actors: who says what, and how good that is
    Actor(actor::Arguments),
    /// Keep a case: evidence, figures, assets, documents, and what takes two
    Case(case::Arguments),
    /// Answer a model's questions about a run, and change nothing
    Mcp(mcp::Arguments),
    /// Check a bundle, trusting nobody
    Verify(verify::Arguments),
    /// Show or check the settings
    Config(config_command::Arguments),
    /// Check whether this machine is ready
    Doctor(doctor::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

/// Parses the command line and does what it says.
pub(crate) fn run(command_line: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(command_line) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output, mistakes to standard error; a closed pipe is no failure.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Usage.code() } else { 0 });
        }
    };
    if arguments.command.is_none() && !begin::is_offered() {
        // Where standard error is gone too there is nobody left to tell.
        let _ = anstream::stderr()
            .write_all(Arguments::command().render_help().ansi().to_string().as_bytes());
        return ExitCode::from(Exit::Usage.code());
    }
    let console = &mut Console::open();
    match dispatch(arguments, console).and_then(|outcome| console.flush().map(|()| outcome)) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(Exit::Findings.code()),
        Err(failure) if failure.broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            console.failure(&failure);
            ExitCode::from(failure.exit().code())
        }
    }
}

fn dispatch(arguments: Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    let settings = || Settings::load(arguments.config.as_deref(), std::env::vars_os());
    let Some(command) = arguments.command else { return begin::run(&settings()?, console) };
    match command {
        Command::Demo(arguments) => demo::run(&arguments, &settings()?, console),
        Command::Detect(arguments) => detect::run(&arguments, &settings()?, console),
        Command::Explain(arguments) => explain::run(&arguments, console),
        Command::History(arguments) => history::run(&arguments, console),
        Command::Simulate(arguments) => simulate::run(&arguments, console),
        Command::Evaluate(arguments) => evaluate::run(&arguments, console),
        Command::Serve(arguments) => serve::run(&arguments, &settings()?, console),
        Command::Decide(arguments) => decide::run(&arguments, console),
        Command::Policy(arguments) => policy::run(&arguments, console),
        Command::Snapshot(arguments) => snapshot::run(&arguments, console),
        Command::Review(arguments) => review::run(&arguments, console),
        Command::Train(arguments) => train::run(&arguments, &settings()?, console),
        Command::Intel(arguments) => intel::run(&arguments, &settings()?, console),
        Command::Actor(arguments) => actor::run(&arguments, console),
        Command::Case(arguments) => case::run(arguments, &settings()?, console),
        Command::Mcp(arguments) => mcp::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments, console),
        Command::Config(command) => config_command::run(&command, &settings()?, console),
        Command::Doctor(_) => doctor::run(&settings()?, console),
        Command::Completions(arguments) => completions::run(&arguments, console),
        Command::Man(arguments) => man::run(&arguments, console),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    /// Help at a fixed width, whatever the terminal of the test.
    fn help(path: &[&str]) -> String {
        let mut command = Arguments::command().term_width(100);
        command.build();
        let mut found = &mut command;
        for name in path {
            found = found.find_subcommand_mut(name).expect("a command");
        }
        found.render_long_help().to_string()
    }

    #[test]
    fn help_of_every_command() {
        insta::assert_snapshot!("help", help(&[]));
        for name in [
            "demo",
            "detect",
            "explain",
            "history",
            "simulate",
            "evaluate",
            "serve",
            "decide",
            "policy",
            "snapshot",
            "review",
            "train",
            "intel",
            "actor",
            "case",
            "mcp",
            "verify",
            "config",
            "doctor",
            "completions",
            "man",
        ] {
            insta::assert_snapshot!(format!("help-{name}"), help(&[name]));
        }
    }

    #[test]
    fn every_command_has_an_example() {
        for command in Arguments::command().get_subcommands() {
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.contains("seawall "), "{}", command.get_name());
        }
    }
}
