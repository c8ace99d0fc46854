//! Does a start from a checkpoint come to where a start from the beginning comes, and are the old days still there?

use std::path::{Path, PathBuf};

use seawall_server::{access::Scope, service::Options};
use serde_json::{Value, json};

use super::site::Site;

/// Signups of people, and of a farm that becomes a campaign in the making.
fn signup(number: u32) -> Value {
    let farm = number.is_multiple_of(5);
    let (device, domain) = if farm {
        ("device-farm".to_owned(), "farm.example".to_owned())
    } else {
        (format!("device-{number}"), format!("mail-{}.example", number % 40))
    };
    json!({
        "time": 1_770_000_000_000_i64 + i64::from(number) * 1000,
        "type": "signup",
        "account": format!("account-{number}"),
        "ip": format!("203.0.113.{}", number % 250),
        "email": format!("person{number}@{domain}"),
        "device_id": device,
    })
}

fn start(data: &Path) -> Site {
    let options = Options {
        data: data.to_owned(),
        selectors_max: Some(1 << 10),
        accounts_max: Some(60),
        checkpoint_every: Some(1),
        ..Options::default()
    };
    Site::start_with(&options, &Scope::ALL)
}

/// Something of everything that a journal holds.
fn live_a_little(site: &Site, from: u32) {
    for number in from..from + 20 {
        site.post("/api/v1/decisions", &signup(number));
        site.post("/api/v1/events", &signup(number + 1000));
    }
    let keyed = signup(from + 20).to_string();
    let key = format!("key-{from}");
    site.send("/api/v1/decisions", "application/json", &keyed, &[("idempotency-key", &key)]);
    site.post("/api/v1/labels", &json!({ "labels": [{ "account": "a", "label": "genuine" }] }));
    let indicator = json!({ "indicators": [{
        "id": format!("indicator--{from}"), "kind": "email_domain", "value": format!("mail-{}.example", from % 40),
        "valid_until": 4_000_000_000_i64,
    }] });
    assert_eq!(site.post("/api/v1/indicators", &indicator).status, 200);
    let text = site.get("/api/v1/policies/current").body["text"].as_str().expect("text").to_owned();
    let text = text.replace("version = 1", &format!("version = {}", from + 2));
    site.post("/api/v1/policies", &json!({ "text": text, "per_mille": 300 }));
}

/// What a process leaves that dies now.
fn image(data: &Path, to: &Path) {
    fs_err::create_dir_all(to).expect("made");
    for entry in fs_err::read_dir(data).expect("listed") {
        let entry = entry.expect("listed");
        let copy = to.join(entry.file_name());
        if entry.path().is_dir() {
            image(&entry.path(), &copy);
        } else {
            fs_err::copy(entry.path(), copy).expect("copied");
        }
    }
}

fn checkpoints(data: &Path) -> Vec<PathBuf> {
    let Ok(listed) = fs_err::read_dir(data.join("checkpoints")) else { return Vec::new() };
    let paths = listed.map(|entry| entry.expect("listed").path());
    let mut found: Vec<PathBuf> =
        paths.filter(|path| path.extension() == Some("journal".as_ref())).collect();
    found.sort();
    found
}

/// The content of the newest checkpoint.
fn newest(data: &Path) -> Vec<u8> {
    fs_err::read(checkpoints(data).last().expect("one")).expect("read")
}

#[test]
fn killed_at_any_point_it_comes_back_as_from_the_beginning() {
    let root = tempfile::tempdir().expect("a folder");
    let data = root.path().join("data");
    let site = start(&data);
    let mut images = Vec::new();
    for round in 0..4 {
        live_a_little(&site, round * 100);
        if round % 2 == 1 {
            site.checkpoint();
        }
        for cut in [0, 1, 700] {
            let copy = root.path().join(format!("image-{round}-{cut}"));
            image(&data, &copy);
            let segment = copy.join("journal").join(format!("{:020}.journal", 0));
            let bytes = fs_err::read(&segment).expect("read");
            let end = bytes.iter().rposition(|byte| *byte != 0).expect("something") + 1;
            // Without a cut, zeros are left behind it: those that are part of it, and room.
            let end = if cut == 0 { end + 64 } else { end - cut };
            fs_err::write(&segment, &bytes[..end]).expect("written");
            images.push((copy, cut));
        }
    }
    site.end();
    for (copy, cut) in images {
        let other = copy.with_extension("beginning");
        image(&copy, &other);
        let had = checkpoints(&other).len();
        let _ = fs_err::remove_dir_all(other.join("checkpoints"));
        let (one, two) = (start(&copy), start(&other));
        // A journal that lost its end may be shorter than the newest checkpoint says.
        if cut == 0 {
            assert_eq!(one.started.from_checkpoint > 0, had > 0, "{}", copy.display());
            assert!(one.started.checkpoints_set_aside.is_empty(), "{:?}", one.started);
        }
        assert_eq!(two.started.from_checkpoint, 0);
        assert_eq!((one.started.records_differing, two.started.records_differing), (0, 0));
        assert_eq!(one.started.records_restored, two.started.records_restored);
        one.end();
        two.end();
        assert!(newest(&copy) == newest(&other), "other states: {}", copy.display());
        let (one, two) = (start(&copy), start(&other));
        for number in [20, 5, 777, 1005] {
            // Records come between, when they come: the same decision may have another number.
            let decide = |site: &Site| {
                let mut body = site.post("/api/v1/decisions", &signup(number)).body;
                body["decision_id"].take();
                body
            };
            assert_eq!(decide(&one), decide(&two));
        }
        let keyed = |site: &Site| {
            let body = signup(20).to_string();
            site.send(
                "/api/v1/decisions",
                "application/json",
                &body,
                &[("idempotency-key", "key-0")],
            )
            .body
        };
        assert_eq!(keyed(&one), keyed(&two));
    }
}

#[test]
fn a_start_that_had_much_to_read_leaves_a_checkpoint() {
    let root = tempfile::tempdir().expect("a folder");
    let [data, once, twice] = ["data", "once", "twice"].map(|name| root.path().join(name));
    let site = start(&data);
    live_a_little(&site, 0);
    image(&data, &once);
    site.end();
    let site = start(&once);
    assert_eq!(site.started.from_checkpoint, 0);
    image(&once, &twice);
    site.end();
    let site = start(&twice);
    assert!(site.started.from_checkpoint > 0, "{:?}", site.started);
    assert_eq!(site.started.records_differing, 0);
}

#[test]
fn a_checkpoint_that_is_broken_or_of_others_is_set_aside_and_said() {
    let root = tempfile::tempdir().expect("a folder");
    let data = root.path().join("data");
    let site = start(&data);
    live_a_little(&site, 0);
    site.checkpoint();
    live_a_little(&site, 100);
    site.end();
    let sound = newest(&data);
    let path = checkpoints(&data).pop().expect("one");
    let mut changed = sound.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    fs_err::write(&path, changed).expect("written");
    let site = start(&data);
    assert_eq!(site.started.checkpoints_set_aside.len(), 1, "{:?}", site.started);
    assert!(site.started.from_checkpoint > 0 && site.started.records_differing == 0);
    site.end();
    assert!(
        fs_err::metadata(path.with_extension("broken")).is_ok(),
        "it is kept under another name"
    );
    assert!(newest(&data) == sound, "another state");
    // Those of other limits are of another state.
    let options = Options { data: data.clone(), accounts_max: Some(61), ..Options::default() };
    let site = Site::start_with(&options, &Scope::ALL);
    assert_eq!(site.started.from_checkpoint, 0);
    assert_eq!(site.started.checkpoints_set_aside.len(), 2, "{:?}", site.started);
}
