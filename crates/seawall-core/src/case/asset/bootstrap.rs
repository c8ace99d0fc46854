//! Which RDAP server knows a domain? The bootstrap file of IANA (RFC 9224, sections 3 to 5).

use serde::Deserialize;

use super::{DomainName, observation::Unreadable};

/// Largest bootstrap file that is read.
pub const BYTES_MAX: usize = 4 << 20;

#[derive(Deserialize)]
struct File {
    services: Vec<(Vec<String>, Vec<String>)>,
}

/// The base URL of the server that the file names for `domain`: by the longest suffix of whole labels, `https` before
/// all else. `None` where the file knows none.
pub fn server(raw: &[u8], domain: &DomainName) -> Result<Option<String>, Unreadable> {
    let wrong = |why: String| Unreadable::Form { what: "a bootstrap file (RFC 9224)", why };
    if raw.len() > BYTES_MAX {
        return Err(Unreadable::Size { bytes: raw.len(), max: BYTES_MAX });
    }
    let file: File = serde_json::from_slice(raw).map_err(|error| wrong(error.to_string()))?;
    let mut best: Option<(usize, &Vec<String>)> = None;
    for (suffixes, urls) in &file.services {
        let longest =
            suffixes.iter().filter(|suffix| holds(domain.ascii(), suffix)).map(String::len);
        if let Some(length) = longest.max()
            && best.is_none_or(|(known, _)| length > known)
        {
            best = Some((length, urls));
        }
    }
    let Some((_, urls)) = best else { return Ok(None) };
    let secure = urls.iter().find(|url| url.starts_with("https://"));
    Ok(secure.or_else(|| urls.first()).cloned())
}

/// The URL to ask that server about `name` (RFC 9082, section 3.1.3).
pub fn domain_url(base: &str, name: &str) -> String {
    format!("{}/domain/{name}", base.trim_end_matches('/'))
}

fn holds(name: &str, suffix: &str) -> bool {
    let before = name.len().checked_sub(suffix.len());
    !suffix.is_empty()
        && before.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
        && before.is_some_and(|at| at == 0 || name.as_bytes()[at - 1] == b'.')
}

#[cfg(test)]
mod tests {
    use super::{domain_url, server};

    /// After the example of RFC 9224, section 4.
    const FILE: &str = r#"{"version": "1.0", "publication": "2024-01-07T10:11:12Z", "services": [
        [["net", "com"], ["http://registry.example.com/my-rdap/", "https://registry.example.com/my-rdap/"]],
        [["org", "my-tld"], ["https://example.org/"]],
        [["co.my-tld"], ["https://co.example/"]],
        [["plain"], ["http://plain.example/"]]]}"#;

    fn found(name: &str) -> Option<String> {
        server(FILE.as_bytes(), &name.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_longest_suffix_of_whole_labels_and_https_first() {
        assert_eq!(found("shop.com").as_deref(), Some("https://registry.example.com/my-rdap/"));
        assert_eq!(found("a.co.my-tld").as_deref(), Some("https://co.example/"));
        assert_eq!(found("a.xco.my-tld").as_deref(), Some("https://example.org/"));
        assert_eq!(found("a.plain").as_deref(), Some("http://plain.example/"));
        assert_eq!(found("shop.xcom"), None);
        assert_eq!(domain_url("https://a.example/x/", "b.com"), "https://a.example/x/domain/b.com");
        assert!(server(b"{}", &"a.com".parse().unwrap()).is_err());
        assert!(server(b"[", &"a.com".parse().unwrap()).is_err());
    }
}
