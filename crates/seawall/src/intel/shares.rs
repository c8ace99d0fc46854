//! What of ours may leave, who said so, and what was taken back? Each act is signed by whoever did it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seawall_core::case::Id;
use seawall_evidence::{
    hash::Digest,
    note::{Note, Verifier},
};
use seawall_intel::{
    misp::{Feed, FeedEvent},
    share::{Conditions, recalled},
    stix::{Object, write_bundle},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shelf::{Shelf, broken};
use crate::{
    case::KeyRing,
    failure::{Exit, Failure},
};

/// What a signed act begins with.
const MARK: &str = "seawall-share/v1\n";

/// What is shared: the same in both forms.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) conditions: Conditions,
    pub(crate) objects: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<FeedEvent>,
}

impl Content {
    /// What an approval is of.
    pub(crate) fn sha256(&self) -> Result<String, Failure> {
        Ok(Digest::of(serde_json::to_vec(self)?).to_string())
    }

    fn objects(&self) -> Result<Vec<Object>, Failure> {
        let objects = self.objects.iter().cloned();
        objects.map(|it| Object::new(it).map_err(broken)).collect()
    }
}

/// What was done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum Act {
    /// Somebody may act from now on. The first lets in themselves, everybody else is let in by somebody who is in.
    Join {
        person: Id,
        public_key: String,
    },
    Propose {
        id: String,
        about: String,
        sha256: String,
    },
    Approve {
        id: String,
        sha256: String,
    },
    Export {
        id: String,
    },
    Recall {
        id: String,
        reason: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    at: Timestamp,
    by: Id,
    #[serde(flatten)]
    act: Act,
}

/// A line as it is kept: a note (C2SP signed-note) over the line, by whoever acted, and what was proposed.
#[derive(Debug, Serialize, Deserialize)]
struct Signed {
    note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<Box<Content>>,
}

/// One thing that is shared, or is to be.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) id: String,
    /// What it is about, for those who decide: it does not leave.
    pub(crate) about: String,
    pub(crate) content: Content,
    pub(crate) proposed_by: Id,
    pub(crate) approved_by: Option<Id>,
    pub(crate) exported_at: Option<Timestamp>,
    pub(crate) recalled_at: Option<Timestamp>,
}

impl Share {
    /// How far it is.
    pub(crate) fn state(&self, now: Timestamp) -> &'static str {
        match (self.recalled_at, &self.approved_by) {
            (Some(_), _) => "recalled",
            _ if now >= self.content.conditions.expires_at() => "expired",
            (None, None) => "proposed",
            (None, Some(_)) if self.exported_at.is_some() => "exported",
            (None, Some(_)) => "approved",
        }
    }
}

/// Who may act, by name, with the key that checks what they sign.
pub(crate) type People = BTreeMap<Id, Verifier>;

/// What follows from all acts.
#[derive(Debug, Default)]
struct State {
    people: People,
    shares: Vec<Share>,
}

impl State {
    /// Takes an act in, if it is signed by whom it says.
    fn apply(&mut self, text: &str) -> Result<(), Failure> {
        let Signed { note, content } = serde_json::from_str(text).map_err(broken)?;
        let note = Note::parse(note.as_bytes()).map_err(broken)?;
        let line =
            note.text().strip_prefix(MARK).ok_or_else(|| broken("an act of another form"))?;
        let Line { at, by, act } = serde_json::from_str(line).map_err(broken)?;
        if let Act::Join { person, public_key } = &act {
            let verifier: Verifier = public_key.parse().map_err(broken)?;
            let first = self.people.is_empty();
            let let_in = if first { by == *person } else { self.people.contains_key(&by) };
            if !let_in || verifier.name() != person.as_str() || self.people.contains_key(person) {
                return Err(broken(format!("`{person}` cannot have been let in like that")));
            }
            self.people.insert(person.clone(), verifier);
        }
        let verifier = self.people.get(&by);
        let verifier = verifier.ok_or_else(|| broken(format!("nobody let `{by}` in")))?;
        note.verify(verifier).map_err(broken)?;
        match act {
            Act::Join { .. } => {}
            Act::Propose { id, about, sha256 } => {
                let content = *content.ok_or_else(|| broken(format!("`{id}` is empty")))?;
                if content.sha256()? != sha256 {
                    return Err(broken(format!("`{id}` is not what was proposed")));
                }
                self.shares.push(Share {
                    id,
                    about,
                    content,
                    proposed_by: by,
                    approved_by: None,
                    exported_at: None,
                    recalled_at: None,
                });
            }
            Act::Approve { id, sha256 } => {
                let share = find(&mut self.shares, &id)?;
                if share.proposed_by == by || share.content.sha256()? != sha256 {
                    return Err(broken(format!("`{id}` cannot have been approved like that")));
                }
                share.approved_by = Some(by);
            }
            Act::Export { id } => find(&mut self.shares, &id)?.exported_at = Some(at),
            Act::Recall { id, .. } => find(&mut self.shares, &id)?.recalled_at = Some(at),
        }
        Ok(())
    }
}

/// The journal of what is shared.
pub(crate) struct Shares {
    shelf: Shelf,
    keys: KeyRing,
}

impl Shares {
    pub(super) const fn new(shelf: Shelf, keys: KeyRing) -> Self {
        Self { shelf, keys }
    }

    fn state(&self) -> Result<State, Failure> {
        let mut state = State::default();
        self.shelf.lines(&mut |text| state.apply(text))?;
        Ok(state)
    }

    /// Everything, in the order in which it was proposed.
    pub(crate) fn all(&self) -> Result<Vec<Share>, Failure> {
        Ok(self.state()?.shares)
    }

    /// Who may act.
    pub(crate) fn people(&self) -> Result<People, Failure> {
        Ok(self.state()?.people)
    }

    /// Lets somebody in, with a key of theirs or one that is made here. Whoever is first lets in themselves.
    pub(crate) fn join(
        &self,
        person: &Id,
        public_key: Option<Verifier>,
        (at, by): (Timestamp, Option<Id>),
        chance: &mut rand::rngs::StdRng,
    ) -> Result<Verifier, Failure> {
        let people = self.people()?;
        if people.contains_key(person) {
            return Err(Failure::new(Exit::Conflict, format!("`{person}` is in already")));
        }
        let Some(by) = by.or_else(|| people.is_empty().then(|| person.clone())) else {
            let text = "who lets them in?\nhint: --by PERSON, somebody of `seawall intel person`";
            return Err(Failure::new(Exit::Usage, text));
        };
        if people.is_empty() && by != *person {
            let text = format!(
                "nobody is in yet, so `{by}` cannot let anybody in\nhint: begin with `seawall intel person {by}`"
            );
            return Err(Failure::new(Exit::Permission, text));
        }
        let verifier = match public_key {
            Some(verifier) => verifier,
            None => self.keys.make_person_key(person.as_str(), chance)?.verifier().clone(),
        };
        if verifier.name() != person.as_str() {
            let text = format!("the key is that of `{}`, not of `{person}`", verifier.name());
            return Err(Failure::new(Exit::Usage, text));
        }
        let act = Act::Join { person: person.clone(), public_key: verifier.to_string() };
        self.write(at, by, act, None)?;
        Ok(verifier)
    }

    /// The one of that id.
    pub(crate) fn get(&self, id: &str) -> Result<Share, Failure> {
        self.all()?.into_iter().find(|share| share.id == id).ok_or_else(|| {
            let text =
                format!("there is no proposal `{id}`\nhint: `seawall intel shares` lists them");
            Failure::new(Exit::NoInput, text)
        })
    }

    fn write(
        &self,
        at: Timestamp,
        by: Id,
        act: Act,
        content: Option<Box<Content>>,
    ) -> Result<(), Failure> {
        if !matches!(act, Act::Join { .. }) && !self.people()?.contains_key(&by) {
            return Err(Failure::new(
                Exit::Permission,
                format!(
                    "`{by}` is nobody who may act here\nhint: `seawall intel person {by}` lets them in"
                ),
            ));
        }
        let signer = self.keys.person_key(by.as_str())?;
        let line = serde_json::to_string(&Line { at, by, act })?;
        let note = Note::sign(format!("{MARK}{line}\n"), &[&signer])?.to_string();
        self.shelf.append(&[serde_json::to_string(&Signed { note, content })?])
    }

    /// Proposes something; returns its id.
    pub(crate) fn propose(
        &self,
        about: String,
        content: Content,
        (at, by): (Timestamp, Id),
    ) -> Result<String, Failure> {
        let id = format!("share-{:04}", self.all()?.len() + 1);
        let act = Act::Propose { id: id.clone(), about, sha256: content.sha256()? };
        self.write(at, by, act, Some(Box::new(content)))?;
        Ok(id)
    }

    /// A second person approves a content, and no other.
    pub(crate) fn approve(
        &self,
        id: &str,
        sha256: &str,
        (at, by): (Timestamp, Id),
    ) -> Result<Share, Failure> {
        let share = self.get(id)?;
        if share.proposed_by == by {
            return Err(Failure::new(
                Exit::Permission,
                format!("`{by}` proposed `{id}`, and somebody else has to approve it"),
            ));
        }
        if share.content.sha256()? != sha256 {
            return Err(Failure::new(
                Exit::Conflict,
                format!(
                    "that is not the hash of `{id}`\nhint: look at it with `seawall intel shares {id}`"
                ),
            ));
        }
        if share.state(at) != "proposed" {
            return Err(Failure::new(Exit::Conflict, format!("`{id}` is {}", share.state(at))));
        }
        self.write(at, by, Act::Approve { id: id.to_owned(), sha256: sha256.to_owned() }, None)?;
        self.get(id)
    }

    /// Takes back what was shared.
    pub(crate) fn recall(
        &self,
        id: &str,
        reason: &str,
        (at, by): (Timestamp, Id),
    ) -> Result<(), Failure> {
        let share = self.get(id)?;
        if share.recalled_at.is_some() {
            return Err(Failure::new(Exit::Conflict, format!("`{id}` was recalled already")));
        }
        self.write(at, by, Act::Recall { id: id.to_owned(), reason: reason.to_owned() }, None)
    }

    /// What leaves, as files: names and contents. Only what was approved, has not expired, or takes back what left.
    pub(crate) fn export(
        &self,
        id: &str,
        misp: bool,
        (at, by): (Timestamp, Id),
    ) -> Result<Vec<(String, String)>, Failure> {
        let share = self.get(id)?;
        let state = share.state(at);
        if share.approved_by.is_none() || state == "expired" {
            let text = match state {
                "expired" => format!("`{id}` expired, and does not leave any more"),
                _ => format!(
                    "nobody approved `{id}`\nhint: `seawall intel approve {id} --sha256 {} --by PERSON`",
                    share.content.sha256()?
                ),
            };
            return Err(Failure::new(Exit::Permission, text));
        }
        let files = if misp { feed(&share)? } else { bundle(&share)? };
        self.write(at, by, Act::Export { id: id.to_owned() }, None)?;
        Ok(files)
    }
}

fn find<'a>(shares: &'a mut [Share], id: &str) -> Result<&'a mut Share, Failure> {
    let found = shares.iter_mut().find(|share| share.id == *id);
    found.ok_or_else(|| broken(format!("`{id}` was never proposed")))
}

fn bundle(share: &Share) -> Result<Vec<(String, String)>, Failure> {
    let mut objects = share.content.objects()?;
    if let Some(at) = share.recalled_at {
        objects = recalled(&objects, at);
    }
    let mut out = Vec::new();
    write_bundle(&mut out, &objects.iter().collect::<Vec<_>>())?;
    Ok(vec![("bundle.json".to_owned(), String::from_utf8(out)?)])
}

fn feed(share: &Share) -> Result<Vec<(String, String)>, Failure> {
    let Some(mut event) = share.content.event.clone() else {
        let text = format!("`{}` has no form for MISP\nhint: `--form stix`", share.id);
        return Err(Failure::new(Exit::Usage, text));
    };
    if let Some(at) = share.recalled_at {
        event.known.clear();
        event.info = format!("Recalled: {}", event.info);
        event.at = event.at.max(at);
    }
    Ok(Feed::of(&[event]).files)
}
