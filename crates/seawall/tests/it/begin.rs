//! Does `seawall` alone open the console, and only where somebody sits in front of a terminal?

use std::{path::Path, process::Command};

use super::{case::python, code, seawall, text};

/// Starts the program on a terminal of its own in a folder, opens the link that it prints, and ends it with the keyboard.
/// Prints what it printed.
const PROGRAM: &str = r"
import os, pty, re, select, signal, sys, time, urllib.request
program, folder = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.chdir(folder)
    os.execv(program, [program])
said, link, end = b'', None, time.monotonic() + 300
while link is None and time.monotonic() < end:
    ready, _, _ = select.select([terminal], [], [], 1)
    if ready:
        try:
            said += os.read(terminal, 65536)
        except OSError:
            break
    plain = re.sub(rb'\x1b\[[0-9;?]*[A-Za-z]', b'', said)
    link = re.search(rb'(http://127\.0\.0\.1:\d+/join/[\w-]+) lets the first', plain)
print(plain.decode('utf-8', 'replace'))
assert link, 'no link'
with urllib.request.urlopen(link.group(1).decode()) as page:
    text = page.read().decode()
    assert page.status == 200 and 'Password again' in text, text
os.write(terminal, b'\x03')
while True:
    try:
        if not os.read(terminal, 65536):
            break
    except OSError:
        break
_, status = os.waitpid(child, 0)
print('exit', os.waitstatus_to_exitcode(status))
";

fn on_a_terminal(folder: &Path) -> Option<String> {
    let python = python("pty")?;
    let mut command = Command::new(python);
    command.args(["-c", PROGRAM, env!("CARGO_BIN_EXE_seawall")]).arg(folder);
    let output = command.output().expect("python starts");
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    Some(text(&output.stdout))
}

#[test]
fn on_a_terminal_it_makes_a_demo_once_and_opens_the_console() {
    let root = tempfile::tempdir().expect("a folder");
    let Some(first) = on_a_terminal(root.path()) else { return };
    assert!(first.contains("first start") && first.contains("nothing in it is real"), "{first}");
    assert!(first.contains("exit 0"), "{first}");
    let run = root.path().join("seawall-data/runs/demo");
    let campaigns = fs_err::read_to_string(run.join("campaigns.ndjson")).expect("a run");
    assert!(campaigns.lines().count() > 3, "{campaigns}");
    // Decisions are made by that run, too.
    assert!(!first.contains(", 0 campaigns"), "{first}");
    let manifest = fs_err::read(run.join("manifest.json")).expect("a run");
    let again = on_a_terminal(root.path()).expect("as before");
    assert!(!again.contains("first start") && again.contains("exit 0"), "{again}");
    assert_eq!(fs_err::read(run.join("manifest.json")).expect("a run"), manifest);
}

#[test]
fn elsewhere_it_says_what_there_is_and_does_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    let output = seawall(root.path(), &[]);
    assert_eq!(code(&output), 2);
    let help = text(&output.stderr);
    assert!(help.contains("Usage: seawall") && help.contains("  serve "), "{help}");
    assert!(output.stdout.is_empty());
    assert_eq!(fs_err::read_dir(root.path()).expect("a folder").count(), 0);
}
