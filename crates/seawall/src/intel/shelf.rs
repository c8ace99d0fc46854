//! How are lines kept so that nothing acknowledged is lost, and nothing is changed? In files that are written once.

use std::{
    fmt::Display,
    io::{BufRead as _, BufReader, Read as _, Write},
    path::Path,
};

use seawall_evidence::storage::{Existing, Folder, RelativePath, Storage as _};
use seawall_intel::stix::Object;

use crate::failure::{Exit, Failure};

/// Longest line.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// A folder of numbered files, each of lines of JSON. A file appears whole or not at all, and never changes.
#[derive(Debug)]
pub(crate) struct Shelf {
    folder: Folder,
    name: &'static str,
}

impl Shelf {
    pub(super) fn new(root: &Path, name: &'static str) -> Self {
        Self { folder: Folder::new(root), name }
    }

    fn path(&self, number: usize) -> Result<RelativePath, Failure> {
        Ok(format!("{}/{number:08}.ndjson", self.name).parse()?)
    }

    /// How many files there are.
    fn files(&self) -> Result<usize, Failure> {
        let listing = self.folder.list(Some(&self.name.parse()?))?;
        Ok(listing.files.len())
    }

    /// Writes a file of lines.
    pub(crate) fn append(&self, lines: &[String]) -> Result<(), Failure> {
        self.append_with(&mut |out| {
            for line in lines {
                writeln!(out, "{line}")?;
            }
            Ok(true)
        })
    }

    /// Writes a file of what `write` writes, a line each; it says whether that is anything. Where it fails nothing is
    /// kept. Somebody else who writes at the same time is told so.
    pub(crate) fn append_with(
        &self,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let _lock = self.folder.lock(&format!("{}.lock", self.name).parse()?)?;
        let mut staged = self.folder.stage()?;
        let anything = write(&mut staged)?;
        if anything {
            let number = self.files()? + 1;
            staged.publish(&self.path(number)?, Existing::Keep)?;
        }
        Ok(())
    }

    /// Hands on every line, in the order in which they were written.
    pub(crate) fn lines(
        &self,
        each: &mut dyn FnMut(&str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for number in 1..=self.files()? {
            let path = self.path(number)?;
            let Some(file) = self.folder.open(&path)? else {
                return Err(broken(format!("`{path}` is gone")));
            };
            let mut file = BufReader::new(file);
            let mut line = String::new();
            loop {
                line.clear();
                if (&mut file).take(LINE_BYTES_MAX).read_line(&mut line)? == 0 {
                    break;
                }
                each(line.trim_end())?;
            }
        }
        Ok(())
    }
}

/// An object of a line.
pub(super) fn object(text: &str) -> Result<Object, Failure> {
    let value = serde_json::from_str(text).map_err(broken)?;
    Object::new(value).map_err(broken)
}

/// What was kept is not as it was written.
pub(super) fn broken(what: impl Display) -> Failure {
    Failure::new(Exit::Integrity, format!("what is kept has been changed: {what}"))
}
