//! What of ours may leave, who said so, and what was taken back?

use jiff::Timestamp;
use seawall_core::case::Id;
use seawall_evidence::hash::Digest;
use seawall_intel::{
    misp::{Feed, FeedEvent},
    share::{Conditions, recalled},
    stix::{Object, write_bundle},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shelf::{Shelf, broken};
use crate::failure::{Exit, Failure};

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
    Propose { id: String, about: String, content: Box<Content> },
    Approve { id: String, sha256: String },
    Export { id: String },
    Recall { id: String, reason: String },
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    at: Timestamp,
    by: Id,
    #[serde(flatten)]
    act: Act,
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

/// The journal of what is shared.
#[derive(Debug)]
pub(crate) struct Shares(Shelf);

impl Shares {
    pub(super) const fn new(shelf: Shelf) -> Self {
        Self(shelf)
    }

    /// Everything, in the order in which it was proposed.
    pub(crate) fn all(&self) -> Result<Vec<Share>, Failure> {
        let mut shares: Vec<Share> = Vec::new();
        self.0.lines(&mut |text| {
            let Line { at, by, act } = serde_json::from_str(text).map_err(broken)?;
            match act {
                Act::Propose { id, about, content } => shares.push(Share {
                    id,
                    about,
                    content: *content,
                    proposed_by: by,
                    approved_by: None,
                    exported_at: None,
                    recalled_at: None,
                }),
                Act::Approve { id, .. } => find(&mut shares, &id)?.approved_by = Some(by),
                Act::Export { id } => find(&mut shares, &id)?.exported_at = Some(at),
                Act::Recall { id, .. } => find(&mut shares, &id)?.recalled_at = Some(at),
            }
            Ok(())
        })?;
        Ok(shares)
    }

    /// The one of that id.
    pub(crate) fn get(&self, id: &str) -> Result<Share, Failure> {
        self.all()?.into_iter().find(|share| share.id == id).ok_or_else(|| {
            let text =
                format!("there is no proposal `{id}`\nhint: `seawall intel shares` lists them");
            Failure::new(Exit::NoInput, text)
        })
    }

    fn write(&self, at: Timestamp, by: Id, act: Act) -> Result<(), Failure> {
        self.0.append(&[serde_json::to_string(&Line { at, by, act })?])
    }

    /// Proposes something; returns its id.
    pub(crate) fn propose(
        &self,
        about: String,
        content: Content,
        (at, by): (Timestamp, Id),
    ) -> Result<String, Failure> {
        let id = format!("share-{:04}", self.all()?.len() + 1);
        self.write(at, by, Act::Propose { id: id.clone(), about, content: Box::new(content) })?;
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
        self.write(at, by, Act::Approve { id: id.to_owned(), sha256: sha256.to_owned() })?;
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
        self.write(at, by, Act::Recall { id: id.to_owned(), reason: reason.to_owned() })
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
        self.write(at, by, Act::Export { id: id.to_owned() })?;
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
