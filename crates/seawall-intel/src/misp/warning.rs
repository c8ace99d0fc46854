//! What is too well known to be an indicator? Warning lists: networks of large services, resolvers, mail domains.

use std::collections::HashSet;

use aho_corasick::AhoCorasick;
use ipnet::IpNet;
use regex::{RegexSet, RegexSetBuilder};
use serde_json::Value;

use super::MispError;
use crate::known::{Kind, Known};

/// Memory that the expressions of a list may take.
const EXPRESSIONS_BYTES_MAX: usize = 16 << 20;

/// A warning list.
#[derive(Clone, Debug)]
pub struct WarningList {
    /// What it is called.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// How many entries it has.
    pub entries: usize,
    /// Entries that could not be understood.
    pub bad_entries: usize,
    kinds: HashSet<Kind>,
    test: Test,
}

/// A value is well known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning<'a> {
    /// By which list.
    pub list: &'a str,
}

#[derive(Clone, Debug)]
enum Test {
    /// The same text.
    Same(HashSet<String>),
    /// The same host, or one below it.
    Host(HashSet<String>),
    /// The text is in it.
    Part(AhoCorasick),
    /// It is in one of the networks, which are sorted and do not overlap: first and last address.
    Network(Vec<(u128, u128)>),
    Expression(RegexSet),
}

impl WarningList {
    /// Reads a list.
    pub fn read(text: &str) -> Result<Self, MispError> {
        let value: Value = serde_json::from_str(text)?;
        Self::of(&value).ok_or(MispError::Form("a warning list"))
    }

    /// Whether JSON looks like a warning list.
    pub fn is(value: &Value) -> bool {
        value.get("list").is_some_and(Value::is_array) && value.get("matching_attributes").is_some()
    }

    fn of(value: &Value) -> Option<Self> {
        let attributes = value.get("matching_attributes").and_then(Value::as_array);
        let kinds = attributes
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .flat_map(|name| name.split('|'))
            .filter_map(kind_of)
            .collect();
        let entries: Vec<String> = value
            .get("list")?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .map(|entry| entry.trim().to_lowercase())
            .filter(|entry| !entry.is_empty())
            .collect();
        let count = entries.len();
        let mut bad_entries = 0;
        let test = match value.get("type").and_then(Value::as_str).unwrap_or("string") {
            "cidr" => {
                let networks: Vec<_> = entries.iter().filter_map(|entry| network(entry)).collect();
                bad_entries = count - networks.len();
                Test::Network(merged(networks))
            }
            "hostname" => Test::Host(
                entries.iter().map(|entry| entry.trim_start_matches('.').to_owned()).collect(),
            ),
            "substring" => Test::Part(AhoCorasick::new(&entries).ok()?),
            "regex" => {
                let expressions: Vec<String> = entries.iter().map(|it| expression(it)).collect();
                let sound: Vec<&String> =
                    expressions.iter().filter(|text| regex::Regex::new(text).is_ok()).collect();
                bad_entries = count - sound.len();
                let set = RegexSetBuilder::new(sound).size_limit(EXPRESSIONS_BYTES_MAX).build();
                Test::Expression(set.ok()?)
            }
            _ => Test::Same(entries.into_iter().collect()),
        };
        Some(Self {
            name: value.get("name")?.as_str()?.to_owned(),
            version: value.get("version").and_then(Value::as_u64).unwrap_or_default(),
            entries: count,
            bad_entries,
            kinds,
            test,
        })
    }

    /// Whether a thing is well known by this list.
    pub fn warns(&self, known: &Known) -> Option<Warning<'_>> {
        if !self.kinds.is_empty() && !self.kinds.contains(&known.kind()) {
            return None;
        }
        let value = known.value().to_lowercase();
        let warns = match &self.test {
            Test::Same(entries) => entries.contains(&value),
            Test::Host(hosts) => {
                let host = known.object().text("value").unwrap_or_default().to_lowercase();
                above(&host).any(|host| hosts.contains(host))
            }
            Test::Part(parts) => parts.is_match(&value),
            Test::Network(networks) => network(&value).is_some_and(|(first, last)| {
                let after = networks.partition_point(|network| network.0 <= first);
                after > 0 && last <= networks[after - 1].1
            }),
            Test::Expression(expressions) => {
                // Numbers are kept without their sign, which expressions of lists ask for.
                expressions.is_match(&value)
                    || (known.kind() == Kind::Phone && expressions.is_match(&format!("+{value}")))
            }
        };
        warns.then_some(Warning { list: &self.name })
    }
}

/// The kind that an attribute of that name is.
fn kind_of(name: &str) -> Option<Kind> {
    let sample = match name {
        "ip-src" | "ip-dst" => "192.0.2.1",
        "domain" | "hostname" => "example.com",
        "url" => "https://example.com",
        "email" | "email-src" | "email-dst" => "a@example.com",
        "phone-number" => "14155552671",
        _ => return None,
    };
    Known::named(name, sample).ok().map(|known| known.kind())
}

/// A host and all that are above it.
fn above(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, above)| above))
}

/// First and last address of a network; addresses of version 4 as those of version 6 that stand for them.
fn network(text: &str) -> Option<(u128, u128)> {
    let network: IpNet =
        text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))?;
    let bits = |address: std::net::IpAddr| match address {
        std::net::IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        std::net::IpAddr::V6(address) => address.to_bits(),
    };
    Some((bits(network.network()), bits(network.broadcast())))
}

fn merged(mut networks: Vec<(u128, u128)>) -> Vec<(u128, u128)> {
    networks.sort_unstable();
    networks.dedup_by(|next, kept| {
        let joined = next.0 <= kept.1.saturating_add(1);
        if joined {
            kept.1 = kept.1.max(next.1);
        }
        joined
    });
    networks
}

/// An expression between slashes, as JavaScript has it.
fn expression(text: &str) -> String {
    let inside = text.strip_prefix('/').and_then(|text| text.rsplit_once('/'));
    inside.map_or(text, |(expression, _)| expression).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::WarningList;
    use crate::known::Known;

    fn warns(list: &WarningList, text: &str) -> bool {
        list.warns(&Known::guessed(text).unwrap()).is_some()
    }

    fn list(list_type: &str, entries: &[&str], attributes: &[&str]) -> WarningList {
        let list = json!({
            "name": "L", "type": list_type, "list": entries, "matching_attributes": attributes,
        });
        WarningList::read(&list.to_string()).unwrap()
    }

    #[test]
    fn each_type_has_its_own_test() {
        let hosts = list("hostname", &[".dyn.com", "x.org"], &["domain", "hostname"]);
        assert!(warns(&hosts, "dyn.com") && warns(&hosts, "a.b.dyn.com") && warns(&hosts, "x.org"));
        assert!(!warns(&hosts, "notdyn.com"));
        let same = list("string", &["dyn.com"], &["domain"]);
        assert!(warns(&same, "DYN.com") && !warns(&same, "a.dyn.com"));
        let networks =
            list("cidr", &["10.0.0.0/9", "10.128.0.0/9", "2001:db8::/32", "x"], &["ip-src"]);
        assert_eq!(networks.bad_entries, 1);
        assert!(warns(&networks, "10.200.0.1") && warns(&networks, "10.0.0.0/8"));
        assert!(!warns(&networks, "11.0.0.1") && !warns(&networks, "10.0.0.0/7"));
        assert!(warns(&networks, "2001:db8::1"));
        let part = list("substring", &["mail.com"], &["email-src"]);
        assert!(warns(&part, "a@0-mail.com") && !warns(&part, "0-mail.com"));
        let expression = list("regex", &["/((?:\\+|00)1)?555/g", "("], &["phone-number"]);
        assert_eq!(expression.bad_entries, 1);
        assert!(expression.warns(&Known::named("phone", "+1555000000").unwrap()).is_some());
    }
}
