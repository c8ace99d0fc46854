//! Whose mailbox is this, whatever way its address is written?

use super::{
    super::{
        memo::{Answer, Memo},
        text::{is_pseudonym, present},
    },
    domain::Domain,
};

/// Longest local part taken; RFC 5321 allows 64 bytes.
const LOCAL_BYTES_MAX: usize = 128;

/// A mail address taken apart.
#[derive(Clone, Copy)]
pub(crate) enum Mailbox<'a> {
    /// An address.
    Address {
        /// Local part in lower case, without a tag; dots as written.
        local: &'a str,
        /// What follows the last `@`.
        domain: &'a Domain,
        /// Stands for the domain.
        number: u64,
    },
    /// The hash that a site puts in place of an address.
    Pseudonym(&'a str),
}

impl<'a> Mailbox<'a> {
    /// `local` is emptied and receives the local part.
    pub(crate) fn parse(
        text: &'a str,
        local: &'a mut String,
        domains: &'a mut Memo<Option<Domain>>,
    ) -> Option<Self> {
        let text = present(text)?;
        let Some(at) = text.rfind('@') else {
            return is_pseudonym(text).then_some(Self::Pseudonym(text));
        };
        let (raw, host) = (&text[..at], &text[at + 1..]);
        if raw.is_empty()
            || raw.len() > LOCAL_BYTES_MAX
            || raw.bytes().any(|byte| byte <= b' ' || byte == 0x7f)
        {
            return None;
        }
        let Answer { value: Some(domain), number } = domains.get(host, Domain::parse) else {
            return None;
        };
        local.clear();
        push_lower(local, raw);
        if let Some(tag) = domain.rules().tag
            && let Some(start) = local.bytes().position(|byte| byte == tag)
            && start > 0
        {
            local.truncate(start);
        }
        Some(Self::Address { local, domain, number: *number })
    }

    pub(crate) fn local(self) -> Option<&'a str> {
        match self {
            Self::Address { local, .. } => Some(local),
            Self::Pseudonym(_) => None,
        }
    }

    pub(crate) fn domain(self) -> Option<&'a Domain> {
        match self {
            Self::Address { domain, .. } => Some(domain),
            Self::Pseudonym(_) => None,
        }
    }

    /// What stands for the domain.
    pub(crate) fn domain_number(self) -> u64 {
        match self {
            Self::Address { number, .. } => number,
            Self::Pseudonym(_) => 0,
        }
    }

    /// Appends the address that all spellings of this mailbox share.
    pub(crate) fn push_canonical(self, out: &mut String) {
        match self {
            Self::Pseudonym(text) => out.push_str(text),
            Self::Address { local, domain, .. } => {
                let start = out.len();
                if domain.rules().drops_dots && local.contains('.') {
                    out.extend(local.split('.'));
                }
                if out.len() == start {
                    out.push_str(local);
                }
                out.push('@');
                out.push_str(domain.host());
            }
        }
    }
}

fn push_lower(out: &mut String, text: &str) {
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_lowercase();
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Option<String> {
        let (mut local, mut domains, mut out) = (String::new(), Memo::default(), String::new());
        Mailbox::parse(text, &mut local, &mut domains)?.push_canonical(&mut out);
        Some(out)
    }

    #[test]
    fn spellings_of_one_mailbox_are_one() {
        for (text, expected) in [
            ("J.Smith+news@GoogleMail.com", "jsmith@gmail.com"),
            ("jsmith@gmail.com", "jsmith@gmail.com"),
            (" Jane.Doe+x@Outlook.com ", "jane.doe@outlook.com"),
            ("jane-shop@yahoo.co.uk", "jane@yahoo.co.uk"),
            ("jane-shop@example.org", "jane-shop@example.org"),
            ("jane+shop@example.org", "jane+shop@example.org"),
            ("jane+a@proton.me", "jane@proton.me"),
            ("user@bücher.example", "user@xn--bcher-kva.example"),
            ("\"a@b\"@example.org", "\"a@b\"@example.org"),
            ("+tag@gmail.com", "+tag@gmail.com"),
            ("...@gmail.com", "...@gmail.com"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_absent() {
        for text in ["", "null", "@example.org", "jane@", "jane doe@example.org", "jane", "a@b..c"]
        {
            assert_eq!(canonical(text), None, "{text}");
        }
    }

    #[test]
    fn a_hash_in_place_of_an_address_is_kept() {
        let hash = "b4c9a289323b21a01c3e940f150eb9b8c542587f";
        assert_eq!(canonical(hash).as_deref(), Some(hash));
    }
}
