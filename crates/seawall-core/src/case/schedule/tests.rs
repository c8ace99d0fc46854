//! Do the gates hold, and is a supplement told from what came before?

use super::*;
use crate::case::asset::{Collateral, Facts, Use, tests::domain};

fn ready(name: &str, id: &str) -> Asset {
    let operator = Operator {
        kind: OperatorKind::Registrar,
        organisation: "Registrar".to_owned(),
        country: None,
        iana_id: Some(292),
        abuse_contact: None,
        legal_contact: None,
        source: "RDAP".to_owned(),
        as_of: at("2023-12-01T00:00:00Z"),
    };
    let collateral = Collateral {
        shared: false,
        tenants_estimate: None,
        legitimate_use: None,
        reviewed_by: "ana".parse().unwrap(),
    };
    let proof =
        Use { item: "item-1".parse().unwrap(), shows: "accounts on offer".to_owned(), grade: None };
    let end_state = EndState { statuses: ["server hold".to_owned()].into(), ..EndState::default() };
    Asset {
        id: id.parse().unwrap(),
        operators: vec![operator],
        collateral: Some(collateral),
        used_by_operation: vec![proof],
        attribution: None,
        end_state: Some(end_state),
        ..domain(name)
    }
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn seen(asset: &str, when: &str, method: Method, server: &str) -> Observation {
    let facts = Facts { name_servers: Some([server.to_owned()].into()), ..Facts::default() };
    Observation {
        asset: asset.parse().unwrap(),
        item: "item-2".parse().unwrap(),
        at: at(when),
        vantage: "here".parse().unwrap(),
        method,
        raw_sha256: "ab".repeat(32).parse().unwrap(),
        facts,
    }
}

const NOW: &str = "2023-12-07T12:00:00Z";

fn made(asset: &Asset, observations: &[Observation]) -> Result<Row, Vec<Blocked>> {
    row(1, asset, observations, at(NOW), false)
}

#[test]
fn a_row_says_what_a_respondent_needs() {
    let snapshot = [seen("asset-1", "2023-12-06T12:00:00Z", Method::Rdap, "ns1.example")];
    let row = made(&ready("xn--bcher-kva.example", "asset-1"), &snapshot).unwrap();
    assert_eq!(
        (row.identifier.as_str(), row.display.as_str()),
        ("xn--bcher-kva.example", "bücher.example")
    );
    assert_eq!(row.name_servers, ["ns1.example"]);
    assert_eq!(row.respondents[0].iana_id, Some(292));
    assert_eq!(row.collateral, "none found");
}

#[test]
fn stale_and_changed_snapshots_are_refused() {
    let asset = ready("shop.example", "asset-1");
    let registration = |when| seen("asset-1", when, Method::Rdap, "ns1.example");
    assert_eq!(
        made(&asset, &[]),
        Err(vec![Blocked::NoSnapshot { asset: "shop.example".to_owned() }])
    );
    // Seventy-two hours are fresh, a second more is not.
    assert!(made(&asset, &[registration("2023-12-04T12:00:00Z")]).is_ok());
    assert_eq!(
        made(&asset, &[registration("2023-12-04T11:59:59Z")]),
        Err(vec![Blocked::Stale { asset: "shop.example".to_owned(), hours: 72 }])
    );
    // What lies in the future of the clock is no snapshot.
    assert!(made(&asset, &[registration("2023-12-08T00:00:00Z")]).is_err());
    let moved = [
        registration("2023-12-06T12:00:00Z"),
        seen("asset-1", "2023-12-07T06:00:00Z", Method::Dns, "ns9.example"),
    ];
    assert!(matches!(made(&asset, &moved).unwrap_err()[..], [Blocked::Changed { .. }]));
    let of_another = [seen("asset-9", "2023-12-07T06:00:00Z", Method::Rdap, "ns1.example")];
    assert!(made(&asset, &of_another).is_err());
}

#[test]
fn a_row_goes_out_only_as_long_as_its_snapshot_is_fresh_and_nothing_changed() {
    let asset = ready("shop.example", "asset-1");
    let mut seen_so_far =
        vec![seen("asset-1", "2023-12-07T00:00:00Z", Method::Rdap, "ns1.example")];
    let row = made(&asset, &seen_so_far).unwrap();
    assert_eq!(still_fresh(&row, &seen_so_far, at("2023-12-10T00:00:00Z")), Ok(()));
    assert_eq!(
        still_fresh(&row, &seen_so_far, at("2023-12-10T00:00:01Z")),
        Err(Blocked::Stale { asset: "shop.example".to_owned(), hours: 72 })
    );
    // A newer look that found the same does not make the row any younger; one that found another tells.
    seen_so_far.push(seen("asset-1", "2023-12-08T00:00:00Z", Method::Dns, "ns1.example"));
    assert_eq!(still_fresh(&row, &seen_so_far, at("2023-12-09T00:00:00Z")), Ok(()));
    assert!(still_fresh(&row, &seen_so_far, at("2023-12-10T00:00:01Z")).is_err());
    seen_so_far.push(seen("asset-9", "2023-12-08T00:00:00Z", Method::Dns, "ns9.example"));
    assert_eq!(still_fresh(&row, &seen_so_far, at("2023-12-09T00:00:00Z")), Ok(()));
    seen_so_far.push(seen("asset-1", "2023-12-08T12:00:00Z", Method::Dns, "ns9.example"));
    assert_eq!(still_fresh(&row, &seen_so_far, at("2023-12-08T11:00:00Z")), Ok(()));
    assert!(matches!(
        still_fresh(&row, &seen_so_far, at("2023-12-09T00:00:00Z")),
        Err(Blocked::Changed { .. })
    ));
}

#[test]
fn everything_missing_is_told_at_once() {
    let blocked = made(&domain("shop.example"), &[]).unwrap_err();
    assert_eq!(blocked.len(), 5, "{blocked:?}");
}

#[test]
fn nobody_else_slips_in() {
    let hazard = |name: &str| hazards(&ready(name, "asset-1"));
    assert_eq!(hazard("co.uk"), [Hazard::PublicSuffix("co.uk".to_owned())]);
    assert_eq!(hazard("github.io"), [Hazard::PublicSuffix("github.io".to_owned())]);
    assert_eq!(hazard("shop.github.io"), [Hazard::BelowPlatform("github.io".to_owned())]);
    assert_eq!(hazard("shop.duckdns.org"), [Hazard::BelowPlatform("duckdns.org".to_owned())]);
    assert_eq!(hazard("bit.ly"), [Hazard::Shortener("bit.ly".to_owned())]);
    assert_eq!(hazard("sites.google.com"), [Hazard::Platform("google.com".to_owned())]);
    assert_eq!(hazard("hotmailbox.me"), []);

    let mut shared = ready("shop.example", "asset-1");
    for (flag, tenants, hit) in
        [(false, Some(1), false), (true, None, true), (false, Some(40), true)]
    {
        let collateral = shared.collateral.as_mut().unwrap();
        (collateral.shared, collateral.tenants_estimate) = (flag, tenants);
        assert_eq!(!hazards(&shared).is_empty(), hit);
    }
    let snapshot = [seen("asset-1", "2023-12-06T12:00:00Z", Method::Rdap, "ns1.example")];
    assert!(matches!(made(&shared, &snapshot).unwrap_err()[..], [Blocked::Collateral { .. }]));
    assert!(row(1, &shared, &snapshot, at(NOW), true).is_ok(), "counsel may override");
}

#[test]
fn a_supplement_is_told() {
    let row = |name: &str, id: &str, number| {
        let snapshot = [seen(id, "2023-12-06T12:00:00Z", Method::Rdap, "ns1.example")];
        super::row(number, &ready(name, id), &snapshot, at(NOW), false).unwrap()
    };
    let first = Schedule {
        version: 1,
        rows: vec![row("a.example", "asset-1", 1), row("b.example", "asset-2", 2)],
    };
    let mut second = first.clone();
    second.version = 2;
    assert_eq!(difference(&first, &second).sentence(2), "supplement 1 changes nothing");
    second.rows.push(row("c.example", "asset-3", 3));
    assert_eq!(difference(&first, &second).sentence(2), "supplement 1 adds no. 3");
    second.rows[1].name_servers.clear();
    second.rows.remove(0);
    let found = difference(&first, &second);
    assert_eq!(found.sentence(2), "supplement 1 adds no. 3, changes no. 2, drops no. 1");
    assert_eq!(found.changed, [(2, vec!["name servers".to_owned()])]);
    assert_eq!(
        respondents(&second),
        [(OperatorKind::Registrar, "Registrar".to_owned(), vec![2, 3])]
    );
}
