//! `seawall case key`: with what does somebody sign whose key lies on their own machine alone?

use std::path::PathBuf;

use clap::Args;

use crate::{
    case::{KeyRing, chance},
    console::Console,
    failure::Failure,
};

const EXAMPLES: &str = "\
Examples:
  seawall case key cora --out cora.key
  seawall case person add cora --role counsel --public-key cora+1a2b3c4d+AbC… --as ada
  seawall case sign approval.txt --sha256 HASH --key cora.key > approval.note

The public key goes to standard output: hand that on. The key itself stays in the file.";

/// Make a key to sign with, in a file of your own
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Short name, as it stands in entries
    #[arg(value_name = "NAME")]
    name: String,
    /// Where to write the key; nothing may be there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(
    arguments: &Arguments,
    seed: Option<&str>,
    console: &mut Console,
) -> Result<(), Failure> {
    let chance = &mut chance(seed, &arguments.name, 0)?;
    let signer = KeyRing::make_key_file(&arguments.out, &arguments.name, chance)?;
    writeln!(console.data(), "{}", signer.verifier())?;
    console.note("key", format!("{} (back it up)", arguments.out.display()))
}
