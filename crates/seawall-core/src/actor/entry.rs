//! What can be said of actors?

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::grade::{Alternative, Grade};

/// Longest id, name and note.
pub const TEXT_BYTES_MAX: usize = 4_096;

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThingKind {
    /// A person or group that runs campaigns, sells or buys.
    Actor,
    /// Accounts that belong together, and what they did.
    Campaign,
    /// Domains, hosting and machines in use.
    Infrastructure,
    /// What is offered: accounts for sale, solving of challenges.
    Service,
    /// What somebody can do or has: training, support, tools.
    Capability,
    /// A wallet.
    Wallet,
    /// A domain name.
    Domain,
    /// An account or channel at a social network.
    SocialAccount,
}

impl ThingKind {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Actor, "actor"),
        (Self::Campaign, "campaign"),
        (Self::Infrastructure, "infrastructure"),
        (Self::Service, "service"),
        (Self::Capability, "capability"),
        (Self::Wallet, "wallet"),
        (Self::Domain, "domain"),
        (Self::SocialAccount, "social_account"),
    ];

    /// As in files.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// Something that claims are about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    /// Its id, as its source has it: that of STIX where there is one.
    pub id: String,
    /// What kind of thing it is.
    pub kind: ThingKind,
    /// What its source calls it.
    pub name: String,
    /// What its source says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// How a thing relates to another, or to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It has that other name.
    AlsoKnownAs,
    /// They are one.
    SameAs,
    /// They are alike.
    SimilarTo,
    /// It runs that campaign, service or infrastructure.
    Runs,
    /// It makes use of it.
    Uses,
    /// It has that wallet, domain or social account.
    Owns,
    /// It sells accounts to them.
    SellsTo,
    /// It offers that service or capability.
    Provides,
    /// It is part of it.
    PartOf,
    /// It acts as that: seller, buyer, developer.
    HasRole,
    /// It is, or is run from, there.
    LocatedIn,
    /// They have to do with each other.
    RelatedTo,
}

impl Relation {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::AlsoKnownAs, "also_known_as"),
        (Self::SameAs, "same_as"),
        (Self::SimilarTo, "similar_to"),
        (Self::Runs, "runs"),
        (Self::Uses, "uses"),
        (Self::Owns, "owns"),
        (Self::SellsTo, "sells_to"),
        (Self::Provides, "provides"),
        (Self::PartOf, "part_of"),
        (Self::HasRole, "has_role"),
        (Self::LocatedIn, "located_in"),
        (Self::RelatedTo, "related_to"),
    ];

    /// As in files.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(relation, _)| *relation == self).map_or("", |(_, name)| name)
    }

    /// Whether what it leads to is a text, and no thing.
    pub const fn is_of_text(self) -> bool {
        matches!(self, Self::AlsoKnownAs | Self::HasRole | Self::LocatedIn)
    }
}

/// What a relation leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A thing, by its id.
    Thing(String),
    /// A text: a name, a role, a country.
    Text(String),
}

impl Target {
    /// The id or the text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Thing(text) | Self::Text(text) => text,
        }
    }
}

/// Who says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The publisher: two assertions of one name are one source.
    pub name: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

/// Whether a source says that it is so, or that it is not.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// It is so.
    #[default]
    Supports,
    /// It is not so.
    Contradicts,
}

/// A source says something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// Of which thing.
    pub subject: String,
    /// How it relates.
    pub relation: Relation,
    /// To what.
    pub target: Target,
    /// Whether it is so.
    #[serde(default)]
    pub stance: Stance,
    /// Who says so.
    pub source: Source,
    /// What the source is worth, where somebody judged that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// How sure the source is, 0 to 100; `None` where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// When it said so.
    pub asserted_at: Timestamp,
}

/// What is written down at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// A source names a thing.
    Thing {
        /// The thing.
        thing: Thing,
        /// Who names it.
        source: Source,
    },
    /// A source says something.
    Assert {
        /// What.
        assertion: Assertion,
    },
    /// A source takes back what it said. What it said stays in the journal.
    Withdraw {
        /// Of which thing.
        subject: String,
        /// How it was said to relate.
        relation: Relation,
        /// To what.
        target: Target,
        /// The name of the source.
        source: String,
        /// Why.
        reason: String,
    },
    /// Another explanation was weighed.
    Weigh {
        /// Of what is said of which thing.
        subject: String,
        /// How it is said to relate.
        relation: Relation,
        /// To what.
        target: Target,
        /// The explanation, and what speaks against it.
        alternative: Alternative,
    },
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When it was written down.
    pub at: Timestamp,
    /// Who wrote it down.
    pub by: String,
    /// What.
    #[serde(flatten)]
    pub entry: Entry,
}
