//! Would others be hit if this were taken?

use std::fmt;

use crate::case::asset::{Asset, DomainName};

/// Services that shorten links for everyone: taking one breaks the links of strangers.
const SHORTENERS: [&str; 20] = [
    "bit.ly",
    "buff.ly",
    "cutt.ly",
    "goo.gl",
    "is.gd",
    "lnkd.in",
    "ow.ly",
    "rb.gy",
    "rebrand.ly",
    "s.id",
    "shorturl.at",
    "t.co",
    "t.ly",
    "t.me",
    "tiny.cc",
    "tinyurl.com",
    "trib.al",
    "urlz.fr",
    "v.gd",
    "youtu.be",
];
/// Platforms of many whose own names the Public Suffix List does not hold.
const PLATFORMS: [&str; 24] = [
    "amazon.com",
    "apple.com",
    "discord.com",
    "discord.gg",
    "dropbox.com",
    "facebook.com",
    "github.com",
    "gitlab.com",
    "google.com",
    "instagram.com",
    "linkedin.com",
    "live.com",
    "medium.com",
    "microsoft.com",
    "npmjs.com",
    "pypi.org",
    "reddit.com",
    "telegram.org",
    "tiktok.com",
    "twitter.com",
    "whatsapp.com",
    "x.com",
    "yahoo.com",
    "youtube.com",
];

/// Why taking an asset would hit others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hazard {
    /// The name is a public suffix: everything below it belongs to others.
    PublicSuffix(String),
    /// The name stands below the suffix of a platform or dynamic DNS service.
    BelowPlatform(String),
    /// The name, or what it stands below, shortens links for everyone.
    Shortener(String),
    /// The name belongs to a platform of many.
    Platform(String),
    /// Others use it as well.
    Shared(Option<u64>),
}

impl Hazard {
    /// What to do about it.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::PublicSuffix(_) => "name the registered names below it, one by one",
            Self::BelowPlatform(_) => {
                "name it as an account of that platform, and address the platform"
            }
            Self::Shortener(_) => "name the one link, and address the service",
            Self::Platform(_) => "name the one page, channel or account, and address the platform",
            Self::Shared(_) => "name what is the operation's alone, such as the host name",
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublicSuffix(name) => {
                write!(
                    formatter,
                    "`{name}` is a public suffix, under which others have their names"
                )
            }
            Self::BelowPlatform(suffix) => {
                write!(
                    formatter,
                    "`{suffix}` is run by a platform or dynamic DNS service for its customers"
                )
            }
            Self::Shortener(name) => write!(formatter, "`{name}` shortens links for everyone"),
            Self::Platform(name) => write!(formatter, "`{name}` is a platform of many"),
            Self::Shared(Some(tenants)) => {
                write!(formatter, "about {tenants} others use it as well")
            }
            Self::Shared(None) => write!(formatter, "others use it as well"),
        }
    }
}

/// Every hazard of an asset: by its name, and by what was found of others.
pub fn hazards(asset: &Asset) -> Vec<Hazard> {
    let mut found = Vec::new();
    if let Some(name) = asset.domain() {
        found.extend(of_name(&name));
    }
    if let Some(collateral) = &asset.collateral {
        // One tenant is the operation itself.
        let many = collateral.tenants_estimate.filter(|tenants| *tenants > 1);
        if collateral.shared || many.is_some() {
            found.push(Hazard::Shared(many));
        }
    }
    found
}

fn of_name(name: &DomainName) -> Vec<Hazard> {
    let mut found = Vec::new();
    let Some(registrable) = name.registrable() else {
        return vec![Hazard::PublicSuffix(name.ascii().to_owned())];
    };
    if let Some((suffix, true)) = name.suffix() {
        found.push(Hazard::BelowPlatform(suffix.to_owned()));
    }
    if SHORTENERS.contains(&registrable) {
        found.push(Hazard::Shortener(registrable.to_owned()));
    }
    if PLATFORMS.contains(&registrable) {
        found.push(Hazard::Platform(registrable.to_owned()));
    }
    found
}
