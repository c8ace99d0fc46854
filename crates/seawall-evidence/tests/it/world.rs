//! A small case with one of everything, and the bundle that leaves it.

use std::sync::Arc;

use rand::{SeedableRng as _, rngs::StdRng};
use seawall_evidence::{
    approval::Approval,
    bundle::{self, Contents, ExportList, Info, Person},
    canonical,
    case_file::CaseFile,
    custody::{Act, Action, Approve, Companion, CustodyLog, Dispose, Propose, Release},
    hash::Digest,
    item::{Clock, ContentClass, Item, ItemKind, Origin, Privilege},
    note::Signer,
    seal::{Cover, Seal},
    storage::{Memory, Storage},
    text::Role,
    time::Time,
    vault::{CaseKey, Known, Vault},
};
use serde::Serialize;

use crate::support::{actor, at, id, log_key, path, view, words};

pub(crate) const MODEL: &[u8] = b"{\"type\":\"D2\"}";
pub(crate) const RENDERING: &[u8] = b"%PDF-1.7 declaration";
pub(crate) const PAGE: &[u8] = b"<!DOCTYPE html><title>declaration</title>";
pub(crate) const SIGNUPS: &[u8] = b"{\"account\":\"a-1\"}\n";
pub(crate) const CHAT: &[u8] = b"a chat that must be forgotten";
pub(crate) const EXHIBIT: &[u8] = b"%PDF-1.7 exhibit";

pub(crate) fn ada() -> Signer {
    Signer::from_seed("ada", &[1; 32]).unwrap()
}

pub(crate) fn ben() -> Signer {
    Signer::from_seed("ben", &[2; 32]).unwrap()
}

pub(crate) fn people() -> Vec<Person> {
    [(ada(), "analyst"), (ben(), "counsel")]
        .into_iter()
        .map(|(signer, role)| Person {
            name: actor(signer.name()),
            role: Role::new(role).unwrap(),
            public_key: signer.verifier().key(),
        })
        .collect()
}

/// A case that is being worked on.
pub(crate) struct World {
    pub(crate) vault: Vault,
    pub(crate) log: CustodyLog,
    pub(crate) case: CaseFile,
    pub(crate) known: Vec<Known>,
    pub(crate) seal: Option<(Seal, seawall_evidence::note::Note)>,
    pub(crate) stamping: Stamping,
    random: StdRng,
    seconds: i64,
}

/// When the seal says that it was made, which time-stamps it has, and whose certificate goes along.
#[derive(Default)]
pub(crate) struct Stamping {
    pub(crate) created: Option<Time>,
    /// Makes a time-stamp of the seal, given the hash of its note.
    pub(crate) stamp: Option<Box<dyn Fn(Digest) -> Vec<u8>>>,
    pub(crate) time_stamps: Vec<Vec<u8>>,
    pub(crate) certificate: Option<Vec<u8>>,
}

impl World {
    pub(crate) fn new() -> Self {
        let disk = Memory::new();
        let mut random = StdRng::seed_from_u64(1);
        let case = CaseFile {
            id: id("case-1"),
            title: words("the first case"),
            origin: log_key().name().to_owned(),
            public_key: log_key().verifier().key(),
            opened_at: at(0),
        };
        let storage: Arc<dyn Storage> = Arc::new(disk.clone());
        storage.write_new(&CaseFile::path(), &canonical::to_bytes(&case).unwrap()).unwrap();
        let open = act(0, Action::Open, "case-1", None, &case);
        let log = CustodyLog::create(storage.clone(), path("log"), log_key(), vec![open]).unwrap();
        let vault = Vault::new(storage, CaseKey::generate(&mut random));
        Self {
            vault,
            log,
            case,
            known: Vec::new(),
            seal: None,
            stamping: Stamping::default(),
            random,
            seconds: 0,
        }
    }

    pub(crate) fn append<T: Serialize>(
        &mut self,
        action: Action,
        object: &str,
        sha256: Option<Digest>,
        body: &T,
    ) -> u64 {
        self.append_act(|seconds| act(seconds, action, object, sha256, body))
    }

    pub(crate) fn append_act(&mut self, make: impl FnOnce(i64) -> Act) -> u64 {
        self.seconds += 1;
        self.log.append(make(self.seconds)).unwrap().first_seq
    }

    pub(crate) fn item(&mut self, action: Action, name: &str, mut content: &[u8], from: &[&str]) {
        let added = self.vault.add(&mut content, 1 << 20, &mut self.random).unwrap();
        self.known.push(Known {
            sha256: added.sha256,
            size: added.size,
            ciphertext_sha256: Some(added.ciphertext_sha256),
            is_disposed: false,
        });
        let item = Item {
            id: id(name),
            kind: ItemKind::File,
            sha256: added.sha256,
            size: added.size,
            media_type: words("application/octet-stream"),
            origin: Origin::Machine,
            acquired_at: at(0),
            clock: Clock { synced: true, offset_milliseconds: None },
            acquired_by: actor("ada"),
            method: words("copied"),
            tool: words("seawall"),
            tool_version: words("0.1.0"),
            tool_sha256: None,
            source: words("the signup service"),
            source_time_zone: None,
            legal_basis: words("own record"),
            content_class: ContentClass::OwnRecord,
            personal_data: true,
            privilege: Privilege::None,
            ciphertext_sha256: Some(added.ciphertext_sha256),
            derived_from: from.iter().map(|name| id(name)).collect(),
            dataset: None,
        };
        self.append(action, name, Some(added.sha256), &item);
    }

    /// Ada proposes, Ben approves. Gives the position of the approval.
    pub(crate) fn agree(&mut self, name: &str, kind: &str, content_sha256: Digest) -> u64 {
        let proposal =
            Propose { id: id(name), kind: id(kind), content_sha256, proposer: actor("ada") };
        self.append(Action::Propose, name, Some(content_sha256), &proposal);
        let role = Role::new("counsel").unwrap();
        let approval = Approval::of(&proposal, actor("ben"), role, at(self.seconds)).unwrap();
        let note = approval.sign(&ben()).unwrap().to_string();
        let body = Approve {
            proposal: id(name),
            content_sha256,
            proposer: actor("ada"),
            approver: actor("ben"),
            note,
        };
        self.append_act(|seconds| Act {
            actor: actor("ben"),
            ..act(seconds, Action::Approve, name, Some(content_sha256), &body)
        })
    }

    /// Seals items. Time-stamps come later, by another entry.
    pub(crate) fn seal(&mut self, name: &str, items: &[(&str, &[u8])]) {
        let cover = |(name, content): &(&str, &[u8])| Cover {
            item: id(name),
            sha256: Digest::of(content),
            size: content.len() as u64,
        };
        let covers = items.iter().map(cover).collect();
        let shown = self.log.checkpoint().shown();
        let created = self.stamping.created.unwrap_or(at(self.seconds));
        let seal = Seal::new(id(name), created, covers, shown).unwrap();
        let note = seal.sign(&log_key()).unwrap();
        let body = seal.body(&note, Vec::new()).unwrap();
        self.append(Action::Seal, name, Some(body.note_sha256), &body);
        if let Some(stamp) = &self.stamping.stamp {
            self.stamping.time_stamps = vec![stamp(body.note_sha256)];
            let hashes = self.stamping.time_stamps.iter().map(Digest::of).collect();
            let body = seal.body(&note, hashes).unwrap();
            self.append(Action::Seal, name, Some(body.note_sha256), &body);
        }
        self.seal = Some((seal, note));
    }

    /// What a case looks like after a while.
    pub(crate) fn play(&mut self) {
        self.item(Action::Acquire, "item-1", SIGNUPS, &[]);
        self.item(Action::Receive, "item-2", CHAT, &[]);
        self.item(Action::Derive, "item-3", EXHIBIT, &["item-1"]);
        self.seal("seal-1", &[("item-1", SIGNUPS), ("item-3", EXHIBIT)]);
        let shown = self.log.checkpoint().shown();
        let content_sha256 = Digest::of(RENDERING);
        let approval = self.agree("proposal-1", "release", content_sha256);
        let release = Release {
            document: id("D2"),
            version: 1,
            model_sha256: Digest::of(MODEL),
            content_sha256,
            recipient: words("the court"),
            checkpoint: shown,
            companions: vec![Companion { extension: id("html"), sha256: Digest::of(PAGE) }],
        };
        self.append_act(|seconds| Act {
            approval: Some(approval),
            ..act(seconds, Action::Release, "D2", Some(content_sha256), &release)
        });
        let sha256 = Digest::of(CHAT);
        let approval = self.agree("proposal-2", "dispose", sha256);
        let dispose = Dispose { sha256, basis: words("no longer needed") };
        self.append_act(|seconds| Act {
            approval: Some(approval),
            ..act(seconds, Action::Dispose, "item-2", Some(sha256), &dispose)
        });
        self.vault.dispose(sha256).unwrap();
        self.known[1].is_disposed = true;
        self.append_act(view);
    }

    pub(crate) fn contents(&self) -> Contents<'_> {
        let mut contents = Contents::new(&self.case, &people()).unwrap();
        let mut add = |file: &str, content: &[u8]| {
            contents.add(path(&format!("data/{file}")), content.to_vec()).unwrap();
        };
        add("documents/D2-v1.json", MODEL);
        add("documents/D2-v1.pdf", RENDERING);
        add("documents/D2-v1.html", PAGE);
        add("exhibits/Ex-1.pdf", EXHIBIT);
        let (seal, note) = self.seal.as_ref().unwrap();
        contents.add_seal(seal, note, &self.stamping.time_stamps).unwrap();
        if let Some(certificate) = &self.stamping.certificate {
            contents.add_certificate(&id("clock"), certificate.clone()).unwrap();
        }
        let signups = Digest::of(SIGNUPS);
        contents
            .add_large(bundle::layout::sealed(signups), move || {
                Ok(Box::new(self.vault.open(signups).map_err(std::io::Error::other)?))
            })
            .unwrap();
        contents
    }

    /// Lists what is exported, and logs that.
    pub(crate) fn export(&mut self) -> ExportList {
        let list = self.contents().list().unwrap();
        let (name, sha256) = (bundle::id(&list), list.sha256());
        self.append_act(|seconds| Act {
            object: name,
            object_sha256: Some(sha256),
            action: Action::Export,
            ..view(seconds)
        });
        list
    }

    pub(crate) fn info(&self) -> Info {
        Info {
            case: self.case.id.clone(),
            organization: words("Example Mail"),
            tool: words("seawall 0.1.0"),
            exported_at: at(100),
        }
    }

    /// The bundle, in memory.
    pub(crate) fn bundle(&mut self) -> Memory {
        let list = self.export();
        let bundle = Memory::new();
        let log = self.log.reader();
        bundle::write(&bundle, &self.contents(), &list, log, &self.info()).unwrap();
        bundle
    }
}

/// The bundle of the case with one of everything.
pub(crate) fn whole_bundle() -> Memory {
    let mut world = World::new();
    world.play();
    world.bundle()
}

pub(crate) fn act<T: Serialize>(
    seconds: i64,
    action: Action,
    object: &str,
    object_sha256: Option<Digest>,
    body: &T,
) -> Act {
    Act {
        action,
        object: id(object),
        object_sha256,
        body: Some(serde_json::to_value(body).unwrap()),
        ..view(seconds)
    }
}
