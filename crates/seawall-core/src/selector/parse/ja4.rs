//! Is this a JA4 client fingerprint, and what are its parts?
//!
//! Form of the BSD-3-Clause JA4 specification: `a_b_c`, where a names protocol, version, whether a
//! host is named, numbers of ciphers and extensions, and ALPN; b is a hash of the ciphers; c is one
//! of the extensions and signature algorithms.

use super::super::text::present;

/// A TLS fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ja4<'a> {
    /// Whole text, trimmed.
    pub(crate) text: &'a str,
    /// Its parts; `None` where it has another form (an older fingerprint, a site's own).
    pub(crate) parts: Option<Parts<'a>>,
}

/// The parts of a JA4 fingerprint that last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    /// Transport and version: `t13`.
    pub(crate) protocol: &'a str,
    /// Hash of the sorted ciphers, 12 hexadecimal digits in the case given.
    pub(crate) ciphers: &'a str,
}

impl<'a> Ja4<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = present(text)?;
        Some(Self { text, parts: parts(text) })
    }

    /// Appends it in lower case; as it is where it has another form, whose case may matter.
    pub(crate) fn push_canonical(self, out: &mut String) {
        let start = out.len();
        out.push_str(self.text);
        if self.parts.is_some() {
            out[start..].make_ascii_lowercase();
        }
    }
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let bytes = text.as_bytes();
    if bytes.len() != 36 || !text.is_ascii() || bytes[10] != b'_' || bytes[23] != b'_' {
        return None;
    }
    let lower = |index: usize| bytes[index].to_ascii_lowercase();
    let version = [lower(1), lower(2)];
    let valid = matches!(lower(0), b't' | b'q' | b'd')
        && matches!(
            &version,
            b"13" | b"12" | b"11" | b"10" | b"s3" | b"s2" | b"d1" | b"d2" | b"d3" | b"00"
        )
        && matches!(lower(3), b'd' | b'i')
        && bytes[4..8].iter().all(u8::is_ascii_digit)
        && bytes[8..10].iter().all(u8::is_ascii_alphanumeric)
        && bytes[11..23].iter().all(u8::is_ascii_hexdigit)
        && bytes[24..36].iter().all(u8::is_ascii_hexdigit);
    valid.then(|| Parts { protocol: &text[..3], ciphers: &text[11..23] })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the specification (Chrome, and Chrome over QUIC) and others of its form.
    #[test]
    fn examples_of_the_specification() {
        let parts = |text| parts(text).map(|parts| (parts.protocol, parts.ciphers));
        assert_eq!(parts("t13d1516h2_8daaf6152771_b186095e22b6"), Some(("t13", "8daaf6152771")));
        assert_eq!(parts("t13d1516h2_8daaf6152771_e5627efa2ab1"), Some(("t13", "8daaf6152771")));
        assert_eq!(parts("q13d0310h3_55b375c5d22e_cd85d2d88918"), Some(("q13", "55b375c5d22e")));
        assert_eq!(parts("T13I190900_9DC949149365_97F8AA674FD9"), Some(("T13", "9DC949149365")));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "e7d705a3286e19ea42f587b344ee6865",
            "t13d1516h2_8daaf6152771",
            "x13d1516h2_8daaf6152771_b186095e22b6",
            "t14d1516h2_8daaf6152771_b186095e22b6",
            "t13x1516h2_8daaf6152771_b186095e22b6",
            "t13d15a6h2_8daaf6152771_b186095e22b6",
            "t13d1516h2_8daaf615277g_b186095e22b6",
            "t13d1516h2-8daaf6152771-b186095e22b6",
            "t13d1516é_8daaf6152771_b186095e22b6",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
