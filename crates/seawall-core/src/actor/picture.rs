//! What is known of actors now? A fold over the journal, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    entry::{Assertion, Entry, Record, Relation, Source, Stance, TEXT_BYTES_MAX, Target, Thing},
    grade::{Alternative, Confidence},
};

/// What a claim says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimKey {
    /// Of which thing.
    pub subject: String,
    /// How it relates.
    pub relation: Relation,
    /// To what.
    pub target: Target,
}

/// A claim: one statement, and everybody who says that it is so, or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// What was said last by each source that supports it, by name.
    pub supports: BTreeMap<String, Assertion>,
    /// The same of those who contradict.
    pub contradicts: BTreeMap<String, Assertion>,
    /// Sources that took back what they said.
    pub withdrawn: BTreeSet<String>,
    /// When it was first said.
    pub first_asserted_at: Option<Timestamp>,
    /// When it was last said.
    pub last_asserted_at: Option<Timestamp>,
    /// What else was thought of.
    pub alternatives: Vec<Alternative>,
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nobody says so any more.
    Withdrawn,
    /// Some say that it is so, others that it is not.
    Contradicted,
    /// One source alone says so.
    OneSource,
    /// Several sources say so.
    Corroborated,
}

impl Standing {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Contradicted => "contradicted",
            Self::OneSource => "one source",
            Self::Corroborated => "corroborated",
        }
    }
}

impl Claim {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        match (self.supports.len(), self.contradicts.len()) {
            (0, _) => Standing::Withdrawn,
            (_, 1..) => Standing::Contradicted,
            (1, 0) => Standing::OneSource,
            _ => Standing::Corroborated,
        }
    }

    /// How sure it is, by what it rests on. High takes two sources, good ones, nobody who contradicts, and another
    /// explanation that was weighed; one source alone, or somebody who contradicts, makes it low, whatever the source
    /// says of itself.
    pub fn assessed(&self) -> Confidence {
        let good = self.supports.values().filter_map(|said| said.grade).filter(|it| it.is_good());
        let weighed = self.alternatives.iter().any(Alternative::is_weighed);
        match self.standing() {
            Standing::Withdrawn | Standing::Contradicted | Standing::OneSource => Confidence::Low,
            Standing::Corroborated if good.count() >= 2 && weighed => Confidence::High,
            Standing::Corroborated => Confidence::Moderate,
        }
    }

    /// What its sources say of how sure they are: the least and the greatest, 0 to 100.
    pub fn confidences(&self) -> Option<(u8, u8)> {
        let said = || self.supports.values().filter_map(|said| said.confidence);
        said().min().zip(said().max())
    }
}

/// Why an entry does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A text is empty, too long or has control characters.
    #[error("`{0}` must be one line of at most {TEXT_BYTES_MAX} bytes")]
    Text(&'static str),
    /// There is no such thing.
    #[error("there is no thing `{0}`\nhint: `seawall actor show` lists them")]
    Unknown(String),
    /// A relation to a text leads to a thing, or the other way round.
    #[error("`{}` leads to {}", .0.name(), if .0.is_of_text() { "a text" } else { "a thing" })]
    Target(Relation),
    /// More than a hundred.
    #[error("a confidence is 0 to 100")]
    Confidence,
    /// Nobody said so.
    #[error("nobody of that name says so")]
    NotSaid,
    /// A thing relates to itself.
    #[error("a thing does not relate to itself")]
    Self_,
}

/// What is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Things by id, with the sources that name them.
    pub things: BTreeMap<String, (Thing, BTreeSet<Source>)>,
    /// Claims.
    pub claims: BTreeMap<ClaimKey, Claim>,
}

impl Picture {
    /// The picture after every entry of a journal, or the number of the first that does not fit, and why.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Result<Self, (usize, Misfit)> {
        let mut picture = Self::default();
        for (number, record) in records.into_iter().enumerate() {
            picture.apply(record).map_err(|misfit| (number, misfit))?;
        }
        Ok(picture)
    }

    /// Takes an entry in. What it refuses never stands in a sound journal.
    pub fn apply(&mut self, record: &Record) -> Result<(), Misfit> {
        line("by", &record.by)?;
        match &record.entry {
            Entry::Thing { thing, source } => {
                line("id", &thing.id)?;
                line("name", &thing.name)?;
                line("source", &source.name)?;
                let known = self.things.entry(thing.id.clone());
                let (known, sources) = known.or_insert_with(|| (thing.clone(), BTreeSet::new()));
                known.clone_from(thing);
                sources.insert(source.clone());
                Ok(())
            }
            Entry::Assert { assertion } => self.assert(assertion),
            Entry::Withdraw { subject, relation, target, source, reason } => {
                line("reason", reason)?;
                let claim = self.claim_mut(subject, *relation, target)?;
                let said = claim.supports.remove(source).or(claim.contradicts.remove(source));
                said.ok_or(Misfit::NotSaid)?;
                claim.withdrawn.insert(source.clone());
                Ok(())
            }
            Entry::Weigh { subject, relation, target, alternative } => {
                line("explanation", &alternative.explanation)?;
                line("against", &alternative.against)?;
                let claim = self.claim_mut(subject, *relation, target)?;
                if !claim.alternatives.contains(alternative) {
                    claim.alternatives.push(alternative.clone());
                }
                Ok(())
            }
        }
    }

    fn claim_mut(
        &mut self,
        subject: &str,
        relation: Relation,
        target: &Target,
    ) -> Result<&mut Claim, Misfit> {
        let key = ClaimKey { subject: subject.to_owned(), relation, target: target.clone() };
        self.claims.get_mut(&key).ok_or(Misfit::NotSaid)
    }

    fn assert(&mut self, said: &Assertion) -> Result<(), Misfit> {
        line("source", &said.source.name)?;
        line("target", said.target.as_str())?;
        if said.confidence.is_some_and(|confidence| confidence > 100) {
            return Err(Misfit::Confidence);
        }
        if !self.things.contains_key(&said.subject) {
            return Err(Misfit::Unknown(said.subject.clone()));
        }
        match &said.target {
            Target::Text(_) if !said.relation.is_of_text() => {
                return Err(Misfit::Target(said.relation));
            }
            Target::Thing(_) if said.relation.is_of_text() => {
                return Err(Misfit::Target(said.relation));
            }
            Target::Thing(id) if *id == said.subject => return Err(Misfit::Self_),
            Target::Thing(id) if !self.things.contains_key(id) => {
                return Err(Misfit::Unknown(id.clone()));
            }
            _ => {}
        }
        let key = ClaimKey {
            subject: said.subject.clone(),
            relation: said.relation,
            target: said.target.clone(),
        };
        let claim = self.claims.entry(key).or_default();
        let at = Some(said.asserted_at);
        claim.first_asserted_at = claim.first_asserted_at.map_or(at, |first| Some(first).min(at));
        claim.last_asserted_at = claim.last_asserted_at.max(at);
        let name = &said.source.name;
        claim.withdrawn.remove(name);
        let (into, other) = match said.stance {
            Stance::Supports => (&mut claim.supports, &mut claim.contradicts),
            Stance::Contradicts => (&mut claim.contradicts, &mut claim.supports),
        };
        // What a source said last holds; entries may come late.
        let later = |known: &Assertion| known.asserted_at > said.asserted_at;
        if into.get(name).is_some_and(later) || other.get(name).is_some_and(later) {
            return Ok(());
        }
        other.remove(name);
        into.insert(name.clone(), said.clone());
        Ok(())
    }

    /// Whether an entry would change nothing: a source is heard again.
    pub fn knows(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Thing { thing, source } => self
                .things
                .get(&thing.id)
                .is_some_and(|(known, sources)| known == thing && sources.contains(source)),
            Entry::Assert { assertion } => {
                let said = assertion.clone();
                let key = ClaimKey {
                    subject: said.subject,
                    relation: said.relation,
                    target: said.target,
                };
                self.claims.get(&key).is_some_and(|claim| {
                    let name = &assertion.source.name;
                    let known = [claim.supports.get(name), claim.contradicts.get(name)];
                    known.into_iter().flatten().any(|known| known == assertion)
                })
            }
            Entry::Withdraw { .. } | Entry::Weigh { .. } => false,
        }
    }

    /// The thing of that id, or the things of that name, their own or another.
    pub fn find(&self, text: &str) -> Vec<&Thing> {
        if let Some((thing, _)) = self.things.get(text) {
            return vec![thing];
        }
        let wanted = super::names::plain(text);
        let is = |name: &str| super::names::plain(name) == wanted;
        let things = self.things.values().map(|(thing, _)| thing);
        things.filter(|it| is(&it.name) || self.names(&it.id).any(|(name, _)| is(name))).collect()
    }

    /// Other names of a thing that somebody supports.
    pub fn names<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a str, &'a Claim)> {
        self.of_subject(id)
            .filter(|(key, claim)| {
                key.relation == Relation::AlsoKnownAs && claim.standing() != Standing::Withdrawn
            })
            .map(|(key, claim)| (key.target.as_str(), claim))
    }

    /// Claims of a thing.
    pub fn of_subject<'a>(
        &'a self,
        id: &'a str,
    ) -> impl Iterator<Item = (&'a ClaimKey, &'a Claim)> {
        let start = ClaimKey {
            subject: id.to_owned(),
            relation: Relation::AlsoKnownAs,
            target: Target::Thing(String::new()),
        };
        self.claims.range(start..).take_while(move |(key, _)| key.subject == id)
    }

    /// Claims that lead to a thing.
    pub fn leading_to<'a>(
        &'a self,
        id: &'a str,
    ) -> impl Iterator<Item = (&'a ClaimKey, &'a Claim)> {
        self.claims
            .iter()
            .filter(move |(key, _)| matches!(&key.target, Target::Thing(it) if it == id))
    }
}

fn line(what: &'static str, text: &str) -> Result<(), Misfit> {
    let sound = !text.trim().is_empty()
        && text.len() <= TEXT_BYTES_MAX
        && !text.chars().any(char::is_control);
    if sound { Ok(()) } else { Err(Misfit::Text(what)) }
}

#[cfg(test)]
pub(crate) mod tests;
