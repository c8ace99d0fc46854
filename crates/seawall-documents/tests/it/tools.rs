//! Programs that a test asks for a second opinion. A test without its program says so, and is passed over.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

/// Output of a program that reads `input` from standard input, or none if there is no such program.
pub(crate) fn ask(program: &str, arguments: &[&str], input: &[u8]) -> Option<(bool, String)> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("skipped: {program} is not installed");
        return None;
    };
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // Both pipes may fill up: write on a thread of its own.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // A program may stop reading before the end.
    drop(writer.join().unwrap());
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    Some((output.status.success(), text))
}

/// The Python that `SEAWALL_PYTHON` names, or the one on the path, if it has that module.
pub(crate) fn python(module: &str) -> Option<String> {
    let named = std::env::var_os("SEAWALL_PYTHON").and_then(|python| python.into_string().ok());
    let python = named.unwrap_or_else(|| "python3".to_owned());
    let (success, _) = ask(&python, &["-c", &format!("import {module}")], b"")?;
    if !success {
        eprintln!("skipped: {python} has no {module} (set SEAWALL_PYTHON)");
    }
    success.then_some(python)
}

/// What a program writes to standard output, as it is.
pub(crate) fn ask_bytes(program: &str, arguments: &[&str]) -> Option<(bool, Vec<u8>)> {
    let Ok(output) = Command::new(program).args(arguments).output() else {
        eprintln!("skipped: {program} is not installed");
        return None;
    };
    Some((output.status.success(), output.stdout))
}

/// The text of a PDF, page after page, by poppler's `pdftotext`.
pub(crate) fn text_of(pdf: &[u8]) -> Option<String> {
    let path = scratch("text", pdf);
    let output = ask("pdftotext", &["-raw", path.to_str().unwrap(), "-"], b"");
    drop(std::fs::remove_file(&path));
    output.map(|(success, text)| {
        assert!(success, "{text}");
        text
    })
}

/// A file for a program that does not read standard input.
pub(crate) fn scratch(name: &str, content: &[u8]) -> PathBuf {
    let thread = format!("{:?}", std::thread::current().id()).replace(['(', ')'], "");
    let name = format!("seawall-{name}-{}-{thread}.pdf", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::File::create(&path).unwrap().write_all(content).unwrap();
    path
}
