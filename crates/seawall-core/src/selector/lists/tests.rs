//! Do the lists say what their lines say?

use proptest::prelude::*;

use super::*;
use crate::selector::{kind_seed, value_hash};

fn lists(file_name: &str, text: &str) -> Lists {
    let mut lists = Lists::default();
    lists.add(file_name, text).unwrap();
    lists
}

#[test]
fn domains_are_found_with_what_is_below_them() {
    let text =
        "# throw-away\nMailinator.com\n\n*.example.co.uk ; old\nnot a domain\nbücher.example\n";
    let mut lists = Lists::default();
    assert_eq!(
        lists.add("disposable_domains.txt", text),
        Ok(ListSummary { entries: 3, bad_lines: 1 })
    );
    assert!(lists.is_disposable("mailinator.com"));
    assert!(lists.is_disposable("a.b.mailinator.com"));
    assert!(lists.is_disposable("example.co.uk"));
    assert!(lists.is_disposable("xn--bcher-kva.example"));
    assert!(!lists.is_disposable("notmailinator.com"));
    assert!(!lists.is_disposable("co.uk"));
    assert!(!lists.is_disposable("com"));
}

#[test]
fn both_sorts_of_network_are_told_apart() {
    let mut lists = lists("hosting_ipv4.txt", "203.0.113.0/24\n2001:db8::/32\nnonsense\n");
    let summary = lists.add("vpn_more.txt", "203.0.113.7\n198.51.100.0/25 # exit\n").unwrap();
    assert_eq!(summary, ListSummary { entries: 2, bad_lines: 0 });
    let class = |text: &str| lists.class(text.parse().unwrap());
    assert_eq!(class("203.0.113.7"), Some(NetworkClass::Vpn));
    assert_eq!(class("203.0.113.8"), Some(NetworkClass::Hosting));
    assert_eq!(class("::ffff:203.0.113.8"), Some(NetworkClass::Hosting));
    assert_eq!(class("2001:db8:9::1"), Some(NetworkClass::Hosting));
    assert_eq!(class("198.51.100.128"), None);
    assert_eq!(class("2001:db9::"), None);
}

#[test]
fn hubs_are_exact() {
    let lists = lists("hubs.txt", "# exchanges\n0xAbC\n");
    assert!(lists.is_hub("0xAbC"));
    assert!(!lists.is_hub("0xabc"));
}

#[test]
fn known_selectors_say_who_knows_them() {
    let text = "# of others\nemail_domain\tevil.com\tCERT, indicator 1\nemail_domain\tevil.com\tA partner\n\
        ja4\tt13d_a_b\nno_kind\tx\ty\ncountry\tVN\tCERT\nemail_domain\nja4\ta\tb\tc\n";
    let mut lists = Lists::default();
    assert_eq!(
        lists.add("known_selectors_cert.txt", text),
        Ok(ListSummary { entries: 3, bad_lines: 4 })
    );
    let kind = KindId::from_name("email_domain").unwrap();
    let hash = value_hash(kind_seed(kind.kind()), "evil.com");
    let by: Vec<&str> = lists.known_by(hash).iter().map(AsRef::as_ref).collect();
    assert_eq!(by, ["A partner", "CERT, indicator 1"]);
    assert!(lists.known_by(hash ^ 1).is_empty());
    assert!(lists.known_values().any(|known| known == (kind, hash)));
    assert_eq!(lists.known_values().count(), 2);
}

#[test]
fn other_names_are_refused() {
    assert!(Lists::default().add("customers.txt", "").is_err());
    assert!(Lists::default().add("hostings.txt", "").is_err());
}

proptest! {
    #[test]
    fn search_agrees_with_a_scan(
        ranges in prop::collection::vec((any::<u8>(), 20_u8..=32), 0..30),
        probe: u16,
    ) {
        let networks: Vec<ipnet::Ipv4Net> = ranges
            .iter()
            .map(|&(byte, length)| {
                ipnet::Ipv4Net::new([203, 0, byte, byte].into(), length).unwrap()
            })
            .collect();
        let text: Vec<String> = networks.iter().map(ToString::to_string).collect();
        let lists = lists("hosting_ipv4.txt", &text.join("\n"));
        let [high, low] = probe.to_be_bytes();
        let address = std::net::Ipv4Addr::from([203, 0, high, low]);
        let expected = networks.iter().any(|network| network.contains(&address));
        prop_assert_eq!(lists.class(address.into()).is_some(), expected);
    }
}

#[test]
fn published_lists_are_read_whole() {
    let Some(folder) = crate::selector::tests::shared("data/intel/lists") else { return };
    let mut lists = Lists::default();
    for name in ["disposable_domains.txt", "hosting_ipv4.txt", "vpn_ipv4.txt"] {
        let text = fs_err::read_to_string(folder.join(name)).unwrap();
        let summary = lists.add(name, &text).unwrap();
        assert_eq!(summary.bad_lines, 0, "{name}");
        assert_eq!(summary.entries, u64::try_from(text.lines().count()).unwrap(), "{name}");
    }
    assert!(lists.is_disposable("mailinator.com"));
    assert!(!lists.is_disposable("gmail.com"));
    assert_eq!(lists.class("220.158.199.176".parse().unwrap()), Some(NetworkClass::Vpn));
}
