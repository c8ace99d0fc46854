//! What do the pages of a server do in a case? What the commands do, and no more.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    str::FromStr as _,
    sync::Arc,
};

use clap::ValueEnum;
use seawall_core::case::{
    Id, Record,
    people::{Person, Power},
    schedule::Schedule,
};
use seawall_evidence::{
    approval::Approval,
    canonical,
    custody::{Action, Approve, Entry, Propose},
    document::Document,
    hash::Digest,
    note::{Note, Verifier},
    text::{Actor, Role},
};
use seawall_server::console::cases::{
    Bundle, BundleFor, Case, CaseError, Cases, NewCase, Paper, Verified,
};

use super::{
    approve::{self, proposal},
    bundle::{self, Asked, ORGANIZATION},
    new, propose,
    vault::{Checked, GroundName, ProfileName, check, look},
};
use crate::{
    case::{Acting, Desk, MEMORY_BYTES_MAX, Place, Reading, items, now, to_core},
    console::Console,
    failure::{Exit, Failure},
};

/// Longest model and longest proposal that a page is made from.
const TEXT_BYTES_MAX: u64 = 32 << 20;
/// How far ahead of ours the clock of whoever signs may be.
const AHEAD_SECONDS: i64 = 300;

/// The cases of a folder, for pages.
#[derive(Debug)]
pub(crate) struct Offered {
    data: PathBuf,
}

impl Offered {
    /// Those in `data`, where their keys lie as well.
    pub(crate) fn of(data: &Path) -> Arc<dyn Cases> {
        Arc::new(Self { data: data.to_owned() })
    }

    fn place(&self, case: &str) -> Place {
        Place { data: Some(self.data.clone()), case: Some(case.to_owned()) }
    }

    fn acting(&self, case: &str, by: &str, reason: Option<&str>) -> Acting {
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
        let (place, who) = (self.place(case), Some(by.to_owned()));
        Acting { place, who, reason, at: None, seed: None, authorities: Vec::new() }
    }

    fn desk(&self, case: &str, by: &str, reason: Option<&str>) -> Result<Desk, CaseError> {
        Ok(Desk::open(&self.acting(case, by, reason), &mut Console::silent())?)
    }

    fn reading(&self, case: &str) -> Result<Reading, CaseError> {
        Ok(Reading::open(&self.place(case))?)
    }

    fn folder_of(&self, case: &str) -> PathBuf {
        self.data.join("bundles").join(case)
    }
}

/// What went wrong, by what it means for the exit code of a command.
impl From<Failure> for CaseError {
    fn from(failure: Failure) -> Self {
        let (messages, hints) = failure.texts();
        let text = messages.into_iter().chain(hints).collect::<Vec<_>>().join(". ");
        match failure.exit() {
            Exit::NoInput => Self::NotThere(text),
            Exit::Integrity => Self::Damaged(text),
            Exit::Permission => Self::Refused(text),
            Exit::Conflict => Self::Conflict(text),
            Exit::Usage | Exit::Findings => Self::Wrong(text),
            Exit::Failed => Self::Failed(text),
        }
    }
}

/// A text that the form of the case does not allow.
fn wrong(error: impl std::fmt::Display) -> CaseError {
    CaseError::Wrong(error.to_string())
}

impl Cases for Offered {
    fn ids(&self) -> Result<Vec<String>, CaseError> {
        Ok(Place { data: Some(self.data.clone()), case: None }.ids()?)
    }

    fn read(&self, case: &str) -> Result<Case, CaseError> {
        let Reading { file, entries, checkpoint, state, vault } = self.reading(case)?;
        let latest = state.schedules.last().and_then(|latest| state.items.get(&latest.item));
        let schedule = latest.map(|item| {
            let sha256: Digest = item.facts.sha256.as_str().parse()?;
            Ok::<Schedule, Failure>(serde_json::from_slice(&vault.read(sha256, TEXT_BYTES_MAX)?)?)
        });
        Ok(Case { file, entries, checkpoint, schedule: schedule.transpose()?, state })
    }

    fn papers(&self, case: &str) -> Result<BTreeMap<(Id, u64), Paper>, CaseError> {
        let reading = self.reading(case)?;
        let mut papers = BTreeMap::new();
        for (key, record) in &reading.state.documents {
            let model = reading.state.item(&record.model).map_err(crate::case::failure)?;
            if model.state == seawall_core::case::state::ItemState::Disposed {
                continue;
            }
            let read = || -> Result<Document, Failure> {
                let sha256 = model.facts.sha256.as_str().parse()?;
                Ok(canonical::parse(&reading.vault.read(sha256, TEXT_BYTES_MAX)?)?)
            };
            let model = read()?;
            let figures = model.sources.iter().map(|source| source.figure.clone()).collect();
            let paper = Paper { title: model.title.plain(), bates: model.bates, figures };
            papers.insert(key.clone(), paper);
        }
        Ok(papers)
    }

    fn proposed(&self, case: &str, of: &[Id]) -> Result<BTreeMap<Id, String>, CaseError> {
        let reading = self.reading(case)?;
        let mut contents = BTreeMap::new();
        for id in of {
            let propose = proposal(&reading.entries, id.as_str())?;
            let item = items(&reading.entries).find(|item| item.sha256 == propose.content_sha256);
            // A document is looked at as a document, and the log tells of it.
            let is_act = item.is_some_and(|item| item.media_type.as_str() == "application/json");
            if is_act {
                let content = reading.vault.read(propose.content_sha256, TEXT_BYTES_MAX);
                if let Ok(text) = String::from_utf8(content.map_err(Failure::from)?) {
                    contents.insert(id.clone(), text);
                }
            }
        }
        Ok(contents)
    }

    fn open(&self, new: &NewCase) -> Result<(), CaseError> {
        let key = Verifier::from_str(&new.public_key).map_err(wrong)?;
        let by = key.name().to_owned();
        let opening = new::New {
            id: &new.id,
            title: &new.title,
            origin: &new.origin,
            kind: new.kind,
            docket: None,
            key: Some(key),
        };
        new::open(&opening, &self.acting(&new.id, &by, Some(&new.reason)))?;
        Ok(())
    }

    fn verify(&self, case: &str, by: Option<&str>) -> Result<Verified, CaseError> {
        // The log is read again, entry by entry, against its checkpoint and the rules.
        let Reading { entries, state, vault, file, .. } = self.reading(case)?;
        let Checked { objects, mut problems, said } = check(&entries, &state, &vault)?;
        let (approvals, void) = approvals(&entries);
        problems.extend(void);
        if let Some(by) = by {
            let mut desk = self.desk(case, by, None)?;
            let act = desk.act(Action::Verify, file.id, &said)?;
            desk.write(vec![act])?;
        }
        let entries = entries.len();
        Ok(Verified { entries, objects, approvals, problems, logged: by.is_some() })
    }

    fn look(
        &self,
        case: &str,
        by: &str,
        (document, version): (&str, u64),
        purpose: &str,
    ) -> Result<Vec<u8>, CaseError> {
        let mut desk = self.desk(case, by, Some(purpose))?;
        let id: Id = document.parse().map_err(wrong)?;
        let record = desk.state.documents.get(&(id, version)).ok_or_else(|| {
            CaseError::NotThere(format!("there is no version {version} of {document}"))
        })?;
        let item = desk.item(record.rendering.clone().as_str())?;
        let sha256 = item.sha256;
        look(&mut desk, item, Some(purpose))?;
        Ok(desk.vault.read(sha256, MEMORY_BYTES_MAX).map_err(Failure::from)?)
    }

    fn propose_release(
        &self,
        case: &str,
        by: &str,
        document: &str,
        sha256: &str,
    ) -> Result<String, CaseError> {
        let mut desk = self.desk(case, by, None)?;
        let latest = propose::final_version(&desk, document)?;
        if latest.sha256.as_str() != sha256 {
            let text = format!("there is another version of {document} now, {}", latest.version);
            return Err(CaseError::Conflict(text));
        }
        let content: Digest = sha256.parse().map_err(wrong)?;
        let why = format!("release {document} v{}", latest.version);
        let (id, act) = desk.proposal(Power::Release, content, &why)?;
        desk.write(vec![act])?;
        Ok(id.to_string())
    }

    fn to_sign(&self, case: &str, by: &str, id: &str) -> Result<String, CaseError> {
        let reading = self.reading(case)?;
        let propose = proposal(&reading.entries, id)?;
        let person = reading.state.person(&by.parse().map_err(wrong)?);
        let role = person.map_err(crate::case::failure)?.role;
        let known = reading.state.proposals.get(&to_core(&propose.id)).map(|it| &it.proposal);
        let approver = Role::new(role.name()).map_err(wrong)?;
        let actor = Actor::new(by).map_err(wrong)?;
        let approval = Approval::of(&propose, actor, approver, now(None)?).map_err(refused)?;
        if known
            .is_some_and(|known| !seawall_core::case::people::right(role, known.power).approves())
        {
            return Err(CaseError::Refused(format!("{} does not approve this", role.name())));
        }
        approval.text().map_err(refused)
    }

    fn approve(&self, case: &str, by: &str, id: &str, note: &str) -> Result<usize, CaseError> {
        let mut desk = self.desk(case, by, None)?;
        let propose = proposal(&desk.entries, id)?;
        let proposed = desk
            .entries
            .iter()
            .find(|entry| entry.action == Action::Propose && entry.object == propose.id);
        let since = proposed.map(|entry| entry.time);
        // A browser sends lines as forms have them; a note has them its own way.
        let note = note.replace("\r\n", "\n");
        let (_, missing) = approve::approve(&mut desk, &propose, &mut |desk| {
            let usage = |error: &dyn std::fmt::Display| Failure::new(Exit::Usage, error);
            let parsed = Note::parse(note.as_bytes()).map_err(|error| usage(&error))?;
            let signed = Approval::read(&parsed).map_err(|error| usage(&error))?;
            if signed.role.as_str() != desk.role.name() {
                return Err(usage(&format!(
                    "it was signed as {}, not {}",
                    signed.role,
                    desk.role.name()
                )));
            }
            let ahead = signed.time.timestamp().duration_since(desk.now.timestamp());
            if since.is_some_and(|since| signed.time < since) || ahead.as_secs() > AHEAD_SECONDS {
                return Err(usage(&"it was signed before it was proposed, or has a time to come"));
            }
            Ok(note.clone())
        })?;
        Ok(missing)
    }

    fn export(&self, case: &str, by: &str, to: &BundleFor) -> Result<Bundle, CaseError> {
        let mut desk = self.desk(case, by, None)?;
        let folder = self.folder_of(case);
        private(&folder)?;
        // The next entry tells of it.
        let seq = desk.log.checkpoint().size;
        let nobody = || wrong("nobody outside is shown that much");
        let asked = Asked {
            out: folder.join(numbered(seq)),
            to: name(&to.recipient).ok_or_else(nobody)?,
            ground: to
                .ground
                .as_ref()
                .map(|it| name::<GroundName, _>(it).ok_or_else(nobody))
                .transpose()?,
            profile: name::<ProfileName, _>(&to.profile).ok_or_else(nobody)?,
            organization: ORGANIZATION.to_owned(),
            without_sealed: to.without_sealed,
        };
        let exported = bundle::export(&mut desk, &asked, &mut |_| {})?;
        Ok(Bundle { seq, id: exported.id.to_string(), withheld: exported.withheld })
    }

    fn bundle(&self, case: &str, seq: u64) -> Result<PathBuf, CaseError> {
        let case: Id = case.parse().map_err(wrong)?;
        let folder = self.folder_of(case.as_str()).join(numbered(seq));
        if folder.join("bagit.txt").try_exists().map_err(Failure::from)? {
            return Ok(folder);
        }
        Err(CaseError::NotThere(format!("the bundle of entry {seq} does not lie here")))
    }
}

fn numbered(seq: u64) -> String {
    format!("{seq:08}")
}

/// Who may not approve, or does not in this role.
fn refused(error: seawall_evidence::approval::Error) -> CaseError {
    match error {
        own @ seawall_evidence::approval::Error::Own(_) => CaseError::Refused(own.to_string()),
        other => CaseError::Wrong(other.to_string()),
    }
}

/// The name that commands have for it, where they have one.
fn name<N: ValueEnum + Into<C>, C: PartialEq>(wanted: &C) -> Option<N> {
    N::value_variants().iter().find(|name| (*name).clone().into() == *wanted).cloned()
}

/// What leaves a case in clear is for whoever runs the server, and nobody else on this machine.
fn private(folder: &Path) -> Result<(), Failure> {
    fs_err::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// How many approvals there are, and which do not hold: each is verified with the key that its approver had then.
fn approvals(entries: &[Entry]) -> (usize, Vec<String>) {
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    let (mut count, mut void) = (0, Vec::new());
    for entry in entries {
        match entry.action {
            Action::Record => {
                if let Ok(Record::Person(Person { id, public_key, .. })) = entry.body() {
                    keys.insert(id.to_string(), public_key);
                }
            }
            Action::Approve => {
                count += 1;
                if let Err(why) = holds(entry, entries, &keys) {
                    void.push(format!("the approval of entry {}: {why}", entry.seq));
                }
            }
            _ => {}
        }
    }
    (count, void)
}

fn holds(entry: &Entry, entries: &[Entry], keys: &BTreeMap<String, String>) -> Result<(), String> {
    let approve: Approve = entry.body().map_err(|error| error.to_string())?;
    let propose: Propose = proposal(entries, approve.proposal.as_str())
        .map_err(|failure| failure.texts().0.join(". "))?;
    let key = keys.get(approve.approver.as_str()).ok_or("nobody knows the key of its approver")?;
    let verifier: Verifier = key.parse().map_err(|_| "the key of its approver is none")?;
    let approval = Approval::entered(&approve, &propose, &verifier);
    approval.map(drop).map_err(|error| error.to_string())
}
