//! What does a client want to add? An envelope, taken apart without losing a letter of its objects.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Microseconds, SpecVersion, parse_microseconds};
use crate::stix::StixId;

/// Longest body that is taken, unless a server is told otherwise.
pub const CONTENT_BYTES_MAX: u64 = 16 << 20;
/// Longest object, as of those that are imported.
pub const OBJECT_BYTES_MAX: usize = 8 << 20;
/// Deepest nesting of an object, as `serde_json` has it.
const DEPTH_MAX: u32 = 127;

/// An object that a client wants to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted<'a> {
    /// Its id.
    pub id: StixId,
    /// When this version was made (`modified`, or else `created`); `None` for what has no versions.
    pub version: Option<Microseconds>,
    /// The version of STIX that it says it is of.
    pub spec_version: SpecVersion,
    /// All of it, as it came.
    pub text: &'a str,
}

/// An object that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its id, or which of the envelope it was.
    pub id: String,
    /// Its version, where it has one.
    pub version: String,
    /// Why.
    pub reason: &'static str,
}

/// What is no envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// It is no JSON.
    #[error("not valid JSON, at line {line}, column {column}")]
    Json {
        /// Where.
        line: usize,
        /// Where in it.
        column: usize,
    },
    /// It has no objects.
    #[error("an envelope has `objects`, a list with at least one object")]
    NoObjects,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default)]
    objects: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "type")]
    object_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    spec_version: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    created: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    modified: Option<Cow<'a, str>>,
}

/// Takes an envelope apart; an object that is none does not keep the others from being taken.
pub fn read_posted(bytes: &[u8]) -> Result<Vec<Result<Posted<'_>, Refusal>>, EnvelopeError> {
    // A list would be taken for the members of an object, one after the other.
    let is_object = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'[');
    let body: Body<'_> = serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() {
            return EnvelopeError::NoObjects;
        }
        EnvelopeError::Json { line: error.line(), column: error.column() }
    })?;
    if body.objects.is_empty() || !is_object {
        return Err(EnvelopeError::NoObjects);
    }
    let posted = body.objects.iter().enumerate().map(|(number, raw)| posted(number, raw.get()));
    Ok(posted.collect())
}

fn posted(number: usize, text: &str) -> Result<Posted<'_>, Refusal> {
    let refuse = |id: Option<&str>, version: Option<&str>, reason| Refusal {
        id: id.map_or_else(|| format!("objects[{number}]"), |id| id.chars().take(300).collect()),
        version: version.unwrap_or_default().chars().take(40).collect(),
        reason,
    };
    if text.len() > OBJECT_BYTES_MAX {
        return Err(refuse(None, None, "longer than 8 MiB"));
    }
    if !is_shallow(text.as_bytes()) {
        return Err(refuse(None, None, "nested too deeply"));
    }
    let malformed = "not an object of STIX: id, type and times are texts, and stand once";
    let head: Head<'_> = match serde_json::from_str(text) {
        Ok(head) if text.starts_with('{') => head,
        _ => return Err(refuse(None, None, malformed)),
    };
    let (id, modified) = (head.id.as_deref(), head.modified.as_deref());
    let refuse = |reason| refuse(id, modified, reason);
    let known: StixId = id
        .ok_or_else(|| refuse("no `id`"))?
        .parse()
        .map_err(|_| refuse("`id` is a type in lower case, `--`, and a UUID"))?;
    if head.object_type.as_deref() != Some(known.object_type()) {
        return Err(refuse("`type` is not that of the `id`"));
    }
    let time = |text: Option<&str>, reason| match text {
        None => Ok(None),
        Some(text) => parse_stix(text).map(Some).ok_or_else(|| refuse(reason)),
    };
    let created = time(head.created.as_deref(), "`created` is not a time in UTC")?;
    let version = time(modified, "`modified` is not a time in UTC")?.or(created);
    let spec_version = match head.spec_version.as_deref() {
        // What has no versions came with 2.1 only; what has, and does not say, is of 2.0.
        None if version.is_none() => SpecVersion::V21,
        None => SpecVersion::V20,
        Some(text) => {
            SpecVersion::parse(text).ok_or_else(|| refuse("`spec_version` is 2.0 or 2.1"))?
        }
    };
    Ok(Posted { id: known, version, spec_version, text })
}

/// RFC 3339 in UTC, as STIX has it (2.16): with `T` and `Z`.
fn parse_stix(text: &str) -> Option<Microseconds> {
    Some(text).filter(|text| text.ends_with('Z') && text.contains('T')).and_then(parse_microseconds)
}

/// Whether nothing is nested deeper than every reader can follow. The text is valid JSON.
fn is_shallow(text: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    for byte in text {
        if escaped {
            escaped = false;
        } else if in_string {
            escaped = *byte == b'\\';
            in_string = *byte != b'"';
        } else {
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEPTH_MAX {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{EnvelopeError, read_posted};
    use crate::taxii::SpecVersion;

    const ID: &str = "tool--e18dca82-0524-4338-9a66-e13e67c81ac4";

    #[test]
    fn an_object_is_kept_to_the_letter() {
        let object = format!(r#"{{ "x":1.10,"id":"{ID}", "type":"tool","b":[1e400,"\ud800"] }}"#);
        let body = format!(r#"{{"more":false,"objects":[{object}]}}"#);
        let posted = read_posted(body.as_bytes()).unwrap();
        let posted = posted[0].as_ref().unwrap();
        assert_eq!((posted.text, posted.id.as_str()), (object.as_str(), ID));
        assert_eq!((posted.version, posted.spec_version), (None, SpecVersion::V21));
    }

    #[test]
    fn the_version_is_when_it_was_changed_or_else_made() {
        for (members, version, spec_version) in [
            (r#","created":"2017-01-27T13:49:53.935Z""#, 1_485_524_993_935_000, SpecVersion::V20),
            (
                r#","created":"2017-01-27T13:49:53.935Z","modified":"2017-01-27T13:49:54Z","spec_version":"2.1""#,
                1_485_524_994_000_000,
                SpecVersion::V21,
            ),
        ] {
            let body = format!(r#"{{"objects":[{{"id":"{ID}","type":"tool"{members}}}]}}"#);
            let posted = read_posted(body.as_bytes()).unwrap();
            let posted = posted[0].as_ref().unwrap();
            assert_eq!((posted.version, posted.spec_version), (Some(version), spec_version));
        }
    }

    #[test]
    fn what_is_no_object_does_not_keep_others_out() {
        let deep =
            format!(r#"{{"id":"{ID}","type":"tool","x":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
        let bad = [
            "5".to_owned(),
            "{}".to_owned(),
            format!(r#"["{ID}","tool"]"#),
            r#"{"id":"tool--1","type":"tool"}"#.to_owned(),
            format!(r#"{{"id":"{ID}","type":"malware"}}"#),
            format!(r#"{{"id":"{ID}","id":"{ID}","type":"tool"}}"#),
            format!(r#"{{"id":"{ID}","type":"tool","modified":"2017"}}"#),
            format!(r#"{{"id":"{ID}","type":"tool","created":7}}"#),
            format!(r#"{{"id":"{ID}","type":"tool","spec_version":"3.0"}}"#),
            deep,
        ];
        let body = format!(r#"{{"objects":[{},{{"id":"{ID}","type":"tool"}}]}}"#, bad.join(","));
        let posted = read_posted(body.as_bytes()).unwrap();
        let refused: Vec<bool> = posted.iter().map(Result::is_err).collect();
        assert_eq!(refused, [vec![true; bad.len()], vec![false]].concat());
        assert_eq!(posted[0].as_ref().unwrap_err().id, "objects[0]");
        assert_eq!(posted[4].as_ref().unwrap_err().id, ID);
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        for body in
            ["[]", "{}", r#"{"objects":[]}"#, r#"{"objects":5}"#, &format!(r#"{{"id":"{ID}"}}"#)]
        {
            assert_eq!(read_posted(body.as_bytes()), Err(EnvelopeError::NoObjects), "{body}");
        }
        for body in ["", "{", r#"{"objects":[}"#, r#"{"objects":[1]} x"#] {
            let read = read_posted(body.as_bytes());
            assert!(matches!(read, Err(EnvelopeError::Json { .. })), "{body}");
        }
    }
}
