//! Texts by the hash that stands for them: ids of accounts, and what values look like to people.
//!
//! In ascending order of hashes, so that two nights are brought together by reading both once.

use std::path::{Path, PathBuf};

use super::blocks::{Columns, FileNote, Packed, Parts, Reader, Writer};
use crate::Error;

/// Bytes of text in a block, near enough.
const BLOCK_BYTES: usize = 1 << 18;

/// Texts in memory, in less room than as many strings take.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// (hash, start, end) of each.
    entries: Vec<(u64, u64, u32)>,
    text: String,
}

impl Texts {
    pub(super) fn push(&mut self, hash: u64, text: &str) {
        self.entries.push((hash, self.text.len() as u64, text.len() as u32));
        self.text.push_str(text);
    }

    /// Adds all of another.
    pub(super) fn append(&mut self, other: &Self) {
        let start = self.text.len() as u64;
        self.text.push_str(&other.text);
        self.entries
            .extend(other.entries.iter().map(|(hash, at, length)| (*hash, start + at, *length)));
    }

    /// In ascending order of hashes, each once.
    fn sorted(&mut self) -> impl Iterator<Item = (u64, &str)> {
        self.entries.sort_unstable();
        self.entries.dedup_by_key(|entry| entry.0);
        let Self { entries, text } = self;
        entries.iter().map(|(hash, at, length)| {
            let at = *at as usize;
            (*hash, &text[at..at + *length as usize])
        })
    }
}

/// One block of texts.
#[derive(Default)]
struct Page {
    hashes: Vec<u64>,
    lengths: Vec<u32>,
    text: String,
}

impl Page {
    fn pack(&self) -> Packed {
        Columns::default()
            .numbers(std::iter::once(self.hashes.len() as u32))
            .words(self.hashes.iter().copied())
            .numbers(self.lengths.iter().copied())
            .bytes(self.text.as_bytes())
            .pack()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut parts = Parts(bytes);
        let count = parts.numbers(1)?[0] as usize;
        let (hashes, lengths) = (parts.words(count)?, parts.numbers(count)?);
        let text = String::from_utf8(parts.0.to_vec()).ok()?;
        let mut at = 0_usize;
        for length in &lengths {
            at = at.checked_add(*length as usize)?;
            text.is_char_boundary(at).then_some(())?;
        }
        (at == text.len() && hashes.is_sorted()).then_some(Self { hashes, lengths, text })
    }

    fn entries(&self) -> impl Iterator<Item = (u64, &str)> {
        let mut at = 0;
        self.hashes.iter().zip(&self.lengths).map(move |(hash, length)| {
            let start = at;
            at += *length as usize;
            (*hash, &self.text[start..at])
        })
    }
}

/// Calls back with every text of a file, in ascending order of hashes.
pub(super) fn for_each(
    folder: &Path,
    note: &FileNote,
    mut each: impl FnMut(u64, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let reader = Reader::open(folder, note)?;
    let mut before = 0;
    for number in 0..reader.len() {
        let page = Page::read(&reader.read(number)?).ok_or_else(|| reader.damaged())?;
        for (hash, text) in page.entries() {
            if std::mem::replace(&mut before, hash) > hash {
                return Err(reader.damaged());
            }
            each(hash, text)?;
        }
    }
    Ok(())
}

/// Writes texts, which have to come in ascending order of hashes.
struct PageWriter {
    writer: Writer,
    page: Page,
}

impl PageWriter {
    fn push(&mut self, hash: u64, text: &str) -> Result<(), Error> {
        self.page.hashes.push(hash);
        self.page.lengths.push(text.len() as u32);
        self.page.text.push_str(text);
        if self.page.text.len() >= BLOCK_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        if !self.page.hashes.is_empty() {
            self.writer.write(&self.page.pack())?;
            self.page = Page::default();
        }
        Ok(())
    }
}

/// Writes the wanted ones of those of last night and of tonight's. `wanted` are hashes in ascending order; of a hash that
/// both have, last night's stays.
pub(super) fn merge(
    folder: &Path,
    before: Option<&FileNote>,
    tonight: &mut Texts,
    wanted: &[u64],
    path: PathBuf,
) -> Result<FileNote, Error> {
    let mut out = PageWriter { writer: Writer::create(path)?, page: Page::default() };
    let mut wanted = wanted.iter().copied().peekable();
    let mut is_wanted = |hash: u64| {
        while wanted.peek().is_some_and(|own| *own < hash) {
            wanted.next();
        }
        wanted.peek() == Some(&hash)
    };
    let mut tonight = tonight.sorted().peekable();
    if let Some(note) = before {
        for_each(folder, note, |hash, text| {
            while let Some((own, text)) = tonight.next_if(|entry| entry.0 < hash) {
                if is_wanted(own) {
                    out.push(own, text)?;
                }
            }
            tonight.next_if(|entry| entry.0 == hash);
            if is_wanted(hash) { out.push(hash, text) } else { Ok(()) }
        })?;
    }
    for (own, text) in tonight {
        if is_wanted(own) {
            out.push(own, text)?;
        }
    }
    out.flush()?;
    out.writer.finish()
}
