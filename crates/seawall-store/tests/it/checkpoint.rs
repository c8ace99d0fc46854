//! Checkpoints: whole or not there, whatever breaks; archived segments: read, or said to be away.

use std::sync::Arc;

use seawall_store::{
    Error,
    checkpoint::Checkpoints,
    journal::{Entry, Journal, Options},
    place::{Fault, Faulty, Folder, Place},
};

fn pieces(seed: u8) -> Vec<Vec<u8>> {
    (0..40_u8).map(|number| vec![seed ^ number; usize::from(number) * 3000]).collect()
}

fn read(checkpoints: &Checkpoints, position: u64) -> Result<Vec<Vec<u8>>, Error> {
    checkpoints.read(position)?.collect()
}

#[test]
fn a_checkpoint_comes_back_and_the_two_newest_are_kept() {
    let root = tempfile::tempdir().expect("a folder");
    let checkpoints = Checkpoints::new(Arc::new(Folder::new(root.path())));
    for position in [10, 20, 30] {
        checkpoints.write(position, pieces(position as u8).into_iter()).expect("written");
    }
    assert_eq!(checkpoints.positions().expect("listed"), [30, 20]);
    for position in [20, 30] {
        assert_eq!(read(&checkpoints, position).expect("whole"), pieces(position as u8));
    }
    checkpoints.put_aside(30).expect("set aside");
    assert_eq!(checkpoints.positions().expect("listed"), [20]);
    assert!(
        fs_err::read_dir(root.path())
            .expect("listed")
            .any(|file| { file.expect("listed").path().extension() == Some("broken".as_ref()) })
    );
}

#[test]
fn whatever_byte_is_changed_or_missing_it_is_not_whole() {
    let root = tempfile::tempdir().expect("a folder");
    let checkpoints = Checkpoints::new(Arc::new(Folder::new(root.path())));
    checkpoints.write(7, pieces(1).into_iter()).expect("written");
    let path = root.path().join(format!("{:020}.journal", 7));
    let bytes = fs_err::read(&path).expect("read");
    for at in (0..bytes.len()).step_by(9973).chain([0, 30, bytes.len() - 1]) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        fs_err::write(&path, changed).expect("written");
        assert!(read(&checkpoints, 7).is_err(), "byte {at}");
        fs_err::write(&path, &bytes[..at]).expect("written");
        assert!(read(&checkpoints, 7).is_err(), "cut at {at}");
    }
}

#[test]
fn whatever_operation_fails_what_is_whole_is_what_was_written() {
    for fault in Fault::ALL {
        for at in 0.. {
            let root = tempfile::tempdir().expect("a folder");
            let folder: Arc<dyn Place> = Arc::new(Folder::new(root.path()));
            let sound = Checkpoints::new(Arc::clone(&folder));
            sound.write(5, pieces(5).into_iter()).expect("written");
            let faulty = Faulty::new(Arc::clone(&folder), fault, at);
            let broken = Checkpoints::new(Arc::new(faulty.clone()));
            let mut done = Vec::new();
            for position in [6, 7] {
                if broken.write(position, pieces(position as u8).into_iter()).is_ok() {
                    done.push(position);
                }
            }
            let mut newest = None;
            for position in sound.positions().expect("listed") {
                if let Ok(found) = read(&sound, position) {
                    assert_eq!(found, pieces(position as u8), "{fault:?} at {at}");
                    newest = newest.max(Some(position));
                }
            }
            assert!(newest >= done.last().copied().or(Some(5)), "{fault:?} at {at}: {newest:?}");
            if !faulty.has_struck() {
                break;
            }
        }
    }
}

#[test]
fn what_is_archived_is_read_and_what_is_taken_away_is_said() {
    let root = tempfile::tempdir().expect("a folder");
    let place: Arc<dyn Place> = Arc::new(Folder::new(root.path()));
    let options = Options { segment_bytes: 160 };
    let (mut journal, _) = Journal::open(Arc::clone(&place), options).expect("opens");
    for number in 0..60 {
        let content = format!("entry {number}").into_bytes();
        journal.append(&[Entry { kind: 1, content }]).expect("written");
    }
    let readers = journal.readers();
    let all = || readers.from(0).collect::<Result<Vec<_>, _>>();
    let before = all().expect("read");
    readers.archive(31).expect("archived");
    let archived = place.archived().expect("listed");
    assert!(archived.len() > 2 && place.segments().expect("listed")[0] <= 31);
    assert_eq!(all().expect("read"), before);
    assert_eq!(readers.oldest().expect("found"), 0);
    // Somebody takes the second of them away.
    let away = root.path().join("archived").join(format!("{:020}.journal", archived[1]));
    fs_err::remove_file(away).expect("gone");
    assert!(matches!(all(), Err(Error::Archived { entry }) if entry == archived[1]), "{:?}", all());
    assert!(readers.from(archived[2]).all(|entry| entry.is_ok()));
    drop(journal);
    let (journal, recovery) = Journal::open(place, options).expect("opens");
    assert_eq!((recovery.entries, journal.entries()), (60, 60));
}
