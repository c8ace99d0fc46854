//! Does text from outside stay text?

use seawall_documents::pdf;
use seawall_evidence::document::{Block, Column, Document, Section, Table, Text};

use crate::{sample, tools};

fn document(text: &str) -> Document {
    let mut document = sample::documents().remove(0);
    let table = Table {
        caption: Text::new(text),
        columns: vec![
            Column { heading: Text::new(text), width: 1, numeric: true },
            Column { heading: Text::new("b"), width: 1, numeric: false },
        ],
        rows: vec![vec![Text::new(text), Text::default().quoted(text)]],
    };
    document.title = Text::new("Title ").text(text);
    document.case.parties = vec![Text::new(text)];
    document.blocks = vec![Section {
        id: text.to_owned(),
        heading: Text::new(text),
        blocks: vec![
            Block::Paragraph {
                number: Some(1),
                text: Text::new(text).quoted(text).blank(text, text),
            },
            Block::Paragraph { number: None, text: Text::default().quoted(text) },
            Block::List { ordered: true, items: vec![Text::new(text)] },
            Block::Table(table),
            Block::Signature { lines: vec![Text::default().line(text, text)] },
        ],
    }];
    document
}

#[test]
fn markup_is_shown_and_not_obeyed() {
    let markup = [
        "#eval(\"1+1\") #read(\"/etc/passwd\") #import \"@preview/a:0.1.0\"",
        "] #pagebreak() [ *bold* _it_ $x^2$ `raw` = heading <label> @ref \\ // /* */",
        "\"; json(\"x\") #{ while true {} } ---",
        "<script>alert(1)</script> &amp; %0a ${x} {{x}}",
    ];
    let whole = markup.join(" ");
    let rendering = pdf::render(&document(&whole), &pdf::Pictures::new()).unwrap();
    let Some(text) = tools::text_of(&rendering.bytes) else { return };
    let text: String = text.split_whitespace().collect();
    for line in markup {
        let line: String = line.split_whitespace().collect();
        let shown = text.matches(&line).count();
        assert!(shown >= 5, "{line} is shown {shown} times");
    }
}

#[test]
fn what_deceives_the_eye_is_shown_by_its_code() {
    let hostile = "a\u{202e}gnp.exe\u{202c}\u{0}\u{7}\u{1b}[31m\u{feff}\u{200b}\u{2066}b\u{e000}\u{fffe}\u{10ffff} مرحبا 中文 🦀 e\u{301}\u{301}\u{301}\u{301}\u{301}";
    let rendering = pdf::render(&document(hostile), &pdf::Pictures::new()).unwrap();
    let Some(text) = tools::text_of(&rendering.bytes) else { return };
    for code in ["[U+202E]", "[U+0000]", "[U+001B]", "[U+2066]", "[U+E000]", "[U+10FFFF]"] {
        assert!(text.replace(['\n', '\u{200b}'], "").contains(code), "{code}\n{text}");
    }
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn a_word_of_a_megabyte_fills_pages_and_does_no_more() {
    let word = "x".repeat(1 << 20);
    let mut document = sample::documents().remove(0);
    document.blocks = vec![Section {
        id: "long".to_owned(),
        heading: Text::new("Long"),
        blocks: vec![Block::Paragraph { number: None, text: Text::default().quoted(word) }],
    }];
    let rendering = pdf::render(&document, &pdf::Pictures::new()).unwrap();
    assert!((100..1_000).contains(&rendering.pages), "{} pages", rendering.pages);
}

#[test]
fn a_hostile_picture_is_an_error() {
    use seawall_evidence::{
        document::{MediaType, Picture},
        hash::Digest,
    };
    let pictures: &[(&[u8], MediaType)] = &[
        (b"not a picture", MediaType::Png),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><!ENTITY a 'b'>", MediaType::Svg),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0",
            MediaType::Png,
        ),
    ];
    for (bytes, media_type) in pictures {
        let mut document = sample::documents().remove(0);
        let sha256 = Digest::of(bytes);
        document.blocks[0].blocks = vec![Block::Picture(Picture {
            sha256,
            media_type: *media_type,
            alternative: Text::new("a"),
            caption: Text::new("b"),
        })];
        let error = pdf::render(&document, &pdf::Pictures::from([(sha256, bytes.to_vec())]));
        assert!(matches!(error, Err(pdf::Error::Layout(_))), "{error:?}");
    }
}
