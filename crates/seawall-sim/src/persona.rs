//! What is true of an account, before it becomes the text of events?

use crate::devices::Client;
use crate::names::{Domain, Local, Name};
use crate::network::Access;

/// Which account: its position in its cohort, and the hour it signed up in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Birth {
    /// Randomness of the account.
    pub key: u64,
    /// Position in its cohort.
    pub index: u64,
    /// Hour of the world.
    pub hour: u32,
}

/// A mailbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mailbox {
    /// Before the @.
    pub local: Local,
    /// After it.
    pub domain: Domain,
}

/// A telephone number, by country and the digits that follow the prefix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phone {
    /// Country, as an index of the places.
    pub place: u8,
    /// The digits that follow.
    pub digits: u64,
}

/// What sent the account.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Referrer {
    /// By rank of popularity.
    Ranked(u32),
    /// A given one.
    Named(&'static str),
}

/// What the account shows as its name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Display {
    /// Nothing.
    None,
    /// Given and family name; in the culture's own script where it has one.
    Full,
    /// Given name.
    Given,
    /// The username again.
    Username,
}

/// How the challenge at the signup went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Challenge {
    /// Time to solve it.
    pub milliseconds: u32,
    /// Answers given.
    pub attempts: u32,
}

/// What is true of an account.
#[derive(Clone, Debug)]
pub(crate) struct Persona {
    /// Randomness left to the texts.
    pub key: u64,
    /// Country of the person, as an index of the places.
    pub place: u8,
    /// Country whose locale and time zone the client claims.
    pub claimed: u8,
    /// Language tag where it is not the claimed country's.
    pub locale: Option<&'static str>,
    /// The person's name.
    pub name: Name,
    /// Mailbox.
    pub mailbox: Mailbox,
    /// Second mailbox.
    pub recovery: Option<Mailbox>,
    /// Username, where it is not the local part of the mailbox.
    pub username: Option<Local>,
    /// Shown name.
    pub display: Display,
    /// Telephone.
    pub phone: Option<Phone>,
    /// Usual access.
    pub access: Access,
    /// Other access, for some of the later visits.
    pub away: Option<Access>,
    /// Client.
    pub client: Client,
    /// What sent it.
    pub referrer: Option<Referrer>,
    /// Invite code.
    pub invite: Option<u64>,
    /// Means of payment.
    pub payment: Option<u64>,
    /// Challenge at the signup.
    pub challenge: Option<Challenge>,
    /// Signed in through the employer: no challenge, no username of its own.
    pub managed: bool,
    /// Innocent event it is part of, `None` where it is only itself.
    pub event: Option<&'static str>,
}
