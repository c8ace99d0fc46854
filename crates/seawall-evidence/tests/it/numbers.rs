//! Is each way of tampering with numbers caught, by name, at its level, with the exit code of the format?
//!
//! A row is a name, a level, an exit code, a check that fails, and what is done. The forger has the key of the log, and
//! hides what can be hidden: what catches the change is that the numbers do not follow.

mod bundle;

use std::sync::Arc;

use seawall_evidence::{
    canonical,
    dataset::Manifest,
    figure::Figure,
    hash::Digest,
    query::{Aggregate, Query},
    run::{self, Again, Membership},
    storage::{Folder, Memory, Storage as _},
    verify::{Level, Options, Report, verify},
};
use serde_json::{Value, json};

use crate::{dataset::world, forgery::Forgery, support::log_key};
use bundle::{AGGREGATE, DATASET, DOCUMENT, FIGURES, MEMBERS, QUERY, RUN, numbers_bundle};

struct Row {
    name: &'static str,
    level: Level,
    exit_code: u8,
    /// A check that fails, or is skipped where nothing fails.
    caught_by: &'static str,
    tamper: fn(&Forgery),
}

const fn row(
    name: &'static str,
    level: Level,
    exit_code: u8,
    caught_by: &'static str,
    tamper: fn(&Forgery),
) -> Row {
    Row { name, level, exit_code, caught_by, tamper }
}

const ROWS: &[Row] = &[
    row("another value of a figure", Level::One, 6, "figure:F-001", |it| {
        edit(it, FIGURES, |figures| figures[0]["value"] = json!(1_000));
    }),
    row("another display of a figure", Level::One, 6, "figure:F-002", |it| {
        edit(it, FIGURES, |figures| figures[1]["display"] = json!("99.9%"));
    }),
    row("another rounding of a figure", Level::One, 6, "figure:F-002", |it| {
        edit(it, FIGURES, |figures| figures[1]["rounding"] = json!("percent_to_hundredth"));
    }),
    row("another cell of a figure", Level::One, 6, "figure:F-001", |it| {
        edit(it, FIGURES, |figures| figures[0]["cell"]["group"]["country"] = json!("DE"));
    }),
    row("a cell that is not there", Level::One, 6, "figure:F-001", |it| {
        edit(it, FIGURES, |figures| figures[0]["cell"]["group"]["country"] = json!("XX"));
    }),
    row("a figure of no dataset", Level::One, 6, "figure:F-001", |it| {
        edit(it, FIGURES, |figures| figures[0]["datasets"] = json!([]));
    }),
    row("a draft among the figures", Level::One, 7, "figures", |it| {
        edit(it, FIGURES, |figures| figures[0]["status"] = json!("draft"));
    }),
    row("a figure with a field that means nothing", Level::One, 7, "figures", |it| {
        edit(it, FIGURES, |figures| figures[0]["note"] = json!("rounded down"));
    }),
    row("a figure twice", Level::One, 7, "figure:F-001", |it| {
        edit(it, FIGURES, |figures| figures[1]["id"] = json!("F-001"));
    }),
    row("a figure dropped that a document shows", Level::One, 6, "document:D8-v1", |it| {
        edit(it, FIGURES, |figures| drop(figures.as_array_mut().unwrap().remove(0)));
    }),
    row("no figures at all", Level::One, 6, "document:D8-v1", |it| delete(it, FIGURES)),
    row("another aggregate", Level::One, 7, "query:Q-001", |it| {
        let changed = more_accounts(it);
        it.write(AGGREGATE, changed);
        it.cover(&log_key());
    }),
    row("another aggregate, and its hash", Level::One, 6, "figure:F-001", |it| {
        let changed = more_accounts(it);
        it.write(AGGREGATE, &changed);
        edit(it, QUERY, |query| {
            query["output_sha256"] = json!(Digest::of(&changed).to_string());
        });
    }),
    row("no aggregate", Level::One, 3, "query:Q-001", |it| delete(it, AGGREGATE)),
    row("no query", Level::One, 3, "figure:F-001", |it| delete(it, QUERY)),
    row("a query under another's name", Level::One, 7, "query:Q-001", |it| {
        edit(it, QUERY, |query| query["id"] = json!("Q-009"));
    }),
    row("a measure renamed", Level::One, 6, "figure:F-001", |it| {
        edit(it, QUERY, |query| query["measures"][0]["name"] = json!("people"));
    }),
    row("a figure shown otherwise", Level::One, 6, "document:D8-v1", |it| {
        edit_document(it, |spans| spans[1]["shown"] = json!("1,000"));
    }),
    row("a figure shown under another's id", Level::One, 6, "document:D8-v1", |it| {
        edit_document(it, |spans| spans[1]["id"] = json!("F-002"));
    }),
    row("a number in words", Level::One, 6, "document:D8-v1", |it| {
        edit_document(it, |spans| spans[0]["text"] = json!("At least 1000 of them, and "));
    }),
    row("a figure made a literal", Level::One, 6, "document:D8-v1", |it| {
        edit_document(it, |spans| {
            spans[1] = json!({"span": "literal", "kind": "identifier", "text": "1000 accounts"});
        });
    }),
    row("a figure from another query", Level::One, 6, "document:D8-v1", |it| {
        edit(it, DOCUMENT, |document| document["sources"][0]["query"] = json!("Q-002"));
    }),
    row("another file with a document, and its hash", Level::One, 7, "document:D8-v1", |it| {
        let changed = "{\"no\": \"such\"}";
        it.write("data/documents/D8-v1.xarf.json", changed);
        it.rewrite(&log_key(), |entries| {
            let release = entries.iter_mut().find(|entry| entry["action"] == "release").unwrap();
            let sha256 = Digest::of(changed).to_string();
            release["body"]["companions"][0]["sha256"] = json!(sha256);
        });
    }),
    row("aggregate, figure and document changed alike", Level::Two, 6, "aggregate:Q-001", |it| {
        let changed = more_accounts(it);
        it.write(AGGREGATE, &changed);
        edit(it, QUERY, |query| {
            query["output_sha256"] = json!(Digest::of(&changed).to_string());
        });
        let value = in_vietnam(&changed);
        edit(it, FIGURES, |figures| {
            figures[0]["value"] = json!(value);
            figures[0]["display"] = json!(value.to_string());
            figures.as_array_mut().unwrap().truncate(1);
        });
        edit_document(it, |spans| {
            spans[1]["shown"] = json!(value.to_string());
            spans.truncate(2);
        });
    }),
    row("another question, the same answer", Level::Two, 6, "aggregate:Q-001", |it| {
        edit(it, QUERY, |query| {
            query["where"] = json!([{"column": "used", "is": "present"}]);
        });
    }),
    row("SQL that asks something else", Level::Two, 6, "aggregate:Q-001", |it| {
        edit(it, QUERY, |query| {
            query["sql"] =
                json!(query["sql"].as_str().unwrap().replace("count(*)", "count(*) + 1"));
        });
    }),
    row("one row changed", Level::Two, 7, "dataset:", |it| {
        replace_file(it, |rows| rows[60].country = Some("VN"));
    }),
    row("a row dropped", Level::Two, 7, "dataset:", |it| replace_file(it, |rows| drop(rows.pop()))),
    row("two rows swapped", Level::Two, 7, "dataset:", |it| {
        replace_file(it, |rows| rows.swap(3, 4));
    }),
    row("two row groups swapped", Level::Two, 7, "dataset:", |it| {
        replace_file(it, |rows| rows[..100].rotate_left(50));
    }),
    row("two row groups swapped in the manifest", Level::Two, 7, "dataset:", |it| {
        edit_manifest(it, |manifest| manifest.files[0].row_groups.swap(0, 1));
    }),
    row("a source dropped from the manifest", Level::Two, 7, "dataset:", |it| {
        edit_manifest(it, |manifest| drop(manifest.sources.pop()));
    }),
    row("a file dropped from the manifest", Level::Two, 7, "dataset:", |it| {
        edit_manifest(it, |manifest| drop(manifest.files.pop()));
    }),
    row("a gap hidden", Level::Two, 7, "dataset:", |it| {
        edit_manifest(it, |manifest| {
            manifest.sources[0].gaps.clear();
            manifest.sources[0].last -= 3;
            manifest.sources[0].received -= 4;
        });
    }),
    row("a column renamed", Level::Two, 7, "dataset:", |it| {
        edit_manifest(it, |manifest| manifest.schema[3].name = "price".into());
    }),
    row("a file with its hash kept, of other bytes", Level::Two, 7, "dataset:", |it| {
        let file = manifest(it).files[0].clone();
        let name = format!("data/sealed/{}", file.sha256);
        it.edit(&name, |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        });
        it.cover(&log_key());
    }),
    row("another salt key", Level::Two, 7, "dataset:", |it| {
        it.write(&salt_file(it), format!("{}\n", Digest::of("other")));
        it.cover(&log_key());
    }),
    row("a salt key that is none", Level::Two, 7, "dataset:", |it| {
        it.write(&salt_file(it), "secret\n");
        it.cover(&log_key());
    }),
    row("no salt key", Level::Two, 3, "dataset:", |it| delete(it, &salt_file(it))),
    row("no sealed file", Level::Two, 3, "dataset:", |it| {
        delete(it, &format!("data/sealed/{}", manifest(it).files[1].sha256));
    }),
    row("no manifest", Level::Two, 3, "aggregate:Q-001", |it| delete(it, DATASET)),
    row("another membership", Level::Three, 6, "run:run-1", |it| {
        edit(it, RUN, |run| run["membership_sha256"] = json!(Digest::of("other").to_string()));
    }),
    row("a member more", Level::Three, 6, "run:run-1", |it| {
        edit(it, RUN, |run| run["members"] = json!(4));
    }),
    row("another input of the detection", Level::Three, 3, "run:run-1", |it| {
        edit(it, RUN, |run| run["inputs"][0]["sha256"] = json!(Digest::of("other").to_string()));
    }),
];

fn salt_file(it: &Forgery) -> String {
    format!("data/keys/{}.salt", manifest(it).salt_key)
}

/// Replaces a file of canonical JSON, and hides it: also every hash of it in the log.
fn edit(it: &Forgery, file: &str, edit: impl FnOnce(&mut Value)) {
    let before = it.read(file);
    let mut value = serde_json::from_slice(&before).unwrap();
    edit(&mut value);
    let after = canonical::to_bytes(&value).unwrap();
    assert_ne!(before, after, "{file} changes");
    it.write(file, &after);
    replace_hash(it, &before, &after);
}

/// Writes other hashes wherever the log has those of some content.
fn replace_hash(it: &Forgery, before: &[u8], after: &[u8]) {
    let [old, new] = [before, after].map(|content| Digest::of(content).to_string());
    let (old_size, new_size) = (before.len(), after.len());
    it.rewrite(&log_key(), |entries| {
        for entry in entries {
            let is_it = entry["object_sha256"] == json!(old);
            if is_it && entry["body"]["size"] == json!(old_size) {
                entry["body"]["size"] = json!(new_size);
            }
            *entry = serde_json::from_str(&entry.to_string().replace(&old, &new)).unwrap();
        }
    });
}

fn delete(it: &Forgery, file: &str) {
    it.delete(file);
    it.cover(&log_key());
}

/// The spans of the paragraph that shows figures.
fn edit_document(it: &Forgery, change: impl FnOnce(&mut Vec<Value>)) {
    edit(it, DOCUMENT, |document| {
        change(document["blocks"][0]["blocks"][0]["text"].as_array_mut().unwrap());
    });
}

fn manifest(it: &Forgery) -> Manifest {
    serde_json::from_slice(&it.read(DATASET)).unwrap()
}

fn edit_manifest(it: &Forgery, change: impl FnOnce(&mut Manifest)) {
    let before = it.read(DATASET);
    let mut manifest = manifest(it);
    change(&mut manifest);
    let after = canonical::to_bytes(&manifest).unwrap();
    it.write(DATASET, &after);
    replace_hash(it, &before, &after);
}

/// Puts another file in the place of the first, in the manifest and in the log as well.
fn replace_file(it: &Forgery, change: impl FnOnce(&mut Vec<world::Row>)) {
    let data = world::World::new();
    let mut rows = data.rows[..130].to_vec();
    change(&mut rows);
    world::write(&data.path("other.parquet"), &rows);
    let after = fs_err::read(data.path("other.parquet")).unwrap();
    let stated = manifest(it).files[0].clone();
    let name = format!("data/sealed/{}", stated.sha256);
    let before = it.read(&name);
    it.delete(&name);
    it.write(&format!("data/sealed/{}", Digest::of(&after)), &after);
    replace_hash(it, &before, &after);
    edit_manifest(it, |manifest| {
        manifest.files[0].sha256 = Digest::of(&after);
        manifest.files[0].bytes = after.len() as u64;
    });
}

/// The aggregate by country, with a hundred more in Vietnam.
fn more_accounts(it: &Forgery) -> Vec<u8> {
    let text = String::from_utf8(it.read(AGGREGATE)).unwrap();
    let line = text.lines().find(|line| line.contains("\"VN\"")).unwrap();
    let changed = line.replace("\"accounts\":", "\"accounts\":1");
    assert_ne!(line, changed);
    text.replace(line, &changed).into_bytes()
}

fn in_vietnam(aggregate: &[u8]) -> u64 {
    let lines = Aggregate::parse(aggregate).unwrap();
    let line = lines.lines().iter().find(|line| line.get("country") == Some(&json!("VN"))).unwrap();
    line["accounts"].as_u64().unwrap()
}

/// A detector that always finds the members of the run, if its input is the one it was.
fn detector(run: &run::Run) -> Again {
    if run.inputs[0].sha256 != Digest::of("the events") {
        return Again::Missing("its input is not at hand".into());
    }
    Again::Found(Membership::new(MEMBERS.iter().copied()).unwrap())
}

fn check(bundle: &Memory, level: Level) -> Report {
    let rerun = |_: &_, bytes: &[u8]| run::check(bytes, detector);
    let options = Options { rerun: Some(&rerun), ..Options::level(level) };
    verify(Arc::new(bundle.clone()), &options).unwrap()
}

#[test]
fn each_way_of_tampering_with_numbers_is_caught() {
    let whole = numbers_bundle();
    for level in [Level::Zero, Level::One, Level::Two, Level::Three] {
        let report = check(&whole, level);
        assert_eq!(report.exit_code(), 0, "{report}");
    }
    for row in ROWS {
        let forgery = Forgery { bundle: whole.copy() };
        (row.tamper)(&forgery);
        let report = check(&forgery.bundle, row.level);
        let caught = report.checks.iter().any(|check| {
            check.id.starts_with(row.caught_by)
                && (check.failed() || row.exit_code == 3 && check.to_string().contains(" SKIP "))
        });
        assert!(caught, "{}: not caught by {}\n{report}", row.name, row.caught_by);
        assert_eq!(report.exit_code(), row.exit_code, "{}\n{report}", row.name);
    }
}

/// What level 1 finds needs no level 2: the level below lets it pass.
#[test]
fn what_the_levels_below_cannot_know_passes_there() {
    let whole = numbers_bundle();
    for row in ROWS.iter().filter(|row| row.exit_code == 6) {
        let below = match row.level {
            Level::Zero | Level::One => Level::Zero,
            Level::Two => Level::One,
            Level::Three => Level::Two,
        };
        let forgery = Forgery { bundle: whole.copy() };
        (row.tamper)(&forgery);
        let report = check(&forgery.bundle, below);
        assert_eq!(report.exit_code(), 0, "{}: the forger hides nothing\n{report}", row.name);
    }
}

#[test]
fn a_bundle_on_disk_is_checked_in_place() {
    let whole = numbers_bundle();
    let folder = tempfile::tempdir().unwrap();
    let disk = Folder::new(folder.path());
    for file in whole.list(None).unwrap().files {
        let content = whole.read(&file.path, 1 << 24).unwrap().unwrap();
        disk.write_new(&file.path, &content).unwrap();
    }
    let report = verify(Arc::new(disk), &Options::level(Level::Two)).unwrap();
    assert_eq!(report.exit_code(), 0, "{report}");
    let shown = report.to_string();
    for line in [
        "figure:F-001 PASS",
        "document:D8-v1 PASS",
        "dataset:item-01HDATASET PASS",
        "aggregate:Q-002 PASS",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

#[test]
fn records_read_as_they_are_written() {
    let it = Forgery { bundle: numbers_bundle() };
    let figures: Vec<Figure> = canonical::parse(&it.read(FIGURES)).unwrap();
    assert_eq!(figures.len(), 2);
    let query = Query::parse(&it.read(QUERY)).unwrap();
    assert_eq!(query.output_sha256, Digest::of(it.read(AGGREGATE)));
    assert_eq!(Manifest::parse(&it.read(DATASET)).unwrap(), manifest(&it));
}
