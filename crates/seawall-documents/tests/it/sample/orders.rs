//! What is asked of others by order, letter or service, and what they may not see.

use seawall_documents::{
    case::{
        Operator, OrderAnnex, OrderedAsset, PreservationLetter, PseudonymKey, Published,
        RedactedDocument, RedactionLog, Schedule, ScheduledAsset, Service, ServiceAddress,
        ServiceAttempt,
    },
    redaction::{Class, Done, Profile, Pseudonym, Pseudonyms, RedactionEntry},
};
use seawall_evidence::{document::Text, hash::Digest};

use super::{asset, items, matter, parameter, t};

pub(super) fn schedule_input() -> Schedule {
    let operator = |organisation: &str, address: &str, iana: Option<&str>, contact: &str| {
        Some(Operator {
            organisation: t(organisation),
            address: t(address),
            iana: iana.map(str::to_owned),
            contact: Some(contact.to_owned()),
        })
    };
    let row = |number: u32| ScheduledAsset {
        number,
        asset: asset(number),
        top_level_domain: Some("example".to_owned()),
        registry: operator(
            "Example Registry, Inc.",
            "Example Avenue, Springfield, United States",
            None,
            "legal@registry.example",
        ),
        registrar: operator(
            "Example Names, LLC",
            "Springfield, United States",
            Some("IANA 9999"),
            "abuse@registrar.example",
        ),
        host: operator("Example Hosting BV", "Netherlands", None, "abuse@host.example"),
        created: Some("2025-11-02".to_owned()),
        expires: Some("2026-11-02".to_owned()),
        name_servers: vec!["ns1.host.example".to_owned(), "ns2.host.example".to_owned()],
        statuses: vec!["clientTransferProhibited".to_owned()],
        collateral: t("none found; the name serves nothing else"),
        requested: vec![
            t("set server locks"),
            t("change name servers to those of the plaintiff"),
            t("preserve logs"),
            t("do not notify until served"),
        ],
        respondent: t("Example Registry, Inc."),
        snapshot: Digest::of(format!("snapshot {number}")),
        snapshot_at: "2026-03-20 09:00 UTC".to_owned(),
    };
    Schedule {
        matter: matter(),
        assets: (1..=3).map(row).collect(),
        previous: (1..=2).map(row).collect(),
    }
}

pub(crate) fn annex() -> OrderAnnex {
    let ordered = |number: u32, steps: Vec<Text>| OrderedAsset {
        number,
        asset: asset(number),
        capacities: vec![t("registry operator")],
        steps,
        snapshot: Digest::of(format!("snapshot {number}")),
        snapshot_at: "2026-03-20 09:00 UTC".to_owned(),
    };
    OrderAnnex {
        matter: matter(),
        part: "example-registry".to_owned(),
        respondent: Operator {
            organisation: t("Example Registry, Inc."),
            address: t("Springfield, United States"),
            iana: None,
            contact: Some("legal@registry.example".to_owned()),
        },
        assets: vec![
            ordered(1, vec![t("Set the status serverTransferProhibited.")]),
            ordered(2, vec![]),
        ],
        time: vec![t("Within ").then(parameter("24 hours")).text(" of receipt.")],
        preserve: vec![t("What you hold of the registration.")],
        confidentiality: vec![],
    }
}

pub(crate) fn letter() -> PreservationLetter {
    PreservationLetter {
        matter: matter(),
        part: "host".to_owned(),
        recipient: t("Example Hosting BV, legal department"),
        assets: vec![asset(1), asset(4)],
        what: vec![t("Records of who rented the machine."), t("Logs of access to it.")],
        from: "2025-11-02".to_owned(),
        to: "2026-03-20".to_owned(),
        why: vec![t("The storefront was served from it.")],
        reply_by: "2026-03-27".to_owned(),
    }
}

pub(crate) fn notice_and_service() -> Service {
    Service {
        matter: matter(),
        addresses: vec![ServiceAddress {
            defendant: "Doe-1".to_owned(),
            channel: t("e-mail"),
            address: "198.51.100.23".to_owned(),
            used: t("given as the address for support on the storefront"),
            source: items()[1].clone(),
        }],
        email: vec![t("You are being sued. <b>Read</b> the documents.")],
        page: "https://notice.example/mailbazaar".to_owned(),
        published: vec![Published {
            id: "Ex-1".to_owned(),
            name: "Ex-1-v1".to_owned(),
            title: "Storefront's price list".to_owned(),
            sha256: Digest::of("Ex-1"),
        }],
        attempts: vec![ServiceAttempt {
            defendant: "Doe-1".to_owned(),
            channel: t("e-mail"),
            address: "198.51.100.23".to_owned(),
            sent_at: "2026-03-21 10:00 UTC".to_owned(),
            result: t("accepted by the mail server"),
            receipt: items()[2].clone(),
        }],
    }
}

pub(super) fn redactions() -> RedactionLog {
    let entry = |place: &str, class, done, page| RedactionEntry {
        document: "Ex-1-v1".to_owned(),
        place: place.to_owned(),
        class,
        profile: Profile::CourtPublic,
        done,
        page,
    };
    let document = |id: &str, entries| RedactedDocument {
        name: format!("{id}-v1"),
        profile: Profile::CourtPublic,
        by: t("ana"),
        at: "2026-03-20 15:00 UTC".to_owned(),
        log: items()[3].clone(),
        entries,
    };
    let place = "section `record`, block 1, number 2";
    RedactionLog {
        matter: matter(),
        documents: vec![
            document(
                "Ex-1",
                vec![
                    entry(place, Class::Account, Done::Pseudonym, Some(1)),
                    entry(place, Class::IpAddress, Done::Network, Some(1)),
                    entry("caption", Class::EmailAddress, Done::Domain, None),
                ],
            ),
            document("Ex-2", vec![]),
        ],
    }
}

pub(super) fn key() -> PseudonymKey {
    let mut names = Pseudonyms::default();
    let accounts = ["u17".to_owned(), "u4711".to_owned()];
    names.assign(&[3; 32], Pseudonym::Account, accounts);
    names.assign(&[3; 32], Pseudonym::Defendant, ["the seller in the chat".to_owned()]);
    PseudonymKey { matter: matter(), table: items()[4].clone(), rows: names.table() }
}
