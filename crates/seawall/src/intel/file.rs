//! What does a file of somebody else hold? Its form is found by looking.

use std::{
    io::{self, BufReader, Read as _},
    path::Path,
};

use flate2::read::MultiGzDecoder;
use seawall_core::{actor::Entry, event::Reject};
use seawall_intel::{
    actors,
    indicator::{Terms, indicator_object},
    list::{List, read_plain, read_table},
    misp::{Galaxy, WarningList, is_event, read_events},
    stix::{Archive, Limits, Object, read_bundle},
};
use serde_json::Value;

use crate::failure::{Exit, Failure};

/// What is looked at as a whole. What is larger can only be a bundle.
const WHOLE_BYTES_MAX: u64 = 64 << 20;

/// Observables of a bundle that claims can lead to: a larger bundle is a list, and would fill the memory.
const OBSERVABLES_MAX: usize = 100_000;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Bundle,
    MispEvent,
    Galaxy,
    WarningList,
    Table,
    List,
}

impl Form {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Bundle => "STIX",
            Self::MispEvent => "MISP event",
            Self::Galaxy => "MISP galaxy",
            Self::WarningList => "warning list",
            Self::Table => "table",
            Self::List => "list",
        }
    }
}

/// What came of a file, beside its objects.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) form: Form,
    /// What it claims of actors.
    pub(crate) entries: Vec<Entry>,
    /// The text of a warning list.
    pub(crate) warning: Option<String>,
    pub(crate) rejects: Vec<Reject>,
    /// What is not meant for detection, or stood there twice.
    pub(crate) passed_over: u64,
}

/// Reads a file, and hands on its objects one by one.
pub(crate) fn read(
    path: &Path,
    source: &str,
    terms: &Terms,
    take: &mut dyn FnMut(Object) -> io::Result<()>,
) -> Result<Read, Failure> {
    let name = path.display().to_string();
    let mut reader = open(path)?;
    let mut start = Vec::new();
    (&mut reader).take(WHOLE_BYTES_MAX + 1).read_to_end_capped(&mut start)?;
    let is_whole = start.len() as u64 <= WHOLE_BYTES_MAX;
    if is_whole && !looks_like_json(&start) {
        return listed(path, &start, terms, take);
    }
    let whole: Option<Value> = if is_whole { serde_json::from_slice(&start).ok() } else { None };
    if let Some(value) = &whole {
        let text = || String::from_utf8_lossy(&start);
        if WarningList::is(value) {
            // What is kept stands on one line.
            let line = serde_json::to_string(value)?;
            WarningList::read(&line)?;
            return Ok(Read { warning: Some(line), ..empty(Form::WarningList) });
        }
        if Galaxy::is(value) {
            let entries = actors::entries_of_galaxy(&Galaxy::read(&text())?, terms.at);
            return Ok(Read { entries, ..empty(Form::Galaxy) });
        }
        if is_event(value) {
            let read = read_events(&text(), &name, terms)?;
            read.objects.into_iter().try_for_each(take)?;
            let galaxies = read.galaxies.iter();
            let entries = galaxies.flat_map(|it| actors::entries_of_galaxy(it, terms.at)).collect();
            let (rejects, passed_over) = (read.rejects, read.passed_over);
            return Ok(Read { entries, rejects, passed_over, ..empty(Form::MispEvent) });
        }
    }
    drop(whole);
    bundle(io::Cursor::new(start).chain(reader), &name, source, terms, take)
}

fn bundle(
    reader: impl io::Read,
    name: &str,
    source: &str,
    terms: &Terms,
    take: &mut dyn FnMut(Object) -> io::Result<()>,
) -> Result<Read, Failure> {
    // Of a large bundle only what says something of actors is kept in memory.
    let about_actors = [
        "threat-actor",
        "intrusion-set",
        "campaign",
        "infrastructure",
        "tool",
        "malware",
        "identity",
        "relationship",
        "cryptocurrency-wallet",
        "domain-name",
        "user-account",
    ];
    let mut archive = Archive::default();
    let mut rejects = Vec::new();
    read_bundle(reader, name, Limits::default(), &mut |taken| match taken {
        Ok(object) => {
            let about_actors = about_actors.contains(&object.object_type());
            if about_actors && (object.modified().is_some() || archive.len() < OBSERVABLES_MAX) {
                archive.add(object.clone());
            }
            take(object)
        }
        Err(reject) => {
            rejects.push(reject);
            Ok(())
        }
    })?;
    let entries = actors::entries_of_objects(&archive, source, terms.at);
    Ok(Read { entries, rejects, ..empty(Form::Bundle) })
}

fn listed(
    path: &Path,
    bytes: &[u8],
    terms: &Terms,
    take: &mut dyn FnMut(Object) -> io::Result<()>,
) -> Result<Read, Failure> {
    let name = path.display().to_string();
    let table = read_table(bytes, &name);
    let form = if table.is_some() { Form::Table } else { Form::List };
    let List { listed, rejects, repeated } =
        table.unwrap_or_else(|| read_plain(&String::from_utf8_lossy(bytes), &name));
    if listed.is_empty() {
        return Err(Failure::new(
            Exit::NoInput,
            format!(
                "nothing in `{name}` is an indicator: {} lines were looked at\nhint: a table needs a column such as `value`, `indicator` or `domain`; a list one thing a line",
                rejects.len()
            ),
        ));
    }
    for item in &listed {
        take(item.known.object())?;
        take(indicator_object(&item.known, item.comment.as_deref(), terms))?;
    }
    Ok(Read { rejects, passed_over: repeated, ..empty(form) })
}

const fn empty(form: Form) -> Read {
    Read { form, entries: Vec::new(), warning: None, rejects: Vec::new(), passed_over: 0 }
}

fn open(path: &Path) -> Result<Box<dyn io::Read>, Failure> {
    let file = BufReader::new(fs_err::File::open(path)?);
    if path.extension().is_some_and(|extension| extension == "gz") {
        // What it unpacks to is limited where it is read.
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(file))));
    }
    Ok(Box::new(file))
}

fn looks_like_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    matches!(bytes.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'{' | b'['))
}

/// Reading to the end of what is limited already.
trait ReadCapped {
    fn read_to_end_capped(self, bytes: &mut Vec<u8>) -> io::Result<u64>;
}

impl<R: io::Read> ReadCapped for io::Take<R> {
    fn read_to_end_capped(mut self, bytes: &mut Vec<u8>) -> io::Result<u64> {
        io::copy(&mut self, bytes)
    }
}
