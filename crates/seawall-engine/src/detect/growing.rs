//! When is a group that takes in others looked at anew?
//!
//! A large one may take in thousands, one after the other. To put its accounts in order and to look at it anew each time
//! would take the square of their number; what was seen of it holds until those who came are a good part of it.

use std::collections::BTreeMap;

use super::groups::{Group, merge_in};

/// Whether what had so many accounts has become another with so many.
pub(crate) fn has_grown(accounts_then: usize, accounts: usize) -> bool {
    accounts > accounts_then + accounts_then / 8
}

/// A group that takes in others.
#[derive(Default)]
pub(crate) struct Growing {
    group: Group,
    /// What it took in since it was last put in order, in any order.
    later: Group,
}

impl Growing {
    /// Number of accounts.
    pub(crate) fn accounts(&self) -> usize {
        self.group.rows.len() + self.later.rows.len()
    }

    /// Takes in a group that shares no account with it.
    pub(crate) fn absorb(&mut self, other: Self) {
        for group in [other.group, other.later] {
            self.later.rows.extend(group.rows);
            self.later.nodes.extend(group.nodes);
        }
    }

    /// All accounts, ascending.
    pub(crate) fn rows(&mut self) -> &[u32] {
        self.settle();
        &self.group.rows
    }

    /// All of it.
    pub(crate) fn into_group(mut self) -> Group {
        self.settle();
        self.group
    }

    fn settle(&mut self) {
        let Group { mut nodes, mut rows } = std::mem::take(&mut self.later);
        if !rows.is_empty() || !nodes.is_empty() {
            nodes.sort_unstable();
            rows.sort_unstable();
            merge_in(&mut self.group.nodes, nodes);
            merge_in(&mut self.group.rows, rows);
        }
    }
}

impl From<Group> for Growing {
    fn from(group: Group) -> Self {
        Self { group, later: Group::default() }
    }
}

/// Which groups were compared with each other, and how many accounts both had then.
#[derive(Default)]
pub(crate) struct Compared(BTreeMap<(u32, u32), usize>);

impl Compared {
    /// Whether two groups, which have so many accounts together, are to be compared; if so, it is noted.
    pub(crate) fn is_due(&mut self, groups: (u32, u32), accounts: usize) -> bool {
        let due = self.0.get(&groups).is_none_or(|then| has_grown(*then, accounts));
        if due {
            self.0.insert(groups, accounts);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_in_is_in_order() {
        let group = |nodes: &[u32], rows: &[u32]| {
            Growing::from(Group { nodes: nodes.to_vec(), rows: rows.to_vec() })
        };
        let mut growing = group(&[3], &[1, 5, 9]);
        growing.absorb(group(&[7, 8], &[2, 30]));
        let mut other = group(&[1], &[4]);
        other.absorb(group(&[2], &[0, 31]));
        growing.absorb(other);
        assert_eq!(growing.accounts(), 8);
        assert_eq!(growing.rows(), [0, 1, 2, 4, 5, 9, 30, 31]);
        growing.absorb(group(&[4], &[3]));
        let Group { nodes, rows } = growing.into_group();
        assert_eq!((nodes, rows), (vec![1, 2, 3, 4, 7, 8], vec![0, 1, 2, 3, 4, 5, 9, 30, 31]));
    }

    #[test]
    fn groups_are_compared_again_once_they_have_grown() {
        let mut compared = Compared::default();
        let due: Vec<usize> =
            (80..120).filter(|accounts| compared.is_due((1, 2), *accounts)).collect();
        assert_eq!(due, [80, 91, 103, 116]);
        assert!(compared.is_due((1, 3), 80));
    }
}
