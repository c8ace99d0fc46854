//! `seawall case vault add`: how does a file come into a case?

use std::path::PathBuf;

use clap::Args;

use crate::{
    case::{Acting, Answer, Desk, Intake, ItemOptions},
    console::Console,
    failure::Failure,
    format::AnswerFormat,
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall case vault add price-list.html --kind web-capture --media-type text/html \\
      --source https://shop.example --class public --as ana
  seawall case vault add order.pdf --kind order --origin third-party --source \"the court\" --as cora";

/// Take a file into the case
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    item: ItemOptions,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut desk = Desk::open(acting, console)?;
    let mut progress = Progress::new(console.interactive);
    progress.stage("taking the content in");
    let taken = desk.take_file(&Intake::stated(&arguments.item), &arguments.file);
    progress.finish();
    let (item, act) = taken?;
    let written = desk.write(vec![act])?;
    Answer::new().text("item", &item.id).text("sha256", item.sha256).with("bytes", item.size).say(
        written,
        arguments.format,
        console,
    )
}
