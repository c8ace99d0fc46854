//! Which words do people bring to what goes to authorities, hosts, platforms and partners?

use jiff::civil::Date;
use seawall_core::case::{
    asset::OperatorKind,
    disclosure::{Ground, Recipient},
};
use serde::Deserialize;

/// Who reports, as machines are told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct ReporterWords {
    pub(in crate::commands::case) organisation: String,
    /// Address for replies: the one that the letter gives, or a part of it.
    pub(in crate::commands::case) contact: String,
    pub(in crate::commands::case) domain: String,
}

/// A referral to an authority.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct ReferralWords {
    /// Which authority: `law_enforcement_us`, `law_enforcement_eu`.
    pub(in crate::commands::case) recipient: Recipient,
    /// By what right, as counsel has picked it. Without, what needs one is withheld.
    #[serde(default)]
    pub(in crate::commands::case) ground: Option<Ground>,
    #[serde(default)]
    pub(in crate::commands::case) subjects: Vec<SubjectWords>,
    /// What happened besides what the case knows.
    #[serde(default)]
    pub(in crate::commands::case) timeline: Vec<EventWords>,
    /// Ids of items; all that was examined, if there are none.
    #[serde(default)]
    pub(in crate::commands::case) evidence: Vec<String>,
}

/// Somebody by what is known of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct SubjectWords {
    /// What to call them: `Doe-1`.
    pub(in crate::commands::case) subject: String,
    pub(in crate::commands::case) known_by: String,
}

/// What happened on a day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct EventWords {
    pub(in crate::commands::case) day: Date,
    pub(in crate::commands::case) what: String,
}

/// A notice of abuse.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct NoticeWords {
    /// The recipient in the name of the document.
    pub(in crate::commands::case) part: String,
    /// Name or id of the asset.
    pub(in crate::commands::case) asset: String,
    /// Which of its operators is written to.
    pub(in crate::commands::case) operator: OperatorKind,
    #[serde(default)]
    pub(in crate::commands::case) urls: Vec<String>,
    pub(in crate::commands::case) observed: Vec<String>,
    /// Ids of items; what shows the use of the asset and may go to the recipient, if there are none.
    #[serde(default)]
    pub(in crate::commands::case) captures: Vec<String>,
    /// The term of the recipient that it violates, in the recipient's words.
    pub(in crate::commands::case) clause: String,
    pub(in crate::commands::case) asked: Vec<String>,
    pub(in crate::commands::case) reply_by: Date,
    #[serde(default)]
    pub(in crate::commands::case) wallets: Vec<WalletWords>,
    #[serde(default)]
    pub(in crate::commands::case) ground: Option<Ground>,
}

/// A wallet of the operation's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct WalletWords {
    /// Name or id of the asset.
    pub(in crate::commands::case) asset: String,
    pub(in crate::commands::case) currency: Currency,
}

/// A currency, as XARF 4.2.0 names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::commands::case) enum Currency {
    Bitcoin,
    Ethereum,
    Usdt,
    Bnb,
    Monero,
    Other,
}

impl Currency {
    pub(in crate::commands::case) const fn name(self) -> &'static str {
        match self {
            Self::Bitcoin => "bitcoin",
            Self::Ethereum => "ethereum",
            Self::Usdt => "usdt",
            Self::Bnb => "bnb",
            Self::Monero => "monero",
            Self::Other => "other",
        }
    }
}

/// A report to a platform.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct PlatformWords {
    /// The platform in the name of the document.
    pub(in crate::commands::case) part: String,
    /// The platform, as the operators of its assets name it.
    pub(in crate::commands::case) platform: String,
    /// The term of the platform that is violated, in its words.
    pub(in crate::commands::case) clause: String,
    pub(in crate::commands::case) objects: Vec<ObjectWords>,
    #[serde(default)]
    pub(in crate::commands::case) links: Vec<LinkWords>,
    pub(in crate::commands::case) asked: Vec<String>,
    #[serde(default)]
    pub(in crate::commands::case) ground: Option<Ground>,
}

/// An account, page, channel or video on a platform.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct ObjectWords {
    /// Name or id of the asset.
    pub(in crate::commands::case) asset: String,
    pub(in crate::commands::case) url: String,
    /// What it says of itself.
    pub(in crate::commands::case) says: String,
    /// Id of the item that shows it; the first that shows the use of the asset, if it is not said.
    #[serde(default)]
    pub(in crate::commands::case) capture: Option<String>,
}

/// What two objects share.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct LinkWords {
    pub(in crate::commands::case) one: String,
    pub(in crate::commands::case) other: String,
    pub(in crate::commands::case) share: String,
}

/// A package for a partner.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct PackageWords {
    /// The partner in the name of the document.
    pub(in crate::commands::case) part: String,
    pub(in crate::commands::case) recipient: String,
    pub(in crate::commands::case) marking: Marking,
    pub(in crate::commands::case) files: Vec<FileWords>,
    /// How sure the site is.
    pub(in crate::commands::case) confidence: Vec<String>,
    pub(in crate::commands::case) expires: Date,
    /// What may be done with it.
    pub(in crate::commands::case) terms: Vec<String>,
    #[serde(default)]
    pub(in crate::commands::case) ground: Option<Ground>,
}

/// A file for a partner.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct FileWords {
    pub(in crate::commands::case) name: String,
    /// What it holds.
    pub(in crate::commands::case) holds: String,
    /// Id of the item.
    pub(in crate::commands::case) item: String,
}

/// Traffic Light Protocol, version 2.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::commands::case) enum Marking {
    #[serde(rename = "TLP:CLEAR")]
    Clear,
    #[serde(rename = "TLP:GREEN")]
    Green,
    #[serde(rename = "TLP:AMBER")]
    Amber,
    #[serde(rename = "TLP:AMBER+STRICT")]
    AmberStrict,
    #[serde(rename = "TLP:RED")]
    Red,
}

impl Marking {
    pub(in crate::commands::case) const fn name(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }
}
