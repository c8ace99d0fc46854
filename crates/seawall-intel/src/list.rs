//! What do plain lists and tables say? Domains, addresses, hashes, as people pass them on: broken on purpose, with
//! marks of programs, with headers, comments and empty lines.

use seawall_core::event::Reject;

use crate::known::{Known, NotKnown};

/// A thing of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The thing.
    pub known: Known,
    /// What the list says of it.
    pub comment: Option<String>,
    /// Line it stands on.
    pub line: u64,
}

/// What a list held: things, each once, and what is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The things, in order.
    pub listed: Vec<Listed>,
    /// What is none.
    pub rejects: Vec<Reject>,
    /// How many were there already.
    pub repeated: u64,
}

/// Titles of columns that hold the thing itself, the most telling first.
const VALUES: [&str; 9] =
    ["value", "indicator", "ioc", "observable", "domain", "url", "ip", "hash", "address"];
/// Titles of columns that hold its kind.
const KINDS: [&str; 5] = ["kind", "type", "indicator_type", "ioc_type", "attribute_type"];
/// Titles of columns that hold what is said of it.
const COMMENTS: [&str; 4] = ["comment", "description", "note", "technique"];

/// Reads a plain list: one thing a line, `#`, `;` and `//` begin a comment.
pub fn read_plain(text: &str, source: &str) -> List {
    let mut list = Filling::new(source);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim().trim_start_matches('\u{feff}');
        if line.is_empty() || line.starts_with(['#', ';']) || line.starts_with("//") {
            continue;
        }
        let thing = line.split(" #").next().unwrap_or(line);
        list.add(number, None, thing, None);
    }
    list.list
}

/// Reads a table with a header (RFC 4180). The columns are found by their titles.
///
/// `None` where no title says which column holds the things.
pub fn read_table(text: &[u8], source: &str) -> Option<List> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let titles: Vec<String> = reader
        .byte_headers()
        .ok()?
        .iter()
        .map(|title| {
            let title = String::from_utf8_lossy(title);
            title.trim_matches(['\u{feff}', ' ', '"']).to_lowercase().replace(' ', "_")
        })
        .collect();
    let column = |names: &[&str]| {
        names.iter().find_map(|name| titles.iter().position(|title| title == name))
    };
    let (value, kind, comment) = (column(&VALUES)?, column(&KINDS), column(&COMMENTS));
    let mut list = Filling::new(source);
    for row in reader.byte_records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                list.reject(line, "not a row of a table".to_owned());
                continue;
            }
        };
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |at: usize| std::str::from_utf8(row.get(at).unwrap_or_default());
        let cells = (cell(value), kind.map(cell).transpose(), comment.map(cell).transpose());
        let (Ok(thing), Ok(kind), Ok(comment)) = cells else {
            list.reject(line, "not UTF-8".to_owned());
            continue;
        };
        list.add(line, kind, thing, comment);
    }
    Some(list.list)
}

struct Filling<'a> {
    source: &'a str,
    list: List,
    seen: std::collections::HashSet<Known>,
}

impl<'a> Filling<'a> {
    fn new(source: &'a str) -> Self {
        Self { source, list: List::default(), seen: std::collections::HashSet::new() }
    }

    fn add(&mut self, line: u64, kind: Option<&str>, thing: &str, comment: Option<&str>) {
        // What a table calls a domain may be a web address and the other way round: what it is decides.
        let known = match kind.map(|kind| Known::named(kind, thing)) {
            Some(Ok(known)) => Ok(known),
            Some(Err(NotKnown::Kind)) | None => Known::guessed(thing),
            Some(Err(error)) => Known::guessed(thing).map_err(|_| error),
        };
        match known {
            Ok(known) if self.seen.insert(known.clone()) => {
                let comment = comment.map(str::trim).filter(|text| !text.is_empty());
                self.list.listed.push(Listed { known, comment: comment.map(str::to_owned), line });
            }
            Ok(_) => self.list.repeated += 1,
            Err(reason) => self.reject(line, reason.to_string()),
        }
    }

    fn reject(&mut self, line: u64, reason: String) {
        let source = self.source.to_owned();
        self.list.rejects.push(Reject { source, line, field: None, reason, event_kept: false });
    }
}

#[cfg(test)]
mod tests {
    use super::{read_plain, read_table};

    #[test]
    fn a_plain_list_is_read_line_by_line() {
        let text = "\u{feff}# list\nevil[.]com\n\nEVIL.com\n1.2.3.0/24 # net\nnot one\n";
        let list = read_plain(text, "x.txt");
        let values: Vec<_> = list.listed.iter().map(|it| (it.known.value(), it.line)).collect();
        assert_eq!(values, [("evil.com", 2), ("1.2.3.0/24", 5)]);
        assert_eq!((list.repeated, list.rejects.len(), list.rejects[0].line), (1, 1, 6));
    }

    #[test]
    fn a_table_is_read_by_its_titles() {
        let table =
            b"\xef\xbb\xbfIndicator Type,Indicator,Comment\r\ndomain,evil[.]com,\"a,\nb\"\r\n\
            hash,xyz,\r\ndomain,https://evil.com/a,\r\n,\xff,\r\n";
        let list = read_table(table, "x.csv").unwrap();
        let values: Vec<_> = list.listed.iter().map(|it| it.known.value()).collect();
        assert_eq!(values, ["evil.com", "https://evil.com/a"]);
        assert_eq!(list.listed[0].comment.as_deref(), Some("a,\nb"));
        let reasons: Vec<_> = list.rejects.iter().map(|it| it.reason.as_str()).collect();
        assert_eq!(reasons, ["not of the kind that it is said to be", "not UTF-8"]);
        assert_eq!(read_table(b"a,b\n1,2\n", "x"), None);
    }
}
