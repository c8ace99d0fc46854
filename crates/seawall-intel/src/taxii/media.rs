//! Which media type is wanted, and which one was sent?

/// What is answered.
pub const MEDIA_TYPE: &str = "application/taxii+json;version=2.1";

const ESSENCE: &str = "application/taxii+json";
const VERSION: &str = "2.1";

/// What a media type is to this version of TAXII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representation {
    /// TAXII 2.1, said so or not.
    Ours,
    /// Something else.
    Other,
}

/// Whether what a client accepts has room for TAXII 2.1: `application/taxii+json` with this version or none, or a
/// range that holds it (RFC 9110, 12.5.1). A client that says nothing takes everything.
pub fn accepts(header: Option<&str>) -> bool {
    let Some(header) = header else { return true };
    // The most specific range that fits counts.
    let mut best: Option<(u8, bool)> = None;
    for range in header.split(',') {
        let (essence, parameters) = split(range);
        let (mut fits, mut wanted, mut specific) = (true, true, 0);
        for (name, value) in parameters {
            match name.as_str() {
                "version" => {
                    fits &= value == VERSION;
                    specific = 1;
                }
                "q" => wanted = value.parse::<f32>().is_ok_and(|quality| quality > 0.0),
                _ => {}
            }
        }
        let specific = match essence.as_str() {
            ESSENCE => 2 + specific,
            "application/*" => 1,
            "*/*" => 0,
            _ => continue,
        };
        if fits && best.is_none_or(|(known, _)| specific >= known) {
            best = Some((specific, wanted));
        }
    }
    best.is_some_and(|(_, wanted)| wanted)
}

/// Whether a body is of TAXII 2.1, by its `Content-Type`.
pub fn content(header: Option<&str>) -> Representation {
    let Some(header) = header else { return Representation::Other };
    let (essence, parameters) = split(header);
    let version = parameters.into_iter().find(|(name, _)| name == "version");
    let fits = essence == ESSENCE && version.is_none_or(|(_, value)| value == VERSION);
    if fits { Representation::Ours } else { Representation::Other }
}

/// What form a manifest says that an object has.
pub fn media_type_of(spec_version: super::SpecVersion) -> &'static str {
    match spec_version {
        super::SpecVersion::V20 => "application/stix+json;version=2.0",
        super::SpecVersion::V21 => "application/stix+json;version=2.1",
    }
}

/// A media range in lower case, and its parameters.
fn split(text: &str) -> (String, Vec<(String, String)>) {
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    let parameters = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().trim_matches('"').to_owned()))
    });
    (essence, parameters.collect())
}

#[cfg(test)]
mod tests {
    use super::{Representation, accepts, content};

    #[test]
    fn what_has_room_for_this_version_is_accepted() {
        for header in [
            "application/taxii+json",
            "application/taxii+json;version=2.1",
            "application/taxii+json; version=2.1",
            "Application/TAXII+JSON; Version=\"2.1\"",
            "text/html, application/taxii+json;version=2.1;q=0.1",
            "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
            "*/*",
            "application/*",
            "text/html, */*;q=0.8",
        ] {
            assert!(accepts(Some(header)), "{header}");
        }
        assert!(accepts(None));
        for header in [
            "",
            "application/json",
            "application/stix+json;version=2.1",
            "application/vnd.oasis.taxii+json;version=2.0",
            "application/taxii+json;version=2.0",
            "application/taxii+json;version=2.11",
            "application/taxii+json;q=0, */*",
            "text/*",
        ] {
            assert!(!accepts(Some(header)), "{header}");
        }
    }

    #[test]
    fn a_body_is_of_this_version_or_of_none() {
        for header in ["application/taxii+json", "application/taxii+json; version=2.1"] {
            assert_eq!(content(Some(header)), Representation::Ours, "{header}");
        }
        for header in [
            "application/json",
            "application/taxii+json;version=2.0",
            "application/stix+json;version=2.1",
            "*/*",
        ] {
            assert_eq!(content(Some(header)), Representation::Other, "{header}");
        }
        assert_eq!(content(None), Representation::Other);
    }
}
