//! What does another implementation say? Python with packages, where they are installed.

use std::{ffi::OsString, path::PathBuf, process::Command};

/// The Python that has `duckdb`.
pub(crate) fn with_duckdb(test: &str) -> Option<PathBuf> {
    with(test, &["duckdb"])
}

/// The Python that `SEAWALL_PYTHON` names, or the one on the path, if it has these packages. A test that needs them
/// says so and passes where they are absent.
#[expect(clippy::print_stdout, reason = "says why a test is skipped")]
pub(crate) fn with(test: &str, packages: &[&str]) -> Option<PathBuf> {
    let python: PathBuf =
        std::env::var_os("SEAWALL_PYTHON").unwrap_or_else(|| OsString::from("python3")).into();
    let import = format!("import {}", packages.join(", "));
    let found = Command::new(&python).args(["-c", &import]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    println!(
        "{test} skipped: {} lacks one of {} (install them with pip, and set SEAWALL_PYTHON)",
        python.display(),
        packages.join(", ")
    );
    None
}

/// What a script of the tests prints.
pub(crate) fn run(python: &PathBuf, script: &str, arguments: &[&std::ffi::OsStr]) -> String {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(script);
    let output = Command::new(python).arg(script).args(arguments).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
