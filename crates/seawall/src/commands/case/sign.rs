//! `seawall case sign`: how does somebody approve whose key lies on their own machine alone?
//!
//! The text to sign comes from a page of the case, and the signed note goes back there. Nothing of the case is needed.

use std::path::PathBuf;

use clap::Args;
use seawall_evidence::{approval::Approval, hash::Digest};

use crate::{
    case::{KeyRing, read_file},
    console::Console,
    failure::{Exit, Failure},
};

const EXAMPLES: &str = "\
Examples:
  seawall case sign approval.txt --key cora.key
  seawall case sign approval.txt --sha256 HASH --key cora.key > approval.note

Without --sha256 it shows what would be approved, and signs nothing. With it, it signs: the hash says
that what was read is what is approved.";

/// Longest text that is signed.
const BYTES_MAX: u64 = 64 << 10;

/// Sign an approval with a key of your own
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The text to sign, as a page of the case gave it
    #[arg(value_name = "FILE")]
    text: PathBuf,
    /// Your key: `seawall case key` makes one
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The hash of what you have read and approve
    #[arg(long, value_name = "HASH")]
    sha256: Option<Digest>,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<(), Failure> {
    let usage = |error: &dyn std::fmt::Display| Failure::new(Exit::Usage, error);
    let bytes = read_file(&arguments.text, BYTES_MAX)?;
    let text = String::from_utf8(bytes).map_err(|_| usage(&"the text to sign is not UTF-8"))?;
    let approval = Approval::of_text(&text).map_err(|error| usage(&error))?;
    let Some(confirmed) = arguments.sha256 else {
        let out = console.data();
        writeln!(out, "proposal         {}", approval.proposal)?;
        writeln!(out, "to               {}", approval.kind)?;
        writeln!(out, "proposed by      {}", approval.proposer)?;
        writeln!(out, "approved by      {} ({})", approval.approver, approval.role)?;
        writeln!(out, "sha256           {}", approval.content_sha256)?;
        return console.hint("read what has that hash, then sign with --sha256");
    };
    if confirmed != approval.content_sha256 {
        return Err(Failure::new(
            Exit::Conflict,
            format!(
                "what would be approved has the hash {}, not the one you confirm\nhint: look at it again",
                approval.content_sha256
            ),
        ));
    }
    let note = approval.sign(&KeyRing::key_file(&arguments.key)?).map_err(|error| usage(&error))?;
    Ok(write!(console.data(), "{note}")?)
}
