//! `seawall case document deny`: which texts of the case must never get out?

use std::path::{Path, PathBuf};

use clap::Args;

use super::lists;
use crate::{
    case::{Acting, Answer, Desk, read_file},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

/// Longest list of texts that must not get out.
const BYTES_MAX: u64 = 4 << 20;

const EXAMPLES: &str = "\
Examples:
  seawall case document deny --text-file names.txt --as ana
  seawall case document deny --text-file names.txt --replace --reason \"a name was wrong\" --as ana

The list is kept encrypted, and every release of the case is searched for each of its texts. It leaves the case in
no bundle.";

/// Name texts that must not get out, for every later release
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Texts that must not get out, one a line; `#` begins a comment
    #[arg(long, value_name = "FILE")]
    text_file: PathBuf,
    /// Instead of the list there is, and not in addition to it
    #[arg(long)]
    replace: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut texts = lines(&arguments.text_file)?;
    let mut desk = Desk::open(acting, console)?;
    if !arguments.replace {
        texts.extend(lists::deny_list(&desk)?);
    }
    texts.sort();
    texts.dedup();
    let acts = lists::keep_deny_list(&mut desk, &texts)?;
    let written = desk.write(acts)?;
    Answer::new().with("texts", texts.len()).say(written, arguments.format, console)
}

/// The texts of a file: one a line, `#` begins a comment.
pub(super) fn lines(path: &Path) -> Result<Vec<String>, Failure> {
    let text = String::from_utf8(read_file(path, BYTES_MAX)?)
        .map_err(|_| Failure::new(Exit::Usage, format!("{} is not UTF-8", path.display())))?;
    let lines = text.lines().map(str::trim);
    Ok(lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}
