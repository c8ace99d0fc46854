//! Which infrastructure is named, how is that known, and what was measured of it?

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Id, Moment};

mod attribution;
pub mod bootstrap;
pub mod dns;
mod http;
mod measured;
mod name;
pub mod observation;
pub mod rdap;
mod tls;

pub use crate::actor::grade::{Alternative, Confidence, Grade, NotAGrade};
pub use attribution::Attribution;
pub use measured::{EndState, Missing, VerifiedBy, drift, lapses, verified};
pub use name::{DomainName, NotAName};
pub use observation::{Facts, Method, Observation};

/// Longest identifier that is no domain name, and longest note.
const TEXT_BYTES_MAX: usize = 1024;

/// What kind of infrastructure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetType {
    /// A domain name.
    Domain,
    /// An address of a host.
    HostIp,
    /// A zone at a content network.
    CdnZone,
    /// A machine.
    Server,
    /// An account at a social network.
    SocialAccount,
    /// A channel of messages.
    Channel,
    /// A video.
    Video,
    /// A package or repository of code.
    Package,
    /// An application.
    App,
    /// A wallet.
    Wallet,
    /// An account at a payment provider.
    PaymentAccount,
    /// A mailbox.
    Mailbox,
    /// A telephone number.
    Phone,
    /// A set of accounts at the protected site.
    AccountSet,
}

/// What the operation uses it for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetRole {
    /// Accounts are sold there.
    Storefront,
    /// Challenges are solved there.
    SolverApi,
    /// Customers are taught and helped there.
    Support,
    /// It takes payment.
    Payment,
    /// It steers other machines.
    Control,
    /// It advertises.
    Marketing,
    /// It receives or sends mail.
    Mail,
    /// It passes money on.
    Mule,
}

/// What an operator does for an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorKind {
    /// Runs the top-level domain.
    Registry,
    /// Sold the name.
    Registrar,
    /// Runs the machine.
    Host,
    /// Stands before the machine.
    Cdn,
    /// Runs the platform it is on.
    Platform,
    /// Moves the money.
    PaymentProvider,
}

/// Somebody who could act on an asset. One asset has several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// What they do for the asset.
    pub kind: OperatorKind,
    /// Their name.
    pub organisation: String,
    /// Where they are, as an ISO 3166-1 code, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Number of the registrar at IANA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iana_id: Option<u32>,
    /// Where abuse is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abuse_contact: Option<String>,
    /// Where orders are served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_contact: Option<String>,
    /// Where that is known from.
    pub source: String,
    /// When it was so.
    pub as_of: Moment,
}

/// What is known of others who would be hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collateral {
    /// Whether others use it as well.
    pub shared: bool,
    /// How many, as an estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenants_estimate: Option<u64>,
    /// Legitimate use that was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legitimate_use: Option<String>,
    /// Who looked.
    pub reviewed_by: Id,
}

/// Evidence that the operation uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// The item that shows it.
    pub item: Id,
    /// What it shows.
    pub shows: String,
    /// What its source is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
}

/// A harm that a registrar must act on by its contract with ICANN (RAA 3.18.2 as amended 5 April 2024).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DnsAbuse {
    /// Malware.
    Malware,
    /// Control of a botnet.
    Botnet,
    /// Phishing.
    Phishing,
    /// Pharming.
    Pharming,
    /// Spam, where it delivers one of the others.
    SpamAsVector,
}

/// An asset of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// Its id.
    pub id: Id,
    /// What kind it is.
    #[serde(rename = "type")]
    pub asset_type: AssetType,
    /// What names it: the ASCII form of a domain name, an address, a URL, an account name.
    pub identifier: String,
    /// What the operation uses it for.
    pub role: AssetRole,
    /// Who could act on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<Operator>,
    /// Why a court in reach could order something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction_hook: Option<String>,
    /// What is known of others who would be hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collateral: Option<Collateral>,
    /// Evidence that the operation uses it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used_by_operation: Vec<Use>,
    /// How sure that is, and what else could explain it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
    /// Harms of RAA 3.18.2 that were shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_abuse: Vec<DnsAbuse>,
    /// What a court or operator is asked to bring about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_state: Option<EndState>,
    /// The asset it came after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor_of: Option<Id>,
}

/// Why an asset cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAsset {
    /// The identifier is no domain name.
    #[error(transparent)]
    Name(#[from] NotAName),
    /// The identifier is no address.
    #[error("`{0}` is not an IP address")]
    Address(String),
    /// The identifier is empty, too long, or has control characters.
    #[error("the identifier must be one line of at most 1,024 bytes")]
    Identifier,
    /// No evidence that the operation uses it.
    #[error("nothing shows that the operation uses `{0}`\nhint: name an item and what it shows")]
    NoUse(String),
    /// Nobody said what a source is worth.
    #[error(
        "the source `{item}` of what is said of `{asset}` is not graded\nhint: `grade`, such as `B2`"
    )]
    NotGraded {
        /// The asset.
        asset: String,
        /// The item.
        item: Id,
    },
    /// Nobody said how sure it is, or what else it could be.
    #[error(
        "no other explanation was weighed for `{0}`\nhint: `attribution`, with `confidence` and `alternatives`: what else it could be, and what speaks against that"
    )]
    NotWeighed(String),
}

impl Asset {
    /// The domain name, where it is one.
    pub fn domain(&self) -> Option<DomainName> {
        match self.asset_type {
            AssetType::Domain | AssetType::CdnZone => self.identifier.parse().ok(),
            _ => None,
        }
    }

    /// The name as people read it: the Unicode form of a domain name, else the identifier.
    pub fn display(&self) -> String {
        self.domain().map_or_else(|| self.identifier.clone(), |name| name.unicode().to_owned())
    }

    /// Brings the identifier into its one form.
    pub fn checked(mut self) -> Result<Self, NotAnAsset> {
        match self.asset_type {
            AssetType::Domain | AssetType::CdnZone => {
                let name: DomainName = self.identifier.parse()?;
                name.ascii().clone_into(&mut self.identifier);
            }
            AssetType::HostIp => {
                let address: Result<IpAddr, _> = self.identifier.parse();
                match address {
                    Ok(address) => self.identifier = address.to_string(),
                    Err(_) => return Err(NotAnAsset::Address(self.identifier)),
                }
            }
            _ => {
                let text = self.identifier.trim();
                if text.is_empty()
                    || text.len() > TEXT_BYTES_MAX
                    || text.chars().any(char::is_control)
                {
                    return Err(NotAnAsset::Identifier);
                }
                self.identifier = text.into();
            }
        }
        Ok(self)
    }

    /// Checks that it may be said to belong to the operation.
    pub fn attributable(&self) -> Result<(), NotAnAsset> {
        if self.used_by_operation.is_empty() {
            return Err(NotAnAsset::NoUse(self.identifier.clone()));
        }
        if let Some(shown) = self.used_by_operation.iter().find(|shown| shown.grade.is_none()) {
            let (asset, item) = (self.identifier.clone(), shown.item.clone());
            return Err(NotAnAsset::NotGraded { asset, item });
        }
        if !self.attribution.as_ref().is_some_and(Attribution::is_weighed) {
            return Err(NotAnAsset::NotWeighed(self.identifier.clone()));
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
