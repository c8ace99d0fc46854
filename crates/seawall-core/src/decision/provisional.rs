//! Which selectors that are new and too frequent come together, before any detection has seen them?
//!
//! Selectors that raised an alarm are nodes; two of different families that come together on accounts more often than
//! chance lets them are joined. What hangs together is a provisional campaign. It is made of selectors, never of
//! accounts, only ever grows, and is forgotten with the next snapshot. A review weighs innocent explanations from time to
//! time; what they account for ties nobody. It may be a reason to challenge, never one to block.

use hashbrown::{HashMap, hash_map::Entry};
use serde::{Deserialize, Serialize};

use super::{counter::Counters, review::MEMBERS_MIN, snapshot::Snapshot};
use crate::{
    campaign::{
        evidence::{BINDING_BITS, KIND_BITS_MAX, kind_bits},
        membership::OUTSIDER_DISCOUNT,
    },
    link::tail::poisson_ln_upper,
    selector::{KindId, registry::KINDS},
};

/// Selectors that are joined at most.
pub const NODES_MAX: usize = 50_000;
/// Pairs that are counted at most.
pub const PAIRS_MAX: usize = 1 << 20;
/// Accounts on which two selectors must come together.
const TOGETHER_MIN: u32 = 3;
/// How much more often than by chance.
const EXCESS_MIN: f64 = 2.0;
/// Natural logarithm of the probability that two which have nothing to do with each other come together so often: one in a
/// hundred thousand, at each look at each pair. Where they are joined too easily, crowds and farms become
/// one campaign, and whatever a review says of it is wrong for some.
const LN_CHANCE_MAX: f64 = -11.5;
/// Share of accounts taken to follow a campaign in a kind, where nobody has measured it.
const SHARE: f64 = 0.9;
/// Selectors of one account that are looked at.
const OF_ACCOUNT_MAX: usize = 12;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Node {
    kind: KindId,
    value: u64,
    /// The node above it in its tree, itself at the top.
    parent: u32,
    /// Accounts of its campaign that have it.
    accounts: u32,
    /// At the top: accounts of the campaign.
    members: u32,
    /// At the top: accounts of the campaign when it was reviewed last.
    reviewed: u32,
    /// At the top: an innocent explanation accounts for it.
    excused: bool,
}

impl Node {
    /// Whether it belongs to no campaign, being the node of that number.
    const fn is_alone(&self, number: u32) -> bool {
        self.parent == number && self.members == 0
    }
}

/// All provisional campaigns.
#[derive(Clone, Debug, Default)]
pub struct Provisional {
    nodes: Vec<Node>,
    by_value: HashMap<u64, u32>,
    /// Accounts on which two nodes came together, the smaller first.
    pairs: HashMap<(u32, u32), u32>,
    /// A campaign has doubled since it was reviewed.
    due: bool,
}

/// The same in an order of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    nodes: Vec<Node>,
    /// Two nodes and the accounts on which they came together, ascending.
    pairs: Vec<(u32, u32, u32)>,
    due: bool,
}

/// The provisional campaign that an account is tied to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tied {
    /// Hash of the selector that raised the first alarm in it.
    pub campaign: u64,
    /// Its accounts so far, this one included.
    pub accounts: u32,
    /// Selectors of the account that tie it.
    pub ties: Vec<Tie>,
}

/// A selector that ties an account to a provisional campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tie {
    /// Position of its kind in the registry.
    pub kind: u8,
    /// Hash of its value.
    pub value: u64,
    /// Accounts of the campaign that have it.
    pub accounts: u32,
}

impl Provisional {
    /// Selectors that are joined or waiting to be.
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// What has to be kept.
    pub fn kept(&self) -> Kept {
        let mut pairs: Vec<(u32, u32, u32)> =
            self.pairs.iter().map(|((a, b), together)| (*a, *b, *together)).collect();
        pairs.sort_unstable();
        Kept { nodes: self.nodes.clone(), pairs, due: self.due }
    }

    /// What was kept; none where it cannot have been.
    pub fn from_kept(kept: Kept) -> Option<Self> {
        let Kept { nodes, pairs, due } = kept;
        let count = nodes.len() as u32;
        // A node is above those that came after it, so every way up ends.
        let is_sound = nodes.len() <= NODES_MAX
            && pairs.len() <= PAIRS_MAX
            && (0..).zip(&nodes).all(|(number, node)| {
                node.parent <= number && usize::from(node.kind.0) < KINDS.len()
            })
            && pairs.iter().all(|(a, b, _)| a < b && *b < count);
        let by_value = (0..).zip(&nodes).map(|(number, node)| (node.value, number)).collect();
        let pairs = pairs.into_iter().map(|(a, b, together)| ((a, b), together)).collect();
        is_sound.then_some(Self { nodes, by_value, pairs, due })
    }

    fn top(&self, mut node: u32) -> u32 {
        while self.nodes[node as usize].parent != node {
            node = self.nodes[node as usize].parent;
        }
        node
    }

    fn node(&mut self, kind: KindId, value: u64) -> Option<u32> {
        if let Some(node) = self.by_value.get(&value) {
            return Some(*node);
        }
        let number = self.nodes.len() as u32;
        (self.nodes.len() < NODES_MAX).then(|| {
            let parent = number;
            let node =
                Node { kind, value, parent, accounts: 0, members: 0, reviewed: 0, excused: false };
            self.nodes.push(node);
            self.by_value.insert(value, number);
            number
        })
    }

    /// Takes in an account's selectors that raised an alarm, in the order of kinds. `is_new` tells that the account
    /// was not counted with all of them before. `signups` is the number of the site's signups so far.
    pub fn observe(
        &mut self,
        alarmed: &[(KindId, u64)],
        is_new: bool,
        counters: &Counters,
        signups: u32,
    ) -> Option<Tied> {
        let mut nodes: Vec<u32> = alarmed
            .iter()
            .take(OF_ACCOUNT_MAX)
            .filter_map(|(kind, value)| self.node(*kind, *value))
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        if is_new {
            for (index, a) in nodes.iter().enumerate() {
                for b in &nodes[index + 1..] {
                    self.meet(*a, *b, counters, signups);
                }
            }
        }
        self.tie(&nodes, is_new)
    }

    /// Two selectors came together on an account. What is of one campaign already stays so, and is not counted.
    fn meet(&mut self, a: u32, b: u32, counters: &Counters, signups: u32) {
        let [first, second] = [a, b].map(|node| &self.nodes[node as usize]);
        if first.kind.kind().family == second.kind.kind().family || self.top(a) == self.top(b) {
            return;
        }
        let has_room = self.pairs.len() < PAIRS_MAX;
        let together = match self.pairs.entry((a, b)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(room) if has_room => room.insert(0),
            Entry::Vacant(_) => return,
        };
        *together += 1;
        let together = *together;
        if together < TOGETHER_MIN {
            return;
        }
        let expected = || -> Option<f64> {
            let (one, two) = (counters.get(first.value)?, counters.get(second.value)?);
            let since = one.signups[0].min(two.signups[0]);
            let exposure = f64::from(signups.saturating_sub(since)).max(f64::from(together));
            Some(f64::from(one.accounts) * f64::from(two.accounts) / exposure.max(1.0))
        };
        // Where the site has seen little else yet, whatever comes together does so by chance as well.
        let is_excess = expected().is_some_and(|expected| {
            f64::from(together) >= EXCESS_MIN * expected
                && poisson_ln_upper(u64::from(together), expected) <= LN_CHANCE_MAX
        });
        if is_excess {
            // Who had both before is of the campaign that begins; this account is tied in a moment.
            if [a, b].iter().all(|node| self.nodes[*node as usize].is_alone(*node)) {
                self.nodes[a.min(b) as usize].members = together - 1;
                for node in [a, b] {
                    self.nodes[node as usize].accounts = together - 1;
                }
            }
            let (a, b) = (self.top(a), self.top(b));
            let (above, below) = (a.min(b), a.max(b));
            self.nodes[below as usize].parent = above;
            let members = self.nodes[below as usize].members;
            let above = &mut self.nodes[above as usize];
            above.members += members;
            // What has become of the two is another campaign.
            above.reviewed = 0;
        }
    }

    /// The campaign that selectors of two families at least tie an account to: of several, the largest.
    fn tied_to(&self, nodes: &[u32]) -> Option<u32> {
        let mut tops: Vec<u32> = nodes.iter().map(|node| self.top(*node)).collect();
        let mut best: Option<(u32, u32)> = None;
        tops.sort_unstable();
        tops.dedup();
        for top in tops {
            let families =
                nodes.iter().filter(|node| self.top(**node) == top).fold(0_u16, |set, node| {
                    set | 1 << self.nodes[*node as usize].kind.kind().family as u16
                });
            let size = self.nodes[top as usize].members;
            if families.count_ones() >= 2 && best.is_none_or(|best| size > best.1) {
                best = Some((top, size));
            }
        }
        best.map(|(top, _)| top)
    }

    /// The campaign that values tie an account to, by the number of its first selector.
    pub fn of(&self, values: impl Iterator<Item = (KindId, u64)>) -> Option<u32> {
        let node = |(kind, value)| Some((kind, value, *self.by_value.get(&value)?));
        let mut nodes: Vec<(KindId, u64, u32)> = values.filter_map(node).collect();
        if nodes.len() < 2 {
            return None;
        }
        nodes.sort_unstable();
        nodes.truncate(OF_ACCOUNT_MAX);
        self.tied_to(&nodes.iter().map(|own| own.2).collect::<Vec<_>>())
    }

    /// Ties an account; none where nothing does, or where what does is excused.
    fn tie(&mut self, nodes: &[u32], is_new: bool) -> Option<Tied> {
        let top = self.tied_to(nodes)?;
        let own: Vec<u32> = nodes.iter().copied().filter(|node| self.top(*node) == top).collect();
        if is_new {
            self.nodes[top as usize].members += 1;
            for node in &own {
                self.nodes[*node as usize].accounts += 1;
            }
        }
        let ties = own.iter().map(|node| &self.nodes[*node as usize]).map(|node| Tie {
            kind: node.kind.0,
            value: node.value,
            accounts: node.accounts,
        });
        let node = &self.nodes[top as usize];
        let is_due = node.members >= MEMBERS_MIN && node.members >= 2 * node.reviewed;
        let tied = Tied { campaign: node.value, accounts: node.members, ties: ties.collect() };
        let excused = node.excused;
        self.due |= is_due;
        (!excused).then_some(tied)
    }

    /// Whether a campaign has doubled since it was reviewed.
    pub const fn is_due(&self) -> bool {
        self.due
    }

    /// A review begins: what is due is looked at.
    pub fn begin_review(&mut self) {
        self.due = false;
        for node in &mut self.nodes {
            node.reviewed = node.members;
        }
    }

    /// What a review says of a campaign.
    pub fn reviewed(&mut self, campaign: u32, excused: bool) {
        self.nodes[campaign as usize].excused = excused;
    }

    /// Campaigns that are excused.
    pub fn excused(&self) -> usize {
        let tops = (0..).zip(&self.nodes).filter(|(number, node)| node.parent == *number);
        tops.filter(|(_, node)| node.excused).count()
    }
}

impl Tied {
    /// Families that bind the account, and its bits: of each family the most that a tie says.
    pub fn weigh(&self, snapshot: &Snapshot) -> (u32, f64) {
        let mut families = [0.0_f64; 11];
        for tie in &self.ties {
            let kind = KindId(tie.kind);
            let Some((rate, _)) = snapshot.rate(kind, tie.value) else { continue };
            let within = (f64::from(tie.accounts) - OUTSIDER_DISCOUNT).max(0.0)
                / f64::from(self.accounts.max(1));
            let bits = kind_bits(SHARE, within / f64::from(rate.mean).min(1.0), KIND_BITS_MAX);
            let best = &mut families[kind.kind().family as usize];
            *best = best.max(bits);
        }
        let binding = families.iter().filter(|bits| **bits > BINDING_BITS);
        (binding.count() as u32, families.iter().sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two values that thirty of 1,200 accounts have each: chance alone lets three have both, once in twenty-five times.
    #[test]
    fn what_chance_brings_together_is_not_joined() {
        let kind = |name| KindId::from_name(name).expect("a kind");
        let pair = [(kind("email_domain"), 1), (kind("ip_prefix"), 2)];
        let mut counters = Counters::new(64, 0);
        for account in 0..30 {
            for (_, value) in pair {
                counters.count(value, account, account * 40);
            }
        }
        let mut provisional = Provisional::default();
        let mut tied = || provisional.observe(&pair, true, &counters, 1200).is_some();
        assert_eq!([tied(), tied(), tied()], [false; 3]);
        // A dozen is beyond chance, and what was joined stays so.
        assert!((0..9).map(|_| tied()).last() == Some(true) && tied());
    }
}
