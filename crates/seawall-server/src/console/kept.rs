//! What have the commands of actors and of intelligence written down in the data directory? Read, never changed.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use seawall_core::actor::{Picture, Record};

use super::Trouble;

/// Longest line.
const LINE_BYTES_MAX: u64 = 64 << 20;
/// Bytes that are read for a page at most.
const BYTES_MAX: u64 = 256 << 20;

/// Hands on every line of a folder of numbered files, in the order in which they were written. A folder that is not there
/// has none.
pub(super) fn lines(
    folder: &Path,
    each: &mut dyn FnMut(&str) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let unreadable =
        || Trouble::Broken("what is kept in the data directory cannot be read".to_owned());
    let mut left = BYTES_MAX;
    for number in 1_u32.. {
        let path = folder.join(format!("{number:08}.ndjson"));
        let file = match fs_err::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
            Err(_) => return Err(unreadable()),
        };
        let mut file = BufReader::new(file);
        let mut line = String::new();
        loop {
            line.clear();
            let read = (&mut file).take(LINE_BYTES_MAX.min(left)).read_line(&mut line);
            let read = read.map_err(|_| unreadable())? as u64;
            if read == 0 {
                break;
            }
            left -= read;
            if left == 0 {
                return Err(Trouble::Broken(format!(
                    "more than {BYTES_MAX} bytes are kept: too many for a page"
                )));
            }
            each(line.trim_end())?;
        }
    }
    Ok(())
}

/// What is known of actors, from the journal that `seawall actor` writes.
pub(crate) fn picture(folder: &Path) -> Result<Picture, Trouble> {
    let mut picture = Picture::default();
    let mut number = 0_u64;
    lines(folder, &mut |line| {
        number += 1;
        let broken = || {
            Trouble::Broken(format!(
                "entry {number} of the journal of actors is not as it was written"
            ))
        };
        let record: Record = serde_json::from_str(line).map_err(|_| broken())?;
        picture.apply(&record).map_err(|_| broken())
    })?;
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn files_are_read_in_their_order_and_no_folder_is_empty() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut seen = Vec::new();
        let mut read = |place: &std::path::Path| {
            seen.clear();
            lines(place, &mut |line| {
                seen.push(line.to_owned());
                Ok(())
            })
            .expect("readable");
            seen.join(",")
        };
        assert_eq!(read(&folder.path().join("none")), "");
        fs_err::write(folder.path().join("00000002.ndjson"), "c\n").expect("written");
        fs_err::write(folder.path().join("00000001.ndjson"), "a\nb\n").expect("written");
        assert_eq!(read(folder.path()), "a,b,c");
    }
}
