//! What became of something that an actor has, in a word, as far as cases know?

use std::net::IpAddr;

use super::{
    asset::{Asset, AssetType, DomainName},
    state::AssetState,
};
use crate::actor::ThingKind;

/// What became of an asset, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Badge {
    /// Nothing was asked of anybody yet, or nobody reaches it.
    Live,
    /// Somebody was asked to end it; that it ended was not measured.
    Reported,
    /// Somebody objects to its end.
    Contested,
    /// It was measured that it ended.
    Seized,
    /// In use again, given back, or no longer held.
    Back,
}

impl Badge {
    /// All of them, in their order.
    pub const ALL: [Self; 5] =
        [Self::Live, Self::Reported, Self::Contested, Self::Seized, Self::Back];

    /// That of a state; none for what should never have been named.
    pub const fn of(state: AssetState) -> Option<Self> {
        Some(match state {
            AssetState::Identified | AssetState::Attributed | AssetState::OutOfReach => Self::Live,
            // That it is executed is what the respondent says.
            AssetState::Noticed
            | AssetState::Scheduled
            | AssetState::Ordered
            | AssetState::Served
            | AssetState::Acknowledged
            | AssetState::Refused
            | AssetState::Executed => Self::Reported,
            AssetState::Contested => Self::Contested,
            AssetState::Verified
            | AssetState::Controlled
            | AssetState::Disabled
            | AssetState::Removed
            | AssetState::Monitored => Self::Seized,
            AssetState::Lapsed | AssetState::ReEmerged | AssetState::Returned => Self::Back,
            AssetState::WithdrawnInError => return None,
        })
    }

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Reported => "reported",
            Self::Contested => "contested",
            Self::Seized => "seized",
            Self::Back => "back",
        }
    }

    /// A mark of its own, so that colour tells nothing alone.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Live => "○",
            Self::Reported => "◐",
            Self::Contested => "◇",
            Self::Seized => "●",
            Self::Back => "↺",
        }
    }
}

/// What an asset of a case and a thing of an actor are both known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KnownBy {
    /// A domain name, in ASCII.
    Domain(String),
    /// An address of a host.
    Address(IpAddr),
    /// A wallet, letter for letter.
    Wallet(String),
    /// An account or channel: without scheme, the host in small letters.
    SocialAccount(String),
}

impl KnownBy {
    /// What an asset is known by. What would name a person, a mailbox or a number, no thing of an actor is.
    pub fn of_asset(asset: &Asset) -> Option<Self> {
        match asset.asset_type {
            AssetType::Domain | AssetType::CdnZone => domain(&asset.identifier),
            AssetType::HostIp => address(&asset.identifier),
            AssetType::Wallet => Some(Self::Wallet(asset.identifier.trim().to_owned())),
            AssetType::SocialAccount | AssetType::Channel | AssetType::Video => {
                social_account(&asset.identifier)
            }
            AssetType::Server
            | AssetType::Package
            | AssetType::App
            | AssetType::PaymentAccount
            | AssetType::Mailbox
            | AssetType::Phone
            | AssetType::AccountSet => None,
        }
    }

    /// What a thing is known by, from its name.
    pub fn of_thing(kind: ThingKind, name: &str) -> Option<Self> {
        match kind {
            ThingKind::Domain => domain(name),
            // A shop is often called by its domain, and a host by its address.
            ThingKind::Infrastructure | ThingKind::Service => {
                address(name).or_else(|| domain(name))
            }
            ThingKind::Wallet => Some(Self::Wallet(name.trim().to_owned())),
            ThingKind::SocialAccount => social_account(name),
            ThingKind::Actor | ThingKind::Campaign | ThingKind::Capability => None,
        }
    }
}

fn domain(text: &str) -> Option<KnownBy> {
    let name: DomainName = text.trim().parse().ok()?;
    Some(KnownBy::Domain(name.ascii().to_owned()))
}

fn address(text: &str) -> Option<KnownBy> {
    text.trim().parse().ok().map(KnownBy::Address)
}

fn social_account(text: &str) -> Option<KnownBy> {
    let text = text.trim();
    let without = text.split_once("://").map_or(text, |(_, rest)| rest).trim_end_matches('/');
    let (host, path) = without.split_once('/').unwrap_or((without, ""));
    if path.is_empty() {
        // A name alone, which nothing tells apart from the same name elsewhere but itself.
        return (!without.is_empty()).then(|| KnownBy::SocialAccount(without.to_owned()));
    }
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    Some(KnownBy::SocialAccount(format!("{host}/{path}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::state::{Machine as _, Needs};

    /// Only a measurement makes it seized, and nothing but a state of its own ends that.
    #[test]
    fn only_what_was_measured_is_seized() {
        let seized = |state: AssetState| Badge::of(state) == Some(Badge::Seized);
        for arrow in AssetState::ARROWS.iter().filter(|arrow| seized(arrow.to)) {
            let is_measured = arrow.needs == Needs::Measurement;
            assert!(seized(arrow.from) || is_measured, "{arrow:?}");
        }
        let without: Vec<_> =
            AssetState::ALL.iter().filter(|state| Badge::of(**state).is_none()).collect();
        assert_eq!(without, [&AssetState::WithdrawnInError]);
    }

    #[test]
    fn one_name_is_one_however_it_is_written_and_others_are_others() {
        let known = |kind, name| KnownBy::of_thing(kind, name);
        let domain = ThingKind::Domain;
        assert_eq!(known(domain, "Shop.EXAMPLE."), known(domain, "shop.example"));
        assert_eq!(known(domain, "bücher.example"), known(domain, "xn--bcher-kva.example"));
        assert_eq!(known(ThingKind::Service, "shop.example"), known(domain, "shop.example"));
        assert_ne!(known(domain, "a.shop.example"), known(domain, "shop.example"));
        assert_eq!(known(ThingKind::Service, "mail account shop"), None);
        assert_eq!(known(ThingKind::Infrastructure, "198.51.100.0/24"), None);
        let account = ThingKind::SocialAccount;
        assert_eq!(known(account, "https://www.T.example/Shop/"), known(account, "t.example/Shop"));
        assert_ne!(known(account, "t.example/Shop"), known(account, "u.example/Shop"));
        assert_ne!(known(ThingKind::Wallet, "bc1Q"), known(ThingKind::Wallet, "bc1q"));
        assert_eq!(known(ThingKind::Actor, "shop.example"), None);
    }
}
