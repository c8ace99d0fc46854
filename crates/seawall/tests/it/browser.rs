//! Can people use the console in a real browser?
//!
//! What is walked is written in `tests/browser`, in JavaScript, since the driver of the browser and the checks of
//! accessibility are. Needs node, Chromium and the packages of `tests/browser/package-lock.json`, which `.ci/run` installs;
//! where they are not there it says so, and fails where `SEAWALL_BROWSER=required`.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use seawall_core::actor::fixture;
use serde_json::json;

use super::{
    actions, code, seawall,
    serving::{ask, token},
    text,
};

/// How long a server may take until it listens.
const START: Duration = Duration::from_mins(2);

/// What the walk needs.
struct Tools {
    node: PathBuf,
    chromium: PathBuf,
    packages: PathBuf,
}

fn tools() -> Result<Tools, String> {
    let on_path = |names: &[&str]| {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let all = std::env::split_paths(&folders).collect::<Vec<_>>();
        let found = names.iter().flat_map(|name| all.iter().map(move |folder| folder.join(name)));
        found.into_iter().find(|path| path.is_file()).ok_or(format!("no {}", names[0]))
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let usual = || root.join("../../target/ci-browser");
    let packages = std::env::var_os("SEAWALL_NODE").map_or_else(usual, PathBuf::from);
    if !packages.join("node_modules/playwright-core").is_dir() {
        return Err(format!("no packages in {}", packages.display()));
    }
    let packages = packages.canonicalize().map_err(|error| error.to_string())?;
    Ok(Tools {
        node: on_path(&["node"])?,
        chromium: on_path(&["chromium", "chromium-browser"])?,
        packages,
    })
}

/// A server with a console, which ends with its test.
pub(super) struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it; where it listens, and the link by which the first person gets in.
pub(super) fn serve(root: &Path, more: &[&str]) -> (Served, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_seawall"))
        .args(["serve", "--data", "data", "--listen", "127.0.0.1:0", "--selectors", "65536"])
        .args(more)
        .current_dir(root)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let (tell, told) = mpsc::channel();
    let notes = BufReader::new(child.stderr.take().expect("piped"));
    // Read to the end, so that it never waits for a reader.
    thread::spawn(move || {
        for line in notes.lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    let served = Served(child);
    let mut said = Vec::new();
    while let Ok(line) = told.recv_timeout(START) {
        let link = line.split_whitespace().find_map(|word| {
            let (home, link) = word.strip_prefix("http://")?.split_once('/')?;
            link.starts_with("join/").then(|| (format!("http://{home}"), format!("/{link}")))
        });
        if let Some((home, link)) = link {
            return (served, home, link);
        }
        said.push(line);
    }
    panic!("no link to the console: {said:?}");
}

/// What others said, so that no page is empty.
fn said_by_others(data: &Path) {
    let write = |folder: &str, lines: Vec<String>| {
        fs_err::create_dir_all(data.join(folder)).expect("made");
        let path = data.join(folder).join("00000001.ndjson");
        fs_err::write(path, lines.join("\n") + "\n").expect("written");
    };
    let line = |record| serde_json::to_string(record).expect("JSON");
    write("actors", fixture::records().iter().map(line).collect());
    let indicator = |number: u32| {
        json!({
            "type": "indicator", "spec_version": "2.1", "pattern_type": "stix",
            "id": format!("indicator--00000000-0000-4000-8000-{number:012}"),
            "created": "2026-05-01T00:00:00.000Z", "modified": "2026-05-01T00:00:00.000Z",
            "valid_from": "2026-05-01T00:00:00Z", "name": format!("Shop {number}"),
            "pattern": format!("[domain-name:value = 'shop-{number}.example']"),
        })
    };
    write("intel/received", (1..=3).map(|number| indicator(number).to_string()).collect());
}

/// Decisions about accounts of one device, one of which has a hostile name.
fn decided(address: &str, token: &str) {
    let names = ["<script>alert(1)</script>\u{202e}", "plain"].map(str::to_owned);
    let accounts = names.into_iter().chain((0..20).map(|number| format!("account-{number}")));
    for (number, account) in accounts.enumerate() {
        let event = json!({
            "time": 1_778_000_000_000_i64 + 1_000 * number as i64, "type": "signup", "account": account,
            "device_id": "one-device", "email": format!("{number}@shop-1.example"),
        });
        let answer = ask(address, token, "POST", "/api/v1/decisions", &event.to_string());
        assert_eq!(answer.map(|(status, _)| status), Some(200));
    }
}

#[test]
fn the_console_is_walked_in_a_browser() {
    let tools = match tools() {
        Ok(tools) => tools,
        Err(missing) => {
            let required = std::env::var_os("SEAWALL_BROWSER").is_some_and(|own| own == "required");
            assert!(!required, "{missing}");
            println!("skipped, the console was not walked: {missing}");
            return;
        }
    };
    let root = tempfile::tempdir().expect("a folder");
    let made =
        seawall(root.path(), &["demo", "--accounts", "3000", "--seed", "7", "--out", "world"]);
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
    let token = token(root.path());
    said_by_others(&root.path().join("data"));
    let (url, _) = actions::site(Duration::from_millis(5));
    actions::settings(root.path(), &url, "approve_above = 40\n");
    let (_served, home, link) = serve(
        root.path(),
        &[
            "--run",
            "world/run",
            "--runs",
            "world/run",
            "--mcp",
            "--actions",
            "actions.toml",
            "--webhook-network",
            "127.0.0.0/8",
        ],
    );
    decided(home.trim_start_matches("http://"), &token);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let walked = Command::new(&tools.node)
        .arg(here.join("tests/browser/walk.mjs"))
        .env("SEAWALL_URL", &home)
        .env("SEAWALL_JOIN", &link)
        .env("SEAWALL_BIN", env!("CARGO_BIN_EXE_seawall"))
        .env("SEAWALL_ROOT", root.path())
        .env("SEAWALL_NODE", &tools.packages)
        .env("SEAWALL_CHROMIUM", &tools.chromium)
        // Its profile and its crash reports go with the test.
        .env("HOME", root.path())
        .output()
        .expect("node starts");
    let told = text(&walked.stdout) + &text(&walked.stderr);
    println!("{told}");
    assert!(walked.status.success(), "{told}");
}
