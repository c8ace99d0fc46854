//! Who may write here?

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

/// A file that one process at a time holds locked. Dropping it gives the right back; so does the death of the process.
#[derive(Debug)]
pub struct LockedFile(File);

impl LockedFile {
    /// Locks the file at `path`, which is made where there is none: nothing, where another has it.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or locked.
    pub fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(source),
        }
    }
}

/// Closing alone would let go only once no child just started holds the file any more: a fork has it until its exec.
impl Drop for LockedFile {
    fn drop(&mut self) {
        _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_that_a_child_has_got_does_not_keep_the_lock() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lock");
        let lock = LockedFile::take(&path).expect("opens").expect("free");
        let inherited = lock.0.try_clone().expect("a second descriptor of the same opening");
        assert!(LockedFile::take(&path).expect("opens").is_none());
        drop(lock);
        assert!(LockedFile::take(&path).expect("opens").is_some());
        drop(inherited);
    }
}
