//! One writer: order, segments, torn ends, damage, full disks, crashes.

use std::{io::Write as _, sync::Arc};

use proptest::prelude::*;
use seawall_store::{
    Error,
    journal::{ENTRY_BYTES_MAX, Entry, Journal, Options, Recovery},
    place::{Fault, Faulty, Folder, Place as _},
};

const SMALL: Options = Options { segment_bytes: 160 };

fn entry(text: &str) -> Entry {
    Entry { kind: 7, content: text.as_bytes().to_vec() }
}

fn open(root: &std::path::Path) -> (Journal, Recovery) {
    Journal::open(Arc::new(Folder::new(root)), SMALL).expect("opens")
}

fn all(journal: &Journal, from: u64) -> Vec<(u64, String)> {
    let text = |content| String::from_utf8(content).expect("text");
    journal.reader(from).map(|e| e.map(|(at, e)| (at, text(e.content))).expect("reads")).collect()
}

fn last_segment(root: &std::path::Path) -> std::path::PathBuf {
    let last = Folder::new(root).segments().expect("listed").pop().expect("one");
    root.join(format!("{last:020}.journal"))
}

#[test]
fn entries_come_back_in_order_from_anywhere() {
    let root = tempfile::tempdir().expect("a folder");
    let texts: Vec<String> = (0..100).map(|number| format!("entry {number}")).collect();
    {
        let (mut journal, recovery) = open(root.path());
        assert_eq!(recovery, Recovery::default());
        for (number, chunk) in (0_u64..).zip(texts.chunks(3)) {
            let entries: Vec<Entry> = chunk.iter().map(|text| entry(text)).collect();
            assert_eq!(journal.append(&entries).expect("written"), number * 3);
        }
    }
    assert!(Folder::new(root.path()).segments().expect("listed").len() > 5);
    let (journal, recovery) = open(root.path());
    assert_eq!(recovery, Recovery { entries: 100, torn_bytes: 0 });
    for from in [0, 1, 2, 50, 98, 99, 100, 1000] {
        let expected: Vec<(u64, String)> =
            (0..).zip(texts.iter().cloned()).skip(from as usize).collect();
        assert_eq!(all(&journal, from), expected, "from {from}");
    }
}

#[test]
fn there_is_one_writer() {
    let root = tempfile::tempdir().expect("a folder");
    let (_journal, _) = open(root.path());
    let second = Journal::open(Arc::new(Folder::new(root.path())), SMALL);
    assert!(matches!(second, Err(Error::Locked { .. })), "{second:?}");
}

#[test]
fn a_torn_end_is_set_aside_and_said() {
    for torn in [&b"\x05\0\x01"[..], &[0xff; 16], b"\x03\0\0\0\x07\0\0\0checksum!abc"] {
        let root = tempfile::tempdir().expect("a folder");
        drop(open(root.path()).0.append(&[entry("kept")]));
        let path = last_segment(root.path());
        let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("opens");
        file.write_all(torn).expect("written");
        let (mut journal, recovery) = open(root.path());
        assert_eq!(recovery, Recovery { entries: 1, torn_bytes: torn.len() as u64 });
        journal.append(&[entry("next")]).expect("written");
        assert_eq!(all(&journal, 0), [(0, "kept".to_owned()), (1, "next".to_owned())]);
        let aside = fs_err::read_dir(root.path()).expect("listed").filter_map(Result::ok);
        let aside =
            aside.map(|entry| entry.path()).find(|p| p.extension() == Some("torn".as_ref()));
        assert_eq!(fs_err::read(aside.expect("kept")).expect("read"), torn);
    }
}

#[test]
fn room_that_nothing_was_written_to_is_no_torn_end() {
    let root = tempfile::tempdir().expect("a folder");
    let place = Arc::new(Folder::new(root.path()));
    let (mut journal, _) = Journal::open(place, Options::default()).expect("opens");
    let mut follower = journal.reader(0);
    for number in 0..20 {
        journal.append(&[entry(&format!("entry {number}"))]).expect("written");
        // One that has read ahead sees what is written later.
        let read = follower.next_entry().expect("reads").expect("one");
        assert_eq!(read, (number, entry(&format!("entry {number}"))));
    }
    // What a process leaves that dies without a word.
    let left = tempfile::tempdir().expect("a folder");
    for file in fs_err::read_dir(root.path()).expect("listed") {
        let file = file.expect("listed");
        fs_err::copy(file.path(), left.path().join(file.file_name())).expect("copied");
    }
    let last = fs_err::read(last_segment(left.path())).expect("read");
    assert!(last.ends_with(&[0; 16]), "a segment has room behind its last entry");
    let (journal, recovery) = open(left.path());
    assert_eq!(recovery, Recovery { entries: 20, torn_bytes: 0 });
    assert_eq!(all(&journal, 0).len(), 20);
}

#[test]
fn damage_in_the_middle_is_no_torn_end() {
    let root = tempfile::tempdir().expect("a folder");
    {
        let (mut journal, _) = open(root.path());
        for number in 0..60 {
            journal.append(&[entry(&format!("entry {number}"))]).expect("written");
        }
    }
    let path = root.path().join(format!("{:020}.journal", 0));
    let mut bytes = fs_err::read(&path).expect("read");
    bytes[60] ^= 1;
    fs_err::write(&path, bytes).expect("written");
    let (journal, recovery) = open(root.path());
    assert_eq!(recovery.entries, 60);
    let read: Result<Vec<_>, Error> = journal.reader(0).collect();
    assert!(matches!(read, Err(Error::Damaged { segment: 0, .. })), "{read:?}");
}

#[test]
fn a_missing_segment_is_told() {
    let root = tempfile::tempdir().expect("a folder");
    {
        let (mut journal, _) = open(root.path());
        for number in 0..60 {
            journal.append(&[entry(&format!("entry {number}"))]).expect("written");
        }
    }
    let segments = Folder::new(root.path()).segments().expect("listed");
    fs_err::remove_file(root.path().join(format!("{:020}.journal", segments[1]))).expect("gone");
    let (journal, _) = open(root.path());
    let read: Result<Vec<_>, Error> = journal.reader(0).collect();
    assert!(matches!(read, Err(Error::Damaged { .. })), "{read:?}");
}

#[test]
fn another_format_is_refused() {
    let root = tempfile::tempdir().expect("a folder");
    drop(open(root.path()));
    let path = last_segment(root.path());
    let mut bytes = fs_err::read(&path).expect("read");
    bytes[8] = 9;
    fs_err::write(&path, bytes).expect("written");
    let opened = Journal::open(Arc::new(Folder::new(root.path())), SMALL);
    assert!(matches!(opened, Err(Error::Format { format: 9, .. })), "{opened:?}");
}

#[test]
fn an_entry_too_large_is_refused_and_nothing_is_written() {
    let root = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = open(root.path());
    let large = Entry { kind: 0, content: vec![0; ENTRY_BYTES_MAX + 1] };
    let refused = journal.append(&[entry("small"), large]);
    assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
    assert_eq!(journal.append(&[entry("first")]).expect("written"), 0);
}

/// Writes entries while one operation goes wrong; returns those that were acknowledged.
fn write_with(root: &std::path::Path, fault: Fault, at: usize) -> (Vec<String>, bool) {
    let place = Faulty::new(Arc::new(Folder::new(root)), fault, at);
    let struck = place.clone();
    let mut acknowledged = Vec::new();
    if let Ok((mut journal, _)) = Journal::open(Arc::new(place), SMALL) {
        for number in 0..10 {
            let texts = [format!("{number}a"), format!("{number}b")];
            let entries: Vec<Entry> = texts.iter().map(|text| entry(text)).collect();
            let done = journal.append(&entries).and_then(|_| journal.durable().sync());
            if done.is_ok() {
                acknowledged.extend(texts);
            }
        }
    }
    (acknowledged, struck.has_struck())
}

#[test]
fn whatever_operation_fails_nothing_acknowledged_is_lost() {
    for fault in Fault::ALL {
        for at in 0.. {
            let root = tempfile::tempdir().expect("a folder");
            let (acknowledged, struck) = write_with(root.path(), fault, at);
            let (mut journal, _) = open(root.path());
            let there: Vec<String> = all(&journal, 0).into_iter().map(|entry| entry.1).collect();
            let mut left = there.iter();
            for text in &acknowledged {
                assert!(left.any(|found| found == text), "{text} is lost: {fault:?} at {at}");
            }
            journal.append(&[entry("after")]).expect("goes on");
            if !struck {
                break;
            }
        }
    }
}

#[test]
fn a_full_disk_is_said_to_be_full() {
    let root = tempfile::tempdir().expect("a folder");
    // Making, cutting, writing and syncing the first segment, then the first entry.
    let place = Faulty::new(Arc::new(Folder::new(root.path())), Fault::Full, 4);
    let (mut journal, _) = Journal::open(Arc::new(place), SMALL).expect("opens");
    let refused = journal.append(&[entry("a rather long entry")]);
    assert!(refused.as_ref().is_err_and(Error::is_full), "{refused:?}");
    assert_eq!(journal.append(&[entry("room again")]).expect("written"), 0);
    assert_eq!(all(&journal, 0), [(0, "room again".to_owned())]);
}

proptest! {
    #[test]
    fn any_content_comes_back(
        contents in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..300)), 1..40)
    ) {
        let root = tempfile::tempdir().expect("a folder");
        let entries: Vec<Entry> =
            contents.into_iter().map(|(kind, content)| Entry { kind, content }).collect();
        {
            let (mut journal, _) = open(root.path());
            for chunk in entries.chunks(4) {
                journal.append(chunk).expect("written");
            }
        }
        let (journal, _) = open(root.path());
        let read: Vec<Entry> = journal.reader(0).map(|entry| entry.expect("reads").1).collect();
        prop_assert_eq!(read, entries);
    }

    #[test]
    fn an_end_cut_anywhere_loses_only_the_end(cut in 1_u64..200) {
        let root = tempfile::tempdir().expect("a folder");
        let options = Options { segment_bytes: 1 << 20 };
        let place = Arc::new(Folder::new(root.path()));
        {
            let (mut journal, _) = Journal::open(Arc::<Folder>::clone(&place), options).expect("opens");
            for number in 0..20 {
                journal.append(&[entry(&format!("entry {number}"))]).expect("written");
            }
        }
        let path = last_segment(root.path());
        let bytes = fs_err::metadata(&path).expect("there").len();
        let file = std::fs::OpenOptions::new().write(true).open(&path).expect("opens");
        file.set_len(bytes - cut).expect("cut");
        let (journal, _) = Journal::open(place, options).expect("opens");
        let found = all(&journal, 0);
        prop_assert!(found.len() as u64 >= 19_u64.saturating_sub(cut / 23));
        for (number, (sequence, text)) in (0..).zip(&found) {
            prop_assert_eq!(*sequence, number);
            prop_assert_eq!(text, &format!("entry {number}"));
        }
    }
}
