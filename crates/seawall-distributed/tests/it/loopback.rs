//! Do a scheduler and three executors come to the same bytes as one machine?

use std::{net::TcpStream, time::Duration};

use crate::support::{Process, World, files, files_in, free_port, until, words};

const PATIENCE: Duration = Duration::from_mins(5);

#[test]
fn a_cluster_writes_the_same_run() {
    let world = World::new(3_000);
    let port = free_port();
    let scheduler = format!("127.0.0.1:{port}");
    let _scheduler = Process::start(&[], &words(&format!("scheduler --port {port}")));
    let listens = until(PATIENCE, || TcpStream::connect(&scheduler).ok());
    assert!(listens.is_some(), "the scheduler does not listen");
    let executors: Vec<(Process, String)> = (0..3)
        .map(|number| {
            let (own, work) = (free_port(), format!("work-{number}"));
            let mut told =
                words(&format!("executor --port {own} --scheduler {scheduler} --cores 1 --work"));
            told.push(world.work(&work).to_str().expect("UTF-8").to_owned());
            (Process::start(&[], &told), work)
        })
        .collect();
    let mut detection = Process::start(&[], &world.detect_arguments(&scheduler, &[]));
    let (status, said) = detection.end(PATIENCE);
    assert!(status.success(), "{said}");
    let (run, expected) = (files(&world.path("run")), world.expected());
    assert_eq!(run.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, content) in &expected {
        assert!(run[name] == *content, "{name} differs");
    }
    assert!(!said.contains("asking again"), "{said}");
    for (executor, work) in &executors {
        assert!(files_in(&world.path(work)) > 0, "{work} had nothing to do: {}", executor.said());
    }
    world.assert_shared_is_empty();
}

#[test]
fn where_nobody_listens_nothing_is_written() {
    let world = World::new(100);
    let scheduler = format!("127.0.0.1:{}", free_port());
    let mut detection = Process::start(&[], &world.detect_arguments(&scheduler, &[]));
    let (status, said) = detection.end(PATIENCE);
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("no scheduler answers at {scheduler}")), "{said}");
    assert!(!world.path("run").try_exists().expect("asked"));
}
