//! Does the paper say what the model says, the same each time?

use seawall_documents::pdf;
use seawall_evidence::document::{Document, Kind, Status, lint};

use crate::{sample, tools};

fn numbered() -> Vec<Document> {
    let mut documents = sample::documents();
    pdf::number_pages(&mut documents, &sample::pictures(), "EXC", 1).unwrap();
    documents
}

/// What text is, when it comes to comparing: a page breaks lines and words where it wants.
fn folded(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace() && *character != '\u{200b}')
        .collect()
}

#[test]
fn the_same_model_gives_the_same_bytes_on_any_thread() {
    let documents = numbered();
    let pictures = sample::pictures();
    let render = || -> Vec<Vec<u8>> {
        documents
            .iter()
            .take(6)
            .map(|document| pdf::render(document, &pictures).unwrap().bytes)
            .collect()
    };
    let first = render();
    let (second, third) = std::thread::scope(|scope| {
        let (second, third) = (scope.spawn(render), scope.spawn(render));
        (second.join().unwrap(), third.join().unwrap())
    });
    assert_eq!(first, second);
    assert_eq!(first, third);
}

#[test]
fn the_paper_says_what_the_model_says_in_order() {
    for document in numbered() {
        let rendering = pdf::render(&document, &sample::pictures()).unwrap();
        let Some(text) = tools::text_of(&rendering.bytes) else { return };
        let text = folded(&text);
        let mut from = 0;
        for section in &document.blocks {
            let heading = folded(&section.heading.plain());
            let at = text[from..].find(&heading);
            from += at.unwrap_or_else(|| {
                panic!("{}: {heading} is missing or out of order", document.name())
            });
        }
        for word in document.plain_text().split_whitespace().filter(|word| word.is_ascii()) {
            // The id of a figure stands between a number and what follows it.
            let word = folded(word.trim_matches(|character: char| !character.is_alphanumeric()));
            assert!(text.contains(&word), "{}: `{word}` is not on paper", document.name());
        }
    }
}

#[test]
fn pages_are_numbered_through_and_say_draft() {
    let documents = numbered();
    let mut next = 1;
    for document in &documents {
        let bates = document.bates.clone().unwrap();
        assert_eq!(bates.first, next);
        let rendering = pdf::render(document, &sample::pictures()).unwrap();
        assert_eq!(bates.last - bates.first + 1, rendering.pages);
        next = bates.last + 1;
        let Some(text) = tools::text_of(&rendering.bytes) else { continue };
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        assert_eq!(pages.len() as u64, rendering.pages);
        for (page, number) in pages.iter().zip(bates.first..) {
            assert!(page.contains(&bates.shown(number)), "{}", document.name());
            // The instructions go with a bundle, and are no draft of anything.
            let draft = document.kind != Kind::ReadMe;
            assert_eq!(page.contains("DRAFT"), draft, "{}", document.name());
        }
    }
    let mut released = documents[0].clone();
    released.status = Status::Released;
    let rendering = pdf::render(&released, &sample::pictures()).unwrap();
    assert_eq!(
        rendering.pages,
        documents[0].bates.as_ref().map_or(0, |bates| bates.last - bates.first + 1)
    );
    if let Some(text) = tools::text_of(&rendering.bytes) {
        assert!(!text.contains("DRAFT"));
    }
}

#[test]
fn a_wrong_range_of_page_numbers_is_refused() {
    let mut document = numbered().remove(0);
    document.bates.as_mut().unwrap().last += 1;
    let error = pdf::render(&document, &sample::pictures()).unwrap_err();
    assert!(matches!(error, pdf::Error::PageNumbers { .. }), "{error}");
}

#[test]
fn pictures_are_those_that_the_model_names() {
    let document = numbered().into_iter().find(|document| document.name() == "Ex-3-v1").unwrap();
    let missing = pdf::render(&document, &pdf::Pictures::new()).unwrap_err();
    assert!(matches!(missing, pdf::Error::PictureMissing { .. }), "{missing}");
    let mut other = sample::pictures();
    for bytes in other.values_mut() {
        bytes.push(b' ');
    }
    let changed = pdf::render(&document, &other).unwrap_err();
    assert!(matches!(changed, pdf::Error::PictureHash { .. }), "{changed}");
    let text = tools::text_of(&pdf::render(&document, &sample::pictures()).unwrap().bytes);
    if let Some(text) = text {
        assert!(text.contains("not evidence"), "an aid says what it is on its page");
    }
}

#[test]
fn what_is_written_claims_to_conform_and_holds_no_more_than_it_must() {
    let rendering = pdf::render(&numbered()[0], &sample::pictures()).unwrap();
    let text = String::from_utf8_lossy(&rendering.bytes).into_owned();
    for claim in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ] {
        assert!(text.contains(claim), "{claim}");
    }
    assert!(text.contains("2026-03-20T15:30:00"), "the date is the model's");
    for more in ["/Author", "/Creator", "/EmbeddedFiles", "/JavaScript", "/JS", "/URI"] {
        assert!(!text.contains(more), "{more}");
    }
    let path = tools::scratch("check", &rendering.bytes);
    if let Some((success, report)) = tools::ask("qpdf", &["--check", path.to_str().unwrap()], b"") {
        assert!(success, "{report}");
    }
    drop(std::fs::remove_file(&path));
}

#[test]
fn findings_are_told_their_page() {
    let mut document = numbered().remove(0);
    let last = document.blocks.iter_mut().rev().find(|section| section.id == "exhibits").unwrap();
    let seawall_evidence::document::Block::Paragraph { text, .. } = &mut last.blocks[0] else {
        panic!()
    };
    *text = seawall_evidence::document::Text::new("Attached are 3 exhibits.");
    let mut findings = lint(&document, &sample::known());
    let rendering = pdf::render(&document, &sample::pictures()).unwrap();
    pdf::locate(&mut findings, &rendering);
    let found = findings.iter().find(|finding| finding.to_string().contains("3 exhibits")).unwrap();
    let Some(text) = tools::text_of(&rendering.bytes) else { return };
    let page = text.split('\u{c}').position(|page| page.contains("3 exhibits")).unwrap() as u64 + 1;
    assert_eq!(found.page, Some(page));
}
