//! Is each way of tampering caught, by name, with the exit code of the format? By both implementations, and by
//! the validator of the bag format where the bag itself is touched.
//!
//! A row is a name, what is done, the exit code, and a check that fails. Add rows to `ROWS`.

use std::sync::{Arc, LazyLock};

use proptest::{prelude::*, sample::Index};
use seawall_evidence::{
    approval::Approval,
    canonical,
    custody::Propose,
    hash::Digest,
    note::{Note, Signer},
    storage::Memory,
    verify::{Check, Level, Options, verify},
};
use serde_json::{Value, json};

use crate::{
    agreement::{Tampered, agree, check},
    forgery::Forgery,
    support::{at, log_key},
    world::{ada, ben, whole_bundle},
};

/// One way of tampering.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    tamper: fn(&Forgery),
    exit_code: u8,
    /// A check that fails, or is skipped where nothing fails.
    caught_by: &'static str,
    /// Does it need a checkpoint from before?
    needs_older: bool,
}

const fn row(name: &'static str, caught_by: &'static str, tamper: fn(&Forgery)) -> Row {
    Row { name, tamper, exit_code: 7, caught_by, needs_older: false }
}

const fn with_older(row: Row) -> Row {
    Row { needs_older: true, ..row }
}

const fn incomplete(row: Row) -> Row {
    Row { exit_code: 3, ..row }
}

const PDF: &str = "data/documents/D2-v1.pdf";
const MODEL: &str = "data/documents/D2-v1.json";
const PAGE: &str = "data/documents/D2-v1.html";
const EXHIBIT: &str = "data/exhibits/Ex-1.pdf";
const SEAL: &str = "data/seals/seal-1.note";
const PEOPLE: &str = "data/keys/people.json";
const CASE: &str = "data/case.json";
const CHECKPOINT: &str = "data/custody/log/checkpoint";
const EXPORTED: &str = "data/custody/exported.txt";
const ENTRIES: &str = "data/custody/log/tile/entries/";
const HASHES: &str = "data/custody/log/tile/0/";

fn stranger() -> Signer {
    Signer::from_seed(log_key().name(), &[99; 32]).unwrap()
}

/// The entry with this action.
fn entry<'a>(entries: &'a mut [Value], action: &str) -> &'a mut Value {
    entries.iter_mut().find(|entry| entry["action"] == action).unwrap()
}

fn position(entries: &[Value], action: &str) -> usize {
    entries.iter().position(|entry| entry["action"] == action).unwrap()
}

/// An approval of the proposal in `body`, with anything else replaced, signed without asking.
fn approval_note(fields: &Value, signer: &Signer) -> String {
    let line = String::from_utf8(canonical::to_bytes(fields).unwrap()).unwrap();
    Note::sign(format!("seawall-approval/v1\n{line}\n"), &[signer]).unwrap().to_string()
}

fn approval_fields(entry: &Value) -> Value {
    let note = Note::parse(entry["body"]["note"].as_str().unwrap().as_bytes()).unwrap();
    serde_json::to_value(Approval::read(&note).unwrap()).unwrap()
}

/// Replaces fields of the first approval and of its entry, and has `signer` sign it.
fn reapprove(forgery: &Forgery, field: &str, value: &Value, signer: &Signer) {
    forgery.rewrite(&log_key(), |entries| {
        let entry = entry(entries, "approve");
        let mut fields = approval_fields(entry);
        fields[field] = value.clone();
        entry["body"]["note"] = json!(approval_note(&fields, signer));
        for (name, field) in [("approver", "approver"), ("proposer", "proposer")] {
            entry["body"][name] = fields[field].clone();
        }
        entry["actor"] = fields["approver"].clone();
    });
}

/// Every way that is known. Rows may be added.
const ROWS: &[Row] = &[
    // The bag, by someone who does not know about manifests.
    row("flip a bit of a document", "bag:data/documents/D2-v1.pdf", |it| it.flip(PDF, 3)),
    row("flip a bit of a tag file", "bag:bag-info.txt", |it| it.flip("bag-info.txt", 9)),
    row("flip a bit of the declaration", "bag.declaration", |it| it.flip("bagit.txt", 15)),
    row("truncate a document", "bag:data/documents/D2-v1.pdf", |it| {
        it.edit(PDF, |pdf| pdf.truncate(4));
    }),
    row("empty a document", "bag:data/documents/D2-v1.pdf", |it| it.write(PDF, "")),
    row("delete a document", "bag:data/documents/D2-v1.pdf", |it| it.delete(PDF)),
    row("add a file", "bag:data/exhibits/Ex-2.pdf", |it| it.write("data/exhibits/Ex-2.pdf", "x")),
    row("add a file beside the payload", "bag:notes.txt", |it| it.write("notes.txt", "x")),
    row("swap two files", "bag:data/documents/D2-v1.pdf", |it| {
        let (one, two) = (it.read(PDF), it.read(EXHIBIT));
        it.write(PDF, two);
        it.write(EXHIBIT, one);
    }),
    row("delete the manifest", "bag.manifest", |it| it.delete("manifest-sha256.txt")),
    row("delete the manifest of tags", "bag.manifest", |it| it.delete("tagmanifest-sha256.txt")),
    row("lead a manifest out of the bag", "bag.manifest", |it| {
        it.edit("manifest-sha256.txt", |text| {
            text.extend_from_slice(format!("{}  data/../../secret\n", Digest::of("")).as_bytes());
        });
    }),
    row("list a file twice", "bag:data/case.json", |it| {
        let line = format!("{}  {CASE}\n", Digest::of(it.read(CASE)));
        it.edit("manifest-sha256.txt", |text| text.extend_from_slice(line.as_bytes()));
    }),
    row("understate the payload", "bag.oxum", |it| {
        it.replace_text("bag-info.txt", "Payload-Oxum: ", "Payload-Oxum: 1");
        let tags = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"];
        let tags = tags.map(|name| format!("{}  {name}\n", Digest::of(it.read(name)))).concat();
        it.write("tagmanifest-sha256.txt", tags);
    }),
    // Files, by someone who makes the manifests anew.
    row("change a document, and the manifests", "exported:data/documents/D2-v1.pdf", |it| {
        it.flip(PDF, 3);
        it.rebag();
    }),
    row("change a model, and the manifests", "release:D2-v1", |it| {
        it.flip(MODEL, 3);
        it.rebag();
    }),
    row("change what goes with a document", "bag:data/documents/D2-v1.html", |it| it.flip(PAGE, 3)),
    row("change what goes with a document, and the manifests", "release:D2-v1", |it| {
        it.flip(PAGE, 3);
        it.rebag();
    }),
    row("change what goes with a document when exporting", "release:D2-v1", |it| {
        it.flip(PAGE, 3);
        it.cover(&log_key());
    }),
    row("add what went with no document", "file:data/documents/D2-v1.xarf.json", |it| {
        it.write("data/documents/D2-v1.xarf.json", "{}");
        it.cover(&log_key());
    }),
    incomplete(row("leave out what goes with a document when exporting", "release:D2-v1", |it| {
        it.delete(PAGE);
        it.cover(&log_key());
    })),
    row("log what goes with a document under the name of its model", "log.entry:7", |it| {
        it.rewrite(&log_key(), |entries| {
            entry(entries, "release")["body"]["companions"][0]["extension"] = json!("json");
        });
    }),
    row("log two files of a document under one name", "log.entry:7", |it| {
        it.rewrite(&log_key(), |entries| {
            let companions = &mut entry(entries, "release")["body"]["companions"];
            let again = companions[0].clone();
            companions.as_array_mut().unwrap().push(again);
        });
    }),
    row("take back what went with a document", "file:data/documents/D2-v1.html", |it| {
        it.rewrite(&log_key(), |entries| {
            entry(entries, "release")["body"].as_object_mut().unwrap().remove("companions");
        });
    }),
    row("change an exhibit, and the manifests", "file:data/exhibits/Ex-1.pdf", |it| {
        it.flip(EXHIBIT, 3);
        it.rebag();
    }),
    row("add an exhibit, and the manifests", "exported:data/exhibits/Ex-2.pdf", |it| {
        it.write("data/exhibits/Ex-2.pdf", "x");
        it.rebag();
    }),
    row("delete an exhibit, and the manifests", "exported:data/exhibits/Ex-1.pdf", |it| {
        it.delete(EXHIBIT);
        it.rebag();
    }),
    row("swap document and exhibit, and the manifests", "release:D2-v1", |it| {
        let (one, two) = (it.read(PDF), it.read(EXHIBIT));
        it.write(PDF, two);
        it.write(EXHIBIT, one);
        it.rebag();
    }),
    row("add a document that nobody released", "file:data/documents/D3-v1.pdf", |it| {
        it.write("data/documents/D3-v1.pdf", "x");
        it.rebag();
    }),
    row("change sealed content", "file:data/sealed/", |it| {
        it.flip(&it.find("data/sealed/"), 3);
        it.rebag();
    }),
    row("give sealed content another name", "file:data/sealed/", |it| {
        let file = it.find("data/sealed/");
        let content = it.read(&file);
        it.delete(&file);
        it.write(&format!("data/sealed/{}", Digest::of("other")), content);
        it.rebag();
    }),
    row("bring back what was disposed of", "file:data/sealed/", |it| {
        it.write(&format!("data/sealed/{}", Digest::of(crate::world::CHAT)), crate::world::CHAT);
        it.rebag();
    }),
    row("change the list of exported files", "exported", |it| {
        it.flip(EXPORTED, 2);
        it.rebag();
    }),
    row("delete the list of exported files", "exported", |it| {
        it.delete(EXPORTED);
        it.rebag();
    }),
    row("change the verifier that goes along", "exported:data/verify.py", |it| {
        it.write("data/verify.py", "print('all is well')");
        it.rebag();
    }),
    // Seals.
    row("change a seal", "seal:seal-1", |it| {
        it.replace_text(SEAL, "\"size\":1", "\"size\":2");
        it.rebag();
    }),
    row("exchange a seal for one of another key", "seal:seal-1", |it| {
        let note = Note::parse(&it.read(SEAL)).unwrap();
        let note = Note::sign(note.text().to_owned(), &[&stranger()]).unwrap();
        it.write(SEAL, note.to_string());
        it.rebag();
    }),
    row("delete a seal, and the manifests", "exported:data/seals/seal-1.note", |it| {
        it.delete(SEAL);
        it.rebag();
    }),
    row("add a seal", "file:data/seals/seal-2.note", |it| {
        it.write("data/seals/seal-2.note", it.read(SEAL));
        it.rebag();
    }),
    incomplete(row("leave out a seal when exporting", "seal:seal-1", |it| {
        it.delete(SEAL);
        it.cover(&log_key());
    })),
    row("reseal other content, with the key of the log", "seal:seal-1", |it| {
        it.replace_text(SEAL, "\"size\":1", "\"size\":2");
        let note = Note::parse(&it.read(SEAL)).unwrap();
        let note = Note::sign(note.text().to_owned(), &[&log_key()]).unwrap().to_string();
        it.write(SEAL, &note);
        it.rewrite(&log_key(), |entries| {
            let entry = entry(entries, "seal");
            entry["object_sha256"] = json!(Digest::of(&note).to_string());
            entry["body"]["note_sha256"] = entry["object_sha256"].clone();
        });
    }),
    row("seal under an id that is taken", "log.entry:5", |it| {
        it.rewrite(&log_key(), |entries| {
            let mut again = entry(entries, "seal").clone();
            again["object_sha256"] = json!(Digest::of("other").to_string());
            again["body"]["note_sha256"] = again["object_sha256"].clone();
            again["time"] = entries[5]["time"].clone();
            entries.insert(5, again);
        });
    }),
    // The log, by someone without its key.
    row("flip a bit of an entry", "log.entry:0", |it| {
        it.flip(&it.find(ENTRIES), 40);
        it.rebag();
    }),
    row("tear a bundle of entries", "log.tree", |it| {
        it.edit(&it.find(ENTRIES), |content| content.truncate(content.len() / 2));
        it.rebag();
    }),
    row("tear a tile of hashes", "log.tree", |it| {
        it.edit(&it.find(HASHES), |content| content.truncate(40));
        it.rebag();
    }),
    row("change a hash in a tile", "log.entry:2", |it| {
        it.flip(&it.find(HASHES), 70);
        it.rebag();
    }),
    row("delete a bundle of entries", "log.tree", |it| {
        it.delete(&it.find(ENTRIES));
        it.rebag();
    }),
    row("change an entry and its hash", "log.root", |it| {
        let entries = it.entries();
        let checkpoint = it.read(CHECKPOINT);
        let mut changed = entries.clone();
        changed[1]["reason"] = json!("another reason");
        it.relog(&changed, &log_key());
        it.write(CHECKPOINT, checkpoint);
        it.rebag();
    }),
    row("exchange two entries", "log.root", |it| {
        let mut entries = it.entries();
        let checkpoint = it.read(CHECKPOINT);
        entries.swap(1, 2);
        it.relog(&entries, &log_key());
        it.write(CHECKPOINT, checkpoint);
        it.rebag();
    }),
    row("flip a bit of the checkpoint", "log.checkpoint", |it| {
        it.flip(CHECKPOINT, 30);
        it.rebag();
    }),
    row("delete the checkpoint", "log.checkpoint", |it| {
        it.delete(CHECKPOINT);
        it.rebag();
    }),
    row("sign the checkpoint with another key", "log.checkpoint", |it| {
        it.relog(&it.entries(), &stranger());
        it.rebag();
    }),
    row("add a file to the log", "log:data/custody/log/tile/0/001", |it| {
        it.write("data/custody/log/tile/0/001", "x");
        it.rebag();
    }),
    row("exchange the checkpoint for one of a longer log", "log.tree", |it| {
        let mut entries = it.entries();
        let old = it.entries();
        entries.push(entries[0].clone());
        it.relog(&entries, &log_key());
        let longer = it.read(CHECKPOINT);
        it.relog(&old, &log_key());
        it.write(CHECKPOINT, longer);
        it.rebag();
    }),
    row("change the key in case.json", "log.checkpoint", |it| {
        let mut case: Value = serde_json::from_slice(&it.read(CASE)).unwrap();
        case["public_key"] = json!(stranger().verifier().key().to_string());
        it.write(CASE, canonical::to_bytes(&case).unwrap());
        it.rebag();
    }),
    row("change the title in case.json", "log.entry:0", |it| {
        it.replace_text(CASE, "the first case", "another case");
        it.rebag();
    }),
    row("delete case.json", "case", |it| {
        it.delete(CASE);
        it.rebag();
    }),
    // The log, by someone who has its key.
    with_older(row("remove an entry, and sign anew", "log.older", |it| {
        it.rewrite(&log_key(), |entries| drop(entries.remove(position(entries, "view"))));
    })),
    with_older(row("insert an entry, and sign anew", "log.older", |it| {
        it.rewrite(&log_key(), |entries| {
            let view = entry(entries, "view").clone();
            let at = position(entries, "view");
            entries.insert(at, view);
        });
    })),
    with_older(row("change a reason, and sign anew", "log.older", |it| {
        it.rewrite(&log_key(), |entries| entry(entries, "view")["reason"] = json!("another"));
    })),
    with_older(row("cut off the log, and sign anew", "log.older", |it| {
        let mut entries = it.entries();
        entries.truncate(3);
        it.relog(&entries, &log_key());
        it.rebag();
    })),
    with_older(row("do all of it anew with another key", "log.older", |it| {
        let mut case: Value = serde_json::from_slice(&it.read(CASE)).unwrap();
        case["public_key"] = json!(stranger().verifier().key().to_string());
        it.write(CASE, canonical::to_bytes(&case).unwrap());
        it.rewrite(&stranger(), |entries| entries[0]["body"] = case);
    })),
    row("exchange the times of entries", "log.entry:2", |it| {
        it.rewrite(&log_key(), |entries| {
            let first = entries[1]["time"].clone();
            entries[1]["time"] = entries[2]["time"].clone();
            entries[2]["time"] = first;
        });
    }),
    row("number an entry wrongly", "log.entry:1", |it| {
        let mut entries = it.entries();
        entries[1]["seq"] = json!(7);
        it.relog(&entries, &log_key());
        it.cover(&log_key());
    }),
    row("log what is no entry", "log.entry:1", |it| {
        let entries = it.entries();
        let mut bytes: Vec<Vec<u8>> =
            entries.iter().map(|entry| canonical::to_bytes(entry).unwrap()).collect();
        bytes[1] = b"{ }".to_vec();
        it.relog_bytes(&bytes, &log_key());
        it.rebag();
    }),
    row("log a field that the format does not know", "log.entry:1", |it| {
        it.rewrite(&log_key(), |entries| entries[1]["extra"] = json!(1));
    }),
    row("log an action that the format does not know", "log.entry:1", |it| {
        it.rewrite(&log_key(), |entries| entries[1]["action"] = json!("undo"));
    }),
    row("log an item of another hash", "log.entry:1", |it| {
        let other = json!(Digest::of("other").to_string());
        it.rewrite(&log_key(), |entries| entries[1]["object_sha256"] = other);
    }),
    row("log an item twice", "log.entry:2", |it| {
        it.rewrite(&log_key(), |entries| {
            let again = entries[1].clone();
            entries.insert(2, again);
        });
    }),
    row("change the size of an item", "seal:seal-1", |it| {
        it.rewrite(&log_key(), |entries| entries[1]["body"]["size"] = json!(1));
    }),
    row("make an exhibit of what is not there", "item:item-3", |it| {
        it.rewrite(&log_key(), |entries| {
            entry(entries, "derive")["body"]["derived_from"] = json!(["item-9"]);
        });
    }),
    row("print a checkpoint that never was", "release:D2-v1", |it| {
        it.rewrite(&log_key(), |entries| {
            let other = json!(Digest::of("other").to_string());
            entry(entries, "release")["body"]["checkpoint"]["root"] = other;
        });
    }),
    row("print a checkpoint of the future", "release:D2-v1", |it| {
        it.rewrite(&log_key(), |entries| {
            entry(entries, "release")["body"]["checkpoint"]["size"] = json!(10);
        });
    }),
    // Approvals.
    row("approve what one proposed oneself", "approval:6", |it| {
        reapprove(it, "approver", &json!("ada"), &ada());
    }),
    row("approve with a key of somebody else", "approval:6", |it| {
        reapprove(it, "role", &json!("counsel"), &Signer::from_seed("ben", &[9; 32]).unwrap());
    }),
    row("approve as somebody unknown", "approval:6", |it| {
        let eve = Signer::from_seed("eve", &[9; 32]).unwrap();
        reapprove(it, "approver", &json!("eve"), &eve);
    }),
    row("approve another proposal", "approval:6", |it| {
        reapprove(it, "proposal", &json!("proposal-9"), &ben());
    }),
    row("blame another for the proposal", "approval:6", |it| {
        reapprove(it, "proposer", &json!("eve"), &ben());
    }),
    row("edit a document after its approval", "approved:7", |it| {
        it.flip(PDF, 3);
        let hash = json!(Digest::of(it.read(PDF)).to_string());
        it.rewrite(&log_key(), |entries| {
            let release = entry(entries, "release");
            release["object_sha256"] = hash.clone();
            release["body"]["content_sha256"] = hash;
        });
    }),
    row("edit a document and its proposal after the approval", "approval:6", |it| {
        it.flip(PDF, 3);
        let hash = json!(Digest::of(it.read(PDF)).to_string());
        it.rewrite(&log_key(), |entries| {
            for action in ["propose", "approve", "release"] {
                let entry = entry(entries, action);
                entry["object_sha256"] = hash.clone();
                entry["body"]["content_sha256"] = hash.clone();
            }
        });
    }),
    row("release without an approval", "approved:7", |it| {
        it.rewrite(&log_key(), |entries| {
            entry(entries, "release").as_object_mut().unwrap().remove("approval");
        });
    }),
    row("release on an approval to dispose", "approved:8", |it| {
        it.rewrite(&log_key(), |entries| {
            let hash = entry(entries, "release")["object_sha256"].clone();
            let mut proposal = entry(entries, "propose").clone();
            proposal["body"]["kind"] = json!("dispose");
            proposal["body"]["id"] = json!("proposal-9");
            proposal["object"] = json!("proposal-9");
            let read: Propose = serde_json::from_value(proposal["body"].clone()).unwrap();
            let mut approve = entry(entries, "approve").clone();
            let role = "counsel".parse().unwrap();
            let note = Approval::of(&read, "ben".parse().unwrap(), role, at(0)).unwrap();
            approve["body"]["note"] = json!(note.sign(&ben()).unwrap().to_string());
            approve["body"]["proposal"] = json!("proposal-9");
            approve["object"] = json!("proposal-9");
            assert_eq!(proposal["object_sha256"], hash);
            let at = position(entries, "release");
            entries[at]["approval"] = json!(at);
            entries.splice(at - 2..at - 2, [proposal]);
            entries.splice(at..=at, [approve]);
        });
    }),
    row("dispose on an approval of the future", "approved:10", |it| {
        it.rewrite(&log_key(), |entries| entry(entries, "dispose")["approval"] = json!(11));
    }),
    row("remove an approver", "approval:6", |it| {
        let mut people: Vec<Value> = serde_json::from_slice(&it.read(PEOPLE)).unwrap();
        people.retain(|person| person["name"] != "ben");
        it.write(PEOPLE, canonical::to_bytes(&people).unwrap());
        it.cover(&log_key());
    }),
    row("name an approver twice", "people", |it| {
        let mut people: Vec<Value> = serde_json::from_slice(&it.read(PEOPLE)).unwrap();
        people.push(people[0].clone());
        it.write(PEOPLE, canonical::to_bytes(&people).unwrap());
        it.cover(&log_key());
    }),
];

#[test]
fn each_way_of_tampering_is_caught() {
    let whole = whole_bundle();
    let untouched = Forgery { bundle: whole.copy() };
    let older = untouched.read(CHECKPOINT);
    // What is done to hide something changes nothing where there is nothing to hide.
    untouched.rewrite(&log_key(), |_| {});
    let report = check(&untouched.bundle, Some(&older));
    assert_eq!(report.exit_code(), check(&whole, None).exit_code(), "{report}");
    assert!(!report.checks.iter().any(Check::failed), "{report}");
    assert!(ROWS.len() >= 40);
    let mut bundles = vec![Tampered::new("untouched", whole.copy(), report.exit_code())];
    for row in ROWS {
        let forgery = Forgery { bundle: whole.copy() };
        (row.tamper)(&forgery);
        let report = check(&forgery.bundle, row.needs_older.then_some(&older));
        let caught = report.checks.iter().any(|check| {
            check.id.starts_with(row.caught_by)
                && (check.failed() || row.exit_code == 3 && check.to_string().contains(" SKIP "))
        });
        assert!(caught, "{}: not caught by {}\n{report}", row.name, row.caught_by);
        assert_eq!(report.exit_code(), row.exit_code, "{}\n{report}", row.name);
        let tampered = Tampered::new(row.name, forgery.bundle, row.exit_code);
        bundles.push(Tampered { needs_older: row.needs_older, ..tampered });
    }
    agree(&bundles, &older);
}

/// The key that one knows from elsewhere is the one that counts.
#[test]
fn another_log_is_not_this_one() {
    let bundle: Arc<Memory> = Arc::new(whole_bundle());
    for (key, exit_code) in [(log_key(), 3), (stranger(), 7)] {
        let log_key = Some(key.verifier().key());
        let options = Options { log_key, ..Options::level(Level::Zero) };
        assert_eq!(verify(bundle.clone(), &options).unwrap().exit_code(), exit_code);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever stands in a file, and however well it is hidden, the verifier comes to an end and says so.
    #[test]
    fn nonsense_is_told(file in any::<Index>(), at in any::<Index>(), length in 0_usize..40, put in prop::collection::vec(any::<u8>(), 0..40)) {
        static WHOLE: LazyLock<Memory> = LazyLock::new(whole_bundle);
        let forgery = Forgery { bundle: WHOLE.copy() };
        let mut files = forgery.files("data/");
        files.retain(|file| !file.starts_with("data/custody/"));
        let file = file.get(&files);
        let before = forgery.read(file);
        forgery.edit(file, |content| {
            let at = at.index(content.len());
            let end = (at + length).min(content.len());
            content.splice(at..end, put);
        });
        forgery.rebag();
        let is_same = forgery.read(file) == before;
        prop_assert!(is_same || check(&forgery.bundle, None).exit_code() == 7);
        forgery.cover(&log_key());
        check(&forgery.bundle, None);
    }
}
