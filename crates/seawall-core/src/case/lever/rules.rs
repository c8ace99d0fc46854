//! When does each lever fit?

use super::{
    Asset, AssetType, Fit, Ground, Lever, OperatorKind, harm, has_operator, is_name, mark_in,
};

/// Generic top-level domains from before 2013: URS was made for the later ones.
const LEGACY: [&str; 22] = [
    "aero", "arpa", "asia", "biz", "cat", "com", "coop", "edu", "gov", "info", "int", "jobs",
    "mil", "mobi", "museum", "name", "net", "org", "post", "pro", "tel", "travel",
];
/// Country-code domains under which the UDRP holds, of those that have come up; others are to be looked up.
const UDRP_COUNTRY: [&str; 4] = ["ai", "co", "me", "tv"];

pub(super) fn fit(lever: Lever, asset: &Asset, ground: &Ground) -> Fit {
    let judged = match lever {
        Lever::CivilOrder => civil_order(asset, ground),
        Lever::RegistrarNotice => registrar_notice(asset),
        Lever::Udrp => udrp(asset, ground),
        Lever::Urs => urs(asset, ground),
        Lever::HostNotice => host_notice(asset),
        Lever::PlatformReport => platform_report(asset),
        Lever::PaymentReport => payment_report(asset),
        Lever::CriminalReferral => {
            Ok("an authority can reach persons and servers abroad; control passes to it".to_owned())
        }
        Lever::OwnPlatform => own_platform(asset),
    };
    let (needs, days) = cost(lever);
    let viable = judged.is_ok();
    Fit {
        lever,
        viable,
        why: judged.unwrap_or_else(|why| why),
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        days,
    }
}

/// What has to be shown, and days.
const fn cost(lever: Lever) -> (&'static [&'static str], Option<(u32, u32)>) {
    match lever {
        Lever::CivilOrder => {
            (&["declarations", "a narrow list of assets", "harm", "a bond"], Some((3, 42)))
        }
        Lever::RegistrarNotice => (
            &["exact URL", "screenshots", "times", "the sent notice and its receipt"],
            Some((1, 14)),
        ),
        Lever::Udrp => (
            &["the mark's registration", "no right or interest of the holder", "bad faith"],
            Some((60, 90)),
        ),
        Lever::Urs => {
            (&["the mark's registration and use", "clear and convincing proof"], Some((14, 30)))
        }
        Lever::HostNotice => (&["the clause of the terms", "captures with times"], Some((1, 7))),
        Lever::PlatformReport => {
            (&["the clause of the terms", "captures with times"], Some((1, 14)))
        }
        Lever::PaymentReport => {
            (&["purchase records", "merchant or wallet identifiers"], Some((1, 14)))
        }
        Lever::CriminalReferral => {
            (&["a referral package", "a ground of disclosure for each item"], Some((30, 720)))
        }
        Lever::OwnPlatform => (
            &["the membership of the campaign", "a sampled check of mistakes", "an appeal"],
            Some((0, 1)),
        ),
    }
}

type Judged = Result<String, String>;

fn civil_order(asset: &Asset, ground: &Ground) -> Judged {
    if asset.asset_type == AssetType::AccountSet {
        return Err("the site can act on its own accounts without a court".to_owned());
    }
    let reached: Vec<&str> = asset
        .operators
        .iter()
        .filter(|operator| {
            operator.country.as_ref().is_some_and(|country| ground.court_reaches.contains(country))
        })
        .map(|operator| operator.organisation.as_str())
        .collect();
    if !reached.is_empty() {
        return Ok(format!("in reach of the court: {}", reached.join(", ")));
    }
    if let Some(hook) = &asset.jurisdiction_hook {
        return Ok(format!("by the stated hook: {hook}"));
    }
    if asset.operators.is_empty() {
        return Err("no operator is recorded: whom would the court order?".to_owned());
    }
    Err("no operator in reach of the court is recorded".to_owned())
}

fn registrar_notice(asset: &Asset) -> Judged {
    let Some(name) = asset.domain().filter(|_| is_name(asset)) else {
        return Err("not a domain name".to_owned());
    };
    match name.top_level() {
        country if country.len() == 2 => {
            return Err(format!("`.{country}` is a country's: the RAA does not bind there"));
        }
        encoded if encoded.starts_with("xn--") => {
            return Err(format!("`.{encoded}` may be a country's: to be looked up"));
        }
        _ => {}
    }
    if asset.dns_abuse.is_empty() {
        return Err(
            "none of malware, botnet, phishing, pharming or spam as their vector is shown; shops and solvers are outside"
                .to_owned(),
        );
    }
    let harms: Vec<&str> = asset.dns_abuse.iter().copied().map(harm).collect();
    Ok(format!("shown: {}", harms.join(", ")))
}

fn udrp(asset: &Asset, ground: &Ground) -> Judged {
    let mark = mark(asset, ground)?;
    let top = asset.domain().map(|name| name.top_level().to_owned()).unwrap_or_default();
    if top.len() == 2 && !UDRP_COUNTRY.contains(&top.as_str()) {
        return Err(format!(
            "the name holds the mark {mark}, but whether `.{top}` has the UDRP is to be looked up"
        ));
    }
    Ok(format!("the name holds the mark {mark}"))
}

fn urs(asset: &Asset, ground: &Ground) -> Judged {
    let mark = mark(asset, ground)?;
    let top = asset.domain().map(|name| name.top_level().to_owned()).unwrap_or_default();
    if top.len() == 2 {
        return Err(format!("`.{top}` is a country's, without URS"));
    }
    if LEGACY.contains(&top.as_str()) {
        return Err(format!("`.{top}` is older than the URS"));
    }
    Ok(format!("the name holds the mark {mark}; suspension only, for the registered term"))
}

/// The mark in the name, or why no policy on marks fits.
fn mark(asset: &Asset, ground: &Ground) -> Result<String, String> {
    if !is_name(asset) {
        return Err("not a domain name".to_owned());
    }
    mark_in(asset, ground)
        .map(|mark| mark.word.clone())
        .ok_or_else(|| "the name holds none of our marks".to_owned())
}

fn host_notice(asset: &Asset) -> Judged {
    if has_operator(asset, &[OperatorKind::Host, OperatorKind::Cdn]) {
        return Ok("a host or content network is recorded; its terms decide".to_owned());
    }
    Err("no host or content network is recorded".to_owned())
}

fn platform_report(asset: &Asset) -> Judged {
    use AssetType::{App, Channel, Package, SocialAccount, Video};
    let on_platform = matches!(asset.asset_type, SocialAccount | Channel | Video | Package | App);
    if on_platform || has_operator(asset, &[OperatorKind::Platform]) {
        return Ok("it is on a platform, whose terms decide".to_owned());
    }
    Err("it is on no platform".to_owned())
}

fn payment_report(asset: &Asset) -> Judged {
    let pays = matches!(asset.asset_type, AssetType::Wallet | AssetType::PaymentAccount);
    if pays || has_operator(asset, &[OperatorKind::PaymentProvider]) {
        return Ok("payment passes through it".to_owned());
    }
    Err("no payment is known to pass through it".to_owned())
}

fn own_platform(asset: &Asset) -> Judged {
    if asset.asset_type == AssetType::AccountSet {
        return Ok("these are accounts at our own site".to_owned());
    }
    Err("not at our own site".to_owned())
}
