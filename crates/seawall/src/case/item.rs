//! How does content come into a case, and what is written down about it?

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use seawall_evidence::{
    custody::{Act, Action, items},
    hash::Digest,
    item::{Clock, ContentClass, Item, ItemKind, Origin, Privilege},
    text::Id,
};

use super::{
    change::to_words,
    desk::{Desk, value},
};
use crate::failure::{Exit, Failure};

/// Largest content that is taken in: the cap is on disk, not on memory.
pub(crate) const CONTENT_BYTES_MAX: u64 = 1 << 42;
/// Largest content that is held in memory at once.
pub(crate) const MEMORY_BYTES_MAX: u64 = 256 << 20;

/// What people state of content that comes in.
#[derive(Clone, Debug, Args)]
pub(crate) struct ItemOptions {
    /// What sort of evidence it is
    #[arg(long, value_enum, default_value = "file")]
    pub(crate) kind: Kind,
    /// RFC 6838 media type
    #[arg(long, value_name = "TYPE", default_value = "application/octet-stream")]
    pub(crate) media_type: String,
    /// Who made the content
    #[arg(long, value_enum, default_value = "machine")]
    pub(crate) origin: Made,
    /// Where it is from
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: String,
    /// How it was acquired
    #[arg(long, value_name = "TEXT", default_value = "read from a file")]
    pub(crate) method: String,
    /// On what ground it may be held
    #[arg(long, value_name = "TEXT", default_value = "own business record")]
    pub(crate) legal_basis: String,
    /// What sort of content it is in law
    #[arg(long, value_enum, default_value = "own-record")]
    pub(crate) class: Class,
    /// It tells of persons
    #[arg(long)]
    pub(crate) personal_data: bool,
    /// The other side must not see it
    #[arg(long, value_enum, default_value = "none")]
    pub(crate) privilege: Kept,
}

/// Sorts of evidence that people bring in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
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
}

impl Kind {
    pub(crate) const fn of_item(self) -> ItemKind {
        match self {
            Self::File => ItemKind::File,
            Self::WebCapture => ItemKind::WebCapture,
            Self::RdapSnapshot => ItemKind::RdapSnapshot,
            Self::DnsSnapshot => ItemKind::DnsSnapshot,
            Self::Screenshot => ItemKind::Screenshot,
            Self::PurchaseRecord => ItemKind::PurchaseRecord,
            Self::ChatLog => ItemKind::ChatLog,
            Self::WalletTx => ItemKind::WalletTx,
            Self::ExpertOutput => ItemKind::ExpertOutput,
            Self::Correspondence => ItemKind::Correspondence,
            Self::Order => ItemKind::Order,
            Self::Receipt => ItemKind::Receipt,
        }
    }
}

/// Who made the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Made {
    /// A machine, in its routine
    Machine,
    /// A person who says something
    HumanStatement,
    /// Somebody outside
    ThirdParty,
}

/// What sort of content it is in law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Class {
    /// What people wrote to one another
    Content,
    /// Records about it
    NonContent,
    /// The site's own record
    OwnRecord,
    /// What everybody can see
    Public,
}

/// Whether the other side must not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kept {
    /// Not privileged
    None,
    /// Made in preparation of a case
    WorkProduct,
    /// Between counsel and client
    AttorneyClient,
}

/// What is written down of content that comes in.
#[derive(Clone, Debug)]
pub(crate) struct Intake {
    pub(crate) action: Action,
    pub(crate) kind: ItemKind,
    pub(crate) media_type: String,
    pub(crate) origin: Origin,
    pub(crate) source: String,
    pub(crate) method: String,
    pub(crate) legal_basis: String,
    pub(crate) content_class: ContentClass,
    pub(crate) personal_data: bool,
    pub(crate) privilege: Privilege,
    pub(crate) derived_from: Vec<Id>,
    pub(crate) dataset: Option<Digest>,
    pub(crate) reason: String,
}

impl Intake {
    /// Of content that a person brings in.
    pub(crate) fn stated(options: &ItemOptions) -> Self {
        Self {
            action: Action::Acquire,
            kind: options.kind.of_item(),
            media_type: options.media_type.clone(),
            origin: match options.origin {
                Made::Machine => Origin::Machine,
                Made::HumanStatement => Origin::HumanStatement,
                Made::ThirdParty => Origin::ThirdParty,
            },
            source: options.source.clone(),
            method: options.method.clone(),
            legal_basis: options.legal_basis.clone(),
            content_class: match options.class {
                Class::Content => ContentClass::Content,
                Class::NonContent => ContentClass::NonContent,
                Class::OwnRecord => ContentClass::OwnRecord,
                Class::Public => ContentClass::Public,
            },
            personal_data: options.personal_data,
            privilege: match options.privilege {
                Kept::None => Privilege::None,
                Kept::WorkProduct => Privilege::WorkProduct,
                Kept::AttorneyClient => Privilege::AttorneyClient,
            },
            derived_from: Vec::new(),
            dataset: None,
            reason: "taken into the case".to_owned(),
        }
    }

    /// Of content that the program made from other content of the case.
    pub(crate) fn derived(kind: ItemKind, media_type: &str, source: &str, from: Vec<Id>) -> Self {
        Self {
            action: Action::Derive,
            kind,
            media_type: media_type.to_owned(),
            origin: Origin::Machine,
            source: source.to_owned(),
            method: "computed by this program".to_owned(),
            legal_basis: "own business record".to_owned(),
            content_class: ContentClass::OwnRecord,
            personal_data: false,
            privilege: Privilege::None,
            derived_from: from,
            dataset: None,
            reason: format!("derived: {source}"),
        }
    }
}

impl Desk {
    /// Brings content into the vault; its item, and the act that says so, which has still to be written.
    pub(crate) fn take(
        &mut self,
        intake: &Intake,
        content: &mut dyn Read,
    ) -> Result<(Item, Act), Failure> {
        let added = self.vault.add(content, CONTENT_BYTES_MAX, &mut self.chance)?;
        let item = Item {
            id: self.new_id("item"),
            kind: intake.kind,
            sha256: added.sha256,
            size: added.size,
            media_type: to_words(&intake.media_type)?,
            origin: intake.origin,
            acquired_at: self.now,
            clock: Clock { synced: false, offset_milliseconds: None },
            acquired_by: self.actor.clone(),
            method: to_words(&intake.method)?,
            tool: to_words("seawall")?,
            tool_version: to_words(env!("CARGO_PKG_VERSION"))?,
            tool_sha256: None,
            source: to_words(&intake.source)?,
            source_time_zone: None,
            legal_basis: to_words(&intake.legal_basis)?,
            content_class: intake.content_class,
            personal_data: intake.personal_data,
            privilege: intake.privilege,
            ciphertext_sha256: Some(added.ciphertext_sha256),
            derived_from: intake.derived_from.clone(),
            dataset: intake.dataset,
        };
        let act = Act {
            object_sha256: Some(item.sha256),
            body: Some(value(&item)?),
            ..self.act(intake.action, item.id.clone(), &intake.reason)?
        };
        Ok((item, act))
    }

    /// As [`Desk::take`], of a file.
    pub(crate) fn take_file(
        &mut self,
        intake: &Intake,
        path: &Path,
    ) -> Result<(Item, Act), Failure> {
        let mut file = fs_err::File::open(path)?;
        self.take(intake, &mut file)
    }

    /// The item of that id, as its entry has it.
    pub(crate) fn item(&self, id: &str) -> Result<Item, Failure> {
        items(&self.entries).find(|item| item.id.as_str() == id).ok_or_else(|| no_item(id))
    }

    /// The content of an object, where it is small enough for memory.
    pub(crate) fn content(&self, sha256: Digest) -> Result<Vec<u8>, Failure> {
        Ok(self.vault.read(sha256, MEMORY_BYTES_MAX)?)
    }

    /// An object in clear, as a file in `folder` that is called by its hash; one that is there already is taken.
    pub(crate) fn laid_out(&self, sha256: Digest, folder: &Path) -> Result<PathBuf, Failure> {
        let path = folder.join(sha256.to_string());
        if !path.try_exists()? {
            let mut content = self.vault.open(sha256)?;
            io::copy(&mut content, &mut fs_err::File::create(&path)?)?;
        }
        Ok(path)
    }
}

pub(crate) fn no_item(id: &str) -> Failure {
    Failure::new(
        Exit::NoInput,
        format!(
            "there is no item `{id}` in the case\nhint: `seawall case vault list` shows those there are"
        ),
    )
}
