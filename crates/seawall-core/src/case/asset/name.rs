//! Which domain name is it, as machines and as people read it?

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A domain name in both forms (RFC 5890): the ASCII form is the identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName {
    ascii: String,
    unicode: String,
}

/// A text that is no [`DomainName`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a domain name\nhint: the name alone, without scheme and path: `example.org`")]
pub struct NotAName(String);

impl DomainName {
    /// The form with A-labels, lower case, without a final dot.
    pub fn ascii(&self) -> &str {
        &self.ascii
    }

    /// The form with U-labels.
    pub fn unicode(&self) -> &str {
        &self.unicode
    }

    /// The top-level domain, in ASCII.
    pub fn top_level(&self) -> &str {
        self.ascii.rsplit('.').next().unwrap_or(&self.ascii)
    }

    /// The part that somebody registered, by the Public Suffix List: `None` for a public suffix itself.
    pub fn registrable(&self) -> Option<&str> {
        psl::domain_str(&self.ascii)
    }

    /// The public suffix, and whether a private operator runs it, as `github.io`.
    pub(crate) fn suffix(&self) -> Option<(&str, bool)> {
        let suffix = psl::suffix(self.ascii.as_bytes())?;
        let text = std::str::from_utf8(suffix.as_bytes()).ok()?;
        // The list may know a suffix in capitals of the input only: the slice is of the input.
        Some((text, suffix.typ() == Some(psl::Type::Private)))
    }
}

impl FromStr for DomainName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let shown =
            || NotAName(text.chars().filter(|letter| !letter.is_control()).take(80).collect());
        let name = text.strip_suffix('.').unwrap_or(text);
        if name.len() > 1024 {
            return Err(shown());
        }
        // Strict: STD 3 characters, label and name lengths. An address of digits and dots is no name.
        let ascii = idna::domain_to_ascii_strict(name).map_err(|_| shown())?;
        let top = ascii.rsplit('.').next().unwrap_or_default();
        if !ascii.contains('.') || top.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(shown());
        }
        let (unicode, valid) = idna::domain_to_unicode(&ascii);
        valid.map_err(|_| shown())?;
        Ok(Self { ascii, unicode })
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.ascii)
    }
}

impl Serialize for DomainName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.ascii)
    }
}

impl<'de> Deserialize<'de> for DomainName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::DomainName;

    #[test]
    fn both_forms_of_a_name() {
        // RFC 3492, section 7.1 style: bücher in both forms.
        let name: DomainName = "Bücher.Example.".parse().unwrap();
        assert_eq!((name.ascii(), name.unicode()), ("xn--bcher-kva.example", "bücher.example"));
        let again: DomainName = "xn--bcher-kva.example".parse().unwrap();
        assert_eq!(again, name);
        assert_eq!(name.top_level(), "example");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in [
            "",
            ".",
            "localhost",
            "a..b",
            "https://a.example/",
            "203.0.113.7",
            "a b.example",
            "-a.example",
            "xn--\u{0}.example",
            "xn--a.example",
            &format!("{}.example", "a".repeat(64)),
        ] {
            assert!(bad.parse::<DomainName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_was_registered() {
        let registrable =
            |text: &str| text.parse::<DomainName>().unwrap().registrable().map(str::to_owned);
        assert_eq!(registrable("shop.example.co.uk").as_deref(), Some("example.co.uk"));
        assert_eq!(registrable("me.github.io").as_deref(), Some("me.github.io"));
        assert_eq!(registrable("co.uk"), None);
    }
}
