//! What do the tests share?

use std::path::Path;

use seawall_core::event::{Event, Reject};
use seawall_engine::Error;
use seawall_engine::read::{FieldMap, Progress, ReadSummary, Sink, Source, read};

/// All that came of an input.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    /// The events as `Debug` writes them.
    pub(crate) events: Vec<String>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) summary: ReadSummary,
}

impl Outcome {
    /// Line, field and whether the event was kept, of every reject.
    pub(crate) fn faults(&self) -> Vec<(u64, Option<&'static str>, bool)> {
        self.rejects.iter().map(|reject| (reject.line, reject.field, reject.event_kept)).collect()
    }

    /// The accounts of the events.
    pub(crate) fn accounts(&self) -> Vec<&str> {
        self.events
            .iter()
            .map(|event| {
                let (_, rest) = event.split_once("account: \"").expect("every event has one");
                rest.split_once('"').expect("it ends").0
            })
            .collect()
    }
}

struct Events(Vec<String>);

impl Sink for Events {
    fn event(&mut self, event: &Event<'_>) {
        self.0.push(format!("{event:?}"));
    }
}

pub(crate) fn try_read(source: &Source, threads: usize) -> Result<Outcome, Error> {
    let (mut events, mut rejects) = (Vec::new(), Vec::new());
    let mut last = Progress { bytes_done: 0, bytes_total: 0, events: 0 };
    let summary = read(
        source,
        threads,
        &|| Events(Vec::new()),
        &mut |sink, piece| {
            events.extend(sink.0);
            rejects.extend(piece);
            Ok(())
        },
        &mut |progress| {
            assert!(progress.bytes_done <= progress.bytes_total);
            assert!(progress.bytes_done >= last.bytes_done && progress.events >= last.events);
            last = progress;
        },
    )?;
    assert_eq!(summary.events, events.len() as u64);
    assert_eq!(last.events, summary.events);
    Ok(Outcome { events, rejects, summary })
}

/// Reads a path with one thread and with two, which must agree.
pub(crate) fn read_mapped(path: &Path, map: Option<&FieldMap>) -> Result<Outcome, Error> {
    let source = Source::open(&[path.to_str().expect("a UTF-8 path").to_owned()], map)?;
    let one = try_read(&source, 1)?;
    assert_eq!(one, try_read(&source, 2)?);
    Ok(one)
}

pub(crate) fn read_path(path: &Path) -> Outcome {
    read_mapped(path, None).expect("an input that can be read")
}

/// Reads bytes as a file of the given name.
pub(crate) fn read_bytes(name: &str, bytes: &[u8]) -> Outcome {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs_err::write(&path, bytes).expect("room for a file");
    let mut outcome = read_path(&path);
    for reject in &mut outcome.rejects {
        name.clone_into(&mut reject.source);
    }
    outcome
}

/// A line of NDJSON with nothing but what is required.
pub(crate) fn line(account: &str) -> String {
    format!("{{\"time\":\"2026-03-01T12:00:00Z\",\"type\":\"signup\",\"account\":\"{account}\"}}\n")
}
