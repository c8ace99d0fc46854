//! A keeper of one case, in memory: what stands in it is given, what is asked of it is noted.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use seawall_core::case::{
    CaseState, ContentHash, Id, Moment, Record,
    asset::{Asset, AssetRole, AssetType, EndState, Operator, OperatorKind},
    deadline::{Deadline, DeadlineKind},
    disclosure::{ContentClass, Privilege, Profile},
    fold::{CaseAsset, CaseItem, CaseProposal, ItemFacts},
    hold::Retention,
    people::{Person, Power, Proposal, Role},
    record::{AssetChange, CaseKind, CaseProfile, Docket, DocumentRecord, ScheduleRecord},
    schedule::{Row, Schedule},
    state::{AssetState, CaseStage, ItemState},
};
use seawall_evidence::{
    case_file::CaseFile,
    custody::{Act, Action, CheckpointShown, Entry},
    document::Bates,
    hash::Digest,
    item::{self, Clock, Item, ItemKind, Origin},
    note::Signer,
    text::{self, Actor, Words},
    time::Time,
};
use seawall_server::console::cases::{
    Bundle, BundleFor, Case, CaseError, Cases, NewCase, Paper, Verified,
};
use serde_json::{Value, json};

/// The id of the case.
pub(super) const ID: &str = "storm";

/// One case, others that are only looked at, and all that was asked of the one.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) case: Result<Case, CaseError>,
    pub(super) others: BTreeMap<String, Result<Case, CaseError>>,
    pub(super) papers: BTreeMap<(Id, u64), Paper>,
    pub(super) problems: Vec<String>,
    pub(super) bundle: PathBuf,
    pub(super) asked: Mutex<Vec<String>>,
}

impl Kept {
    pub(super) fn of(text: &str) -> Self {
        let bates = Bates { prefix: line(text), first: 1, last: 3 };
        let paper = Paper { title: text.to_owned(), bates: Some(bates), figures: Vec::new() };
        Self {
            case: Ok(case(text)),
            others: BTreeMap::new(),
            papers: BTreeMap::from([((id("D2"), 1), paper.clone()), ((id("D9-key"), 1), paper)]),
            problems: Vec::new(),
            bundle: PathBuf::new(),
            asked: Mutex::default(),
        }
    }

    pub(super) fn told(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, what: String) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }
}

impl Cases for Kept {
    fn ids(&self) -> Result<Vec<String>, CaseError> {
        Ok(self.others.keys().cloned().chain([ID.to_owned()]).collect())
    }

    fn read(&self, case: &str) -> Result<Case, CaseError> {
        if case == ID {
            return self.case.clone();
        }
        if let Some(other) = self.others.get(case) {
            return other.clone();
        }
        Err(CaseError::NotThere(format!("there is no case {case}")))
    }

    fn papers(&self, _: &str) -> Result<BTreeMap<(Id, u64), Paper>, CaseError> {
        Ok(self.papers.clone())
    }

    fn proposed(&self, _: &str, of: &[Id]) -> Result<BTreeMap<Id, String>, CaseError> {
        let content = "{\"to\":\"approved\"}".to_owned();
        Ok(of.iter().take(1).map(|_| (id("proposal-1"), content.clone())).collect())
    }

    fn open(&self, new: &NewCase) -> Result<(), CaseError> {
        self.note(format!("open {} {} {}", new.id, new.public_key, new.reason));
        Ok(())
    }

    fn verify(&self, _: &str, by: Option<&str>) -> Result<Verified, CaseError> {
        self.note(format!("verify {by:?}"));
        let (problems, logged) = (self.problems.clone(), by.is_some());
        Ok(Verified { entries: 8, objects: 2, approvals: 1, problems, logged })
    }

    fn look(
        &self,
        _: &str,
        by: &str,
        (document, version): (&str, u64),
        purpose: &str,
    ) -> Result<Vec<u8>, CaseError> {
        self.note(format!("look {by} {document} {version} {purpose}"));
        Ok(b"%PDF-1.7".to_vec())
    }

    fn propose_release(&self, _: &str, by: &str, what: &str, _: &str) -> Result<String, CaseError> {
        self.note(format!("propose {by} {what}"));
        Err(CaseError::Refused("analyst may not propose that".to_owned()))
    }

    fn to_sign(&self, _: &str, by: &str, proposal: &str) -> Result<String, CaseError> {
        Ok(format!("seawall-approval/v1\n{by} {proposal}\n"))
    }

    fn approve(&self, _: &str, by: &str, proposal: &str, note: &str) -> Result<usize, CaseError> {
        self.note(format!("approve {by} {proposal} {}", note.len()));
        if note == "forged" {
            return Err(CaseError::Wrong("not a signed note".to_owned()));
        }
        Ok(0)
    }

    fn export(&self, _: &str, by: &str, to: &BundleFor) -> Result<Bundle, CaseError> {
        self.note(format!("export {by} {:?} {:?}", to.recipient, to.profile));
        Ok(Bundle { seq: 7, id: "bundle-0123456789abcdef".to_owned(), withheld: Vec::new() })
    }

    fn bundle(&self, _: &str, seq: u64) -> Result<PathBuf, CaseError> {
        let nothing = || CaseError::NotThere("not here".to_owned());
        (seq == 7 && self.bundle.is_dir()).then(|| self.bundle.clone()).ok_or_else(nothing)
    }
}

fn id(text: &str) -> Id {
    text.parse().expect("an id")
}

fn hash(letter: char) -> ContentHash {
    letter.to_string().repeat(64).parse().expect("a hash")
}

fn at(text: &str) -> Moment {
    text.parse().expect("a time")
}

/// The text without what no line of a log may hold.
fn line(text: &str) -> String {
    let plain: String = text.chars().filter(|own| !own.is_control()).take(900).collect();
    if plain.trim().is_empty() { "x".to_owned() } else { plain }
}

fn words(text: &str) -> Words {
    Words::new(line(text)).expect("one line")
}

fn actor(text: &str) -> Actor {
    let plain: String =
        line(text).chars().filter(|own| !own.is_whitespace() && *own != '+').take(60).collect();
    Actor::new(plain).expect("a name")
}

struct Log(Vec<Entry>);

impl Log {
    fn push(&mut self, who: &str, action: Action, object: &str, reason: &str, body: Option<Value>) {
        let seq = self.0.len() as u64;
        let sha256 = (action == Action::Export).then(|| Digest::of("list"));
        let act = Act {
            time: Time::from_unix_seconds(1_772_000_000 + 3_600 * seq as i64).expect("a time"),
            actor: actor(who),
            role: text::Role::new("analyst").expect("a role"),
            action,
            object: text::Id::new(object).expect("an id"),
            object_sha256: sha256,
            reason: words(reason),
            tool: words("seawall 0"),
            approval: None,
            body,
        };
        self.0.push(Entry::new(seq, act));
    }

    fn record(&mut self, object: &str, record: &Record) {
        let body = serde_json::to_value(record).expect("JSON");
        self.push("ana", Action::Record, object, "so it is", Some(body));
    }
}

/// An item, sealed or not, that tells of persons or does not.
fn item(name: &str, text: &str, personal_data: bool) -> Item {
    Item {
        id: text::Id::new(name).expect("an id"),
        kind: ItemKind::WebCapture,
        sha256: Digest::of(name),
        size: 12,
        media_type: words("text/html"),
        origin: Origin::Machine,
        acquired_at: Time::from_unix_seconds(1_772_000_000).expect("a time"),
        clock: Clock { synced: false, offset_milliseconds: None },
        acquired_by: actor(text),
        method: words(text),
        tool: words("seawall"),
        tool_version: words("0"),
        tool_sha256: None,
        source: words(&format!("source {text}")),
        source_time_zone: None,
        legal_basis: words("own record"),
        content_class: item::ContentClass::Public,
        personal_data,
        privilege: item::Privilege::None,
        ciphertext_sha256: None,
        derived_from: Vec::new(),
        dataset: None,
    }
}

fn kept(item: &Item, state: ItemState) -> (Id, CaseItem) {
    let facts = ItemFacts {
        id: id(item.id.as_str()),
        sha256: item.sha256.to_string().parse().expect("a hash"),
        class: ContentClass::Public,
        personal_data: item.personal_data,
        privilege: Privilege::None,
        retention: Retention::CaseEvidence,
        acquired_at: at("2026-02-25T00:00:00Z"),
        derived: false,
    };
    (id(item.id.as_str()), CaseItem { facts, state, cited: false })
}

fn operator(kind: OperatorKind, text: &str) -> Operator {
    Operator {
        kind,
        organisation: text.to_owned(),
        country: Some("US".to_owned()),
        iana_id: None,
        abuse_contact: Some(text.to_owned()),
        legal_contact: None,
        source: text.to_owned(),
        as_of: at("2026-02-25T00:00:00Z"),
    }
}

fn asset(name: &str, asset_type: AssetType, identifier: &str, text: &str) -> Asset {
    Asset {
        id: id(name),
        asset_type,
        identifier: identifier.to_owned(),
        role: AssetRole::Storefront,
        operators: vec![
            operator(OperatorKind::Registrar, text),
            operator(OperatorKind::Registry, text),
        ],
        jurisdiction_hook: None,
        collateral: None,
        used_by_operation: Vec::new(),
        attribution: None,
        dns_abuse: Vec::new(),
        end_state: None,
        successor_of: None,
    }
}

fn document(name: &str, sha256: char, personal_data: bool) -> DocumentRecord {
    DocumentRecord {
        id: id(name),
        version: 1,
        model: id("item-1"),
        rendering: id("item-1"),
        sha256: hash(sha256),
        is_final: true,
        personal_data,
        cites: vec![id("item-2")],
        profile: Some(Profile::CourtPublic),
        redactions: None,
        companions: Vec::new(),
        disclosure: None,
    }
}

fn person(name: &str, role: Role) -> (Id, Person) {
    let signer = Signer::from_seed(name, &[7; 32]).expect("a key");
    let public_key = signer.verifier().to_string();
    (id(name), Person { id: id(name), name: name.to_owned(), role, public_key })
}

fn proposal(name: &str, of: char, approvals: Vec<(u64, Id, Role)>) -> (Id, CaseProposal) {
    let proposal = Proposal {
        id: id(name),
        power: Power::Release,
        content_sha256: hash(of),
        proposer: id("lee"),
        personal_data: false,
    };
    (id(name), CaseProposal { proposal, approvals, used_by: None })
}

/// A case whose texts are all `text`.
fn case(text: &str) -> Case {
    let signer = Signer::from_seed("example.org/storm", &[9; 32]).expect("a key");
    let file = CaseFile {
        id: text::Id::new(ID).expect("an id"),
        title: words(text),
        origin: signer.name().to_owned(),
        public_key: signer.verifier().key(),
        opened_at: Time::from_unix_seconds(1_772_000_000).expect("a time"),
    };
    let items = [item("item-1", text, false), item("item-2", text, true)];
    let documents = [document("D2", 'd', false), document("D9-key", 'e', true)];
    let assets = [
        asset("asset-1", AssetType::Channel, text, text),
        asset("asset-2", AssetType::Mailbox, "jane.doe@mail.example", text),
        asset("asset-3", AssetType::Phone, "+1 555 0123 4567", text),
    ];
    let mut log = Log(Vec::new());
    log.push("ada", Action::Open, ID, text, Some(serde_json::to_value(&file).expect("JSON")));
    for item in &items {
        let body = serde_json::to_value(item).expect("JSON");
        log.push(text, Action::Acquire, item.id.as_str(), text, Some(body));
    }
    for own in &documents {
        log.record(own.id.as_str(), &Record::Document(own.clone()));
    }
    log.record("asset-1", &Record::Asset(Box::new(assets[0].clone())));
    log.push("lee", Action::Propose, "proposal-1", text, None);
    let told = json!({ "to": text, "profile": text, "withheld": [text] });
    log.push(text, Action::Export, "bundle-0123456789abcdef", text, Some(told));
    log.push("ana", Action::Denied, "item-2", text, None);
    let state = state(text, &items, &documents, assets);
    let checkpoint =
        CheckpointShown { size: log.0.len() as u64, root: Digest::of("the root of the log") };
    let schedule = Schedule { version: 1, rows: vec![row(text)] };
    Case { file, entries: log.0, checkpoint, state, schedule: Some(schedule) }
}

/// A case of that id with one asset more, which came to these states one after the other.
pub(super) fn ending(name: &str, text: &str, identifier: &str, states: &[AssetState]) -> Case {
    let mut case = case(text);
    case.file.id = seawall_evidence::text::Id::new(name).expect("an id");
    let own = asset("asset-4", AssetType::Domain, identifier, text);
    let mut log = Log(case.entries);
    log.record("asset-4", &Record::Asset(Box::new(own.clone())));
    for to in states {
        let change = AssetChange { asset: own.id.clone(), to: *to, item: None };
        log.record("asset-4", &Record::AssetState(change));
    }
    case.entries = log.0;
    let state = states.last().copied().unwrap_or(AssetState::Identified);
    case.state.assets.insert(own.id.clone(), CaseAsset { asset: own, state, verified_by: None });
    case
}

fn state(
    text: &str,
    items: &[Item; 2],
    documents: &[DocumentRecord; 2],
    assets: [Asset; 3],
) -> CaseState {
    let states = [AssetState::Scheduled, AssetState::Attributed, AssetState::Executed];
    let deadline = Deadline {
        id: id("deadline-1"),
        kind: DeadlineKind::TroExpiry,
        from: at("2026-02-25T00:00:00Z"),
        renewals: 0,
        set: None,
        source: id("item-1"),
        owner: id("cora"),
    };
    let schedule = ScheduleRecord {
        version: 1,
        item: id("item-1"),
        sha256: hash('f'),
        assets: vec![(1, id("asset-1"))],
        made_at: at("2026-02-25T10:00:00Z"),
    };
    let docket = Docket { court: text.to_owned(), number: text.to_owned() };
    CaseState {
        title: line(text),
        stage: Some(CaseStage::Review),
        profile: Some(CaseProfile {
            kind: CaseKind::Civil,
            responsible: id("ada"),
            docket: Some(docket),
        }),
        people: BTreeMap::from([
            person("ana", Role::Analyst),
            person("lee", Role::Lead),
            person("cora", Role::Counsel),
        ]),
        items: BTreeMap::from([
            kept(&items[0], ItemState::Sealed),
            kept(&items[1], ItemState::Disputed),
        ]),
        documents: documents.iter().map(|own| ((own.id.clone(), 1), own.clone())).collect(),
        assets: assets
            .into_iter()
            .zip(states)
            .map(|(asset, state)| (asset.id.clone(), CaseAsset { asset, state, verified_by: None }))
            .collect(),
        schedules: vec![schedule],
        deadlines: BTreeMap::from([(id("deadline-1"), deadline)]),
        proposals: BTreeMap::from([
            proposal("proposal-1", 'd', Vec::new()),
            proposal("proposal-2", 'e', vec![(8, id("cora"), Role::Counsel)]),
        ]),
        ..CaseState::default()
    }
}

fn row(text: &str) -> Row {
    Row {
        number: 1,
        asset: id("asset-1"),
        asset_type: AssetType::Domain,
        identifier: text.to_owned(),
        display: text.to_owned(),
        top_level: None,
        role: AssetRole::Storefront,
        respondents: vec![
            operator(OperatorKind::Registrar, text),
            operator(OperatorKind::Registry, text),
        ],
        created_at: None,
        expires_at: Some(at("2027-01-01T00:00:00Z")),
        name_servers: vec![text.to_owned()],
        statuses: vec![text.to_owned()],
        proof: Vec::new(),
        collateral: text.to_owned(),
        end_state: EndState::default(),
        snapshot_sha256: hash('a'),
        snapshot_at: at("2026-02-25T09:00:00Z"),
    }
}
