//! What text is there in a PDF, and where? Everything, whether a page shows it or not.

use std::collections::BTreeSet;

use lopdf::{
    Dictionary, Document, LoadOptions, Object, Stream, content::Content, decode_text_string,
};

use super::{Leak, Part, Rule, Search};

/// Files within files within files.
const DEPTH_MAX: usize = 3;
/// What a stream may unpack to.
const STREAM_BYTES_MAX: usize = 64 << 20;

/// Searches a PDF and the files in it.
pub(super) fn search(bytes: &[u8], search: &Search<'_>, depth: usize, leaks: &mut BTreeSet<Leak>) {
    let mut unreadable = || leaks.insert(Leak { part: Part::Whole, rule: Rule::Unreadable });
    let options =
        LoadOptions { max_decompressed_size: Some(STREAM_BYTES_MAX), ..LoadOptions::default() };
    let document = match Document::load_mem_with_options(bytes, options) {
        Ok(document) if depth < DEPTH_MAX && !document.is_encrypted() => document,
        _ => {
            unreadable();
            return;
        }
    };
    if bytes.windows(5).filter(|window| window == b"%%EOF").count() > 1 {
        leaks.insert(Leak { part: Part::Whole, rule: Rule::EarlierRevision });
    }
    pages(&document, search, leaks);
    let information = document.trailer.get(b"Info").and_then(Object::as_reference).ok();
    for (id, object) in &document.objects {
        let part = if Some(*id) == information { Part::Metadata } else { Part::Other };
        visit(object, &part, search, depth, leaks);
    }
    for (_, value) in &document.trailer {
        visit(value, &Part::Metadata, search, depth, leaks);
    }
}

fn pages(document: &Document, search: &Search<'_>, leaks: &mut BTreeSet<Leak>) {
    for number in document.get_pages().into_keys() {
        let part = Part::Page(number);
        match document.extract_text_with_limit(&[number], STREAM_BYTES_MAX) {
            Ok(text) => search.text(&text, &part, leaks),
            Err(_) => {
                leaks.insert(Leak { part, rule: Rule::Unreadable });
            }
        }
    }
}

/// Searches an object and all within it; what it refers to is visited by itself.
fn visit(
    object: &Object,
    part: &Part,
    search: &Search<'_>,
    depth: usize,
    leaks: &mut BTreeSet<Leak>,
) {
    match object {
        Object::String(bytes, _) => {
            let text = decode_text_string(object).unwrap_or_else(|_| lossy(bytes));
            search.text(&text, part, leaks);
        }
        Object::Name(bytes) => search.denied(&lossy(bytes), part, leaks),
        Object::Array(objects) => {
            for object in objects {
                visit(object, part, search, depth, leaks);
            }
        }
        Object::Dictionary(dictionary) => self::dictionary(dictionary, part, search, depth, leaks),
        Object::Stream(stream) => self::stream(stream, part, search, depth, leaks),
        _ => {}
    }
}

fn dictionary(
    dictionary: &Dictionary,
    part: &Part,
    search: &Search<'_>,
    depth: usize,
    leaks: &mut BTreeSet<Leak>,
) {
    let annotation =
        is(dictionary, b"Type", b"Annot") || dictionary.has(b"Rect") && dictionary.has(b"Subtype");
    let attachment =
        is(dictionary, b"Type", b"Filespec") || is(dictionary, b"Type", b"EmbeddedFile");
    let action = dictionary.has(b"URI") || is(dictionary, b"Type", b"Action");
    let own = match part {
        Part::Other if annotation || action => &Part::Annotation,
        Part::Other if attachment => &Part::Attachment,
        _ => part,
    };
    for (key, value) in dictionary {
        let alternative = matches!(key.as_slice(), b"Alt" | b"ActualText" | b"E");
        // The halves of the file's identifier are hashes, not text.
        if key != b"ID" {
            visit(
                value,
                if alternative { &Part::AlternativeText } else { own },
                search,
                depth,
                leaks,
            );
        }
    }
}

fn stream(
    stream: &Stream,
    part: &Part,
    search: &Search<'_>,
    depth: usize,
    leaks: &mut BTreeSet<Leak>,
) {
    let dictionary = &stream.dict;
    self::dictionary(dictionary, part, search, depth, leaks);
    // Pixels, and the outlines of letters.
    let font =
        [b"Length1".as_slice(), b"Length2", b"Length3"].iter().any(|key| dictionary.has(key));
    if is(dictionary, b"Subtype", b"Image") || font {
        return;
    }
    let Ok(content) = stream.get_plain_content_with_limit(STREAM_BYTES_MAX) else {
        leaks.insert(Leak { part: part.clone(), rule: Rule::Unreadable });
        return;
    };
    if is(dictionary, b"Type", b"EmbeddedFile") || dictionary.has(b"Params") {
        attachment(&content, search, depth, leaks);
    } else if is(dictionary, b"Type", b"Metadata") {
        search.text(&lossy(&content), &Part::Metadata, leaks);
    } else {
        search.denied(&lossy(&content), part, leaks);
        marked(&content, search, depth, leaks);
    }
}

/// A file within the file.
fn attachment(content: &[u8], search: &Search<'_>, depth: usize, leaks: &mut BTreeSet<Leak>) {
    if content.starts_with(b"%PDF") {
        let mut within = BTreeSet::new();
        self::search(content, search, depth + 1, &mut within);
        leaks.extend(within.into_iter().map(|leak| Leak { part: Part::Attachment, ..leak }));
    } else if let Ok(text) = std::str::from_utf8(content) {
        search.text(&super::unescaped(text), &Part::Attachment, leaks);
    } else {
        leaks.insert(Leak { part: Part::Attachment, rule: Rule::Unreadable });
    }
}

/// Texts that stand for marked content of a page.
fn marked(content: &[u8], search: &Search<'_>, depth: usize, leaks: &mut BTreeSet<Leak>) {
    let Ok(content) = Content::decode(content) else { return };
    for operation in content.operations {
        if matches!(operation.operator.as_str(), "BDC" | "DP") {
            for operand in &operation.operands {
                visit(operand, &Part::AlternativeText, search, depth, leaks);
            }
        }
    }
}

fn is(dictionary: &Dictionary, key: &[u8], name: &[u8]) -> bool {
    dictionary.get(key).and_then(Object::as_name).is_ok_and(|value| value == name)
}

/// UTF-8 as far as it is, else a character a byte.
fn lossy(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes)
        .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}
