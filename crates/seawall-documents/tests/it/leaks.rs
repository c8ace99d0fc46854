//! Are secrets found, wherever in a file they are?

use std::collections::BTreeSet;

use lopdf::{Document as Pdf, Object, Stream, dictionary, text_string};
use seawall_documents::{
    leak::{Leak, Part, Pattern, Policy, Rule, in_html, in_pdf, in_text},
    pdf,
    redaction::{Known, Profile, Pseudonym, Pseudonyms, redact},
};
use seawall_evidence::document::{Block, Document, LiteralKind, Text, lint};

use crate::{sample, tools};

const SECRET: &str = "Wilhelmina Seededsecret";

fn policy() -> Policy {
    let allow = [
        "legal@registry.example",
        "abuse@registrar.example",
        "abuse@host.example",
        "198.51.100.23",
    ];
    Policy {
        deny: vec![SECRET.to_owned()],
        allow: allow.iter().map(|&text| text.to_owned()).collect(),
    }
}

fn exhibit(change: impl Fn(&mut Document)) -> Vec<u8> {
    let documents = sample::documents();
    let mut document = documents.into_iter().find(|document| document.name() == "Ex-3-v1").unwrap();
    change(&mut document);
    pdf::render(&document, &sample::pictures()).unwrap().bytes
}

/// The exhibit, changed by another program.
fn changed(change: impl Fn(&mut Pdf)) -> Vec<u8> {
    let mut document = Pdf::load_mem(&exhibit(|_| {})).unwrap();
    change(&mut document);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn denied(part: Part) -> Vec<Leak> {
    vec![Leak { part, rule: Rule::Denied(0) }]
}

#[test]
fn the_documents_of_the_case_hold_nothing_that_must_not_get_out() {
    for document in sample::documents() {
        let bytes = pdf::render(&document, &sample::pictures()).unwrap().bytes;
        assert_eq!(in_pdf(&bytes, &policy()), [], "{}", document.name());
    }
}

#[test]
fn a_secret_on_a_page_is_found() {
    let bytes = exhibit(|document| {
        let text = Text::new(SECRET.to_uppercase()).text(", a.person@private.example, 078-05-1120");
        document.blocks[1].blocks.push(Block::Paragraph { number: None, text });
    });
    let leaks = in_pdf(&bytes, &policy());
    for rule in [
        Rule::Denied(0),
        Rule::Looks(Pattern::EmailAddress),
        Rule::Looks(Pattern::SocialSecurityNumber),
    ] {
        assert!(leaks.contains(&Leak { part: Part::Page(1), rule }), "{rule:?} in {leaks:?}");
    }
    assert!(leaks.iter().all(|leak| !leak.to_string().contains("Seeded")), "no value in a finding");
}

#[test]
fn a_secret_broken_by_the_width_of_a_cell_is_found() {
    let bytes = exhibit(|document| {
        let Block::Table(table) = &mut document.blocks[0].blocks[0] else { panic!("a table") };
        table.columns[1].width = 1;
        table.columns[0].width = 8;
        table.rows.push(vec![
            Text::new("a"),
            Text::new("a.very.long.person@very-private-host.example")
                .text(" Wilhelmina ")
                .text("Seededsecret"),
        ]);
    });
    let leaks = in_pdf(&bytes, &policy());
    for rule in [Rule::Denied(0), Rule::Looks(Pattern::EmailAddress)] {
        assert!(leaks.contains(&Leak { part: Part::Page(1), rule }), "{rule:?} in {leaks:?}");
    }
}

#[test]
fn a_secret_in_the_alternative_text_of_a_picture_is_found() {
    let bytes = exhibit(|document| {
        let Block::Picture(picture) = &mut document.blocks[1].blocks[0] else {
            panic!("a picture")
        };
        picture.alternative = Text::new("Chart by ").text(SECRET);
    });
    assert!(in_pdf(&bytes, &policy()).contains(&denied(Part::AlternativeText)[0]));
}

#[test]
fn a_secret_in_metadata_is_found() {
    let information = changed(|pdf| {
        let id = pdf.add_object(dictionary! { "Author" => text_string(SECRET) });
        pdf.trailer.set("Info", id);
    });
    assert_eq!(in_pdf(&information, &policy()), denied(Part::Metadata));
    let xmp = changed(|pdf| {
        let dictionary = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
        pdf.add_object(Stream::new(dictionary, format!("<x>{SECRET}</x>").into_bytes()));
    });
    assert_eq!(in_pdf(&xmp, &policy()), denied(Part::Metadata));
}

#[test]
fn a_secret_in_the_title_or_the_caption_is_found_on_the_page_and_in_metadata() {
    let title = exhibit(|document| document.title = Text::new("Shop of ").text(SECRET));
    let parts: BTreeSet<Part> =
        in_pdf(&title, &policy()).into_iter().map(|leak| leak.part).collect();
    assert!(parts.contains(&Part::Page(1)) && parts.contains(&Part::Metadata), "{parts:?}");
    let caption = exhibit(|document| document.case.parties = vec![Text::new(SECRET)]);
    // An exhibit prints no caption: then there is nothing to find.
    assert_eq!(in_pdf(&caption, &policy()), []);
    let mut document = sample::documents().remove(0);
    document.case.parties = vec![Text::new(SECRET)];
    let bytes = pdf::render(&document, &sample::pictures()).unwrap().bytes;
    assert!(in_pdf(&bytes, &policy()).contains(&denied(Part::Page(1))[0]));
}

#[test]
fn redaction_reaches_captions_literals_and_alternative_texts_and_leaves_a_document_that_lints() {
    let mut document = sample::documents().remove(0);
    document.case.parties = vec![Text::new(SECRET)];
    let value = "u4711";
    let literal = |kind, text: &str| Text::new("and ").literal(kind, text).text(" too");
    let texts = vec![
        literal(LiteralKind::Identifier, value),
        literal(LiteralKind::Identifier, "203.0.113.7"),
        literal(LiteralKind::Identifier, &format!("{value} at 203.0.113.7")),
        Text::new(SECRET).text(" wrote"),
    ];
    document.blocks[0].blocks.push(Block::List { ordered: false, items: texts });
    let before = lint(&document, &sample::known());
    let mut names = Pseudonyms::default();
    names.assign(&[3; 32], Pseudonym::Account, [value.to_owned()]);
    names.assign(&[3; 32], Pseudonym::Victim, [SECRET.to_owned()]);
    let (none, messages) = (BTreeSet::new(), []);
    let small = BTreeSet::from(["F-001".to_owned()]);
    let known =
        Known { names: &names, infrastructure: &none, messages: &messages, small_counts: &small };
    assert!(document.shows("F-001"));
    let redacted = redact(&document, Profile::CourtPublic, known).document;
    assert_eq!(lint(&redacted, &sample::known()), before, "what stands there now is no number");
    assert!(!redacted.shows("F-001"));
    assert!(redacted.sources.iter().all(|source| source.figure != "F-001"));
    let text = redacted.plain_text();
    assert!(!text.contains(SECRET) && !text.contains(value) && !text.contains("203.0.113.7"));
    for shown in ["ACCT-000001 at 203.0.113.0/24", "VICTIM-01 wrote", "count of few people"] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    // The court sees counts under seal.
    assert!(redact(&document, Profile::CourtSealed, known).document.shows("F-001"));
    let documents = sample::documents();
    let mut exhibit = documents.into_iter().find(|it| it.name() == "Ex-3-v1").unwrap();
    let Block::Picture(picture) = &mut exhibit.blocks[1].blocks[0] else { panic!("a picture") };
    picture.alternative = Text::new("Chart by ").text(SECRET);
    let redacted = redact(&exhibit, Profile::Press, known);
    let bytes = pdf::render(&redacted.document, &sample::pictures()).unwrap().bytes;
    assert_eq!(in_pdf(&bytes, &policy()), []);
}

#[test]
fn a_secret_in_a_note_or_link_is_found() {
    let note = changed(|pdf| {
        pdf.add_object(dictionary! {
            "Type" => "Annot", "Subtype" => "Text", "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()],
            "Contents" => text_string(SECRET),
        });
    });
    assert_eq!(in_pdf(&note, &policy()), denied(Part::Annotation));
    let link = changed(|pdf| {
        let uri = Object::string_literal("mailto:a.person@private.example");
        pdf.add_object(dictionary! { "S" => "URI", "URI" => uri });
    });
    assert_eq!(
        in_pdf(&link, &policy()),
        [Leak { part: Part::Annotation, rule: Rule::Looks(Pattern::EmailAddress) }]
    );
}

#[test]
fn a_secret_in_an_attachment_is_found() {
    let attach = |content: Vec<u8>| {
        changed(move |pdf| {
            let mut stream = Stream::new(dictionary! { "Type" => "EmbeddedFile" }, content.clone());
            stream.compress().unwrap();
            pdf.add_object(stream);
        })
    };
    let text = attach(br#"{"name": "Wilhelmina Seeded\u0073ecret"}"#.to_vec());
    assert_eq!(in_pdf(&text, &policy()), denied(Part::Attachment));
    let within = exhibit(|document| {
        document.blocks[1].blocks.push(Block::Paragraph { number: None, text: Text::new(SECRET) });
    });
    assert_eq!(in_pdf(&attach(within), &policy()), denied(Part::Attachment));
    let unreadable = attach(vec![0xff; 64]);
    assert_eq!(
        in_pdf(&unreadable, &policy()),
        [Leak { part: Part::Attachment, rule: Rule::Unreadable }]
    );
    let name = changed(|pdf| {
        pdf.add_object(
            dictionary! { "Type" => "Filespec", "UF" => text_string(&format!("{SECRET}.csv")) },
        );
    });
    assert_eq!(in_pdf(&name, &policy()), denied(Part::Attachment));
}

#[test]
fn what_was_written_over_or_cannot_be_read_is_refused() {
    let mut bytes = exhibit(|_| {});
    let revision = bytes.clone();
    bytes.extend(&revision[revision.len() - 200..]);
    assert!(
        in_pdf(&bytes, &policy())
            .contains(&Leak { part: Part::Whole, rule: Rule::EarlierRevision })
    );
    let unreadable = [Leak { part: Part::Whole, rule: Rule::Unreadable }];
    assert_eq!(in_pdf(b"no pdf", &policy()), unreadable);
    assert_eq!(in_text(&[0xff], &policy()), unreadable);
    let path = tools::scratch("open", &exhibit(|_| {}));
    let arguments = ["--encrypt", "user", "owner", "256", "--", path.to_str().unwrap(), "-"];
    if let Some((success, encrypted)) = tools::ask_bytes("qpdf", &arguments) {
        assert!(success);
        assert_eq!(in_pdf(&encrypted, &policy()), unreadable);
    }
    drop(std::fs::remove_file(&path));
}

#[test]
fn secrets_in_csv_and_json_are_found_by_line() {
    let csv = b"a,b\r\n1,wilhelmina  SEEDED\xe2\x80\x8bsecret\r\n2,+49 30 1234567\r\n";
    assert_eq!(
        in_text(csv, &policy()),
        [
            Leak { part: Part::Line(2), rule: Rule::Denied(0) },
            Leak { part: Part::Line(3), rule: Rule::Looks(Pattern::PhoneNumber) },
        ]
    );
    let json = br#"{"a":"a.person\u0040private.example"}"#;
    assert_eq!(
        in_text(json, &policy()),
        [Leak { part: Part::Line(1), rule: Rule::Looks(Pattern::EmailAddress) }]
    );
}

#[test]
fn what_was_redacted_is_not_in_the_paper_and_noted_with_its_page() {
    let documents = sample::documents();
    let mut document = documents.into_iter().find(|document| document.name() == "Ex-1-v1").unwrap();
    let words = "u1@mail.example wrote from 203.0.113.7; call +1 202 555 0147";
    document.blocks[1]
        .blocks
        .push(Block::Paragraph { number: None, text: Text::default().quoted(words) });
    let before = pdf::render(&document, &sample::pictures()).unwrap().bytes;
    assert_eq!(in_pdf(&before, &policy()).len(), 3);

    let mut names = Pseudonyms::default();
    names.assign(&[3; 32], Pseudonym::Account, ["u1@mail.example".to_owned()]);
    let (none, messages) = (BTreeSet::new(), []);
    let known =
        Known { names: &names, infrastructure: &none, messages: &messages, small_counts: &none };
    let mut redacted = redact(&document, Profile::CourtPublic, known);
    let rendering = pdf::render(&redacted.document, &sample::pictures()).unwrap();
    assert_eq!(in_pdf(&rendering.bytes, &policy()), []);
    redacted.locate(&rendering);
    let log = serde_json::to_string(&redacted.entries).unwrap();
    for value in ["u1@", "203.0.113.7", "555"] {
        assert!(!log.contains(value), "{log}");
    }
    assert_eq!(redacted.entries.len(), 3);
    assert!(redacted.entries.iter().all(|entry| entry.page == Some(1)), "{log}");
}

#[test]
fn what_a_page_escapes_is_found() {
    let deny = vec!["Research & <Development>".to_owned()];
    let policy = Policy { deny, ..Policy::default() };
    let page =
        "<!DOCTYPE html>\n<p>Research &amp; &lt;Development&gt;</p>\n<p>jane@corp.example</p>";
    let found = in_html(page.as_bytes(), &policy);
    let rules: Vec<&Rule> = found.iter().map(|leak| &leak.rule).collect();
    assert_eq!(rules, [&Rule::Denied(0), &Rule::Looks(Pattern::EmailAddress)], "{found:?}");
    assert_eq!(found[0].part, Part::Line(2));
    // What cannot be read cannot be searched, and is told.
    assert_eq!(in_html(b"\xff", &policy)[0].rule, Rule::Unreadable);
}
