//! Does a folder keep its promises?

use super::*;

fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

#[test]
fn paths_stay_inside() {
    for good in ["a", "log/tile/x001/067.p-5", "data/Ex-4.pdf", "A_b/c.d"] {
        assert_eq!(path(good).as_str(), good);
    }
    let long = "a/".repeat(RelativePath::BYTES_MAX);
    for bad in
        ["", "/a", "a/", "a//b", "..", "a/../b", ".hidden", "a\\b", "a b", "ä", "a\0", "C:a", &long]
    {
        assert!(RelativePath::new(bad).is_err(), "{bad}");
    }
    assert_eq!(path("a/b/c").within(&path("a/b")), Some(path("c")));
    assert_eq!(path("a/bc").within(&path("a/b")), None);
}

#[test]
fn files_are_written_once_or_replaced() {
    let folder = tempfile::tempdir().unwrap();
    keeps_files(&Folder::new(folder.path().join("case")));
    keeps_files(&Memory::new());
}

fn keeps_files(storage: &dyn Storage) {
    let file = path("a/b/c");
    assert_eq!(storage.read(&file, 9).unwrap(), None);
    storage.write_new(&file, b"one").unwrap();
    assert!(matches!(storage.write_new(&file, b"two"), Err(Error::Exists(at)) if at == file));
    assert_eq!(storage.read(&file, 3).unwrap().unwrap(), b"one");
    assert!(matches!(storage.read(&file, 2), Err(Error::TooLarge { .. })));
    storage.replace(&file, b"three").unwrap();
    assert_eq!(storage.read(&file, 9).unwrap().unwrap(), b"three");
    let listing = storage.list(Some(&path("a"))).unwrap();
    assert_eq!(listing.files, [Stored { path: file.clone(), bytes: 5 }]);
    assert_eq!(listing.strange, [""; 0]);
    storage.delete(&file).unwrap();
    storage.delete(&file).unwrap();
    assert_eq!(storage.read(&file, 9).unwrap(), None);
}

#[test]
fn what_was_not_published_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Folder::new(folder.path());
    let mut staged = storage.stage().unwrap();
    staged.write_all(b"half").unwrap();
    std::mem::forget(staged);
    let listing = storage.list(None).unwrap();
    assert_eq!((listing.files.len(), listing.strange), (0, vec![".staging".to_owned()]));
    let _lock = storage.lock(&path("lock")).unwrap();
    assert!(!folder.path().join(".staging").try_exists().unwrap(), "cleared by the next writer");
}

#[test]
fn one_writer_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    locks(&Folder::new(folder.path()));
    locks(&Memory::new());
}

fn locks(storage: &dyn Storage) {
    let lock = storage.lock(&path("lock")).unwrap();
    assert!(matches!(storage.lock(&path("lock")), Err(Error::Locked(_))));
    drop(lock);
    storage.lock(&path("lock")).unwrap();
}

#[cfg(unix)]
#[test]
fn links_and_strange_names_are_told_and_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    fs_err::write(outside.path().join("secret"), "secret").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let storage = Folder::new(folder.path());
    storage.write_new(&path("a"), b"").unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), folder.path().join("file")).unwrap();
    fs_err::write(folder.path().join("od d"), "").unwrap();
    let listing = storage.list(None).unwrap();
    assert_eq!(listing.strange, ["file", "link", "od d"]);
    assert_eq!(listing.files.len(), 1);
    assert!(storage.read(&path("link/secret"), 99).is_err());
    assert!(storage.read(&path("file"), 99).is_err());
}
