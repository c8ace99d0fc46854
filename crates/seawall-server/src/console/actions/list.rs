//! To whom is it done? The accounts of an action, one a line, in a file that is written once.
//!
//! The file has the site's ids, so nobody else on the machine can read it; the journal has its SHA-256 alone. Lines are in
//! the order of the action, which is that of keys: a row and an account are both found by halving.

use std::{
    io::{BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::draw::Drawn;
use crate::access::{hexadecimal, open_private};

/// Longest line.
const LINE_BYTES_MAX: u64 = 128 << 10;
/// Rows that are passed over rather than looked for.
const NEAR: u32 = 64;

/// An account of an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::console) struct Line {
    /// Its place in the order, from 0.
    pub(in crate::console) row: u32,
    /// Its lot.
    #[serde(with = "digits")]
    pub(in crate::console) key: u64,
    /// The site's id: personal.
    pub(in crate::console) account: String,
    /// Probability of membership.
    pub(in crate::console) confidence: f64,
}

impl Line {
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("plain data in memory") + "\n"
    }
}

/// Numbers that JSON readers elsewhere would round.
mod digits {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it on so")]
    pub(super) fn serialize<S: Serializer>(key: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{key:016x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        let text = String::deserialize(from)?;
        u64::from_str_radix(&text, 16).map_err(D::Error::custom)
    }
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub(in crate::console) enum ListError {
    /// The operating system refused.
    #[error("the list of accounts cannot be used")]
    Io(#[from] std::io::Error),
    /// It is not the one that was written.
    #[error("the list of accounts is not the one that was proposed")]
    Changed,
}

/// Writes a list to a file of a name that nobody looks for, down to the disk.
pub(super) fn write(folder: &Path, action: &str, drawn: &Drawn) -> Result<PathBuf, ListError> {
    fs_err::create_dir_all(folder)?;
    let again = crate::console::access::id("part").unwrap_or_default();
    let path = folder.join(format!("{action}.{again}"));
    let mut file = BufWriter::new(open_private(&path)?);
    for line in &drawn.lines {
        file.write_all(line.text().as_bytes())?;
    }
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(path)
}

/// Gives it its name, down to the disk.
pub(super) fn place(written: &Path, path: &Path) -> Result<(), ListError> {
    fs_err::rename(written, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs_err::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// A list that is open.
#[derive(Debug)]
pub(in crate::console) struct List {
    bytes: u64,
    file: Mutex<BufReader<fs_err::File>>,
}

impl List {
    /// Opens a list, which must have this SHA-256.
    pub(super) fn open(path: &Path, sha256: &str) -> Result<Self, ListError> {
        let mut file = BufReader::new(fs_err::File::open(path)?);
        let (mut digest, mut bytes) = (Sha256::new(), 0);
        loop {
            let read = file.fill_buf()?;
            if read.is_empty() {
                break;
            }
            digest.update(read);
            let length = read.len();
            bytes += length as u64;
            file.consume(length);
        }
        if hexadecimal(digest.finalize().into()) != sha256 {
            return Err(ListError::Changed);
        }
        Ok(Self { bytes, file: Mutex::new(file) })
    }

    /// The lines of some rows, which are in order.
    pub(in crate::console) fn rows(&self, rows: &[u32]) -> Result<Vec<Line>, ListError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut lines, mut next) = (Vec::with_capacity(rows.len()), None);
        for row in rows {
            // The file stands before the line of `next`.
            let is_near =
                next.is_some_and(|next: u32| (next..next.saturating_add(NEAR)).contains(row));
            if !is_near {
                self.seek(&mut file, &|line| line.row < *row)?;
            }
            loop {
                let line = read_line(&mut file)?.ok_or(ListError::Changed)?;
                next = Some(line.row + 1);
                if line.row == *row {
                    lines.push(line);
                    break;
                }
                if line.row > *row {
                    return Err(ListError::Changed);
                }
            }
        }
        Ok(lines)
    }

    /// The lines of a key.
    pub(in crate::console) fn find(&self, key: u64) -> Result<Vec<Line>, ListError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.seek(&mut file, &|line| line.key < key)?;
        let mut found = Vec::new();
        while let Some(line) = read_line(&mut file)?.filter(|line| line.key == key) {
            found.push(line);
        }
        Ok(found)
    }

    /// Puts the file before the first line that is not `before`.
    fn seek(
        &self,
        file: &mut BufReader<fs_err::File>,
        before: &dyn Fn(&Line) -> bool,
    ) -> Result<(), ListError> {
        // Lines that begin before `low` are `before`; those that begin at `high` or later are not. `low` is where one begins.
        let (mut low, mut high) = (0, self.bytes);
        while low < high {
            let middle = low + (high - low) / 2;
            next_begin(file, middle)?;
            let begin = file.stream_position()?;
            match read_line(file)? {
                Some(line) if begin < high && before(&line) => low = file.stream_position()?,
                _ => high = middle,
            }
        }
        file.seek(SeekFrom::Start(low))?;
        Ok(())
    }
}

/// Puts the file where the first line begins that begins at `at` or later.
fn next_begin(file: &mut BufReader<fs_err::File>, at: u64) -> Result<(), ListError> {
    file.seek(SeekFrom::Start(at.saturating_sub(1)))?;
    if at > 0 {
        let mut rest = Vec::new();
        file.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut rest)?;
    }
    Ok(())
}

fn read_line(file: &mut BufReader<fs_err::File>) -> Result<Option<Line>, ListError> {
    let mut text = Vec::new();
    if file.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut text)? == 0 {
        return Ok(None);
    }
    serde_json::from_slice(&text).map(Some).map_err(|_| ListError::Changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(accounts: u32) -> Drawn {
        // Ids of any length, with whatever stands in them.
        let of = |row: u32| Line {
            row,
            key: u64::from(row / 2) * 977,
            account: format!("{}\n\"{row}", "x".repeat((row * 31 % 400) as usize)),
            confidence: 0.5,
        };
        Drawn { lines: (0..accounts).map(of).collect(), left_out: 0 }
    }

    #[test]
    fn every_row_and_every_key_is_found_and_a_changed_list_is_not_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        for accounts in [1, 2, 3, 500] {
            let drawn = drawn(accounts);
            let written = write(folder.path(), "act-1", &drawn).expect("written");
            let path = folder.path().join("act-1.ndjson");
            place(&written, &path).expect("placed");
            let list = List::open(&path, &drawn.sha256()).expect("opened");
            for line in &drawn.lines {
                assert_eq!(list.rows(&[line.row]).expect("read"), std::slice::from_ref(line));
                let found = list.find(line.key).expect("read");
                let own: Vec<Line> =
                    drawn.lines.iter().filter(|own| own.key == line.key).cloned().collect();
                assert_eq!(found, own);
            }
            assert_eq!(list.find(5).expect("read"), []);
            assert_eq!(list.find(u64::MAX).expect("read"), []);
            let some: Vec<u32> =
                (0..accounts).filter(|row| row % 7 == 0 || row % 100 < 3).collect();
            let rows: Vec<u32> =
                list.rows(&some).expect("read").iter().map(|line| line.row).collect();
            assert_eq!(rows, some);
            assert!(matches!(List::open(&path, "00"), Err(ListError::Changed)));
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_on_the_machine_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let written = write(folder.path(), "act-1", &drawn(3)).expect("written");
        let mode = fs_err::metadata(written).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
