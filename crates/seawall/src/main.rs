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

/// A detection takes and gives back blocks of every size on several threads, and what it gives back must be there for what
/// comes next: the system's allocator holds on to as much again. How this one does it is set in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    arguments::run(std::env::args_os())
}
