//! What does a bundle with the dataset of the bench hold? What levels 0 to 2 look at, and no more.

use std::{path::Path, sync::Arc};

use seawall_evidence::{
    bundle::{self, Contents, Info, layout},
    canonical,
    case_file::CaseFile,
    custody::{Act, Action, CustodyLog},
    dataset::{Manifest, SaltKey},
    figure::{Answers, Cell, Draft, Rounding},
    hash::Digest,
    note::Signer,
    storage::{Folder, RelativePath, Storage},
    text::{Actor, Id, Role, Words},
    time::Time,
};

/// Writes a bundle with the dataset in it, and one figure, to `folder`.
pub(crate) fn write(
    folder: &Path,
    parquet: &Path,
    manifest: &Manifest,
    key: &SaltKey,
    answers: &Answers,
) {
    let case = tempfile::tempdir().unwrap();
    let storage: Arc<dyn Storage> = Arc::new(Folder::new(case.path()));
    let signer = Signer::from_seed("evidence.example.org/bench", &[7; 32]).unwrap();
    let case = CaseFile {
        id: Id::new("case-bench").unwrap(),
        title: Words::new("the case of the bench").unwrap(),
        origin: signer.name().to_owned(),
        public_key: signer.verifier().key(),
        opened_at: time(),
    };
    let body = serde_json::to_value(&case).unwrap();
    let open = Act { body: Some(body), ..act(Action::Open, "case-bench", None) };
    let log = RelativePath::new("log").unwrap();
    let mut log = CustodyLog::create(storage, log, signer, vec![open]).unwrap();

    let manifest_bytes = manifest.to_bytes().unwrap();
    let mut contents = Contents::new(&case, &[]).unwrap();
    let mut add = |path, content: &[u8]| contents.add(path, content.to_vec()).unwrap();
    add(layout::dataset(&manifest.id).unwrap(), &manifest_bytes);
    add(layout::salt_key(manifest.salt_key), format!("{}\n", key.to_hex()).as_bytes());
    for (name, answer) in answers {
        add(layout::query(name).unwrap(), &answer.query.to_bytes().unwrap());
        add(layout::aggregate(name).unwrap(), answer.aggregate.as_bytes());
    }
    let figure = draft().bind(answers).unwrap();
    add(layout::figures(), &canonical::to_bytes(&[figure]).unwrap());
    let sealed = manifest.files[0].sha256;
    contents
        .add_large(layout::sealed(sealed), || Ok(Box::new(std::fs::File::open(parquet)?)))
        .unwrap();
    // Looked at, not acquired: an entry that has the hash is all that level 0 asks for.
    for (name, sha256) in [("item-parquet", sealed), ("item-manifest", Digest::of(manifest_bytes))]
    {
        log.append(act(Action::View, name, Some(sha256))).unwrap();
    }
    let list = contents.list().unwrap();
    let name = bundle::id(&list);
    log.append(act(Action::Export, name.as_str(), Some(list.sha256()))).unwrap();
    let info = Info {
        case: case.id.clone(),
        organization: Words::new("Example Mail").unwrap(),
        tool: Words::new("seawall bench").unwrap(),
        exported_at: time(),
    };
    bundle::export(folder, &contents, &list, log.reader(), &info).unwrap();
}

fn draft() -> Draft {
    Draft {
        id: "F-001".into(),
        label: "duration".into(),
        definition: "the sum of durations".into(),
        unit: "milliseconds".into(),
        query: "Q-003".into(),
        cell: Cell { group: serde_json::Map::new(), measure: "n".into() },
        over: None,
        rounding: Rounding::Exact,
    }
}

fn time() -> Time {
    Time::from_unix_seconds(1_701_950_400).unwrap()
}

fn act(action: Action, object: &str, object_sha256: Option<Digest>) -> Act {
    Act {
        time: time(),
        actor: Actor::new("ada").unwrap(),
        role: Role::new("analyst").unwrap(),
        action,
        object: Id::new(object).unwrap(),
        object_sha256,
        reason: Words::new("to measure").unwrap(),
        tool: Words::new("seawall bench").unwrap(),
        approval: None,
        body: None,
    }
}
