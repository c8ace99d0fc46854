//! Which of many patterns could an event fit?
//!
//! Of each test a key is taken that must be there for it to hold: a constant that has to be equal, a network, an
//! expression, or at least the property. An event is looked up by what it has, and only the tests whose keys it has
//! are asked. So the work for an event grows with what it has, not with the number of patterns.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
};

use ipnet::IpNet;
use regex::{RegexSet, RegexSetBuilder};
use serde_json::{Map, Value};

use super::{
    Compiled, EvaluateError, Observation,
    bind::{self, Node, Span},
    compile::{Constant, Ready, ReadyCheck, normal},
    evaluate::{holds, single},
};

/// Expressions that are searched for at once, and the memory that they may take.
const EXPRESSIONS: usize = 200;
const EXPRESSIONS_BYTES_MAX: usize = 16 << 20;

/// What an event has under one of the paths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Atom<'a> {
    /// A text.
    Text(&'a str),
    /// A number.
    Number(i64),
    /// An address.
    Address(IpAddr),
}

/// What an event says, in the words of patterns.
pub trait Facts {
    /// Tells every value with the number of its path among those that the [`Index`] was made with.
    fn atoms(&self, tell: &mut dyn FnMut(usize, Atom<'_>));

    /// The same as objects of STIX that refer to each other. Asked only where a test may hold.
    fn objects(&self) -> Vec<Map<String, Value>>;

    /// When it was, in microseconds since the Unix epoch.
    fn microseconds(&self) -> i64;
}

/// A test of a pattern holds for an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// Number of the pattern.
    pub pattern: u32,
    /// Number of the test in it.
    pub test: u32,
}

/// Many patterns, to be asked about many events.
#[derive(Debug)]
pub struct Index {
    patterns: Vec<Compiled>,
    /// Which test of which pattern each number stands for.
    tests: Vec<Hit>,
    /// By path and value: tests for which it is enough to look.
    values: HashMap<(u32, u64), Vec<u32>>,
    /// By path.
    paths: Vec<PathIndex>,
    /// Tests without a key.
    always: Vec<u32>,
}

#[derive(Debug, Default)]
struct PathIndex {
    networks: BTreeMap<(bool, u8), HashMap<u128, Vec<u32>>>,
    expressions: Vec<(RegexSet, Vec<u32>)>,
    present: Vec<u32>,
}

/// What must be there for a test to hold.
enum Key {
    Value(u32, u64),
    Network(u32, IpNet),
    Expression(u32, String),
    Present(u32),
    /// Under a path that no event has: it never holds.
    Never,
}

impl Key {
    /// How much is asked in vain where this is the key; the least is best.
    const fn cost(&self) -> u8 {
        match self {
            Self::Never => 0,
            Self::Value(..) => 1,
            Self::Network(..) => 2,
            Self::Expression(..) => 3,
            Self::Present(_) => 4,
        }
    }
}

impl Index {
    /// Makes patterns ready for events that have values under these paths alone (`domain-name:value`).
    pub fn new(patterns: Vec<Compiled>, paths: &[&str]) -> Self {
        let numbers: HashMap<&str, u32> = paths.iter().copied().zip(0..).collect();
        let mut index = Self {
            tests: Vec::new(),
            values: HashMap::new(),
            paths: paths.iter().map(|_| PathIndex::default()).collect(),
            always: Vec::new(),
            patterns,
        };
        let mut expressions: Vec<Vec<(String, u32)>> = vec![Vec::new(); paths.len()];
        for (pattern, compiled) in (0..).zip(&index.patterns) {
            for (test, ready) in (0..).zip(&compiled.tests) {
                let number = index.tests.len() as u32;
                index.tests.push(Hit { pattern, test });
                let Some(keys) = keys(ready, &numbers) else {
                    index.always.push(number);
                    continue;
                };
                for key in keys {
                    match key {
                        Key::Value(path, hash) => {
                            index.values.entry((path, hash)).or_default().push(number);
                        }
                        Key::Network(path, network) => {
                            let (form, masked) = masked(network.addr(), network.prefix_len());
                            let networks = &mut index.paths[path as usize].networks;
                            networks
                                .entry(form)
                                .or_default()
                                .entry(masked)
                                .or_default()
                                .push(number);
                        }
                        Key::Expression(path, text) => {
                            expressions[path as usize].push((text, number));
                        }
                        Key::Present(path) => index.paths[path as usize].present.push(number),
                        Key::Never => {}
                    }
                }
            }
        }
        for (path, expressions) in index.paths.iter_mut().zip(expressions) {
            for some in expressions.chunks(EXPRESSIONS) {
                let numbers: Vec<u32> = some.iter().map(|(_, number)| *number).collect();
                let set = RegexSetBuilder::new(some.iter().map(|(text, _)| text))
                    .size_limit(EXPRESSIONS_BYTES_MAX)
                    .dfa_size_limit(EXPRESSIONS_BYTES_MAX)
                    .build();
                match set {
                    Ok(set) => path.expressions.push((set, numbers)),
                    // Each is small enough, all together are not: they are asked one by one.
                    Err(_) => path.present.extend(numbers),
                }
            }
        }
        index
    }

    /// The tests that hold for an event, in order; what could not be compared is counted in `failed`.
    pub fn hits(&self, facts: &dyn Facts, hits: &mut Vec<Hit>, failed: &mut u64) {
        hits.clear();
        let mut candidates: Vec<u32> = self.always.clone();
        facts.atoms(&mut |path, atom| self.look_up(path, atom, &mut candidates));
        if candidates.is_empty() {
            return;
        }
        candidates.sort_unstable();
        candidates.dedup();
        let objects = facts.objects();
        let at = jiff::Timestamp::from_microsecond(facts.microseconds()).unwrap_or_default();
        let observation =
            Observation { objects: objects.iter().collect(), first: at, last: at, number: 1 };
        for number in candidates {
            let hit = self.tests[number as usize];
            let ready = &self.patterns[hit.pattern as usize].tests[hit.test as usize];
            match holds(ready, &observation) {
                Ok(true) => hits.push(hit),
                Ok(false) => {}
                Err(_) => *failed += 1,
            }
        }
    }

    fn look_up(&self, path: usize, atom: Atom<'_>, candidates: &mut Vec<u32>) {
        let mut take = |numbers: &[u32]| candidates.extend_from_slice(numbers);
        let of_path = &self.paths[path];
        take(&of_path.present);
        let text;
        let (hash, text) = match atom {
            Atom::Text(text) => (text_hash(text), text),
            Atom::Number(number) => {
                let numbers = self.values.get(&(path as u32, number_hash(number)));
                take(numbers.map_or(&[], Vec::as_slice));
                return;
            }
            Atom::Address(address) => {
                for (form, networks) in &of_path.networks {
                    if form.0 == address.is_ipv6()
                        && let Some(numbers) = networks.get(&masked(address, form.1).1)
                    {
                        take(numbers);
                    }
                }
                text = address.to_string();
                (text_hash(&text), text.as_str())
            }
        };
        if let Some(numbers) = self.values.get(&(path as u32, hash)) {
            take(numbers);
        }
        if !of_path.expressions.is_empty() {
            let text = normal(text);
            for (set, numbers) in &of_path.expressions {
                for position in set.matches(&text) {
                    take(&numbers[position..=position]);
                }
            }
        }
    }

    /// Whether one event is all that a pattern asks for, so that a hit is a sighting.
    pub fn is_single(&self, pattern: u32) -> bool {
        let test = |node: &Node| matches!(node, Node::Test { spans, .. } if spans.is_empty());
        match &self.patterns[pattern as usize].root {
            Node::Or(children) => children.iter().all(test),
            root => test(root),
        }
    }

    /// Of events with the tests that held for each, in the order of time: those that together fit a pattern.
    pub fn together(
        &self,
        pattern: u32,
        events: &[(i64, Vec<u32>)],
    ) -> Result<Option<Vec<usize>>, EvaluateError> {
        let compiled = &self.patterns[pattern as usize];
        let mut candidates = vec![Vec::new(); compiled.tests.len()];
        for (number, (_, tests)) in events.iter().enumerate() {
            for test in tests {
                candidates[*test as usize].push(number);
            }
        }
        let spans: Vec<Span> =
            events.iter().map(|(at, _)| Span { first: *at, last: *at, number: 1 }).collect();
        bind::bind(&compiled.root, &candidates, &spans)
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// How many tests have to be asked about every event, for want of a key.
    pub fn without_key(&self) -> usize {
        self.always.len()
    }
}

/// Keys of which at least one must be there for a test to hold; `None` where it may hold without any.
fn keys(ready: &Ready, paths: &HashMap<&str, u32>) -> Option<Vec<Key>> {
    match ready {
        Ready::Or(children) => {
            let mut all = Vec::new();
            for child in children {
                all.extend(keys(child, paths)?);
            }
            Some(all)
        }
        Ready::And(children) => {
            let cost = |keys: &Vec<Key>| {
                (keys.iter().map(Key::cost).max().unwrap_or_default(), keys.len())
            };
            children.iter().filter_map(|child| keys(child, paths)).min_by_key(cost)
        }
        Ready::Test { negated: true, check: ReadyCheck::Exists, .. } => None,
        Ready::Test { path, negated, check } => {
            let Some(path) = paths.get(path.canonical().as_str()).copied() else {
                return Some(vec![Key::Never]);
            };
            if *negated {
                return Some(vec![Key::Present(path)]);
            }
            Some(match check {
                ReadyCheck::Equal(constant) => vec![equal_key(path, constant)],
                ReadyCheck::In(constants) => {
                    constants.iter().map(|constant| equal_key(path, constant)).collect()
                }
                ReadyCheck::Subset(network) => vec![Key::Network(path, *network)],
                ReadyCheck::Like(regex) | ReadyCheck::Matches(regex, _) => {
                    vec![Key::Expression(path, regex.as_str().to_owned())]
                }
                _ => vec![Key::Present(path)],
            })
        }
    }
}

fn equal_key(path: u32, constant: &Constant) -> Key {
    match constant {
        Constant::Text(text) => Key::Value(path, text_hash(single(text))),
        Constant::Integer(number) => Key::Value(path, number_hash(*number)),
        // Equal by another notation.
        Constant::Float(_) | Constant::Bytes(_) | Constant::Boolean(_) | Constant::Time(_) => {
            Key::Present(path)
        }
    }
}

fn text_hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(text.as_bytes(), 1)
}

fn number_hash(number: i64) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(&number.to_le_bytes(), 2)
}

/// The bits of an address that count in a network of that size, and which family and size it is.
fn masked(address: IpAddr, prefix: u8) -> ((bool, u8), u128) {
    let (bits, size) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let cut = u32::from(size - prefix);
    ((address.is_ipv6(), prefix), bits.checked_shr(cut).unwrap_or(0))
}
