//! Who sent the client, without what changes from visit to visit?

use super::super::text::present;

/// Query parameters that name who referred; all others are noise.
const PARAMETERS: [&str; 16] = [
    "ref",
    "referrer",
    "referral",
    "ref_id",
    "aff",
    "aff_id",
    "affiliate",
    "affid",
    "invite",
    "code",
    "partner",
    "via",
    "promo",
    "utm_source",
    "utm_medium",
    "utm_campaign",
];

/// Host and path of an address, with the parameters that name a referrer; other text as it is.
pub(crate) fn canonical(text: &str) -> Option<Box<str>> {
    let text = present(text)?;
    let Some(rest) = strip_scheme(text) else { return Some(text.into()) };
    let rest = rest.split('#').next().unwrap_or(rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    // A name and password before the host are nobody's referrer.
    let host = host.rsplit('@').next().unwrap_or(host).to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    if host.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(rest.len());
    out.push_str(host);
    let path = path.trim_end_matches('/');
    if !path.is_empty() {
        out.push('/');
        out.push_str(path);
    }
    let mut parameters: Vec<(usize, &str)> = query
        .split('&')
        .filter_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let position = PARAMETERS.iter().position(|known| known.eq_ignore_ascii_case(name))?;
            (!value.is_empty()).then_some((position, value))
        })
        .collect();
    parameters.sort_unstable();
    for (index, (position, value)) in parameters.into_iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.push_str(PARAMETERS[position]);
        out.push('=');
        out.push_str(value);
    }
    Some(out.into())
}

/// What follows `https://`; also of an address written without it, once it has a host and a path.
fn strip_scheme(text: &str) -> Option<&str> {
    for scheme in ["https://", "http://"] {
        if text.len() >= scheme.len()
            && text.is_char_boundary(scheme.len())
            && text[..scheme.len()].eq_ignore_ascii_case(scheme)
        {
            return Some(&text[scheme.len()..]);
        }
    }
    let end = text.find(['/', '?'])?;
    let host = &text[..end];
    let is_host = host.contains('.')
        && !host.starts_with('.')
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
    is_host.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_dropped_and_the_referrer_kept() {
        for (text, expected) in [
            ("https://www.Example.org/Join/?gclid=abc&ref=A7#top", "example.org/Join?ref=A7"),
            ("http://example.org", "example.org"),
            ("example.org/join?x=1", "example.org/join"),
            (
                "https://example.org/?utm_campaign=spring&utm_source=mail&fbclid=1",
                "example.org?utm_source=mail&utm_campaign=spring",
            ),
            ("https://name:word@example.org/a", "example.org/a"),
            ("SPRING-2026", "SPRING-2026"),
            ("android-app://com.example.app", "android-app://com.example.app"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "-", "https://", "null", "http:///path"] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }
}
