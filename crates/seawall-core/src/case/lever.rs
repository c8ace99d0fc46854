//! Which means would reach an asset, why, and why not the others?
//!
//! A function for each lever over the same facts. Rules are cited; whether they hold in a case is counsel's to say.

use serde::{Deserialize, Serialize};

use super::asset::{Asset, AssetType, DnsAbuse, OperatorKind};

mod rules;

/// A means by which somebody else, or the site itself, ends an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lever {
    /// An order of a civil court.
    CivilOrder,
    /// A notice of abuse to the registrar (RAA 3.18.2).
    RegistrarNotice,
    /// The Uniform Domain-Name Dispute-Resolution Policy.
    Udrp,
    /// The Uniform Rapid Suspension System.
    Urs,
    /// A notice to the host or content network, by its terms.
    HostNotice,
    /// A report to the platform it is on.
    PlatformReport,
    /// A report to who moves the money.
    PaymentReport,
    /// A referral to an authority.
    CriminalReferral,
    /// The site acts on its own accounts.
    OwnPlatform,
}

impl Lever {
    /// Every lever, in the order it is shown.
    pub const ALL: [Self; 9] = [
        Self::CivilOrder,
        Self::RegistrarNotice,
        Self::Udrp,
        Self::Urs,
        Self::HostNotice,
        Self::PlatformReport,
        Self::PaymentReport,
        Self::CriminalReferral,
        Self::OwnPlatform,
    ];

    /// In words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::CivilOrder => "civil order",
            Self::RegistrarNotice => "registrar notice (RAA 3.18.2)",
            Self::Udrp => "UDRP",
            Self::Urs => "URS",
            Self::HostNotice => "host or CDN notice",
            Self::PlatformReport => "platform report",
            Self::PaymentReport => "payment report",
            Self::CriminalReferral => "criminal referral",
            Self::OwnPlatform => "own platform",
        }
    }
}

/// A trademark of the site, by which a name may infringe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The word.
    pub word: String,
    /// Where it is registered.
    pub registration: String,
}

/// What is known beside the asset itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ground {
    /// The site's marks.
    pub marks: Vec<Mark>,
    /// Countries whose operators a court in the case reaches, as ISO 3166-1 codes.
    pub court_reaches: Vec<String>,
}

/// How well a lever fits an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fit {
    /// Which lever.
    pub lever: Lever,
    /// Whether it would reach the asset.
    pub viable: bool,
    /// Why, or why not.
    pub why: String,
    /// What has to be shown.
    pub needs: Vec<String>,
    /// How many days it usually takes, least and most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<(u32, u32)>,
}

/// How every lever fits.
pub fn assess(asset: &Asset, ground: &Ground) -> Vec<Fit> {
    Lever::ALL.into_iter().map(|lever| rules::fit(lever, asset, ground)).collect()
}

/// The mark that the registered name holds, if any: spelled out in it, whatever stands around it.
pub fn mark_in<'a>(asset: &Asset, ground: &'a Ground) -> Option<&'a Mark> {
    let name = asset.domain()?;
    // The registered label, as people read it: in its Unicode form, without the suffix.
    let registrable = name.registrable()?;
    let label = registrable.split('.').next()?;
    let label = idna::domain_to_unicode(label).0.to_lowercase().replace('-', "");
    ground.marks.iter().find(|mark| {
        let word = mark.word.to_lowercase().replace([' ', '-'], "");
        !word.is_empty() && label.contains(&word)
    })
}

/// Whether a registrar would have to act by RAA 3.18.2.
pub fn is_dns_abuse(asset: &Asset) -> bool {
    !asset.dns_abuse.is_empty()
}

const fn harm(abuse: DnsAbuse) -> &'static str {
    match abuse {
        DnsAbuse::Malware => "malware",
        DnsAbuse::Botnet => "botnet control",
        DnsAbuse::Phishing => "phishing",
        DnsAbuse::Pharming => "pharming",
        DnsAbuse::SpamAsVector => "spam that delivers one of these",
    }
}

fn has_operator(asset: &Asset, kinds: &[OperatorKind]) -> bool {
    asset.operators.iter().any(|operator| kinds.contains(&operator.kind))
}

fn is_name(asset: &Asset) -> bool {
    asset.asset_type == AssetType::Domain
}

#[cfg(test)]
mod tests;
