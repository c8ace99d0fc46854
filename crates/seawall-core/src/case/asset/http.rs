//! What does a reply over HTTP say? Status line, header, empty line, body (RFC 9112).

use super::observation::{Facts, Unreadable};
use crate::case::ContentHash;

/// Longest value of a header that is kept as a fact.
const VALUE_LETTERS_MAX: usize = 256;

/// Reads a reply as received.
pub(super) fn read(raw: &[u8], sha256: &dyn Fn(&[u8]) -> ContentHash) -> Result<Facts, Unreadable> {
    let wrong = |why: &str| Unreadable::Form { what: "an HTTP reply", why: why.to_owned() };
    let end = |gap: &[u8]| {
        raw.windows(gap.len()).position(|window| window == gap).map(|at| at + gap.len())
    };
    let line_end = end(b"\n").ok_or_else(|| wrong("no line"))?;
    let line = std::str::from_utf8(&raw[..line_end]).map_err(|_| wrong("no status line"))?;
    let mut words = line.trim_end().split(' ');
    if !words.next().unwrap_or_default().starts_with("HTTP/") {
        return Err(wrong("it does not begin with `HTTP/`"));
    }
    let status: u16 =
        words.next().and_then(|code| code.parse().ok()).ok_or_else(|| wrong("no status code"))?;
    if !(100..600).contains(&status) {
        return Err(wrong("no such status code"));
    }
    // Whichever comes first: a body may hold the other.
    let ends = [end(b"\r\n\r\n"), end(b"\n\n")];
    let body = ends.into_iter().flatten().min().ok_or_else(|| wrong("no end of header"))?;
    let head = String::from_utf8_lossy(&raw[line_end..body.max(line_end)]);
    let value = |name: &str| {
        head.lines().filter_map(|line| line.split_once(':')).find_map(|(own, value)| {
            let value = value.trim();
            (own.eq_ignore_ascii_case(name) && !value.is_empty()).then(|| shown(value))
        })
    };
    Ok(Facts {
        http_status: Some(status),
        http_location: value("location"),
        http_server: value("server"),
        http_content_type: value("content-type"),
        body_sha256: Some(sha256(&raw[body..])),
        ..Facts::default()
    })
}

fn shown(value: &str) -> String {
    value.chars().filter(|letter| !letter.is_control()).take(VALUE_LETTERS_MAX).collect()
}
