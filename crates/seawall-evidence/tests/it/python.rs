//! What does another implementation say? Python with `duckdb`, where it is installed.

use std::{ffi::OsString, path::PathBuf, process::Command};

/// The Python that `SEAWALL_PYTHON` names, or the one on the path, if it has `duckdb`. A test that needs it says so and
/// passes where it is absent.
#[expect(clippy::print_stdout, reason = "says why a test is skipped")]
pub(crate) fn with_duckdb(test: &str) -> Option<PathBuf> {
    let python: PathBuf =
        std::env::var_os("SEAWALL_PYTHON").unwrap_or_else(|| OsString::from("python3")).into();
    let found = Command::new(&python).args(["-c", "import duckdb"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    println!(
        "{test} skipped: {} has no duckdb (pip install duckdb, and set SEAWALL_PYTHON)",
        python.display()
    );
    None
}

/// What a script of this folder prints.
pub(crate) fn run(python: &PathBuf, script: &str, arguments: &[&std::ffi::OsStr]) -> String {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(script);
    let output = Command::new(python).arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
