//! `seawall config`: which settings hold?

use clap::{Args, Subcommand};

use crate::{
    config::Settings,
    console::{Console, SOFT},
    failure::{Failure, Outcome},
};

const EXAMPLES: &str = "\
Examples:
  seawall config show
  seawall config check --config seawall.toml
  SEAWALL_DETECT__REPORT_BITS=6 seawall config show";

/// Show or check the settings
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Print every setting and where it comes from
    Show,
    /// Say whether the settings are sound
    Check,
}

/// The settings have been read, and so checked, before a command runs.
pub(crate) fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    match arguments.command {
        Command::Check => console.note("ok", "the settings are sound")?,
        Command::Show => {
            for (key, value, origin) in settings.entries() {
                let line =
                    value.map_or_else(|| format!("# {key} ="), |value| format!("{key} = {value}"));
                writeln!(console.data(), "{line:<48} {SOFT}# {origin}{SOFT:#}")?;
            }
        }
    }
    Ok(Outcome::Done)
}
