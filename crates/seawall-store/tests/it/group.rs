//! Many writers: everyone is told, in order, and what they were told holds.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{Sender, channel},
    },
    thread,
};

use seawall_store::{
    Error,
    group::{Group, Kept, OnDisk, Refused, Submission},
    journal::{Entry, Journal, Options},
    place::{Fault, Faulty, Folder, Place},
};

fn group(place: Arc<dyn Place>) -> Group {
    let (journal, _) = Journal::open(place, Options { segment_bytes: 4096 }).expect("opens");
    Group::start(journal, 64)
}

fn submission(text: String, tell: Sender<Result<u64, Arc<Error>>>) -> Submission {
    let entries = vec![Entry { kind: 1, content: text.clone().into_bytes() }];
    let written = move |written: Result<Kept<'_>, Arc<Error>>| -> Option<OnDisk> {
        match written {
            Ok(Kept { first, entries }) => {
                assert_eq!(entries, [Entry { kind: 1, content: text.into_bytes() }]);
                Some(Box::new(move |synced: Result<(), Arc<Error>>| {
                    let _ = tell.send(synced.map(|()| first));
                }))
            }
            Err(error) => {
                let _ = tell.send(Err(error));
                None
            }
        }
    };
    Submission { entries, written: Box::new(written) }
}

/// Submits until there is room, and waits for the answer.
fn write(group: &Group, text: &str) -> Result<u64, Arc<Error>> {
    let (tell, told) = channel();
    loop {
        match group.submit(submission(text.to_owned(), tell.clone())) {
            Ok(()) => return told.recv().expect("everyone is told"),
            Err(Refused::Busy) => thread::yield_now(),
            Err(Refused::Closed) => panic!("closed"),
        }
    }
}

#[test]
fn many_writers_get_what_they_were_told() {
    let root = tempfile::tempdir().expect("a folder");
    let group = group(Arc::new(Folder::new(root.path())));
    let told = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for writer in 0..8 {
            let (group, told) = (&group, &told);
            scope.spawn(move || {
                for number in 0..50 {
                    let text = format!("{writer}/{number}");
                    let sequence = write(group, &text).expect("written");
                    told.lock().expect("whole").push((sequence, text));
                }
            });
        }
    });
    let journal = group.close().expect("closed");
    let mut told = told.into_inner().expect("whole");
    told.sort();
    let read: Vec<(u64, String)> = journal
        .reader(0)
        .map(|entry| entry.map(|(at, e)| (at, String::from_utf8(e.content).expect("text"))))
        .collect::<Result<_, _>>()
        .expect("reads");
    assert_eq!(read, told);
}

#[test]
fn whatever_fails_nobody_is_told_what_does_not_hold() {
    for fault in Fault::ALL {
        for at in (4..40).step_by(3) {
            let root = tempfile::tempdir().expect("a folder");
            let folder: Arc<dyn Place> = Arc::new(Folder::new(root.path()));
            let group = group(Arc::new(Faulty::new(Arc::clone(&folder), fault, at)));
            let told: Vec<String> = (0..40)
                .map(|number| number.to_string())
                .filter(|text| write(&group, text).is_ok())
                .collect();
            drop(group.close());
            let (journal, _) = Journal::open(folder, Options::default()).expect("opens");
            let read: Vec<String> = journal
                .reader(0)
                .map(|entry| String::from_utf8(entry.expect("reads").1.content).expect("text"))
                .collect();
            for text in &told {
                assert!(read.contains(text), "{text} is lost: {fault:?} at {at}");
            }
        }
    }
}

#[test]
fn who_comes_when_too_many_wait_is_told_so() {
    let root = tempfile::tempdir().expect("a folder");
    let group = group(Arc::new(Folder::new(root.path())));
    let (hold, held) = channel::<()>();
    let (holds, is_held) = channel::<()>();
    let blocking = Submission {
        entries: vec![Entry { kind: 1, content: Vec::new() }],
        written: Box::new(move |_| {
            holds.send(()).expect("awaited");
            let _ = held.recv();
            None
        }),
    };
    let group = Arc::new(group);
    let first = thread::spawn({
        let group = Arc::clone(&group);
        move || group.submit(blocking).expect("taken")
    });
    is_held.recv().expect("held");
    let (tell, told) = channel();
    let mut taken = 0;
    let refused = loop {
        match group.submit(submission("x".to_owned(), tell.clone())) {
            Ok(()) => taken += 1,
            Err(refused) => break refused,
        }
        assert!(taken < 200, "nobody is refused");
    };
    assert_eq!(refused, Refused::Busy);
    drop(hold);
    drop(tell);
    first.join().expect("ended");
    drop(Arc::into_inner(group).expect("nobody else holds it").close());
    assert_eq!(told.iter().flatten().count(), taken);
}
