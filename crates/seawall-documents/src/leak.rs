//! Does a finished file hold something that must not get out?
//!
//! The file is taken apart again by a library that had no part in making it: text of its pages, alternative texts,
//! metadata, annotations, attachments, and whatever else is text in it. A finding says where and which rule, never
//! what. What is drawn as a picture cannot be read here: pictures are looked at by people.

mod patterns;
mod pdf;

use std::{collections::BTreeSet, fmt};

pub use patterns::Pattern;
pub(crate) use patterns::find;

/// Largest file that is searched.
pub const FILE_BYTES_MAX: usize = 256 << 20;

/// What must not get out, and what may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Texts of the case: names, addresses, phone numbers. Found in any case, with any spaces.
    pub deny: Vec<String>,
    /// What is no leak although it looks like one: infrastructure of defendants, addresses for replies.
    pub allow: BTreeSet<String>,
}

/// A leak. It blocks release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// Where it is.
    pub part: Part,
    /// What it is.
    pub rule: Rule,
}

/// Where in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The text of a page.
    Page(u32),
    /// The text that stands for a picture or for other content.
    AlternativeText,
    /// Title, author, XMP and the like.
    Metadata,
    /// A note, link or form field.
    Annotation,
    /// A file within the file, or its name.
    Attachment,
    /// Something else in it.
    Other,
    /// A line of CSV or JSON, from 1.
    Line(usize),
    /// The file as a whole.
    Whole,
}

/// Which rule was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// An entry of the deny list, counted from 0.
    Denied(usize),
    /// It looks like this.
    Looks(Pattern),
    /// The file holds an earlier revision of itself.
    EarlierRevision,
    /// A part cannot be read, and so not be searched.
    Unreadable,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Part::Page(page) => write!(f, "page {page}: "),
            Part::AlternativeText => f.write_str("alternative text: "),
            Part::Metadata => f.write_str("metadata: "),
            Part::Annotation => f.write_str("annotation: "),
            Part::Attachment => f.write_str("attachment: "),
            Part::Other => f.write_str("other content: "),
            Part::Line(line) => write!(f, "line {line}: "),
            Part::Whole => f.write_str("file: "),
        }?;
        match self.rule {
            Rule::Denied(entry) => write!(f, "entry {entry} of the deny list"),
            Rule::Looks(pattern) => write!(f, "{pattern}"),
            Rule::EarlierRevision => f.write_str("holds an earlier revision of itself"),
            Rule::Unreadable => f.write_str("cannot be searched"),
        }
    }
}

/// What a PDF gives away.
pub fn in_pdf(bytes: &[u8], policy: &Policy) -> Vec<Leak> {
    let search = Search::new(policy);
    let mut leaks = BTreeSet::new();
    if bytes.len() > FILE_BYTES_MAX {
        leaks.insert(Leak { part: Part::Whole, rule: Rule::Unreadable });
    } else {
        pdf::search(bytes, &search, 0, &mut leaks);
    }
    leaks.into_iter().collect()
}

/// What a text file gives away: CSV, JSON, NDJSON.
pub fn in_text(bytes: &[u8], policy: &Policy) -> Vec<Leak> {
    let search = Search::new(policy);
    let mut leaks = BTreeSet::new();
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.len() <= FILE_BYTES_MAX => {
            for (index, line) in text.lines().enumerate() {
                search.text(&unescaped(line), &Part::Line(index + 1), &mut leaks);
            }
        }
        _ => {
            leaks.insert(Leak { part: Part::Whole, rule: Rule::Unreadable });
        }
    }
    leaks.into_iter().collect()
}

/// What a page of HTML gives away. Text in it is escaped as our pages have it.
pub fn in_html(bytes: &[u8], policy: &Policy) -> Vec<Leak> {
    let escapes = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    match std::str::from_utf8(bytes) {
        Ok(page) => {
            let plain = escapes
                .iter()
                .fold(page.to_owned(), |page, (escaped, text)| page.replace(escaped, text));
            in_text(plain.as_bytes(), policy)
        }
        Err(_) => in_text(bytes, policy),
    }
}

/// A line with the escapes of JSON strings undone, since `\u0061` is an `a` for whoever parses it.
fn unescaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let hex = rest.strip_prefix('u').and_then(|after| after.get(..4));
        let code = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        if let Some(code) = code {
            out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            rest = &rest[5..];
        } else if let Some(escaped) = rest.chars().next() {
            out.push(match escaped {
                'n' | 'r' | 't' | 'b' | 'f' => ' ',
                other => other,
            });
            rest = &rest[escaped.len_utf8()..];
        }
    }
    out.push_str(rest);
    out
}

/// The policy, ready to search with.
struct Search<'a> {
    /// Entries of the deny list as they are compared.
    deny: Vec<String>,
    allow: &'a BTreeSet<String>,
}

impl<'a> Search<'a> {
    fn new(policy: &'a Policy) -> Self {
        let deny = policy.deny.iter().map(|entry| folded(entry)).collect();
        Self { deny, allow: &policy.allow }
    }

    /// Looks for everything.
    fn text(&self, text: &str, part: &Part, leaks: &mut BTreeSet<Leak>) {
        self.denied(text, part, leaks);
        let visible: String = text.chars().filter(|character| !invisible(*character)).collect();
        for (range, pattern) in find(&visible) {
            // Spaces within what is allowed leave a part of it.
            let shown = &visible[range];
            if !self.allow.iter().any(|allowed| allowed.contains(shown)) {
                leaks.insert(Leak { part: part.clone(), rule: Rule::Looks(pattern) });
            }
        }
        self.broken_addresses(&visible, part, leaks);
    }

    /// Looks for what is on the deny list only: for what is not meant to be read as text.
    fn denied(&self, text: &str, part: &Part, leaks: &mut BTreeSet<Leak>) {
        let folded = folded(text);
        for (index, entry) in self.deny.iter().enumerate() {
            if !entry.is_empty() && folded.contains(entry) {
                leaks.insert(Leak { part: part.clone(), rule: Rule::Denied(index) });
            }
        }
    }

    /// A page may break a line within an address, and its text have spaces there: looks again with all spaces
    /// taken out. What is allowed may then run into its neighbours.
    fn broken_addresses(&self, text: &str, part: &Part, leaks: &mut BTreeSet<Leak>) {
        // A handle has a space before its sign, and is no address.
        let whole = text.replace(" @", " ").replace("\n@", "\n");
        let joined: String = whole.chars().filter(|character| !character.is_whitespace()).collect();
        for (range, pattern) in find(&joined) {
            let shown = &joined[range];
            let allowed = || self.allow.iter().any(|allowed| shown.contains(allowed.as_str()));
            if pattern == Pattern::EmailAddress && !allowed() {
                leaks.insert(Leak { part: part.clone(), rule: Rule::Looks(pattern) });
            }
        }
    }
}

/// Lower case, without spaces and what has no width.
fn folded(text: &str) -> String {
    let seen =
        text.chars().filter(|character| !character.is_whitespace() && !invisible(*character));
    seen.flat_map(char::to_lowercase).collect()
}

fn invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
