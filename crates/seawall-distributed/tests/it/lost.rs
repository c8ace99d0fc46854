//! What becomes of a detection that loses hosts: one that is killed, one that is cut off, all of them?

use std::time::Duration;

use crate::{
    network::Network,
    support::{Process, World, files, files_in, until, words},
};

const PATIENCE: Duration = Duration::from_mins(10);
/// Settings under which a loss is found out soon.
const LOST_AFTER: &str = "8";

/// A scheduler and three executors, each on a host of its own, and a host to detect on.
struct Hosts {
    executors: Vec<Process>,
    _scheduler: Process,
    detection: Process,
    /// Last, so that processes end before their network.
    network: Network,
}

const EXECUTORS: [&str; 3] = ["first", "second", "third"];

impl Hosts {
    fn start(name: &str, world: &World, more: &[&str]) -> Option<Self> {
        let network = Network::new(name, &["schedule", "detect", "first", "second", "third"])?;
        let own = network.address("schedule");
        let told = words(&format!("scheduler --bind {own} --port 50050 --lost-after {LOST_AFTER}"));
        let scheduler = network.start("schedule", &told);
        let at = format!("{own}:50050");
        let executors = EXECUTORS.map(|host| {
            let own = network.address(host);
            let mut told =
                words(&format!("executor --bind {own} --scheduler {at} --cores 1 --work"));
            told.push(world.work(host).to_str().expect("UTF-8").to_owned());
            network.start(host, &told)
        });
        let said = until(PATIENCE, || scheduler.said().contains("listens").then_some(()));
        assert!(said.is_some(), "the scheduler does not listen");
        // Executors wait for a scheduler; a detection does not.
        let listens = until(PATIENCE, || {
            let code = "exec 3<>/dev/tcp/$0/50050";
            let tried = network.run("detect", &["bash", "-c", code, &own]);
            tried.then_some(())
        });
        assert!(listens.is_some(), "the scheduler does not answer");
        let detection = network.start("detect", &world.detect_arguments(&at, more));
        Some(Self { executors: executors.into(), _scheduler: scheduler, detection, network })
    }

    /// Waits until an executor has something of the run, while the run goes on.
    fn wait_for_work(&mut self, world: &World, host: &str) {
        let works = until(PATIENCE, || (files_in(&world.path(host)) > 0).then_some(()));
        assert!(works.is_some(), "{host} has nothing to do: {}", self.detection.said());
        assert!(self.detection.has_ended().is_none(), "over already: {}", self.detection.said());
    }
}

#[test]
fn one_executor_killed_and_one_cut_off() {
    let world = World::new(3_000);
    let Some(mut hosts) = Hosts::start("two", &world, &["--patience", "60"]) else { return };
    hosts.wait_for_work(&world, "first");
    hosts.executors[0].kill();
    hosts.wait_for_work(&world, "second");
    hosts.network.cut("second");
    let (status, said) = hosts.detection.end(PATIENCE);
    println!("{status}\n{said}");
    assert!(status.success(), "{said}");
    let (run, expected) = (files(&world.path("run")), world.expected());
    assert!(run == expected, "the run differs from that of one machine");
    world.assert_shared_is_empty();
}

#[test]
fn all_executors_lost() {
    let world = World::new(3_000);
    let Some(mut hosts) = Hosts::start("all", &world, &["--patience", "20"]) else { return };
    hosts.wait_for_work(&world, "first");
    hosts.executors[0].kill();
    hosts.network.cut("second");
    hosts.executors[2].kill();
    let (status, said) = hosts.detection.end(PATIENCE);
    println!("{status}\n{said}");
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("error: could not have it counted elsewhere"), "{said}");
    assert!(!world.path("run").try_exists().expect("asked"), "something was written");
    world.assert_shared_is_empty();
}

#[test]
fn the_scheduler_cut_off() {
    let world = World::new(3_000);
    let Some(mut hosts) = Hosts::start("none", &world, &["--patience", "20"]) else { return };
    hosts.wait_for_work(&world, "first");
    hosts.network.cut("schedule");
    let (status, said) = hosts.detection.end(PATIENCE);
    println!("{status}\n{said}");
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("error: could not have it counted elsewhere"), "{said}");
    assert!(!world.path("run").try_exists().expect("asked"), "something was written");
    world.assert_shared_is_empty();
}
