//! Which host is this, and who registered it?

use std::borrow::Cow;

/// Longest host name DNS allows, in its text form.
const HOST_BYTES_MAX: usize = 253;

/// A host name in canonical form and what is known of it as a mail provider.
pub(crate) struct Domain {
    host: String,
    registrable_start: usize,
    rules: MailRules,
}

/// How a provider lets one mailbox have many addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MailRules {
    /// What begins a part of the local name that does not matter.
    pub(crate) tag: Option<u8>,
    /// Whether dots in the local name do not matter.
    pub(crate) drops_dots: bool,
}

impl Domain {
    /// `None` where the text cannot be a host name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut host = canonical_host(text)?.into_owned();
        if host == "googlemail.com" {
            "gmail.com".clone_into(&mut host);
        }
        let registrable = registrable(&host);
        let registrable_start = host.len() - registrable.len();
        let rules = mail_rules(&host, registrable);
        Some(Self { host, registrable_start, rules })
    }

    /// Lower case, ASCII, without a final dot.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The part that somebody registered, by the Public Suffix List; the host itself where that
    /// list knows nobody below it.
    pub(crate) fn registrable(&self) -> &str {
        &self.host[self.registrable_start..]
    }

    pub(crate) fn rules(&self) -> MailRules {
        self.rules
    }
}

fn registrable(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}

/// Lower case, internationalised labels in their ASCII form (UTS #46), without a final dot.
pub(crate) fn canonical_host(text: &str) -> Option<Cow<'_, str>> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.is_empty() || text.len() > 4 * HOST_BYTES_MAX {
        return None;
    }
    let host = if !text.is_ascii() {
        Cow::Owned(idna::domain_to_ascii(text).ok()?)
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    };
    let valid = host.len() <= HOST_BYTES_MAX
        && host.split('.').all(|label| (1..=63).contains(&label.len()))
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    valid.then_some(host)
}

fn mail_rules(host: &str, registrable: &str) -> MailRules {
    let plus = MailRules { tag: Some(b'+'), drops_dots: false };
    match host {
        "gmail.com" => MailRules { tag: Some(b'+'), drops_dots: true },
        "icloud.com" | "me.com" | "mac.com" | "msn.com" | "proton.me" | "protonmail.com"
        | "protonmail.ch" | "pm.me" | "fastmail.com" | "fastmail.fm" => plus,
        "ymail.com" | "rocketmail.com" | "myyahoo.com" => {
            MailRules { tag: Some(b'-'), drops_dots: false }
        }
        _ if host == registrable => match national_brand(host) {
            Some("outlook" | "hotmail" | "live") => plus,
            Some("yahoo") => MailRules { tag: Some(b'-'), drops_dots: false },
            _ => MailRules::default(),
        },
        _ => MailRules::default(),
    }
}

/// The name before `.com` or a country's domain: `hotmail` of `hotmail.co.uk`.
fn national_brand(host: &str) -> Option<&str> {
    let (brand, suffix) = host.split_once('.')?;
    let top = suffix.rsplit('.').next()?;
    (suffix == "com" || top.len() == 2).then_some(brand)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> Option<String> {
        Domain::parse(text).map(|domain| domain.registrable().to_owned())
    }

    #[test]
    fn international_names_have_an_ascii_form() {
        let expected = Some("xn--bcher-kva.example".to_owned());
        for text in
            ["bücher.example", "BÜCHER.EXAMPLE.", "xn--bcher-kva.example", "mail.bücher.example"]
        {
            assert_eq!(domain(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_host_is_none() {
        for text in
            ["", ".", "a..b", "a b.example", "[203.0.113.1]", ".example", "a@b", "\u{202e}.example"]
        {
            assert_eq!(domain(text), None, "{text}");
        }
        assert_eq!(domain(&"a".repeat(64)), None);
        assert_eq!(domain(&"a.".repeat(200)), None);
    }

    #[test]
    fn a_suffix_itself_stays_whole() {
        assert_eq!(domain("co.uk").as_deref(), Some("co.uk"));
        assert_eq!(domain("localhost").as_deref(), Some("localhost"));
    }

    #[test]
    fn providers_have_their_rules_and_imitations_do_not() {
        let rules = |text: &str| Domain::parse(text).unwrap().rules();
        assert_eq!(rules("gmail.com"), MailRules { tag: Some(b'+'), drops_dots: true });
        assert_eq!(rules("googlemail.com"), rules("gmail.com"));
        assert_eq!(rules("hotmail.co.uk").tag, Some(b'+'));
        assert_eq!(rules("yahoo.co.jp").tag, Some(b'-'));
        assert_eq!(rules("yahoo.example"), MailRules::default());
        assert_eq!(rules("hotmail.evil.com"), MailRules::default());
        assert_eq!(rules("mail.gmail.com"), MailRules::default());
    }

    /// The test file that the Public Suffix List publishes beside the list.
    #[test]
    fn public_suffix_vectors() {
        let Some(file) = crate::selector::tests::shared("data/intel/vectors/test_psl.txt") else {
            return;
        };
        let text = fs_err::read_to_string(file).unwrap();
        let mut checked = 0;
        for line in text.lines() {
            let Some(arguments) =
                line.strip_prefix("checkPublicSuffix(").and_then(|rest| rest.strip_suffix(");"))
            else {
                continue;
            };
            let (input, expected) = arguments.split_once(", ").unwrap();
            let input = input.trim_matches('\'');
            if input == "null" {
                continue;
            }
            let found =
                canonical_host(input).and_then(|host| psl::domain_str(&host).map(str::to_owned));
            let expected = (expected != "null")
                .then(|| canonical_host(expected.trim_matches('\'')).unwrap().into_owned());
            assert_eq!(found, expected, "{input}");
            checked += 1;
        }
        assert!(checked > 70, "{checked}");
    }
}
