//! Are answers read as the standards have them, and does only a measurement verify?

use super::*;
use crate::case::ContentHash;

/// A stand-in for a hash function: differs where lengths differ.
fn length_hash(bytes: &[u8]) -> ContentHash {
    format!("{:064x}", bytes.len()).parse().unwrap()
}

/// The shape of the example of RFC 9083, section 5.3, cut down to what is read.
const RDAP: &str = r#"{
  "objectClassName": "domain", "handle": "XXXX", "ldhName": "0.2.192.in-addr.arpa", "unicodeName": "x",
  "nameservers": [
    {"objectClassName": "nameserver", "ldhName": "NS1.rir.example"},
    {"objectClassName": "nameserver", "ldhName": "ns2.rir.example."}
  ],
  "status": ["server hold", "Server Transfer Prohibited"],
  "secureDNS": {"delegationSigned": true},
  "events": [
    {"eventAction": "registration", "eventDate": "1990-12-31T23:59:59Z"},
    {"eventAction": "expiration", "eventDate": "2024-12-31T23:00:00-01:00"}
  ],
  "entities": [{
    "objectClassName": "entity", "handle": "292", "roles": ["registrar"],
    "publicIds": [{"type": "IANA Registrar ID", "identifier": "292"}],
    "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar Inc."]]],
    "entities": [{"objectClassName": "entity", "roles": ["abuse"],
      "vcardArray": ["vcard", [["fn", {}, "text", ""], ["email", {}, "text", "abuse@registrar.example"]]]}]
  }]
}"#;

#[test]
fn registration_data_are_read() {
    let facts = observation::read(Method::Rdap, RDAP.as_bytes(), &length_hash).unwrap();
    assert_eq!(facts.registrar.as_deref(), Some("Example Registrar Inc."));
    assert_eq!(facts.registrar_iana_id, Some(292));
    assert_eq!(facts.abuse_contact.as_deref(), Some("abuse@registrar.example"));
    let set = |texts: [&str; 2]| Some(texts.map(str::to_owned).into_iter().collect());
    assert_eq!(facts.name_servers, set(["ns1.rir.example", "ns2.rir.example"]));
    assert_eq!(facts.statuses, set(["server hold", "server transfer prohibited"]));
    let expires = facts.expires_at.map(|at| at.to_string());
    assert_eq!(expires.as_deref(), Some("2025-01-01T00:00:00.000000000Z"));
}

#[test]
fn answers_are_read_or_refused_and_never_panic() {
    let dns = "; a comment\nexample.org.\t300\tIN\tA\t203.0.113.9\nexample.org. 300 IN AAAA 2001:db8::1\n\
        example.org. 300 IN MX 10 mail.example.org.\n";
    let facts = observation::read(Method::Dns, dns.as_bytes(), &length_hash).unwrap();
    assert_eq!(facts.addresses.unwrap().len(), 2);
    assert_eq!((facts.name.as_deref(), facts.name_servers), (Some("example.org"), None));
    let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nseized";
    let facts = observation::read(Method::Http, page, &length_hash).unwrap();
    assert_eq!((facts.http_status, facts.body_sha256), (Some(200), Some(length_hash(b"seized"))));

    for raw in [RDAP.as_bytes(), dns.as_bytes(), page] {
        for end in 0..raw.len() {
            for method in [Method::Rdap, Method::Dns, Method::Tls, Method::Http] {
                let _ = observation::read(method, &raw[..end], &length_hash);
            }
        }
    }
    for (method, raw) in [
        (Method::Rdap, "{\"objectClassName\":\"entity\",\"ldhName\":\"a\"}"),
        (Method::Rdap, "[]"),
        (Method::Dns, "example.org. 300 IN A not-an-address"),
        (Method::Dns, "example.org. IN A 203.0.113.9"),
        (Method::Http, "HTTP/1.1 999 X\r\n\r\n"),
        (Method::Tls, ""),
    ] {
        assert!(observation::read(method, raw.as_bytes(), &length_hash).is_err(), "{raw}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(observation::read(Method::Rdap, deep.as_bytes(), &length_hash).is_err());
    assert!(observation::read(Method::Dns, &vec![b'\n'; 600_000], &length_hash).is_err());
}

fn seen(vantage: &str, method: Method, day: u32, servers: &str) -> Observation {
    let raw_sha256 = length_hash(b"");
    let facts = Facts { name_servers: Some([servers.to_owned()].into()), ..Facts::default() };
    Observation {
        asset: "asset-1".parse().unwrap(),
        item: "item-1".parse().unwrap(),
        at: format!("2023-12-{day:02}T12:00:00Z").parse().unwrap(),
        vantage: vantage.parse().unwrap(),
        method,
        raw_sha256,
        facts,
    }
}

fn ordered() -> EndState {
    EndState { name_servers: ["ns1.court.example".to_owned()].into(), ..EndState::default() }
}

#[test]
fn two_vantages_two_methods_a_day_apart() {
    let good = "ns1.court.example";
    let mut seen_so_far = Vec::new();
    for vantage in ["frankfurt", "virginia"] {
        for method in [Method::Rdap, Method::Dns] {
            seen_so_far.push(seen(vantage, method, 14, good));
        }
    }
    assert!(matches!(verified(&ordered(), &seen_so_far), Err(Missing::TooFew { .. })));
    assert_eq!(verified(&EndState::default(), &seen_so_far), Err(Missing::NoEndState));
    // The second round, one check short of it, then whole.
    seen_so_far.push(seen("frankfurt", Method::Rdap, 15, good));
    seen_so_far.push(seen("frankfurt", Method::Dns, 15, good));
    seen_so_far.push(seen("virginia", Method::Rdap, 15, good));
    assert!(matches!(verified(&ordered(), &seen_so_far), Err(Missing::TooFew { .. })));
    seen_so_far.push(seen("virginia", Method::Dns, 15, good));
    let by = verified(&ordered(), &seen_so_far).unwrap();
    assert_eq!(by.methods, [Method::Rdap, Method::Dns]);
    assert_eq!(by.last.since(by.first).as_hours(), 24);
    assert!(drift(&ordered(), &seen_so_far).is_empty());

    // Afterwards somebody points it elsewhere: it is no longer as ordered, whatever was seen before.
    seen_so_far.push(seen("virginia", Method::Dns, 20, "ns1.shop.example"));
    assert!(matches!(verified(&ordered(), &seen_so_far), Err(Missing::Differs(_))));
    let told = drift(&ordered(), &seen_so_far);
    assert_eq!(
        told,
        [
            "name servers: ns1.shop.example instead of ns1.court.example (dns from virginia, 2023-12-20)"
        ]
    );
}

#[test]
fn one_vantage_or_one_method_never_suffices() {
    let good = "ns1.court.example";
    let days = || 14..30;
    let one_vantage: Vec<_> = days()
        .flat_map(|day| [Method::Rdap, Method::Dns].map(|method| seen("here", method, day, good)))
        .collect();
    let one_method: Vec<_> = days()
        .flat_map(|day| ["here", "there"].map(|vantage| seen(vantage, Method::Dns, day, good)))
        .collect();
    for observations in [one_vantage, one_method] {
        assert!(matches!(verified(&ordered(), &observations), Err(Missing::TooFew { .. })));
    }
}

#[test]
fn a_registration_that_runs_out_is_told() {
    let mut observation = seen("here", Method::Rdap, 14, "ns1.court.example");
    observation.facts.expires_at = Some("2024-03-01T00:00:00Z".parse().unwrap());
    let now = |text: &str| text.parse::<Moment>().unwrap();
    let observations = [observation];
    assert_eq!(lapses(&observations, now("2023-12-20T00:00:00Z")), None);
    assert_eq!(
        lapses(&observations, now("2024-01-10T00:00:00Z")),
        observations[0].facts.expires_at
    );
}

#[test]
fn an_asset_is_taken_in_one_form_and_attributed_on_evidence() {
    let asset = domain("Bücher.Example.").checked().unwrap();
    assert_eq!(
        (asset.identifier.as_str(), asset.display().as_str()),
        ("xn--bcher-kva.example", "bücher.example")
    );
    assert!(matches!(asset.attributable(), Err(NotAnAsset::NoUse(_))));
    assert!(domain("https://a.example").checked().is_err());
    let address = Asset { asset_type: AssetType::HostIp, ..domain("2001:DB8:0::1") };
    assert_eq!(address.checked().unwrap().identifier, "2001:db8::1");
    let wallet = Asset { asset_type: AssetType::Wallet, ..domain("a\u{7}b") };
    assert_eq!(wallet.checked(), Err(NotAnAsset::Identifier));
}

/// A storefront with nothing known of it.
pub(crate) fn domain(name: &str) -> Asset {
    Asset {
        id: "asset-1".parse().unwrap(),
        asset_type: AssetType::Domain,
        identifier: name.to_owned(),
        role: AssetRole::Storefront,
        operators: Vec::new(),
        jurisdiction_hook: None,
        collateral: None,
        used_by_operation: Vec::new(),
        attribution: None,
        dns_abuse: Vec::new(),
        end_state: None,
        successor_of: None,
    }
}
