//! Do the levers agree with what is public of five domains in S.D.N.Y. 23-cv-10685?

use super::*;
use crate::case::{
    asset::{Operator, tests::domain},
    lever::Lever::{CivilOrder, RegistrarNotice, Udrp, Urs},
};

fn ground() -> Ground {
    let mark = |word: &str| Mark { word: word.to_owned(), registration: "US".to_owned() };
    Ground { marks: vec![mark("Hotmail"), mark("Outlook")], court_reaches: vec!["US".to_owned()] }
}

fn registered(name: &str) -> Asset {
    let operator = Operator {
        kind: OperatorKind::Registry,
        organisation: "Registry".to_owned(),
        country: Some("US".to_owned()),
        iana_id: None,
        abuse_contact: None,
        legal_contact: None,
        source: "IANA root zone database".to_owned(),
        as_of: "2023-12-01T00:00:00Z".parse().unwrap(),
    };
    Asset { operators: vec![operator], ..domain(name) }
}

fn viable(asset: &Asset) -> Vec<Lever> {
    assess(asset, &ground()).into_iter().filter(|fit| fit.viable).map(|fit| fit.lever).collect()
}

#[test]
fn only_the_shop_holds_a_mark_and_none_is_dns_abuse() {
    for name in ["1stcaptcha.com", "anycaptcha.com", "nonecaptcha.com", "rockcaptcha.com"] {
        let found = viable(&registered(name));
        assert_eq!(found, [CivilOrder, Lever::CriminalReferral], "{name}");
    }
    let shop = viable(&registered("hotmailbox.me"));
    assert_eq!(shop, [CivilOrder, Udrp, Lever::CriminalReferral]);
}

#[test]
fn every_lever_says_why() {
    for name in ["hotmailbox.me", "1stcaptcha.com"] {
        let fits = assess(&registered(name), &ground());
        assert_eq!(fits.iter().map(|fit| fit.lever).collect::<Vec<_>>(), Lever::ALL);
        assert!(fits.iter().all(|fit| !fit.why.is_empty() && !fit.needs.is_empty()));
    }
}

#[test]
fn a_harm_of_the_raa_brings_the_registrar_in_where_the_raa_binds() {
    let phishing = |name: &str| Asset { dns_abuse: vec![DnsAbuse::Phishing], ..registered(name) };
    assert!(viable(&phishing("1stcaptcha.com")).contains(&RegistrarNotice));
    assert!(!viable(&phishing("hotmailbox.me")).contains(&RegistrarNotice));
}

#[test]
fn the_rapid_suspension_is_for_newer_domains() {
    assert!(viable(&registered("hotmail-login.shop")).contains(&Urs));
    assert!(!viable(&registered("hotmail-login.com")).contains(&Urs));
    // A mark in a host below the registered name is not in the registered name.
    assert!(!viable(&registered("hotmail.example.shop")).contains(&Urs));
}

#[test]
fn a_court_orders_those_in_its_reach() {
    let mut asset = registered("anycaptcha.com");
    asset.operators[0].country = Some("ME".to_owned());
    assert!(!viable(&asset).contains(&CivilOrder));
    asset.jurisdiction_hook = Some("the back end of the registry is in the US".to_owned());
    assert!(viable(&asset).contains(&CivilOrder));
    asset.operators.clear();
    asset.jurisdiction_hook = None;
    assert!(!viable(&asset).contains(&CivilOrder));
}
