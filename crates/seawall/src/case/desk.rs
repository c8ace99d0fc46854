//! Who acts in which case, and what do they write down? A case that is open for writing.

use std::sync::Arc;

use clap::Args;
use rand::rngs::StdRng;
use seawall_core::case::{
    CaseState, Record,
    fold::Misfit,
    people::{Refusal, Role},
    state::ItemState,
};
use seawall_evidence::{
    case_file::CaseFile,
    custody::{self, Act, Action, CheckpointShown, CustodyLog, Entry},
    hash::Digest,
    storage::{Folder, Storage},
    text::{Actor, Id, Words},
    time::Time,
    vault::{Recovered, Said, Vault},
};
use serde::Serialize;
use serde_json::Value;

use super::{
    chance,
    change::{self, to_words},
    keys::KeyRing,
    leaving,
    place::{Place, case_file, log_folder},
};
use crate::{
    config::{Authority, Settings},
    console::Console,
    failure::{Exit, Failure},
};

/// Who acts, why, and in which case.
#[derive(Clone, Debug, Args)]
pub(crate) struct Acting {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Who acts: the name of a person of the case
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub(crate) who: Option<String>,
    /// Why, in one line; it stands in the custody log
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// The time to write down instead of the clock's, for examples
    #[arg(long, global = true, value_name = "TIME", hide = true)]
    pub(crate) at: Option<String>,
    /// Where chance comes from, for examples that shall repeat: never for a real case
    #[arg(long, global = true, value_name = "TEXT", hide = true)]
    pub(crate) seed: Option<String>,
    /// Who dates seals.
    #[arg(skip)]
    pub(crate) authorities: Vec<Authority>,
}

impl Acting {
    /// What the settings say where no flag does.
    pub(crate) fn with(mut self, settings: &Settings) -> Self {
        self.place.data = self.place.data.or_else(|| settings.case_data.clone());
        self.who = self.who.or_else(|| settings.case_person.clone());
        self.authorities.clone_from(&settings.authorities);
        self
    }

    /// The name of whoever acts.
    pub(crate) fn name(&self) -> Result<&str, Failure> {
        self.who.as_deref().ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                "who acts?\nhint: say so with --as NAME, a person of the case",
            )
        })
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Written {
    /// Position of the last entry.
    pub(crate) seq: u64,
    /// The log after it.
    pub(crate) checkpoint: CheckpointShown,
}

/// A case that is open for writing, and whoever writes.
pub(crate) struct Desk {
    pub(crate) file: CaseFile,
    pub(crate) folder: Folder,
    pub(crate) log: CustodyLog,
    /// Every entry of the log, read once.
    pub(crate) entries: Vec<Entry>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) state: CaseState,
    pub(crate) chance: StdRng,
    pub(crate) now: Time,
    pub(crate) actor: Actor,
    pub(crate) role: Role,
    pub(crate) keys: KeyRing,
    stated_reason: Option<String>,
    ids_made: u64,
}

/// Acts that are written, and not acknowledged yet.
pub(crate) struct Prepared {
    pub(crate) log: custody::Prepared,
    acts: Vec<Act>,
    next: CaseState,
}

/// The program as it stands in entries.
pub(crate) fn tool() -> Words {
    Words::new(format!("seawall {}", env!("CARGO_PKG_VERSION"))).expect("one line")
}

impl Desk {
    /// Opens the case that `acting` means, and says what a crash left behind.
    pub(crate) fn open(acting: &Acting, console: &mut Console) -> Result<Self, Failure> {
        let id = acting.place.id()?;
        let folder = acting.place.folder(&id);
        let storage: Arc<dyn Storage> = Arc::new(folder.clone());
        let keys = KeyRing::new(acting.place.data());
        let file = case_file(&*storage, &id)?;
        let vault = Arc::new(Vault::new(Arc::clone(&storage), keys.case_key(&id)?));
        let mut entries = Vec::new();
        let (log, left) = CustodyLog::open(
            Arc::clone(&storage),
            log_folder(),
            keys.log_key(&id)?,
            &mut |entry| {
                entries.push(entry);
            },
        )?;
        if log.signer().verifier() != &file.verifier()? {
            return Err(Failure::new(
                Exit::Integrity,
                "the key of the log is not the one that `case.json` names",
            ));
        }
        if !left.files.is_empty() {
            console.note(
                "removed",
                format!("{} that a crash left behind, never acknowledged", left.files.len()),
            )?;
        }
        let state = change::state_of(&entries, &vault)?;
        recover(&vault, &state, console)?;
        leaving::recover(&*storage, &entries, console)?;
        let name = acting.name()?;
        let actor = Actor::new(name).map_err(|error| Failure::new(Exit::Usage, error))?;
        let person: seawall_core::case::Id =
            name.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
        let role = state.person(&person).map_err(failure)?.role;
        let chance = chance::chance(acting.seed.as_deref(), &id, log.checkpoint().size)?;
        Ok(Self {
            file,
            folder,
            log,
            entries,
            vault,
            state,
            chance,
            now: chance::now(acting.at.as_deref())?,
            actor,
            role,
            keys,
            stated_reason: acting.reason.clone(),
            ids_made: 0,
        })
    }

    /// Lets time pass: what took a while is written down with when it ended. Never back.
    pub(crate) fn tick(&mut self, stated: Option<&str>) -> Result<(), Failure> {
        self.now = self.now.max(chance::now(stated)?);
        Ok(())
    }

    /// A new id: its time is that of the act, the rest of it follows from the log, so that the same acts give the
    /// same ids.
    pub(crate) fn new_id(&mut self, prefix: &str) -> Id {
        self.ids_made += 1;
        let checkpoint = self.log.checkpoint();
        let text = format!("{}\n{}\n{}", checkpoint.root, checkpoint.size, self.ids_made);
        let bytes = *Digest::of(text).as_bytes();
        let random = u128::from_be_bytes(bytes[..16].try_into().expect("16 bytes of 32"));
        let milliseconds = self.now.timestamp().as_millisecond().unsigned_abs();
        let ulid = ulid::Ulid::from_parts(milliseconds, random);
        Id::new(format!("{prefix}-{ulid}")).expect("a prefix and a ULID")
    }

    /// The reason that was stated, or what the command says of itself.
    pub(crate) fn reason(&self, otherwise: &str) -> Result<Words, Failure> {
        to_words(self.stated_reason.as_deref().unwrap_or(otherwise))
    }

    /// An act of whoever acts, without content.
    pub(crate) fn act(&self, action: Action, object: Id, reason: &str) -> Result<Act, Failure> {
        Ok(Act {
            time: self.now,
            actor: self.actor.clone(),
            role: seawall_evidence::text::Role::new(self.role.name())?,
            action,
            object,
            object_sha256: None,
            reason: self.reason(reason)?,
            tool: tool(),
            approval: None,
            body: None,
        })
    }

    /// An act that records something.
    pub(crate) fn record(&self, object: Id, record: &Record, reason: &str) -> Result<Act, Failure> {
        let body = Some(value(record)?);
        Ok(Act { body, ..self.act(Action::Record, object, reason)? })
    }

    /// Writes the acts down, all or none, if the case allows each of them. A refusal is written down as well.
    pub(crate) fn write(&mut self, acts: Vec<Act>) -> Result<Written, Failure> {
        let prepared = self.prepare(acts)?;
        self.acknowledge(prepared)
    }

    /// As [`Desk::write`], up to where the acts can be read, and are not acknowledged yet.
    pub(crate) fn prepare(&mut self, acts: Vec<Act>) -> Result<Prepared, Failure> {
        let next = self.allowed(&acts)?;
        Ok(Prepared { log: self.log.prepare(acts.clone())?, acts, next })
    }

    /// Acknowledges acts that were prepared.
    pub(crate) fn acknowledge(&mut self, prepared: Prepared) -> Result<Written, Failure> {
        self.log.acknowledge(prepared.log)?;
        self.acknowledged(prepared.acts);
        self.state = prepared.next;
        Ok(self.written())
    }

    /// Notes acts that have just come into the log, and that the objects of which they speak stay.
    fn acknowledged(&mut self, acts: Vec<Act>) {
        for act in &acts {
            let brought = act.object_sha256.filter(|_| act.action.brings_item());
            // The entry is in: a mark that stays is taken away when the case is opened next.
            let _ = brought.map(|sha256| self.vault.settle(sha256));
        }
        let first = self.entries.len() as u64;
        self.entries.extend(acts.into_iter().zip(first..).map(|(act, seq)| Entry::new(seq, act)));
    }

    /// The state after the acts, if the case allows each of them; nothing but a refusal is written down.
    pub(crate) fn allowed(&mut self, acts: &[Act]) -> Result<CaseState, Failure> {
        let first = self.log.checkpoint().size;
        let mut next = self.state.clone();
        for (act, seq) in acts.iter().zip(first..) {
            let entry = Entry::new(seq, act.clone());
            let made = change::made(&entry, &self.vault)?;
            if let Err(misfit) = next.apply(&made) {
                return Err(self.misfits(act, &misfit)?);
            }
        }
        Ok(next)
    }

    /// Where the log stands.
    pub(crate) fn written(&self) -> Written {
        written(&self.log)
    }

    /// What to say of an act that the case does not allow. Where somebody's right was lacking, it is written down.
    fn misfits(&mut self, act: &Act, misfit: &Misfit) -> Result<Failure, Failure> {
        let rights = matches!(
            misfit,
            Misfit::Refusal(_)
                | Misfit::NeedsApproval(_)
                | Misfit::OtherApproval(_)
                | Misfit::MissingApproval(_)
                | Misfit::Kept(_)
                | Misfit::Withheld { .. }
        );
        let failure = failure(misfit.clone());
        if rights {
            self.deny(act, &failure.texts().0.join("; "))?;
        }
        Ok(failure)
    }

    /// Writes down that an act was refused, and why.
    pub(crate) fn deny(&mut self, act: &Act, why: &str) -> Result<(), Failure> {
        let denied = Act {
            action: Action::Denied,
            body: None,
            approval: None,
            reason: to_words(&format!("{}: {why}", act.action))?,
            ..act.clone()
        };
        self.log.append(denied.clone())?;
        self.acknowledged(vec![denied]);
        let entry = self.entries.last().expect("an entry was just added");
        self.state.apply(&change::made(entry, &self.vault)?).map_err(failure)
    }
}

/// Finishes what a crash left half done in the vault, and says so.
fn recover(vault: &Vault, state: &CaseState, console: &mut Console) -> Result<(), Failure> {
    let said = |sha256: Digest| {
        let sha256 = change::hash(sha256);
        let items = state.items.values().filter(|item| item.facts.sha256 == sha256);
        items.fold(Said::Nothing, |said, item| match (said, item.state) {
            (Said::Nothing | Said::Disposed, ItemState::Disposed) => Said::Disposed,
            _ => Said::Kept,
        })
    };
    for recovered in vault.recover(&said)? {
        match recovered {
            Recovered::Removed(sha256) => console.note(
                "removed",
                format!(
                    "object {sha256}: its entry was never acknowledged\nhint: take it in again"
                ),
            )?,
            Recovered::Disposed(sha256) => {
                console.note("disposed of", format!("object {sha256}, as the log says"))?;
            }
        }
    }
    Ok(())
}

/// A body as canonical JSON has it.
pub(crate) fn value<T: Serialize>(body: &T) -> Result<Value, Failure> {
    Ok(serde_json::to_value(body)?)
}

/// What a misfit means for the exit code.
pub(crate) fn failure(misfit: Misfit) -> Failure {
    let exit = match &misfit {
        Misfit::Refusal(Refusal::OtherContent)
        | Misfit::Step(_)
        | Misfit::Again { .. }
        | Misfit::Order(_)
        | Misfit::Kept(_)
        | Misfit::NotMeasured(_)
        | Misfit::Asset(_) => Exit::Conflict,
        Misfit::Unknown { .. } => Exit::NoInput,
        _ => Exit::Permission,
    };
    Failure::new(exit, misfit)
}

/// Where a log stands.
pub(crate) fn written(log: &CustodyLog) -> Written {
    let checkpoint = log.checkpoint().shown();
    Written { seq: checkpoint.size.saturating_sub(1), checkpoint }
}
