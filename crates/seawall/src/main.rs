//! What does the one who types `seawall` want? The one binary.

use std::process::ExitCode;

mod arguments;
mod case;
mod commands;
mod config;
mod console;
mod failure;
mod format;
mod intel;
mod knowledge;
mod lookup;
mod machine;
mod pipeline;
mod progress;
mod remote;
mod table;
mod waterfall;

fn main() -> ExitCode {
    arguments::run(std::env::args_os())
}
