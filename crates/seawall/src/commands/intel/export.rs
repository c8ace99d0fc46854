//! `seawall intel export`: what leaves?

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use seawall_core::case::Id;

use crate::{
    console::Console,
    failure::{Exit, Failure},
    intel::Place,
};

const EXAMPLES: &str = "\
Examples:
  seawall intel export share-0001 --out outgoing --by bo
  seawall intel export share-0001 --form misp --out feed --by bo

STIX is one bundle; MISP is a feed (manifest.json, an event, hashes.csv) that a server pulls from any web
server. After a recall the same command writes what takes it back.";

/// In which form it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Stix,
    Misp,
}

/// Write what was approved, as STIX or for MISP
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// What was approved
    #[arg(value_name = "ID")]
    id: String,
    /// In which form
    #[arg(long, value_enum, default_value = "stix")]
    form: Form,
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Who lets it leave
    #[arg(long, value_name = "PERSON")]
    by: Id,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    fs_err::create_dir_all(&arguments.out)?;
    if fs_err::read_dir(&arguments.out)?.next().is_some() {
        let text = format!("the folder `{}` is not empty", arguments.out.display());
        return Err(Failure::new(Exit::Conflict, text));
    }
    let by = (place.now()?, arguments.by.clone());
    let files = place.shares().export(&arguments.id, arguments.form == Form::Misp, by)?;
    for (name, content) in files {
        let path = arguments.out.join(name);
        fs_err::write(&path, content)?;
        writeln!(console.data(), "{}", path.display())?;
    }
    Ok(())
}
