//! What is this piece of evidence, and where does it come from? The record of an item.

use serde::{Deserialize, Serialize};

use crate::{
    hash::Digest,
    text::{Actor, Id, Words},
    time::Time,
};

/// What sort of evidence it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ItemKind {
    Dataset,
    File,
    WebCapture,
    RdapSnapshot,
    DnsSnapshot,
    Screenshot,
    PurchaseRecord,
    ChatLog,
    WalletTx,
    ExpertOutput,
    Correspondence,
    Order,
    Receipt,
    /// A certificate of a time-stamp authority that the case believes in.
    TrustedCertificate,
    /// Manifest and results of a detection.
    Run,
    /// What a query gave.
    Aggregate,
    /// Model or rendering of a document.
    Document,
}

/// Who made the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A machine, in its routine.
    Machine,
    /// A person who says something: hearsay needs another ground.
    HumanStatement,
    /// Somebody outside.
    ThirdParty,
}

/// May it be handed on? Law parts content from records about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentClass {
    /// What people wrote to one another.
    Content,
    /// Records about it.
    NonContent,
    /// The company's own business record.
    OwnRecord,
    /// What everybody can see.
    Public,
}

/// Must the other side not see it?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// Not privileged.
    None,
    /// Made in preparation of a case.
    WorkProduct,
    /// Between counsel and client.
    AttorneyClient,
}

/// How well the clock of the acquiring machine ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Was it kept by a time server?
    pub synced: bool,
    /// How far off it was, if measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_milliseconds: Option<i64>,
}

/// A piece of evidence: the body of `acquire`, `receive`, `import` and `derive`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id: `item-` and a ULID.
    pub id: Id,
    /// What sort.
    pub kind: ItemKind,
    /// Hash of the content.
    pub sha256: Digest,
    /// Bytes of the content.
    pub size: u64,
    /// RFC 6838 media type.
    pub media_type: Words,
    /// Who made the content.
    pub origin: Origin,
    /// When it was acquired.
    pub acquired_at: Time,
    /// By which clock.
    pub clock: Clock,
    /// By whom.
    pub acquired_by: Actor,
    /// How.
    pub method: Words,
    /// With which program.
    pub tool: Words,
    /// Of which version.
    pub tool_version: Words,
    /// Hash of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_sha256: Option<Digest>,
    /// From where.
    pub source: Words,
    /// In which time zone the source writes times, where it does not say itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_time_zone: Option<Words>,
    /// On what ground.
    pub legal_basis: Words,
    /// May it be handed on?
    pub content_class: ContentClass,
    /// Does it tell of persons?
    pub personal_data: bool,
    /// Must the other side not see it?
    pub privilege: Privilege,
    /// Hash of the object in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ciphertext_sha256: Option<Digest>,
    /// Items that it was made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived_from: Vec<Id>,
    /// Hash of the manifest, if it is a dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<Digest>,
}
