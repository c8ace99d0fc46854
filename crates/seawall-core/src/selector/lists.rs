//! What does the user know beyond the log: throw-away mail domains, rented networks, known hubs?

use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, Hasher},
    net::IpAddr,
};

use super::{KindId, parse::domain::canonical_host};

mod known;

use known::Known;

/// What a list of network ranges says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetworkClass {
    /// A hosting or cloud range.
    Hosting,
    /// A VPN or proxy service.
    Vpn,
}

/// What the user knows beyond the log: lists of disposable domains, hosting and VPN ranges, hubs, and values that others
/// know as an operation's.
#[derive(Debug, Default)]
pub struct Lists {
    disposable: TextSet,
    hosting: Ranges,
    vpn: Ranges,
    hubs: TextSet,
    known: Known,
}

/// What was taken from one list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListSummary {
    /// Entries taken.
    pub entries: u64,
    /// Lines that are no entry, comment or blank.
    pub bad_lines: u64,
}

/// A file name that says nothing of what the list is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown list `{file_name}`: expected disposable_domains.txt, hosting_*.txt, vpn_*.txt, hubs.txt or known_selectors.txt"
)]
pub struct UnknownList {
    /// The name as given.
    pub file_name: String,
}

impl Lists {
    /// Adds a list; `file_name` (without folders) says what it is: `disposable_domains.txt`,
    /// `hosting_*.txt`, `vpn_*.txt`, `hubs.txt`, `known_selectors.txt`.
    ///
    /// One entry a line; `#`, `;` and `//` begin a comment. Lists of one sort add up. A known selector is a kind, a
    /// canonical value and who knows it, with tabs between, and `#` at the start of a line alone is a comment.
    pub fn add(&mut self, file_name: &str, text: &str) -> Result<ListSummary, UnknownList> {
        let stem = file_name.strip_suffix(".txt").unwrap_or(file_name);
        let is = |sort: &str| {
            stem.strip_prefix(sort).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        let mut summary = ListSummary::default();
        if is("disposable") {
            let (domains, bad_lines) = Self::parse_domains(text);
            summary.entries = count(domains.len());
            summary.bad_lines = bad_lines;
            self.disposable.extend(domains);
        } else if is("hosting") {
            summary = self.hosting.add(text);
        } else if is("vpn") {
            summary = self.vpn.add(text);
        } else if is("hubs") {
            for line in text.lines().map(str::trim) {
                if !line.is_empty() && !line.starts_with('#') {
                    self.hubs.insert(line.into());
                    summary.entries += 1;
                }
            }
        } else if is("known_selectors") {
            summary = self.known.add(text);
        } else {
            return Err(UnknownList { file_name: file_name.to_owned() });
        }
        Ok(summary)
    }

    /// The domains of a list in canonical form (lower case, ASCII), and the number of bad lines.
    pub fn parse_domains(text: &str) -> (Vec<Box<str>>, u64) {
        let mut bad_lines = 0;
        let mut domains = Vec::new();
        for line in entries(text) {
            let host = canonical_host(line.trim_start_matches("*.").trim_start_matches(['@', '.']));
            match host.filter(|host| host.contains('.')) {
                Some(host) => domains.push(host.into_owned().into_boxed_str()),
                None => bad_lines += 1,
            }
        }
        (domains, bad_lines)
    }

    /// Whether a host (canonical: lower case, ASCII) or a domain above it is a throw-away one.
    pub fn is_disposable(&self, host: &str) -> bool {
        if self.disposable.is_empty() {
            return false;
        }
        let mut rest = host;
        loop {
            if self.disposable.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                // A list may name `example.co.uk`; no list names a top-level domain.
                Some((_, above)) if above.contains('.') => rest = above,
                _ => return false,
            }
        }
    }

    /// What the lists say of an address. An address in both is a VPN: those are rented from hosts.
    pub fn class(&self, ip: IpAddr) -> Option<NetworkClass> {
        let ip = ip.to_canonical();
        if self.vpn.contains(ip) {
            Some(NetworkClass::Vpn)
        } else if self.hosting.contains(ip) {
            Some(NetworkClass::Hosting)
        } else {
            None
        }
    }

    /// Who knows a value, by its hash, as an operation's.
    pub fn known_by(&self, value: u64) -> &[Box<str>] {
        self.known.by(value)
    }

    /// Values that somebody knows as an operation's, in order, each with its kind.
    pub fn known_values(&self) -> impl Iterator<Item = (KindId, u64)> {
        self.known.values()
    }

    /// Whether a target is known to be everybody's: an exchange, an official page.
    pub fn is_hub(&self, target: &str) -> bool {
        !self.hubs.is_empty() && self.hubs.contains(target)
    }
}

/// Lines with something on them, without comments.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| {
            let end = line.find(['#', ';']).unwrap_or(line.len());
            let line = &line[..end];
            line.find("//").map_or(line, |start| &line[..start]).trim()
        })
        .filter(|line| !line.is_empty())
}

fn count(length: usize) -> u64 {
    u64::try_from(length).expect("a length fits 64 bits")
}

type TextSet = HashSet<Box<str>, BuildHasherDefault<TextHasher>>;

/// XXH3 over the bytes. The sets hold the user's own lists, so nobody can fill them with collisions.
#[derive(Default)]
struct TextHasher(u64);

impl Hasher for TextHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxhash_rust::xxh3::xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u8(&mut self, _: u8) {
        // The end mark of a text: each set holds single texts.
    }
}

/// Sorted, disjoint ranges of addresses, both ends within.
#[derive(Debug, Default)]
struct Ranges {
    ipv4: Vec<(u32, u32)>,
    /// By the first [`INDEX_BITS`] of an address: the number of ranges that start before it. Empty
    /// where there are no ranges.
    ipv4_index: Vec<u32>,
    ipv6: Vec<(u128, u128)>,
}

impl Ranges {
    fn add(&mut self, text: &str) -> ListSummary {
        let mut summary = ListSummary::default();
        for line in entries(text) {
            let entry = line.split_whitespace().next().unwrap_or(line);
            if self.add_range(entry).is_some() {
                summary.entries += 1;
            } else {
                summary.bad_lines += 1;
            }
        }
        merge(&mut self.ipv4, |end| end.saturating_add(1));
        merge(&mut self.ipv6, |end| end.saturating_add(1));
        self.ipv4_index = index(&self.ipv4);
        summary
    }

    fn add_range(&mut self, entry: &str) -> Option<()> {
        let network: ipnet::IpNet = match entry.parse() {
            Ok(network) => network,
            Err(_) => entry.parse::<IpAddr>().ok()?.into(),
        };
        match network {
            ipnet::IpNet::V4(network) => {
                self.ipv4.push((network.network().to_bits(), network.broadcast().to_bits()));
            }
            ipnet::IpNet::V6(network) => {
                self.ipv6.push((network.network().to_bits(), network.broadcast().to_bits()));
            }
        }
        Some(())
    }

    fn contains_ipv4(&self, address: u32) -> bool {
        let top = address.to_be_bytes();
        let top = usize::from(u16::from_be_bytes([top[0], top[1]]) >> (16 - INDEX_BITS));
        let Some(&[start, end]) =
            self.ipv4_index.get(top..top + 2).and_then(|pair| pair.as_array())
        else {
            return false;
        };
        let (start, end) = (start as usize, end as usize);
        // A range that starts before may reach in.
        within(&self.ipv4[start.saturating_sub(1)..end], address)
    }

    fn contains(&self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(ip) => self.contains_ipv4(ip.to_bits()),
            IpAddr::V6(ip) => within(&self.ipv6, ip.to_bits()),
        }
    }
}

/// Bits of an IPv4 address that the index answers at once.
const INDEX_BITS: u32 = 12;

fn index(ranges: &[(u32, u32)]) -> Vec<u32> {
    if ranges.is_empty() {
        return Vec::new();
    }
    let before = |address: u32| ranges.partition_point(|range| range.0 < address);
    (0..1 << INDEX_BITS)
        .map(|top: u32| before(top << (u32::BITS - INDEX_BITS)))
        .chain([ranges.len()])
        .map(|position| u32::try_from(position).expect("fewer ranges than addresses"))
        .collect()
}

fn merge<T: Ord + Copy>(ranges: &mut Vec<(T, T)>, after: impl Fn(T) -> T) {
    ranges.sort_unstable();
    ranges.dedup_by(|next, kept| {
        let joined = next.0 <= after(kept.1);
        if joined {
            kept.1 = kept.1.max(next.1);
        }
        joined
    });
}

fn within<T: Ord + Copy>(ranges: &[(T, T)], address: T) -> bool {
    let after = ranges.partition_point(|range| range.0 <= address);
    after > 0 && address <= ranges[after - 1].1
}

#[cfg(test)]
mod tests;
