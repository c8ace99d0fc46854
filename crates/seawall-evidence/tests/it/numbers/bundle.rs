//! What does a bundle with numbers hold? A frozen dataset, two queries, two figures, a document and a run.

use seawall_evidence::{
    bundle::{self, Contents, layout},
    canonical,
    custody::{Act, Action, Companion, Release},
    dataset::Manifest,
    document::{Block, Case, Document, Kind, LiteralKind, Section, Source, Status, Text},
    figure::{Answer, Answers, Cell, Draft, Figure, Over, Rounding},
    hash::Digest,
    query::{Data, Limits, Measure, Of, Question, ask},
    run::{Input, Membership, Run},
    storage::Memory,
};

use crate::{
    dataset::world::World as Data230,
    support::{id, path, view, words},
    world::{World, act, people},
};

pub(super) const FIGURES: &str = "data/figures/figures.json";
pub(super) const QUERY: &str = "data/queries/Q-001.json";
pub(super) const AGGREGATE: &str = "data/aggregates/Q-001.ndjson";
pub(super) const DATASET: &str = "data/datasets/item-01HDATASET.json";
pub(super) const DOCUMENT: &str = "data/documents/D8-v1.json";
pub(super) const RUN: &str = "data/runs/run-1.json";
pub(super) const MEMBERS: [(&str, &str); 3] = [("b", "c-1"), ("a", "c-1"), ("c", "c-2")];
pub(super) const REPORT: &[u8] = b"{\"no\": \"model\"}";
const RENDERING: &[u8] = b"%PDF-1.7 custody report";

fn answers(data: &Data230, manifest: &Manifest) -> Answers {
    let paths = data.paths();
    let asked = |name: &str, group_by: &[&str]| {
        let question = Question {
            id: name.into(),
            dataset: manifest.id.clone(),
            conditions: Vec::new(),
            group_by: group_by.iter().map(|name| (*name).to_owned()).collect(),
            measures: vec![Measure { name: "accounts".into(), of: Of::Count, column: None }],
        };
        let (query, aggregate) =
            ask(&question, Data::new(manifest, &paths), Limits::default()).unwrap();
        (name.to_owned(), Answer { query, aggregate })
    };
    [asked("Q-001", &["country"]), asked("Q-002", &[])].into()
}

fn figures(answers: &Answers) -> Vec<Figure> {
    let group = || [("country".to_owned(), "VN".into())].into_iter().collect();
    let draft = |name: &str, over, rounding| Draft {
        id: name.into(),
        label: "accounts from one country".into(),
        definition: "events whose country is VN".into(),
        unit: "accounts".into(),
        query: "Q-001".into(),
        cell: Cell { group: group(), measure: "accounts".into() },
        over,
        rounding,
    };
    let all = Over {
        query: Some("Q-002".into()),
        group: serde_json::Map::new(),
        measure: "accounts".into(),
    };
    let drafts = [
        draft("F-001", None, Rounding::Exact),
        draft("F-002", Some(all), Rounding::PercentToTenth),
    ];
    drafts.map(|draft| draft.bind(answers).unwrap()).into()
}

fn document(figures: &[Figure], manifest: &Manifest) -> Document {
    let text = Text::new("In all ")
        .figure("F-001", figures[0].display.as_str())
        .text(" accounts, which is ")
        .figure("F-002", figures[1].display.as_str())
        .text(" of them.");
    let enclosed = Text::default().literal(LiteralKind::Identifier, Digest::of(REPORT).to_string());
    let source = |figure: &Figure| Source {
        figure: figure.draft.id.clone(),
        label: figure.draft.label.clone(),
        query: figure.draft.query.clone(),
        datasets: vec![manifest.root],
    };
    Document {
        kind: Kind::D8,
        part: None,
        version: 1,
        title: Text::new("Custody report"),
        case: Case { id: "case-1".into(), ..Case::default() },
        status: Status::Released,
        dated: "2023-12-07T12:00:00.000000000Z".into(),
        checkpoint: None,
        bates: None,
        exhibit: None,
        blocks: vec![Section {
            id: "results".into(),
            heading: Text::new("Results"),
            blocks: vec![
                Block::Paragraph { number: Some(1), text },
                Block::Paragraph { number: None, text: enclosed },
            ],
        }],
        sources: figures.iter().map(source).collect(),
    }
}

fn run() -> Run {
    let membership = Membership::new(MEMBERS.iter().copied()).unwrap();
    Run {
        id: id("run-1"),
        tool: words("seawall 0.1.0"),
        configuration_sha256: Digest::of("configuration"),
        manifest_sha256: Digest::of("manifest"),
        inputs: vec![Input { item: id("item-events"), sha256: Digest::of("the events") }],
        members: membership.members,
        membership_sha256: membership.sha256,
    }
}

/// Its bundle. Everything in it is in the log of its case, and the document has been released.
pub(super) fn numbers_bundle() -> Memory {
    let data = Data230::new();
    let manifest = data.freeze();
    let answers = answers(&data, &manifest);
    let figures = figures(&answers);
    let model = canonical::to_bytes(&document(&figures, &manifest)).unwrap();
    let manifest_bytes = manifest.to_bytes().unwrap();
    let run_bytes = run().to_bytes().unwrap();
    let parts = ["a.parquet", "b.parquet"].map(|name| fs_err::read(data.path(name)).unwrap());

    let mut world = World::new();
    let checkpoint = world.log.checkpoint().shown();
    let content_sha256 = Digest::of(RENDERING);
    let approval = world.agree("proposal-1", "release", content_sha256);
    let (document, recipient) = (id("D8"), words("the court"));
    let model_sha256 = Digest::of(&model);
    let companions = vec![Companion { extension: id("xarf.json"), sha256: Digest::of(REPORT) }];
    let release = Release {
        document,
        version: 1,
        model_sha256,
        content_sha256,
        recipient,
        checkpoint,
        companions,
    };
    world.append_act(|seconds| Act {
        approval: Some(approval),
        ..act(seconds, Action::Release, "D8", Some(content_sha256), &release)
    });
    // After the release, so that a forger who changes them need not forge what it prints of the log.
    world.item(Action::Acquire, "item-a", &parts[0], &[]);
    world.item(Action::Acquire, "item-b", &parts[1], &[]);
    world.item(Action::Derive, "item-manifest", &manifest_bytes, &["item-a", "item-b"]);
    world.item(Action::Derive, "item-run", &run_bytes, &["item-a"]);

    let mut contents = Contents::new(&world.case, &people()).unwrap();
    let mut add = |path, content: &[u8]| contents.add(path, content.to_vec()).unwrap();
    for part in &parts {
        add(layout::sealed(Digest::of(part)), part);
    }
    add(layout::dataset(&manifest.id).unwrap(), &manifest_bytes);
    add(layout::salt_key(manifest.salt_key), format!("{}\n", data.key.to_hex()).as_bytes());
    for (name, answer) in &answers {
        add(layout::query(name).unwrap(), &answer.query.to_bytes().unwrap());
        add(layout::aggregate(name).unwrap(), answer.aggregate.as_bytes());
    }
    add(layout::figures(), &canonical::to_bytes(&figures).unwrap());
    add(layout::model(&id("D8"), 1), &model);
    add(layout::rendering(&id("D8"), 1), RENDERING);
    add(layout::companion(&id("D8"), 1, &id("xarf.json")), REPORT);
    add(path(RUN), &run_bytes);
    let list = contents.list().unwrap();
    let name = bundle::id(&list);
    world.append_act(|seconds| Act {
        object: name,
        object_sha256: Some(list.sha256()),
        action: Action::Export,
        ..view(seconds)
    });
    let bundle = Memory::new();
    bundle::write(&bundle, &contents, &list, world.log.reader(), &world.info()).unwrap();
    bundle
}
