//! Which recipient sees which class of data, and how?

pub use seawall_core::case::disclosure::Profile;
use serde::{Deserialize, Serialize};

/// What sort of data something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Id of an account.
    Account,
    /// Name of a person who is no defendant.
    Person,
    /// E-mail address.
    EmailAddress,
    /// Telephone number.
    PhoneNumber,
    /// IP address of somebody who is no defendant.
    IpAddress,
    /// Number that a court's rules keep out: social security, payment card, date of birth (FRCP 5.2).
    PrivateNumber,
    /// What people wrote to each other.
    MessageContent,
    /// Infrastructure of defendants.
    DefendantInfrastructure,
    /// A count of so few people that it may tell who they are.
    SmallCount,
}

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It stands as it is.
    Show,
    /// A name of the case stands for it.
    Pseudonym,
    /// The network stands for the address: `/24`, `/48`.
    Network,
    /// The domain stands for the address.
    Domain,
    /// It is taken out.
    Remove,
}

impl Class {
    /// What is done with it for a recipient.
    pub const fn treatment(self, profile: Profile) -> Treatment {
        use Treatment::{Domain, Network, Pseudonym, Remove, Show};
        match (self, profile) {
            // Defendants' infrastructure is what the case is about.
            (Self::DefendantInfrastructure, _)
            | (Self::MessageContent | Self::SmallCount, Profile::Internal | Profile::CourtSealed) => {
                Show
            }
            (
                Self::PrivateNumber | Self::PhoneNumber | Self::MessageContent | Self::SmallCount,
                _,
            )
            | (Self::Person, Profile::Partner | Profile::Press)
            | (Self::EmailAddress | Self::IpAddress, Profile::Press) => Remove,
            (Self::Account | Self::Person, _) => Pseudonym,
            (Self::IpAddress, _) => Network,
            (Self::EmailAddress, _) => Domain,
        }
    }

    /// In words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Person => "name",
            Self::EmailAddress => "address",
            Self::PhoneNumber => "telephone number",
            Self::IpAddress => "IP address",
            Self::PrivateNumber => "private number",
            Self::MessageContent => "message",
            Self::DefendantInfrastructure => "infrastructure",
            Self::SmallCount => "count of few people",
        }
    }
}
