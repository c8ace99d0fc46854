//! Which recipient sees which class of data, and how?

use serde::{Deserialize, Serialize};

/// For whom a document is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// For those who work on the case.
    Internal,
    /// For the court's public docket.
    CourtPublic,
    /// For the court, under seal.
    CourtSealed,
    /// For an agency.
    LawEnforcement,
    /// For a partner, under a marking.
    Partner,
    /// For the press.
    Press,
}

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

impl Profile {
    /// What is done with a class of data for this recipient.
    pub const fn treatment(self, class: Class) -> Treatment {
        use Treatment::{Domain, Network, Pseudonym, Remove, Show};
        match (class, self) {
            // Defendants' infrastructure is what the case is about.
            (Class::DefendantInfrastructure, _)
            | (Class::MessageContent, Self::Internal | Self::CourtSealed) => Show,
            (Class::PrivateNumber | Class::PhoneNumber | Class::MessageContent, _)
            | (Class::Person, Self::Partner | Self::Press)
            | (Class::EmailAddress | Class::IpAddress, Self::Press) => Remove,
            (Class::Account | Class::Person, _) => Pseudonym,
            (Class::IpAddress, _) => Network,
            (Class::EmailAddress, _) => Domain,
        }
    }
}
