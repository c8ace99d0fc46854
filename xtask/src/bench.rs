//! `cargo xtask bench`: how long, how much memory, and how right, from a world of that size to its campaigns?
//!
//! The program that users run is what is measured, and the operating system is who measures it: peak memory and bytes
//! written as `/proc` has them, processor time as it is charged to this process for its children.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use fs_err as fs;

/// Sizes by the name that is typed: accounts that sign up, benign and in the window; about twice as many are in the
/// log, for it begins with a history.
const SIZES: [(&str, u64); 5] = [
    ("100k", 50_000),
    ("1m", 500_000),
    ("10m", 5_000_000),
    ("100m", 50_000_000),
    ("750m", 375_000_000),
];
/// What results are appended to.
const DOCUMENT: &str = "docs/benchmarks.md";
/// The heading that results stand under, at the end of the document.
const HEADING: &str = "## Runs of `cargo xtask bench`";
const TABLE: &str = "\
| size | accounts | options | wall s | processor s | µs an account | peak memory GB | written GB | precision | recall | by mistake | purity | operators mixed |
|---|---|---|---|---|---|---|---|---|---|---|---|---|";
/// Between two looks at a running program.
const LOOK: Duration = Duration::from_millis(200);

/// Makes a world of the named size where there is none, detects in it with `options`, compares with its truth, and
/// appends a row to the document.
pub(crate) fn run(size: &str, options: &[&str]) -> anyhow::Result<()> {
    let accounts = SIZES.iter().find(|(name, _)| *name == size).map(|(_, accounts)| *accounts);
    let names: Vec<&str> = SIZES.iter().map(|(name, _)| *name).collect();
    let accounts = accounts.with_context(|| format!("a size is one of {}", names.join(", ")))?;
    // As `cargo build --release` of the whole does it: of one package alone, other features would build all anew.
    step(Command::new("cargo").args(["build", "--release", "--locked"]))?;
    let program = Path::new("target/release/seawall");
    let folder = PathBuf::from("target/bench").join(size);
    let (world, run) = (folder.join("world"), folder.join("run"));
    fs::create_dir_all(&folder)?;
    if !world.join("truth.csv").try_exists()? {
        let number = accounts.to_string();
        let made = [
            "simulate",
            "--preset",
            "standard",
            "--activity",
            "0",
            "--seed",
            "1",
            "--events-format",
            "parquet",
        ];
        step(Command::new(program).args(made).args(["--accounts", &number, "--out"]).arg(&world))?;
    }
    let mut detect = Command::new(program);
    detect.arg("detect").arg(world.join("events.parquet")).arg("--out").arg(&run).args(options);
    let used = measure(&mut detect)?;
    let judged = Command::new(program)
        .args(["evaluate", "--format", "json", "--run"])
        .arg(&run)
        .arg("--truth")
        .arg(world.join("truth.csv"))
        .output()?;
    ensure!(
        judged.status.success(),
        "could not compare: {}",
        String::from_utf8_lossy(&judged.stderr)
    );
    let row = row(size, options, &used, &serde_json::from_slice(&judged.stdout)?)?;
    eprintln!("{row}");
    append(Path::new(DOCUMENT), &row)
}

fn step(command: &mut Command) -> anyhow::Result<()> {
    eprintln!("{command:?}");
    let status = command.status()?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}

/// What a program used.
struct Used {
    wall_s: f64,
    processor_s: f64,
    memory_bytes: u64,
    written_bytes: u64,
}

#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
fn measure(command: &mut Command) -> anyhow::Result<Used> {
    eprintln!("{command:?}");
    let (start, before) = (Instant::now(), children_s()?);
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    let (mut memory_bytes, mut written_bytes) = (0, 0);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // A process that has just ended has no figures any more.
        let peak = number(&process.join("status"), "VmHWM:").unwrap_or(0) * 1024;
        memory_bytes = peak.max(memory_bytes);
        written_bytes = number(&process.join("io"), "write_bytes:").unwrap_or(0).max(written_bytes);
        std::thread::sleep(LOOK);
    };
    ensure!(status.success(), "{command:?} ended with {status}");
    let wall_s = start.elapsed().as_secs_f64();
    Ok(Used { wall_s, processor_s: children_s()? - before, memory_bytes, written_bytes })
}

/// The first number of the line that begins so.
fn number(file: &Path, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Processor seconds of all children that have ended: fields 16 and 17 of `/proc/self/stat`, in hundredths.
fn children_s() -> anyhow::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    ensure!(ticks.len() == 2, "/proc/self/stat is not as it should be");
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

fn row(
    size: &str,
    options: &[&str],
    used: &Used,
    judged: &serde_json::Value,
) -> anyhow::Result<String> {
    let (of, campaigns) = (&judged["accounts"], &judged["campaigns"]);
    let accounts = of["labelled"].as_u64().context("no accounts were compared")?;
    let share = |value: &serde_json::Value| {
        value.as_f64().map_or_else(|| "–".to_owned(), |share| format!("{share:.4}"))
    };
    let gigabytes = |bytes: u64| format!("{:.2}", bytes as f64 / 1e9);
    let options =
        if options.is_empty() { "–".to_owned() } else { format!("`{}`", options.join(" ")) };
    let cells = [
        size.to_owned(),
        accounts.to_string(),
        options,
        format!("{:.1}", used.wall_s),
        format!("{:.1}", used.processor_s),
        format!("{:.2}", used.processor_s * 1e6 / accounts as f64),
        gigabytes(used.memory_bytes),
        gigabytes(used.written_bytes),
        share(&of["precision"]),
        share(&of["recall"]),
        of["false_positives"].to_string(),
        share(&campaigns["purity"]),
        campaigns["mixed"].to_string(),
    ];
    Ok(format!("| {} |", cells.join(" | ")))
}

/// Puts a row at the end of the document, under a heading of its own.
fn append(document: &Path, row: &str) -> anyhow::Result<()> {
    let text = fs::read_to_string(document)?;
    fs::write(document, appended(&text, row))?;
    Ok(())
}

fn appended(text: &str, row: &str) -> String {
    let text = text.trim_end();
    if text.contains(HEADING) {
        return format!("{text}\n{row}\n");
    }
    format!("{text}\n\n{HEADING}\n\n{TABLE}\n{row}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let judged = serde_json::json!({
            "accounts": {"labelled": 2_000_000, "precision": 1.0, "recall": null, "false_positives": 3},
            "campaigns": {"purity": 0.9999, "mixed": 0},
        });
        let used =
            Used { wall_s: 10.0, processor_s: 18.0, memory_bytes: 1 << 30, written_bytes: 0 };
        let row = row("1m", &["--memory", "1GiB"], &used, &judged).expect("a row");
        assert_eq!(
            row.matches('|').count(),
            TABLE.lines().next().expect("a head").matches('|').count()
        );
        assert!(row.contains("| 9.00 | 1.07 | 0.00 | 1.0000 | – | 3 | 0.9999 | 0 |"), "{row}");
    }

    #[test]
    fn rows_come_one_after_the_other() {
        let first = appended("# Benchmarks\n", "| a |");
        assert_eq!(first, format!("# Benchmarks\n\n{HEADING}\n\n{TABLE}\n| a |\n"));
        assert_eq!(appended(&first, "| b |"), format!("{first}| b |\n"));
    }

    #[test]
    fn the_system_is_asked() {
        let mut command = Command::new("sh");
        let used =
            measure(command.args(["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"]));
        let used = used.expect("it ends");
        assert!(used.wall_s > 0.0 && used.processor_s > 0.0 && used.memory_bytes > 0);
    }
}
