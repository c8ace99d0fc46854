//! Does each document have its sections, its gaps and its figures?

use std::collections::BTreeSet;

use seawall_documents::case::{self, Recall, ScheduleChange};
use seawall_evidence::{
    canonical,
    document::{Document, Kind, Problem, Span, Text, lint},
};

use crate::{sample, tools};

#[test]
fn each_document_says_this() {
    for document in sample::documents() {
        insta::assert_snapshot!(document.name(), document.plain_text());
    }
}

#[test]
fn each_document_has_nothing_against_it_but_open_gaps() {
    for document in sample::documents() {
        let findings = lint(&document, &sample::known());
        for finding in &findings {
            assert!(matches!(finding.problem, Problem::OpenBlank { .. }), "{finding}");
        }
        let needs_people = !matches!(
            document.kind,
            Kind::D3 | Kind::D4 | Kind::D8 | Kind::D9 | Kind::Exhibit | Kind::ReadMe
        );
        assert_eq!(!findings.is_empty(), needs_people, "{}", document.name());
        let bytes = canonical::to_bytes(&document).unwrap();
        assert_eq!(canonical::parse::<Document>(&bytes).unwrap(), document);
    }
}

#[test]
fn a_document_whose_gaps_are_filled_may_go() {
    for mut document in sample::documents() {
        for text in texts(&mut document) {
            for span in &mut text.0 {
                if let Span::Blank { answer, by_hand: false, .. } = span {
                    *answer = Some("said by a person, 12 times".to_owned());
                }
            }
        }
        assert_eq!(lint(&document, &sample::known()), [], "{}", document.name());
    }
}

fn texts(document: &mut Document) -> Vec<&mut Text> {
    use seawall_evidence::document::Block;
    let blocks = document.blocks.iter_mut().flat_map(|section| &mut section.blocks);
    blocks
        .flat_map(|block| match block {
            Block::Paragraph { text, .. } => vec![text],
            Block::List { items, .. } => items.iter_mut().collect(),
            Block::Table(table) => table.rows.iter_mut().flatten().collect(),
            Block::Picture(_) | Block::Signature { .. } => vec![],
        })
        .collect()
}

#[test]
fn an_empty_field_of_the_method_sheet_is_a_gap_that_blocks_release() {
    let full = sample::technical().method;
    assert_eq!(full.empty_fields(), [""; 0]);
    let names: BTreeSet<&str> = case::MethodSheet::default().empty_fields().into_iter().collect();
    assert_eq!(names.len(), 16);
    let mut sheet = full;
    sheet.threshold = Text::default();
    sheet.recall = Some(Recall::NotMeasurable(Text::new(" ")));
    let document = case::technical_declaration(&case::TechnicalDeclaration {
        method: sheet,
        ..sample::technical()
    });
    let open: Vec<String> = lint(&document, &sample::known())
        .into_iter()
        .filter_map(|finding| match finding.problem {
            Problem::OpenBlank { blank } => Some(blank),
            _ => None,
        })
        .filter(|blank| blank.starts_with("method_sheet."))
        .collect();
    assert_eq!(open, ["method_sheet.threshold", "method_sheet.recall"]);
}

#[test]
fn the_schedule_says_what_changed() {
    let schedule = sample::schedule_sample();
    let mut current = schedule.assets.clone();
    current[0].respondent = Text::new("somebody else");
    current.remove(1);
    assert_eq!(
        case::changes(&schedule.previous, &current),
        [ScheduleChange::Changed(1), ScheduleChange::Removed(2), ScheduleChange::Added(3)]
    );
}

#[test]
fn the_schedule_as_csv_and_json_has_the_rows_of_the_paper() {
    let mut schedule = sample::schedule_sample();
    schedule.assets[1].asset.role = Text::new("=HYPERLINK(\"x\"), \"quoted\"");
    let csv = case::schedule_csv(&schedule);
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(&rows[1][4], "'=HYPERLINK(\"x\"), \"quoted\"");
    assert_eq!(&rows[2][2], "mailbazár.example");
    let json: serde_json::Value =
        serde_json::from_slice(&case::schedule_json(&schedule).unwrap()).unwrap();
    for (row, cells) in json.as_array().unwrap().iter().zip(&rows) {
        assert_eq!(row["name"], cells[1]);
        assert_eq!(row["snapshot_sha256"], cells[22]);
        assert_eq!(row.get("unicode_name").is_some(), !cells[2].is_empty());
    }
}

/// Checked by the reference implementation of XARF, `pip install xarf`.
#[test]
fn the_abuse_notice_is_xarf() {
    let notice = sample::notice();
    let report = case::xarf(&notice, &case::abuse_notice(&notice));
    let mut broken = report.clone();
    broken["report_id"] = "no uuid".into();
    let check = "import sys, xarf\nresult = xarf.parse(sys.stdin.read())\nprint(result.errors)\nsys.exit(1 if result.errors else 0)";
    let Some(python) = tools::python("xarf") else { return };
    for (report, right) in [(report, true), (broken, false)] {
        let report = serde_json::to_vec(&report).unwrap();
        let (success, output) = tools::ask(&python, &["-c", check], &report).expect("it is there");
        assert_eq!(success, right, "{output}");
    }
}

#[test]
fn a_report_for_machines_says_what_its_reader_may_see_under_an_id_of_its_own() {
    let notice = sample::notice();
    let letter = case::abuse_notice(&notice);
    let report = case::xarf(&notice, &letter);
    assert_eq!(report, case::xarf(&notice, &letter), "made again, it is the same");
    assert_eq!(report["url"], "https://mailbazaar.example/price");
    let id = |report: &serde_json::Value| report["report_id"].as_str().unwrap().to_owned();
    let bits: Vec<char> = id(&report).chars().collect();
    assert!(bits.len() == 36 && bits[14] == '4' && "89ab".contains(bits[19]), "{bits:?}");
    // Another version, and another letter of the same about the same, are other reports.
    let mut next = letter.clone();
    next.version = 2;
    let mut other = letter.clone();
    other.part = Some("registrar".to_owned());
    let ids = BTreeSet::from([&letter, &next, &other].map(|it| id(&case::xarf(&notice, it))));
    assert_eq!(ids.len(), 3);
    // What was taken out of the letter is not in it.
    let mut redacted = letter;
    for text in texts(&mut redacted) {
        if text.plain().contains("mailboxes") || text.plain().contains("/price") {
            *text = Text::new("[removed]");
        }
    }
    let report = case::xarf(&notice, &redacted);
    assert_eq!(report["description"], "[removed]");
    assert_eq!(report.get("url"), None);
}

#[test]
fn identifiers_for_machines_are_those_of_the_referral() {
    let referral = sample::documents().into_iter().find(|it| it.kind == Kind::D11).unwrap();
    let csv = case::identifiers_csv(&referral);
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0], ["wallet", "bc1qexampleexampleexampleexampleexample0"][..]);
    // A handle would be a formula.
    assert_eq!(rows[1], ["handle", "'@mailbazaar_support"][..]);
}

#[test]
fn the_page_of_notice_is_html_without_script_that_shows_each_hash() {
    let input = sample::notice_and_service();
    let page = case::service_page(&case::service(&input));
    let html = scraper::Html::parse_document(&page);
    assert_eq!(html.errors, Vec::<String>::new());
    let select = |selector: &str| {
        let selector = scraper::Selector::parse(selector).unwrap();
        html.select(&selector).map(|it| it.text().collect::<String>()).collect::<Vec<_>>()
    };
    assert_eq!(select("td.hash"), [input.published[0].sha256.to_string()]);
    assert!(select("p").contains(&"You are being sued. <b>Read</b> the documents.".to_owned()));
    for outside in ["script", "img", "link", "iframe", "b", "[onclick]", "[src]"] {
        assert_eq!(select(outside), [""; 0], "{outside}");
    }
    let selector = scraper::Selector::parse("a").unwrap();
    let links: Vec<_> = html.select(&selector).filter_map(|link| link.attr("href")).collect();
    assert_eq!(links, ["Ex-1-v1.pdf"], "documents lie beside the page");
}

#[test]
fn an_annex_asks_only_this_and_leaves_the_answer_to_paper() {
    let document = case::order_annex(&sample::annex());
    let text = document.plain_text();
    assert!(text.contains("Nothing is to be changed by you"), "{text}");
    let by_hand: Vec<String> = document
        .blocks
        .iter()
        .flat_map(|section| &section.blocks)
        .flat_map(seawall_evidence::document::Block::texts)
        .flat_map(|text| &text.0)
        .filter_map(|span| match span {
            Span::Blank { id, by_hand: true, .. } => Some(id.clone()),
            _ => None,
        })
        .collect();
    for field in ["report.1.done", "report.2.at", "report.preserved", "signature"] {
        assert!(by_hand.iter().any(|id| id == field), "{field} in {by_hand:?}");
    }
    let mut silent = sample::annex();
    silent.time = vec![];
    let open = lint(&case::order_annex(&silent), &sample::known());
    let gap = Problem::OpenBlank { blank: "order_time".to_owned() };
    assert!(open.iter().any(|finding| finding.problem == gap), "{open:?}");
}

#[test]
fn nobody_is_ordered_anything_at_a_place_that_is_still_to_be_found() {
    let mut unknown = sample::annex();
    unknown.respondent.contact = None;
    let open = lint(&case::order_annex(&unknown), &sample::known());
    let gap = Problem::OpenBlank { blank: "orders_contact.example-registry".to_owned() };
    assert!(open.iter().any(|finding| finding.problem == gap), "{open:?}");
    let known = lint(&case::order_annex(&sample::annex()), &sample::known());
    assert!(known.iter().all(|finding| finding.problem != gap), "{known:?}");
}

#[test]
fn a_letter_to_preserve_says_that_it_claims_no_power() {
    let text = case::preservation_letter(&sample::letter()).plain_text();
    assert!(text.contains("We claim no statutory power"), "{text}");
    assert!(!text.contains("2703"), "{text}");
}
