//! `seawall`, and nothing else: what does somebody see who has just got the program?
//!
//! The console: on a demo world where there are no data yet, on the data otherwise.

use std::{
    io::{self, IsTerminal as _},
    net::{SocketAddr, TcpListener},
    path::Path,
};

use clap::{Args as _, Command, FromArgMatches as _};
use seawall_engine::output::MANIFEST;

use super::{demo, serve};
use crate::{
    config::Settings,
    console::Console,
    failure::{Failure, Outcome},
};

/// Folder where everything is kept, as of `seawall serve`.
const DATA: &str = "seawall-data";
/// Folder of the world within it.
const WORLD: &str = "demo";
/// Folder of runs within it.
const RUNS: &str = "runs";
/// Accounts and seed of the world: enough for farms of every sort, few enough to be there at once.
const DEMO: (u64, u64) = (20_000, 7);
/// Where the console listens, if nobody else does.
const LISTEN: &str = "127.0.0.1:8080";

/// Whether somebody sits in front of a terminal.
pub(crate) fn is_offered() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

pub(crate) fn run(settings: &Settings, console: &mut Console) -> Result<Outcome, Failure> {
    let data = Path::new(DATA);
    let run = data.join(RUNS).join(WORLD);
    if is_new(data)? {
        console.note("first start", format!("a demo world in {DATA}: nothing in it is real"))?;
        demo::make(&data.join(WORLD), &run, DEMO, settings, console)?;
        console.hint(format!("your own log: seawall detect YOUR-LOG --out {DATA}/{RUNS}/mine"))?;
    }
    let mut words = vec!["serve".to_owned(), "--data".to_owned(), DATA.to_owned()];
    words.extend(["--listen".to_owned(), listen().to_string()]);
    let was_served = data.join("journal").try_exists()?;
    if !was_served && run.join(MANIFEST).try_exists()? {
        words.extend(["--run".to_owned(), run.to_string_lossy().into_owned()]);
    }
    let matches =
        serve::Arguments::augment_args(Command::new("serve")).try_get_matches_from(words)?;
    serve::run(&serve::Arguments::from_arg_matches(&matches)?, settings, console)
}

/// Whether a folder has no data: it is not there, empty, or has what is left of a demo that was broken off.
fn is_new(data: &Path) -> Result<bool, Failure> {
    let names = |folder: &Path| -> Result<Vec<String>, Failure> {
        if !folder.try_exists()? {
            return Ok(Vec::new());
        }
        let name = |entry: io::Result<fs_err::DirEntry>| {
            Ok(entry?.file_name().to_string_lossy().into_owned())
        };
        fs_err::read_dir(folder)?.map(name).collect()
    };
    let is_ours = names(data)?.iter().all(|name| name == WORLD || name == RUNS)
        && names(&data.join(RUNS))?.iter().all(|name| name == WORLD);
    Ok(is_ours && !data.join(RUNS).join(WORLD).join(MANIFEST).try_exists()?)
}

/// The usual address, or any that is free where somebody else has it.
fn listen() -> SocketAddr {
    let usual: SocketAddr = LISTEN.parse().expect("an address");
    let is_free = TcpListener::bind(usual).is_ok();
    if is_free { usual } else { SocketAddr::new(usual.ip(), 0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_demo_left_counts_as_nothing() {
        let root = tempfile::tempdir().expect("a folder");
        let data = root.path().join("data");
        let is_new = || is_new(&data).expect("readable");
        assert!(is_new(), "it is not there");
        let run = data.join("runs/demo");
        fs_err::create_dir_all(&run).expect("made");
        fs_err::create_dir_all(data.join("demo")).expect("made");
        assert!(is_new(), "broken off");
        fs_err::write(run.join(MANIFEST), "{}").expect("written");
        assert!(!is_new(), "made");
        fs_err::remove_file(run.join(MANIFEST)).expect("removed");
        fs_err::create_dir(data.join("runs/mine")).expect("made");
        assert!(!is_new(), "a run of the user");
        fs_err::remove_dir(data.join("runs/mine")).expect("removed");
        fs_err::write(data.join("tokens.json"), "[]").expect("written");
        assert!(!is_new(), "something else");
    }
}
