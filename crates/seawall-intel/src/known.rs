//! What is one thing that others know, and how is it said in each format?
//!
//! The one table of kinds: how a value is recognised and cleaned, which pattern finds it, which observable it is, what
//! MISP calls it.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::stix::{Object, observable};

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A domain name.
    Domain,
    /// An address, or a network.
    Address,
    /// A web address.
    Url,
    /// A mail address.
    Email,
    /// A hash of a file.
    Hash,
    /// A telephone number.
    Phone,
    /// What client software calls itself.
    UserAgent,
    /// An autonomous system.
    System,
    /// A wallet.
    Wallet,
    /// The name of an account.
    AccountName,
}

/// A thing that others know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Known {
    kind: Kind,
    value: String,
}

/// A value that is none of what Seawall knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKnown {
    /// There is nothing.
    #[error("nothing there")]
    Empty,
    /// It is none of the kinds.
    #[error("neither a domain, an address, a web or mail address nor a hash")]
    None,
    /// It is not what it is said to be.
    #[error("not of the kind that it is said to be")]
    OtherKind,
    /// A kind that is not known.
    #[error("a kind of which Seawall makes no indicators")]
    Kind,
}

/// Top levels that are kept for documentation and tests (RFC 2606).
const RESERVED: [&str; 2] = [".example", ".test"];

/// Longest value.
const VALUE_BYTES_MAX: usize = 2_048;

/// Names of kinds that lists and MISP use. The first of a kind in MISP's words is what is written.
const NAMES: [(&str, Kind); 42] = [
    ("domain", Kind::Domain),
    ("hostname", Kind::Domain),
    ("host", Kind::Domain),
    ("fqdn", Kind::Domain),
    ("domain-name", Kind::Domain),
    ("ip-src", Kind::Address),
    ("ip-dst", Kind::Address),
    ("ip", Kind::Address),
    ("ipv4", Kind::Address),
    ("ipv6", Kind::Address),
    ("ipv4-addr", Kind::Address),
    ("ipv6-addr", Kind::Address),
    ("cidr", Kind::Address),
    ("url", Kind::Url),
    ("uri", Kind::Url),
    ("link", Kind::Url),
    ("email-src", Kind::Email),
    ("email-dst", Kind::Email),
    ("email", Kind::Email),
    ("email-addr", Kind::Email),
    ("sha256", Kind::Hash),
    ("sha1", Kind::Hash),
    ("md5", Kind::Hash),
    ("sha512", Kind::Hash),
    ("hash", Kind::Hash),
    ("file", Kind::Hash),
    ("phone-number", Kind::Phone),
    ("phone", Kind::Phone),
    ("user-agent", Kind::UserAgent),
    ("AS", Kind::System),
    ("asn", Kind::System),
    ("autonomous-system", Kind::System),
    ("btc", Kind::Wallet),
    ("xmr", Kind::Wallet),
    ("dash", Kind::Wallet),
    ("wallet", Kind::Wallet),
    ("github-username", Kind::AccountName),
    ("twitter-id", Kind::AccountName),
    ("jabber-id", Kind::AccountName),
    ("username", Kind::AccountName),
    ("user-account", Kind::AccountName),
    ("account", Kind::AccountName),
];

impl Known {
    /// A value of the kind of that name, as lists and MISP name kinds.
    pub fn named(name: &str, text: &str) -> Result<Self, NotKnown> {
        let is = |known: &str| known.eq_ignore_ascii_case(name.trim());
        let (_, kind) = NAMES.into_iter().find(|(known, _)| is(known)).ok_or(NotKnown::Kind)?;
        Self::new(kind, text)
    }

    /// A value of that kind, cleaned.
    pub fn new(kind: Kind, text: &str) -> Result<Self, NotKnown> {
        let text = clean(text);
        if text.is_empty() {
            return Err(NotKnown::Empty);
        }
        if text.len() > VALUE_BYTES_MAX || text.chars().any(char::is_control) {
            return Err(NotKnown::OtherKind);
        }
        let value = match kind {
            Kind::Domain => domain(&text),
            Kind::Address => address(&text),
            Kind::Url => url(&text),
            Kind::Email => email(&text),
            Kind::Hash => hash(&text),
            Kind::Phone => phone(&text),
            Kind::System => {
                let digits = text.strip_prefix("AS").or_else(|| text.strip_prefix("as"));
                digits.unwrap_or(&text).parse::<u32>().ok().map(|number| number.to_string())
            }
            Kind::UserAgent => Some(text),
            Kind::Wallet | Kind::AccountName => Some(text).filter(|it| !it.contains(' ')),
        };
        value.map(|value| Self { kind, value }).ok_or(NotKnown::OtherKind)
    }

    /// A value whose kind nobody said: a web address, a mail address, an address or network, a hash, a domain. A text
    /// with a path but without a scheme is a web address of either scheme.
    pub fn guessed(text: &str) -> Result<Self, NotKnown> {
        let cleaned = clean(text);
        if cleaned.is_empty() {
            return Err(NotKnown::Empty);
        }
        for kind in [Kind::Address, Kind::Url, Kind::Email, Kind::Hash, Kind::Domain] {
            if let Ok(known) = Self::new(kind, &cleaned) {
                return Ok(known);
            }
        }
        Err(NotKnown::None)
    }

    /// What kind of thing it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The value in its one form.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The pattern that finds it.
    pub fn pattern(&self) -> String {
        let quoted = quoted(&self.value);
        match self.kind {
            Kind::Domain => format!("[domain-name:value = {quoted}]"),
            Kind::Address => {
                let object_type = self.address_type();
                // A network is found by what lies in it.
                let operator = if self.value.contains('/') { "ISSUBSET" } else { "=" };
                format!("[{object_type}:value {operator} {quoted}]")
            }
            Kind::Url => format!("[url:value = {quoted}]"),
            Kind::Email => format!("[email-addr:value = {quoted}]"),
            Kind::Hash => format!("[file:hashes.'{}' = {quoted}]", self.hash_name()),
            Kind::Phone => format!("[phone-number:value = {quoted}]"),
            Kind::UserAgent => format!("[user-agent:value = {quoted}]"),
            Kind::System => format!("[autonomous-system:number = {}]", self.value),
            Kind::Wallet => format!("[cryptocurrency-wallet:value = {quoted}]"),
            Kind::AccountName => format!("[user-account:account_login = {quoted}]"),
        }
    }

    /// The observable that it is.
    pub fn object(&self) -> Object {
        let value = || json!({"value": self.value});
        let (object_type, body) = match self.kind {
            Kind::Domain => ("domain-name", value()),
            Kind::Address => (self.address_type(), value()),
            Kind::Url => ("url", value()),
            Kind::Email => ("email-addr", value()),
            Kind::Hash => ("file", json!({"hashes": {self.hash_name(): self.value}})),
            Kind::Phone => ("phone-number", value()),
            Kind::UserAgent => ("user-agent", value()),
            Kind::System => {
                ("autonomous-system", json!({"number": self.value.parse::<u32>().ok()}))
            }
            Kind::Wallet => ("cryptocurrency-wallet", value()),
            Kind::AccountName => ("user-account", json!({"account_login": self.value})),
        };
        let body: Map<String, Value> = body.as_object().cloned().unwrap_or_default();
        observable(object_type, body).expect("every kind has a value that makes an id")
    }

    /// Type and category of the attribute that it is in MISP.
    pub fn misp(&self) -> (&'static str, &'static str) {
        let network = "Network activity";
        match self.kind {
            Kind::Domain => ("domain", network),
            Kind::Address => ("ip-src", network),
            Kind::Url => ("url", network),
            Kind::Email => ("email-src", "Payload delivery"),
            Kind::Hash => match self.value.len() {
                32 => ("md5", "Payload delivery"),
                40 => ("sha1", "Payload delivery"),
                64 => ("sha256", "Payload delivery"),
                _ => ("sha512", "Payload delivery"),
            },
            Kind::Phone => ("phone-number", "Person"),
            Kind::UserAgent => ("user-agent", network),
            Kind::System => ("AS", network),
            Kind::Wallet => ("btc", "Financial fraud"),
            Kind::AccountName => ("text", "Other"),
        }
    }

    fn address_type(&self) -> &'static str {
        if self.value.contains(':') { "ipv6-addr" } else { "ipv4-addr" }
    }

    fn hash_name(&self) -> &'static str {
        match self.value.len() {
            32 => "MD5",
            40 => "SHA-1",
            64 => "SHA-256",
            _ => "SHA-512",
        }
    }
}

/// A text of a pattern.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// What people do to addresses so that nobody follows them is undone, and what sticks to a value is taken off.
fn clean(text: &str) -> String {
    let mut text: String = text
        .chars()
        .filter(|letter| !matches!(letter, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}'))
        .map(|letter| if letter == '\u{a0}' { ' ' } else { letter })
        .collect();
    for (broken, whole) in [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[.", "."),
        (".]", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[:]", ":"),
        ("[://]", "://"),
        ("[@]", "@"),
        ("[at]", "@"),
    ] {
        if text.contains(broken) {
            text = text.replace(broken, whole);
        }
    }
    let trimmed = text.trim().trim_matches(['"', '\'', '<', '>', '`']).trim();
    let trimmed = trimmed.trim_end_matches([',', ';']).trim();
    let lower = trimmed.get(..8).unwrap_or(trimmed).to_ascii_lowercase();
    for (broken, whole) in [("hxxps:", "https:"), ("hxxp:", "http:"), ("http[:", "http:")] {
        if lower.starts_with(broken) {
            return format!("{whole}{}", &trimmed[broken.len()..]);
        }
    }
    trimmed.to_owned()
}

/// A name that could be registered, in ASCII.
fn domain(text: &str) -> Option<String> {
    let text = text.trim_start_matches("*.").trim_matches('.');
    let ascii = idna::domain_to_ascii(text).ok()?;
    let sound = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let is_name = ascii.contains('.')
        && ascii.len() <= 253
        && ascii.split('.').all(sound)
        // A name of a package looks like one, but nobody runs its top level.
        && (psl::suffix(ascii.as_bytes()).is_some_and(|suffix| suffix.is_known())
            || RESERVED.iter().any(|reserved| ascii.ends_with(reserved)))
        && psl::domain_str(&ascii).is_some();
    is_name.then_some(ascii)
}

/// An address, or a network without bits beyond its size.
fn address(text: &str) -> Option<String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical().to_string());
    }
    let network = text.parse::<IpNet>().ok()?.trunc();
    let whole = network.prefix_len() == network.max_prefix_len();
    Some(if whole { network.addr().to_string() } else { network.to_string() })
}

fn url(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let sound = ["http", "https", "ftp"].contains(&scheme.to_ascii_lowercase().as_str())
        && !text.contains(char::is_whitespace)
        && (domain(name).is_some() || address(name).is_some());
    sound.then(|| format!("{}://{}", scheme.to_ascii_lowercase(), escaped(rest)))
}

/// What may not stand in an address (RFC 3986), as its bytes.
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("into memory");
        }
    }
    escaped
}

fn email(text: &str) -> Option<String> {
    let (local, host) = text.rsplit_once('@')?;
    let sound = !local.is_empty() && !local.contains(|it: char| it.is_whitespace() || it == '/');
    Some(format!("{}@{}", local.to_ascii_lowercase(), domain(host)?)).filter(|_| sound)
}

fn hash(text: &str) -> Option<String> {
    let sound = [32, 40, 64, 128].contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    sound.then(|| text.to_ascii_lowercase())
}

/// Digits of an international number.
fn phone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let only = text.chars().all(|it| it.is_ascii_digit() || " +-().".contains(it));
    (only && (7..=15).contains(&digits.len())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Known, NotKnown};
    use crate::pattern::Pattern;

    #[test]
    fn what_people_break_is_mended() {
        for (text, kind, value) in [
            ("evil[.]example[.]com", Kind::Domain, "evil.example.com"),
            ("\u{feff} Evil(.)com. ", Kind::Domain, "evil.com"),
            ("*.bücher[dot]de", Kind::Domain, "xn--bcher-kva.de"),
            ("hxxps://evil[.]com/A?b=c", Kind::Url, "https://evil.com/A?b=c"),
            ("https://evil.com/a\\é", Kind::Url, "https://evil.com/a%5C%C3%A9"),
            ("\"1.2.3[.]4\",", Kind::Address, "1.2.3.4"),
            ("10.1.2.3/8", Kind::Address, "10.0.0.0/8"),
            ("2001:DB8::/32", Kind::Address, "2001:db8::/32"),
            ("1.2.3.4/32", Kind::Address, "1.2.3.4"),
            ("A.B[at]mail[.]com", Kind::Email, "a.b@mail.com"),
            ("D41D8CD98F00B204E9800998ECF8427E", Kind::Hash, "d41d8cd98f00b204e9800998ecf8427e"),
        ] {
            let known = Known::guessed(text).unwrap();
            assert_eq!((known.kind(), known.value()), (kind, value), "{text}");
        }
    }

    #[test]
    fn what_is_no_thing_of_a_kind_is_refused() {
        for text in [
            "Sharing on Facebook",
            "com.ads_manager_helper",
            "localhost",
            "co.uk",
            "#news",
            "https://x",
            "1.2.3.400",
            "a b@mail.com",
        ] {
            assert_eq!(Known::guessed(text), Err(NotKnown::None), "{text}");
        }
        assert_eq!(Known::guessed(" \u{feff}"), Err(NotKnown::Empty));
        assert_eq!(Known::named("filename", "a"), Err(NotKnown::Kind));
        assert_eq!(Known::named("ip-src", "evil.com"), Err(NotKnown::OtherKind));
        assert_eq!(Known::named("AS", "AS64496").unwrap().value(), "64496");
    }

    #[test]
    fn every_kind_has_a_pattern_and_an_observable() {
        for (name, text) in [
            ("domain", "evil.com"),
            ("ip", "10.0.0.0/8"),
            ("ipv6", "::1"),
            ("url", "https://evil.com/it's\\"),
            ("email", "a@evil.com"),
            ("sha256", &"a".repeat(64)),
            ("phone", "+1 (415) 555-2671"),
            ("user-agent", "Mozilla/5.0 'x'"),
            ("AS", "AS64496"),
            ("btc", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"),
            ("username", "farm_01"),
        ] {
            let known = Known::named(name, text).unwrap();
            assert!(Pattern::parse(&known.pattern()).is_ok(), "{}", known.pattern());
            assert!(known.object().body().contains_key("id"));
        }
    }
}
