//! Which selectors leave provisional campaigns where there is no more room?
//!
//! The weakest: of those that were there when room was made last, the least counted over seven days, so what has decayed
//! goes, and what never showed much. What came since stays once, whatever it shows: a farm that begins has shown nothing
//! yet. With a selector go its pairs, and what hung together by it alone falls apart. Room is made for many at once, so
//! that it costs little for each.

use std::collections::HashMap;

use super::{Node, OF_ACCOUNT_MAX, Pair, Provisional};
use crate::decision::counter::Counters;

/// Selectors that are kept at most.
pub(in crate::decision) const NODES_MAX: usize = 50_000;
/// Pairs that are counted at most.
pub(super) const PAIRS_MAX: usize = 900_000;
/// What leaves where there is no more room: one in so many.
const LEAVING: usize = 4;
/// Pairs that one account can bring.
const OF_ACCOUNT_PAIRS_MAX: usize = OF_ACCOUNT_MAX * (OF_ACCOUNT_MAX - 1) / 2;
/// Which of the counts tells what has decayed: the one that halves in seven days.
const COUNT: usize = 2;

const _: () = assert!(size_of::<Node>() == 40, "the stated memory of a selector");
const _: () = assert!(size_of::<((u32, u32), Pair)>() == 16, "the stated memory of a pair");

/// A campaign before some of it left.
struct Before {
    name: u64,
    members: u32,
    reviewed: u32,
    excused: bool,
    /// The part of it that goes on under its name, and the most accounts that a selector of that has.
    heir: Option<(u32, u32)>,
}

impl Provisional {
    /// Makes room for what one account can bring, where there is none.
    pub(super) fn make_room(&mut self, counters: &Counters, second: u32) {
        if self.nodes.len() + OF_ACCOUNT_MAX > NODES_MAX {
            self.leave(&self.weakest(counters, second));
        }
        if self.pairs.len() + OF_ACCOUNT_PAIRS_MAX > PAIRS_MAX {
            self.drop_pairs();
            self.leave(&vec![false; self.nodes.len()]);
        }
    }

    /// For each node, whether it leaves.
    fn weakest(&self, counters: &Counters, second: u32) -> Vec<bool> {
        let leaving = NODES_MAX / LEAVING;
        let count = |node: &Node| {
            counters.get(node.value).map_or(0.0, |cell| cell.counts_at(second)[COUNT])
        };
        let settled = self.nodes.iter().take(NODES_MAX - leaving);
        let mut order: Vec<(f32, u32)> = settled.map(count).zip(0..).collect();
        order.select_nth_unstable_by(leaving, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut leaves = vec![false; self.nodes.len()];
        for (_, number) in &order[..leaving] {
            leaves[*number as usize] = true;
        }
        leaves
    }

    /// Drops pairs: before others those that are not joined, came together least, and are of nodes that came first.
    fn drop_pairs(&mut self) {
        let mut pairs: Vec<(u32, u32, Pair)> = self.kept_pairs().collect();
        let leaving = PAIRS_MAX / LEAVING;
        pairs.select_nth_unstable_by_key(leaving, |(a, b, pair)| {
            (pair.joined, pair.together, *b, *a)
        });
        for (a, b, _) in &pairs[..leaving] {
            self.pairs.remove(&(*a, *b));
        }
    }

    /// Lets nodes leave, numbers the others anew, and parts campaigns that no longer hang together.
    fn leave(&mut self, leaves: &[bool]) {
        let mut campaigns: HashMap<u32, Before> = HashMap::new();
        // For each node that stays, the campaign that it was of.
        let mut was_of: Vec<u32> = Vec::new();
        let mut numbers: Vec<Option<u32>> = Vec::new();
        for (number, leaves) in (0..).zip(leaves) {
            numbers.push((!leaves).then_some(was_of.len() as u32));
            if !leaves {
                let top = self.top(number);
                was_of.push(top);
                campaigns.entry(top).or_insert_with(|| self.nodes[top as usize].before());
            }
        }
        let mut stay = leaves.iter().map(|leaves| !leaves);
        self.nodes.retain(|_| stay.next().unwrap_or(true));
        self.by_value = (0..).zip(&self.nodes).map(|(number, node)| (node.value, number)).collect();
        let pairs = std::mem::take(&mut self.pairs).into_iter().filter_map(|((a, b), pair)| {
            Some(((numbers[a as usize]?, numbers[b as usize]?), pair))
        });
        self.pairs = pairs.collect();
        self.hang_together();
        self.name_again(&was_of, campaigns);
    }

    /// Puts every node right under its top, by the pairs that are joined.
    fn hang_together(&mut self) {
        for (number, node) in (0..).zip(&mut self.nodes) {
            node.parent = number;
        }
        let joined = self.pairs.iter().filter(|(_, pair)| pair.joined);
        let joined: Vec<(u32, u32)> = joined.map(|(pair, _)| *pair).collect();
        for (a, b) in joined {
            let (a, b) = (self.top(a), self.top(b));
            self.nodes[a.max(b) as usize].parent = a.min(b);
        }
        // The top is the first to come whatever the order of the pairs was, and so is what is right under it.
        for number in 0..self.nodes.len() {
            self.nodes[number].parent = self.top(number as u32);
        }
    }

    /// What is left of a campaign goes on under its name: of several parts the one with the most accounts of a selector.
    /// The others are campaigns that begin, and what is alone is of none.
    fn name_again(&mut self, was_of: &[u32], mut campaigns: HashMap<u32, Before>) {
        let mut sizes: Vec<(u32, u32)> = vec![(0, 0); self.nodes.len()];
        for node in &self.nodes {
            let (nodes, accounts) = &mut sizes[node.parent as usize];
            *nodes += 1;
            *accounts = node.accounts.max(*accounts);
        }
        for (number, (nodes, accounts)) in (0..).zip(&sizes) {
            if *nodes > 1
                && let Some(before) = campaigns.get_mut(&was_of[number as usize])
                && before.heir.is_none_or(|heir| *accounts > heir.1)
            {
                before.heir = Some((number, *accounts));
            }
        }
        for (number, node) in (0..).zip(&mut self.nodes) {
            let (nodes, accounts) = sizes[number as usize];
            let before = &campaigns[&was_of[number as usize]];
            if sizes[node.parent as usize].0 == 1 {
                node.accounts = 0;
            }
            let is_heir = before.heir.is_some_and(|heir| heir.0 == number);
            (node.name, node.members, node.reviewed) = match (nodes > 1, is_heir) {
                (true, true) => (before.name, before.members, before.reviewed),
                (true, false) => (node.value, accounts, 0),
                (false, _) => (node.value, 0, 0),
            };
            node.excused = nodes > 1 && before.excused;
        }
    }
}

impl Node {
    /// The campaign that it is the top of.
    const fn before(&self) -> Before {
        let Self { name, members, reviewed, excused, .. } = *self;
        Before { name, members, reviewed, excused, heir: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selector::KindId;

    fn kind(name: &str) -> KindId {
        KindId::from_name(name).expect("a kind")
    }

    /// Nodes 0 to 3 in a row, each joined to the next, as one campaign of nine members; and one that is alone.
    fn in_a_row() -> Provisional {
        let mut provisional = Provisional::default();
        for (value, accounts) in [(10, 4), (11, 9), (12, 5), (13, 6), (14, 0)] {
            let number = provisional.node(kind("device_id"), value);
            provisional.nodes[number as usize].accounts = accounts;
            if (1..4).contains(&number) {
                provisional.nodes[number as usize].parent = number - 1;
                let pair = Pair { together: 4, joined: true };
                provisional.pairs.insert((number - 1, number), pair);
            }
        }
        provisional.pairs.insert((0, 4), Pair { together: 2, joined: false });
        (provisional.nodes[0].members, provisional.nodes[0].excused) = (9, true);
        provisional
    }

    fn told(provisional: &Provisional) -> Vec<(u64, u32, u64, u32, bool)> {
        let nodes = provisional.nodes.iter();
        let told = |node: &Node| (node.value, node.parent, node.name, node.members, node.excused);
        nodes.map(told).collect()
    }

    #[test]
    fn what_hung_together_by_one_that_leaves_falls_apart() {
        let mut provisional = in_a_row();
        provisional.leave(&[false, true, false, false, false]);
        // The larger part keeps the name, though the selector of that name is in none any more.
        assert_eq!(
            told(&provisional),
            [
                (10, 0, 10, 0, false),
                (12, 1, 10, 9, true),
                (13, 1, 13, 0, false),
                (14, 3, 14, 0, false)
            ]
        );
        assert_eq!(provisional.nodes[0].accounts, 0);
        assert_eq!(provisional.by_value[&13], 2);
        let pairs: Vec<_> = provisional.kept_pairs().collect();
        assert_eq!(pairs.iter().map(|(a, b, _)| (*a, *b)).collect::<Vec<_>>(), [(0, 3), (1, 2)]);
    }

    #[test]
    fn what_stays_together_stays_as_it_was() {
        let mut provisional = in_a_row();
        provisional.leave(&[false, false, false, true, true]);
        let told = told(&provisional);
        assert_eq!(told, [(10, 0, 10, 9, true), (11, 0, 11, 0, false), (12, 0, 12, 0, false)]);
    }

    #[test]
    fn the_least_counted_leave_and_none_that_just_came() {
        let mut counters = Counters::new(1 << 18, 3);
        let mut provisional = Provisional::default();
        for number in 0..NODES_MAX as u32 - 5 {
            let value = u64::from(number) + 1;
            // Some came often, some long ago.
            for _ in 0..number.wrapping_mul(2_654_435_761) >> 28 {
                counters.count(value, number.wrapping_mul(40_503) % 2_000_000, number);
            }
            provisional.node(kind("device_id"), value);
        }
        provisional.make_room(&counters, 2_000_000);
        let weight = |value: &u64| {
            let count = counters.get(*value).map_or(0.0, |cell| cell.counts_at(2_000_000)[2]);
            (count.to_bits(), *value)
        };
        let mut all: Vec<u64> = (1..=(NODES_MAX - NODES_MAX / LEAVING) as u64).collect();
        all.sort_by_key(weight);
        let (left, stayed) = all.split_at(NODES_MAX / LEAVING);
        assert!(left.iter().all(|value| !provisional.by_value.contains_key(value)));
        assert!(stayed.iter().all(|value| provisional.by_value.contains_key(value)));
        assert_eq!(provisional.nodes.len(), NODES_MAX - 5 - left.len());
    }

    #[test]
    fn pairs_leave_that_came_together_least_and_those_that_are_joined_last() {
        let mut provisional = Provisional::default();
        let nodes: u32 = 1500;
        for value in 0..nodes {
            provisional.node(kind("device_id"), u64::from(value));
        }
        let all = (0..nodes).flat_map(|a| (a + 1..nodes).map(move |b| (a, b)));
        for (a, b) in all.take(PAIRS_MAX - 10) {
            let pair = Pair { together: (a * b) % 5, joined: (a + b).is_multiple_of(100) };
            provisional.pairs.insert((a, b), pair);
        }
        let joined = |own: &Provisional| own.pairs.values().filter(|pair| pair.joined).count();
        let before = joined(&provisional);
        provisional.make_room(&Counters::new(8, 0), 0);
        assert_eq!(provisional.pairs.len(), PAIRS_MAX - 10 - PAIRS_MAX / LEAVING);
        assert_eq!(joined(&provisional), before);
        let of = |together| {
            let own = provisional.pairs.values();
            own.filter(|pair| !pair.joined && pair.together == together).count()
        };
        assert!(of(0) < of(1) && of(2) > 0);
    }
}
