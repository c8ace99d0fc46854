//! What did the domain name system answer? Records in their text form (RFC 1035, section 5.1), one a line.

use std::{collections::BTreeSet, net::IpAddr};

use super::observation::{Facts, Unreadable};

/// Longest answer: a few messages, each as records and as it came.
pub const BYTES_MAX: usize = 512 << 10;
/// Most lines.
const LINES_MAX: usize = 1_000;

/// Reads an answer as `dig +noall +answer` prints it: `name ttl IN type data`. Lines that begin with `;` are
/// comments. Other types of record than A, AAAA, NS and MX are passed over.
pub fn read(raw: &[u8]) -> Result<Facts, Unreadable> {
    let wrong = |why: String| Unreadable::Form { what: "records of a DNS answer", why };
    if raw.len() > BYTES_MAX {
        return Err(Unreadable::Size { bytes: raw.len(), max: BYTES_MAX });
    }
    let text = std::str::from_utf8(raw).map_err(|_| wrong("not text".to_owned()))?;
    let (mut addresses, mut servers, mut mail) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut name = None;
    for (index, line) in text.lines().enumerate() {
        if index == LINES_MAX {
            return Err(wrong(format!("more than {LINES_MAX} lines")));
        }
        if line.trim().is_empty() || line.starts_with(';') {
            continue;
        }
        let number = index + 1;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [owner, ttl, class, record, data, ..] = words.as_slice() else {
            return Err(wrong(format!("line {number} has fewer than five words")));
        };
        if ttl.parse::<u32>().is_err() || !class.eq_ignore_ascii_case("IN") {
            return Err(wrong(format!("line {number} is not `name ttl IN type data`")));
        }
        name.get_or_insert_with(|| host(owner));
        match record.to_ascii_uppercase().as_str() {
            "A" | "AAAA" => {
                let address: IpAddr =
                    data.parse().map_err(|_| wrong(format!("line {number} has no address")))?;
                addresses.insert(address.to_string());
            }
            "NS" => {
                servers.insert(host(data));
            }
            // The number before it says in which order they are tried.
            "MX" => mail.extend(words.get(5).map(|name| host(name))),
            _ => {}
        }
    }
    // What was not asked for is not known to be absent: only what came is told.
    let told = |set: BTreeSet<String>| (!set.is_empty()).then_some(set);
    Ok(Facts {
        name,
        addresses: told(addresses),
        name_servers: told(servers),
        mail_servers: told(mail),
        ..Facts::default()
    })
}

fn host(text: &str) -> String {
    text.trim_end_matches('.').to_ascii_lowercase()
}
