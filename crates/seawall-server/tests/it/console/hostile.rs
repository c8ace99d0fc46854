//! Is a name that an attacker chose harmless wherever it is shown?

use std::{fmt::Write as _, sync::Arc};

use seawall_core::campaign::findings::{Findings, Member, fixture};
use seawall_server::console::routes::routes;

use super::{
    desk::{Desk, Page},
    kept_cases::{ID, Kept},
};

/// Bytes of a page at most.
const PAGE_BYTES_MAX: usize = 1 << 20;

fn attacks() -> Vec<String> {
    vec![
        "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>".to_owned(),
        "</title></textarea></svg><!--<svg onload=alert(1)>".to_owned(),
        "\u{202e}gnp.exe\u{2066}\u{200b}\u{feff}abc".to_owned(),
        "nul\u{0}bell\u{7}escape\u{1b}[31mred\r\nSet-Cookie: x=y".to_owned(),
        format!("<b>{}", "é".repeat(2048)),
        "=HYPERLINK(\"https://example.org\")".to_owned(),
        "a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}".repeat(40),
    ]
}

fn members(findings: &Findings, text: &str) -> Vec<Member> {
    let mut members = fixture::members(findings);
    members.truncate(3);
    for (index, member) in members.iter_mut().enumerate() {
        member.account = format!("{text}{index}");
    }
    members
}

fn harmless(page: &Page, told: &str) {
    assert!(page.status < 500, "{told}: {}", page.status);
    assert!(page.text.len() < PAGE_BYTES_MAX, "{told}: {} bytes", page.text.len());
    let media_type = page.header("content-type");
    if media_type.starts_with("text/html") || media_type.starts_with("image/svg") {
        for raw in ["<script>alert", "<img src=x", "<svg onload", "<b>é", "<!--"] {
            assert!(!page.text.contains(raw), "{told}: {raw}");
        }
        let strange = |own: char| {
            (own.is_control() && own != '\n') || "\u{202e}\u{2066}\u{200b}\u{feff}".contains(own)
        };
        assert!(!page.text.contains(strange), "{told}");
        assert!(!page.text.contains("\u{304}\u{305}"), "{told}");
    }
    if media_type.starts_with("text/csv") {
        for line in page.text.lines() {
            assert!(
                !line.starts_with('=') && !line.contains(",=") && !line.contains(",\"="),
                "{told}: {line}"
            );
        }
    }
    for (name, value) in &page.headers {
        assert!(value.to_str().is_ok(), "{told}: {name}");
        assert_ne!(
            (name.as_str(), value.to_str().unwrap_or_default()),
            ("set-cookie", "x=y"),
            "{told}"
        );
    }
}

#[test]
fn hostile_values_are_harmless_on_every_page_and_in_every_file() {
    for text in attacks() {
        let findings = fixture::hostile(&text);
        let id = findings.campaigns[0].campaign.clone();
        let kept = Arc::new(Kept::of(&text));
        let desk = Desk::start_keeping(&findings, &members(&findings, &text), kept);
        let first = desk.first();
        let campaign = format!("/campaigns/{id}");
        for (path, name) in [("note", "note"), ("name", "name")] {
            let saw = first.get(&campaign).field("saw");
            let page = first.post(&format!("{campaign}/{path}"), &[(name, &text), ("saw", &saw)]);
            assert!(page.status == 303, "{path}: {}", page.status);
        }
        let asked: String = form(&text);
        let mut addresses: Vec<String> = routes()
            .iter()
            .filter(|route| route.method == "GET" && route.path != "/live")
            .map(|route| route.path.replace("{id}", &id).replace("{file}", "graph.csv"))
            .map(|path| path.replace("{name}", "none").replace("{secret}", "none"))
            .collect();
        for tab in ["why", "graph", "timeline", "accounts", "geography", "evidence", "activity"] {
            addresses.push(format!("{campaign}?tab={tab}"));
            addresses
                .push(format!("{campaign}?tab={tab}&order={asked}&account={asked}&page={asked}"));
        }
        for tab in [
            "evidence",
            "documents",
            "schedule",
            "approvals",
            "assets",
            "timeline",
            "bundles",
            "activity",
        ] {
            addresses.push(format!("/cases/{ID}?tab={tab}"));
            addresses.push(format!("/cases/{ID}/{tab}.csv"));
            addresses.push(format!(
                "/cases/{ID}?tab={tab}&q={asked}&state={asked}&object={asked}&who={asked}&versions=all"
            ));
        }
        for file in ["graph.svg", "selectors.csv", "timeline.svg", "places.csv", "evidence.svg"] {
            addresses.push(format!("{campaign}/{file}"));
        }
        for path in [
            "/search?q",
            "/campaigns?q",
            "/campaigns?status",
            "/queue?decided",
            "/queue?lane",
            "/login?next",
            "/cases?q",
            "/cases?campaign",
            "/cases?title",
        ] {
            addresses.push(format!("{path}={asked}"));
        }
        for address in addresses {
            harmless(&first.get(&address), &address);
        }
        let revealed = first.post(
            &format!("{campaign}/reveal"),
            &[("purpose", &format!("{text} eight")), ("order", "file")],
        );
        assert_eq!(revealed.status, 200);
        harmless(&revealed, "reveal");
        harmless(&first.get("/settings/audit"), "audit");
    }
}

fn form(text: &str) -> String {
    text.bytes().fold(String::new(), |mut form, byte| {
        write!(form, "%{byte:02X}").expect("a String accepts every write");
        form
    })
}
