//! How does a detection run on several hosts? Ballista's scheduler and executors, with our functions.

mod cluster;
mod columns;
mod detect;
mod executor;
mod kernels;
mod knowledge;
mod scheduler;

use std::{io::Write as _, process::ExitCode};

use clap::{Parser, Subcommand};

const SCHEDULER_PORT: u16 = 50050;

const EXAMPLES: &str = "\
Examples:
  host 1:  seawall-distributed scheduler --bind 10.0.0.1
  host 2:  seawall-distributed executor --bind 10.0.0.2 --scheduler 10.0.0.1:50050
  host 3:  seawall-distributed executor --bind 10.0.0.3 --scheduler 10.0.0.1:50050
  host 1:  seawall-distributed detect logs/ --out run --scheduler 10.0.0.1:50050 --shared /mnt/shared

All hosts run the same version, and see the shared folder under the same path.";

/// Detect with the counting done on several hosts
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scheduler(scheduler::Arguments),
    Executor(executor::Arguments),
    Detect(Box<detect::Arguments>),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Scheduler(arguments) => serve(scheduler::run(&arguments)),
        Command::Executor(arguments) => serve(executor::run(&arguments)),
        Command::Detect(arguments) => detect::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn serve(served: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(served)
}

/// Tells people something; whether anyone reads it does not matter.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// An address as it stands before a port.
fn host(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// `host:port`, of a host that has a name or an address.
fn host_and_port(text: &str) -> Result<(String, u16), String> {
    let (host, port) = text.rsplit_once(':').ok_or("a host and a port are needed: HOST:PORT")?;
    let port = port.parse().map_err(|_| format!("`{port}` is no port"))?;
    if host.is_empty() {
        Err("the host is missing".to_owned())
    } else {
        Ok((host.to_owned(), port))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_port_is_behind_the_last_colon() {
        assert_eq!(host_and_port("[::1]:5"), Ok(("[::1]".to_owned(), 5)));
        for wrong in ["host", ":5", "host:", "host:70000"] {
            assert!(host_and_port(wrong).is_err(), "{wrong}");
        }
    }
}
