//! Is a seal's time-stamp asked for, and each fault of it found, by both implementations?

use std::{rc::Rc, sync::Arc};

use seawall_evidence::{
    hash::Digest,
    storage::Memory,
    time::Time,
    time_stamp::request,
    verify::{Level, Options, verify},
};

use crate::{
    agreement::{Tampered, agree, check},
    authority::{Authority, P256},
    forgery::Forgery,
    support::log_key,
    world::{Stamping, World},
};

type Change = Box<dyn FnOnce(&mut Stamping, &Rc<Authority>)>;

/// Name, what is changed, exit code, and a line of the report.
fn rows(strange: Vec<u8>) -> Vec<(&'static str, Change, u8, &'static str)> {
    vec![
        ("dated", Box::new(|_, _| {}), 0, "time_stamp:seal-1-1 PASS"),
        ("not dated", Box::new(|it, _| it.stamp = None), 3, "time_stamp:seal-1 SKIP not yet"),
        ("no certificate", Box::new(|it, _| it.certificate = None), 3, "time_stamp:seal-1-1 SKIP"),
        (
            "dated too late",
            Box::new(|it, _| it.created = Some(minutes_from_now(-11))),
            7,
            "time_stamp:seal-1-1 FAIL time-stamped at",
        ),
        (
            "dated before it was made",
            Box::new(|it, _| it.created = Some(minutes_from_now(11))),
            7,
            "time_stamp:seal-1-1 FAIL time-stamped at",
        ),
        (
            "dated a little late",
            Box::new(|it, _| it.created = Some(minutes_from_now(-9))),
            0,
            "time_stamp:seal-1-1 PASS",
        ),
        (
            "the date of something else",
            Box::new(|it, authority| {
                let clock = Rc::clone(authority);
                let of_other = move |_| clock.answer(&request(Digest::of("other"), [1; 8]));
                it.stamp = Some(Box::new(of_other));
            }),
            7,
            "time_stamp:seal-1-1 FAIL the time-stamp is of something else",
        ),
        (
            "another authority",
            Box::new(|it, _| it.certificate = Some(strange)),
            7,
            "time_stamp:seal-1-1 FAIL the time-stamp is not by an authority",
        ),
        (
            "no time-stamp at all",
            Box::new(|it, _| it.stamp = Some(Box::new(|_| b"hello".to_vec()))),
            7,
            "time_stamp:seal-1-1 FAIL not a time-stamp",
        ),
    ]
}

/// A bundle whose seal is dated, but for what is changed.
fn stamped(
    change: impl FnOnce(&mut Stamping, &Rc<Authority>),
    authority: &Rc<Authority>,
) -> Memory {
    let mut world = World::new();
    let clock = Rc::clone(authority);
    world.stamping = Stamping {
        created: Some(now()),
        stamp: Some(Box::new(move |hash| clock.answer(&request(hash, [1; 8])))),
        time_stamps: Vec::new(),
        certificate: Some(authority.certificate("ca")),
    };
    change(&mut world.stamping, authority);
    world.play();
    world.bundle()
}

fn now() -> Time {
    Time::new(jiff::Timestamp::now())
}

fn minutes_from_now(minutes: i64) -> Time {
    Time::from_unix_seconds(now().timestamp().as_second() + 60 * minutes).unwrap()
}

#[test]
fn time_stamps_are_asked_for_and_checked() {
    let (Some(authority), Some(stranger)) = (Authority::new(P256), Authority::new(P256)) else {
        return;
    };
    let authority = Rc::new(authority);
    let rows = rows(stranger.certificate("ca"));
    let mut bundles = Vec::new();
    for (name, change, exit_code, line) in rows {
        let bundle = stamped(change, &authority);
        let report = check(&bundle, None);
        assert_eq!(report.exit_code(), exit_code, "{name}\n{report}");
        assert!(report.to_string().contains(line), "{name}\n{report}");
        bundles.push(Tampered::new(name, bundle, exit_code));
    }
    let token = "data/tst/seal-1-1.tsr";
    let flipped = Forgery { bundle: bundles[0].bundle.copy() };
    flipped.flip(token, 100);
    flipped.rebag();
    bundles.push(Tampered::new("change a time-stamp", flipped.bundle, 7));
    let added = Forgery { bundle: bundles[0].bundle.copy() };
    added.write("data/tst/seal-1-2.tsr", "x");
    added.cover(&log_key());
    bundles.push(Tampered::new("add a time-stamp", added.bundle, 7));
    let left_out = Forgery { bundle: bundles[0].bundle.copy() };
    left_out.delete(token);
    left_out.cover(&log_key());
    bundles.push(Tampered::new("leave out a time-stamp", left_out.bundle, 3));
    for Tampered { name, bundle, exit_code, .. } in &bundles {
        assert_eq!(check(bundle, None).exit_code(), *exit_code, "{name}");
    }
    // Trust that the one who checks brings along goes before that of the bundle.
    let trusted = [stranger.certificate("ca")];
    let options = Options { certificates: &trusted, ..Options::level(Level::Zero) };
    assert_eq!(verify(Arc::new(bundles[0].bundle.clone()), &options).unwrap().exit_code(), 7);
    agree(&bundles, b"");
}
