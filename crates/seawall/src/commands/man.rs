//! `seawall man`: what would the manual say?

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

use crate::{
    console::Console,
    failure::{Failure, Outcome},
};

const EXAMPLES: &str = "\
Examples:
  seawall man | man -l -
  seawall man --out ~/.local/share/man/man1";

/// Print the manual page
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Write a page for every command to this folder instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    let command = crate::arguments::Arguments::command();
    if let Some(directory) = &arguments.out {
        fs_err::create_dir_all(directory)?;
        clap_mangen::generate_to(command, directory)?;
        console.note("manual", directory.display())?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        console.data().write_all(&page)?;
    }
    Ok(Outcome::Done)
}
