//! Is the report one harmless, bounded, complete file that says the numbers of the findings?

use scraper::{Html, Selector};
use seawall_core::campaign::findings::{Findings, fixture};

use super::report_html;

const HOSTILE: &str = "</td></table></style><script>alert(1)</script><img src=x onerror=alert(1)>\
     <a href='javascript:1'>\u{202e}gnp.exe\u{0}\u{1b}[2J&amp;\" onload=\"x ";

fn find<'a>(page: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector).collect()
}

fn text(page: &Html, selector: &str) -> String {
    find(page, selector).iter().flat_map(scraper::ElementRef::text).collect()
}

fn parse(findings: &Findings) -> (String, Html) {
    let html = report_html(findings);
    let page = Html::parse_document(&html);
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    (html, page)
}

/// Nothing runs, nothing is loaded, no address leads away.
fn assert_self_contained(page: &Html) {
    for selector in ["script", "img", "iframe", "object", "embed", "base", "form", "foreignObject"]
    {
        assert!(find(page, selector).is_empty(), "{selector}");
    }
    for element in find(page, "*") {
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on") && name != "src" && name != "style", "{name}={value}");
            if name == "href" {
                assert!(value.starts_with('#') || value == "data:,", "{name}={value}");
            }
        }
    }
    for style in find(page, "style") {
        let css: String = style.text().collect();
        assert!(!css.contains("@import") && !css.contains("url("));
    }
}

#[test]
fn it_is_one_file_that_loads_nothing() {
    for findings in [fixture::findings(), fixture::many(3), fixture::many(0)] {
        let (html, page) = parse(&findings);
        assert_self_contained(&page);
        let without_namespaces = html.replace("http://www.w3.org/2000/svg", "");
        assert!(!without_namespaces.contains("http:") && !without_namespaces.contains("https:"));
    }
}

#[test]
fn ids_are_unique_and_links_lead_somewhere() {
    let (_, page) = parse(&fixture::findings());
    let mut ids: Vec<&str> =
        find(&page, "[id]").iter().filter_map(|element| element.value().id()).collect();
    let number = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), number);
    for link in find(&page, "a[href]") {
        let target = link.attr("href").expect("selected by it").trim_start_matches('#');
        assert!(ids.binary_search(&target).is_ok(), "{target}");
    }
    for labelled in find(&page, "[aria-labelledby]") {
        for id in labelled.attr("aria-labelledby").expect("selected by it").split(' ') {
            assert!(ids.binary_search(&id).is_ok(), "{id}");
        }
    }
}

#[test]
fn it_says_the_numbers_of_the_findings() {
    let findings = fixture::findings();
    let (_, page) = parse(&findings);
    assert_eq!(text(&page, "h1"), "4 campaigns hold 4,219 of 104,832 accounts");
    assert_eq!(find(&page, "article.card").len(), 4);
    let card = text(&page, "#c-91f24a07be3d");
    for expected in [
        "612 of 612 accounts use the mail domain mailbox-nine.example; 3 of 104,220 peers do",
        "mailbox-nine.example",
        "at least a million times",
        "The three most used prefixes hold 82 % of the members",
        "14 of 612 accounts form the mail name differently.",
        "most favourable",
    ] {
        assert!(card.contains(expected), "{expected}");
    }
    let excused = text(&page, "#excused");
    for cluster in &findings.excused {
        assert!(
            excused.contains(&cluster.name) && excused.contains(&cluster.explanations[0].reason)
        );
    }
    let method = text(&page, "#method");
    assert!(method.contains(&findings.run.mode_reason));
    assert!(method.contains("--report-bits 4 --out"));
    let table = text(&page, "table.campaigns");
    assert!(
        table.contains("9 to 15 May 2026") && table.contains("3,480") && table.contains("18.2")
    );
}

#[test]
fn bits_that_chance_takes_off_are_shown() {
    let mut findings = fixture::findings();
    let campaign = &mut findings.campaigns[3];
    for family in &mut campaign.families {
        family.excused = false;
    }
    campaign.explanations.retain(|explanation| explanation.name == "coincidence");
    campaign.bits = 5.6;
    let steps = seawall_charts::waterfall::campaign_steps(
        campaign,
        &seawall_charts::words::Titles::default(),
    );
    let parts: Vec<(&str, f64)> =
        steps.iter().map(|step| (step.label.as_str(), (step.bits * 10.0).round() / 10.0)).collect();
    assert_eq!(
        parts,
        [
            ("device and client", 4.6),
            ("network", 3.1),
            ("payment", 2.0),
            ("coincidence", -4.1),
            ("What counts", 5.6),
        ]
    );
    let (_, page) = parse(&findings);
    assert!(text(&page, "table.campaigns").contains("coincidence"));
}

#[test]
fn more_than_a_million_to_one_is_never_stated_as_a_result() {
    let (_, page) = parse(&fixture::findings());
    let left: Vec<String> = find(&page, "table.explanations td.number strong")
        .iter()
        .map(|cell| cell.text().collect())
        .collect();
    assert!(left.iter().all(|text| text.parse::<f64>().is_ok_and(|bits| bits <= 20.0)), "{left:?}");
}

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let hostile = fixture::hostile(HOSTILE);
    let (html, page) = parse(&hostile);
    assert_self_contained(&page);
    let shown = text(&page, "body");
    assert!(shown.contains("<script>alert(1)</script>"));
    assert!(!html.chars().any(|character| {
        (character.is_control() && character != '\n')
            || ('\u{202a}'..='\u{202e}').contains(&character)
    }));
    let plain = find(&parse(&fixture::findings()).1, "*").len();
    assert_eq!(find(&page, "*").len(), plain, "the structure is that of harmless findings");
}

#[test]
fn long_text_is_bounded() {
    let plain = report_html(&fixture::findings()).len();
    let long = report_html(&fixture::hostile(&"Ω".repeat(4_096))).len();
    assert!(long < 3 * plain, "{long} against {plain}");
}

#[test]
fn hundreds_of_campaigns_are_in_the_table_and_fifty_in_full() {
    let (html, page) = parse(&fixture::many(240));
    assert_eq!(find(&page, "article.card").len(), 50);
    assert_eq!(find(&page, "table.campaigns tbody tr").len(), 240);
    let section = text(&page, "#campaigns");
    assert!(section.contains("The first 50 campaigns follow in full. The other 190"), "{section}");
    assert!(html.len() < 6 << 20, "{} bytes", html.len());
}

#[test]
fn no_campaign_is_a_result_too() {
    let mut findings = fixture::findings();
    findings.campaigns.clear();
    findings.excused.clear();
    findings.run.decoys.clear();
    findings.run.signups_over_time.counts.clear();
    let (_, page) = parse(&findings);
    assert_eq!(text(&page, "h1"), "No campaign among 104,832 accounts");
    assert!(text(&page, "#campaigns").contains("does not mean that there is no operation"));
}

#[test]
fn tables_and_pictures_can_be_read_without_seeing() {
    let (_, page) = parse(&fixture::findings());
    for picture in find(&page, "svg[role=img]") {
        assert!(picture.child_elements().any(|child| child.value().name() == "title"));
    }
    for picture in find(&page, "svg:not([role=img])") {
        assert_eq!(picture.attr("aria-hidden"), Some("true"));
    }
    for heading in find(&page, "th") {
        assert!(matches!(heading.attr("scope"), Some("col" | "row")));
        assert!(!heading.text().collect::<String>().trim().is_empty());
    }
    for scroller in find(&page, ".scroller, pre") {
        assert_eq!(scroller.attr("tabindex"), Some("0"));
    }
    let levels: Vec<u8> = find(&page, "h1, h2, h3, h4")
        .iter()
        .filter_map(|heading| heading.value().name().as_bytes().get(1).copied())
        .collect();
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no level is skipped");
}

#[test]
fn equal_findings_give_equal_bytes() {
    assert_eq!(report_html(&fixture::findings()), report_html(&fixture::findings()));
}
