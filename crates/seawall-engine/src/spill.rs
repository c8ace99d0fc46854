//! Where does what does not fit in memory go until it is needed again?
//!
//! Into one file that has no name, so that nothing of it is left, whatever ends the run; or into one that has a name,
//! where the work is to go on after a stop. Every block is read back against its checksum: a disk that gives back
//! something else stops the run, and no result rests on it.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use fs_err::os::unix::fs::OpenOptionsExt as _;
use xxhash_rust::xxh3::xxh3_64;

use crate::Error;

/// Blocks on disk.
#[derive(Debug)]
pub(crate) struct Spill {
    file: File,
    folder: PathBuf,
    /// Bytes written.
    bytes: u64,
    /// Bytes that may be written.
    bytes_max: u64,
    /// Whether it has a name, and is there after a stop.
    kept: bool,
}

/// A block that was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) at: u64,
    pub(crate) bytes: u32,
    pub(crate) checksum: u64,
}

impl Spill {
    /// An empty file in `folder`, for at most so many bytes.
    pub(crate) fn create(folder: &Path, bytes_max: u64) -> Result<Self, Error> {
        let file = tempfile::tempfile_in(folder)
            .map_err(|source| Error::Spill { folder: folder.to_owned(), source })?;
        Ok(Self { file, folder: folder.to_owned(), bytes: 0, bytes_max, kept: false })
    }

    /// The file of that name in `folder`, with all that is in it; empty where there was none.
    pub(crate) fn keep(folder: &Path, name: &str, bytes_max: u64) -> Result<Self, Error> {
        let open = || {
            let mut options = fs_err::OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            // Hashes of people: whoever may see them is for the user to say.
            options.mode(0o600);
            let file = options.open(folder.join(name))?.into_parts().0;
            let bytes = file.metadata()?.len();
            Ok(Self { file, folder: folder.to_owned(), bytes, bytes_max, kept: true })
        };
        open().map_err(|source| Error::Kept { folder: folder.to_owned(), source })
    }

    /// Bytes that are in it.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes that there is room for.
    pub(crate) fn left_bytes(&self) -> u64 {
        self.bytes_max - self.bytes
    }

    /// Writes a block after those before.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<Block, Error> {
        let end = self.bytes + bytes.len() as u64;
        if end > self.bytes_max {
            let (folder, bytes_max) = (self.folder.clone(), self.bytes_max);
            return Err(if self.kept {
                Error::KeptFull { folder, bytes_max }
            } else {
                Error::SpillFull { folder, bytes_max }
            });
        }
        self.file.write_all_at(bytes, self.bytes).map_err(|source| self.failed(source))?;
        let block = Block { at: self.bytes, bytes: bytes.len() as u32, checksum: xxh3_64(bytes) };
        self.bytes = end;
        Ok(block)
    }

    /// Forgets what is behind a place.
    pub(crate) fn cut(&mut self, at: u64) -> Result<(), Error> {
        self.file.set_len(at).map_err(|source| self.failed(source))?;
        self.bytes = at;
        Ok(())
    }

    /// Brings what is written to the disk.
    pub(crate) fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(|source| self.failed(source))
    }

    /// Reads a block into `room`, as it was written.
    pub(crate) fn read(&self, block: Block, room: &mut Vec<u8>) -> Result<(), Error> {
        self.read_unchecked(block, room)?;
        if xxh3_64(room) == block.checksum {
            return Ok(());
        }
        let what = "a block is not what was written: the disk or the memory is faulty";
        Err(self.failed(io::Error::new(io::ErrorKind::InvalidData, what)))
    }

    /// Reads a block into `room`, whatever it is.
    pub(crate) fn read_unchecked(&self, block: Block, room: &mut Vec<u8>) -> Result<(), Error> {
        room.resize(block.bytes as usize, 0);
        self.file.read_exact_at(room, block.at).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> Error {
        let folder = self.folder.clone();
        if self.kept { Error::Kept { folder, source } } else { Error::Spill { folder, source } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spill = Spill::create(folder.path(), 100).expect("created");
        let blocks: Vec<Block> =
            (0..4_u8).map(|n| spill.write(&vec![n; usize::from(n) * 10]).expect("room")).collect();
        let mut room = Vec::new();
        for (n, block) in (0..4_u8).zip(blocks).rev() {
            spill.read(block, &mut room).expect("read");
            assert_eq!(room, vec![n; usize::from(n) * 10]);
        }
        assert_eq!(folder.path().read_dir().expect("readable").count(), 0);
    }

    #[test]
    fn no_more_is_written_than_allowed() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spill = Spill::create(folder.path(), 100).expect("created");
        spill.write(&[1; 60]).expect("room");
        assert!(matches!(spill.write(&[1; 41]), Err(Error::SpillFull { bytes_max: 100, .. })));
    }

    #[test]
    fn a_disk_without_room_is_said() {
        let file = fs_err::OpenOptions::new().read(true).write(true).open("/dev/full");
        let file = file.expect("Linux").into_parts().0;
        let mut spill =
            Spill { file, folder: "/tmp".into(), bytes: 0, bytes_max: 100, kept: false };
        let error = spill.write(&[1; 60]).expect_err("no room");
        let Error::Spill { source, .. } = &error else { panic!("{error:?}") };
        assert_eq!(source.kind(), io::ErrorKind::StorageFull);
        assert!(error.to_string().contains("\nhint: name a folder with room for it"));
        assert_eq!(spill.bytes, 0, "and nothing is taken for written");
    }

    #[test]
    fn a_block_that_changed_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spill = Spill::create(folder.path(), 100).expect("created");
        let block = spill.write(&[1; 60]).expect("room");
        spill.file.write_all_at(&[2], 30).expect("written");
        assert!(matches!(spill.read(block, &mut Vec::new()), Err(Error::Spill { .. })));
        spill.file.set_len(30).expect("cut");
        assert!(matches!(spill.read(block, &mut Vec::new()), Err(Error::Spill { .. })));
    }
}
