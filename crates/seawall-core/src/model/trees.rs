//! What do the trees say, and which feature made them say it?

use serde::{Deserialize, Serialize};

/// In place of a feature: the node is a leaf.
pub const LEAF: u16 = u16::MAX;
/// Trees that are read at most, and nodes of one.
pub const TREES_MAX: usize = 2_000;
const NODES_MAX: usize = 1 << 12;

/// A node of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Feature that is asked, or [`LEAF`].
    pub feature: u16,
    /// An account whose feature is not known goes to the first node below.
    pub missing_first: bool,
    /// First of the two nodes below; the second follows it.
    pub below: u32,
    /// Accounts with less go to the first node below, the others to the second.
    pub threshold: f32,
    /// Log-odds: what a leaf says, and what all leaves below a node say on average.
    pub value: f32,
}

/// Trees whose log-odds add up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trees {
    /// Log-odds before any tree is asked.
    pub base: f64,
    /// Each from its root on; nodes stand after those above them.
    pub trees: Vec<Vec<Node>>,
}

/// The node below that an account goes to.
fn next(node: &Node, features: &[f32]) -> usize {
    let own = features[usize::from(node.feature)];
    let first = if own.is_nan() { node.missing_first } else { own < node.threshold };
    node.below as usize + usize::from(!first)
}

impl Trees {
    /// Log-odds of an account.
    pub fn log_odds(&self, features: &[f32]) -> f64 {
        let mut sum = self.base;
        for tree in &self.trees {
            let mut node = &tree[0];
            while node.feature != LEAF {
                node = &tree[next(node, features)];
            }
            sum += f64::from(node.value);
        }
        sum
    }

    /// What each feature added to the log-odds: the changes of the average on the way down, by the feature that was asked
    /// (Saabas 2014). With the averages at the roots and [`Self::base`] they add up to the log-odds.
    pub fn contributions(&self, features: &[f32]) -> Vec<f64> {
        let mut added = vec![0.0; features.len()];
        for tree in &self.trees {
            let mut node = &tree[0];
            while node.feature != LEAF {
                let below = &tree[next(node, features)];
                added[usize::from(node.feature)] += f64::from(below.value) - f64::from(node.value);
                node = below;
            }
        }
        added
    }

    /// Log-odds of an account of which nothing is known yet: what the features add to.
    pub fn average(&self) -> f64 {
        self.trees.iter().fold(self.base, |sum, tree| sum + f64::from(tree[0].value))
    }

    /// Whether asking comes to an end, and within what is there.
    pub(super) fn is_sound(&self, features: usize) -> bool {
        let tree_is_sound = |tree: &Vec<Node>| {
            !tree.is_empty()
                && tree.len() <= NODES_MAX
                && tree.iter().enumerate().all(|(at, node)| {
                    let below = node.below as usize;
                    node.value.is_finite()
                        && (node.feature == LEAF
                            || usize::from(node.feature) < features
                                && node.threshold.is_finite()
                                && below > at
                                && below + 1 < tree.len())
                })
        };
        self.base.is_finite()
            && self.trees.len() <= TREES_MAX
            && self.trees.iter().all(tree_is_sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(value: f32) -> Node {
        Node { feature: LEAF, missing_first: false, below: 0, threshold: 0.0, value }
    }

    fn asks(feature: u16, threshold: f32, below: u32, value: f32) -> Node {
        Node { feature, missing_first: true, below, threshold, value }
    }

    fn trees() -> Trees {
        let one =
            vec![asks(0, 1.0, 1, 0.5), leaf(-1.0), asks(1, 5.0, 3, 2.0), leaf(1.0), leaf(3.0)];
        Trees { base: -2.0, trees: vec![one.clone(), one] }
    }

    #[test]
    fn an_account_goes_where_its_features_send_it() {
        let trees = trees();
        assert!((trees.log_odds(&[0.0, 9.0]) + 4.0).abs() < 1e-9);
        assert!((trees.log_odds(&[1.0, 4.9]) - 0.0).abs() < 1e-9);
        assert!((trees.log_odds(&[1.0, 5.0]) - 4.0).abs() < 1e-9);
        assert!((trees.log_odds(&[f32::NAN, 5.0]) + 4.0).abs() < 1e-9);
    }

    #[test]
    fn what_features_add_is_all_there_is() {
        let trees = trees();
        for features in [[0.0, 9.0], [1.0, 4.9], [1.0, f32::NAN], [f32::NAN, 1.0]] {
            let added: f64 = trees.contributions(&features).iter().sum();
            assert!((trees.average() + added - trees.log_odds(&features)).abs() < 1e-6);
        }
    }

    #[test]
    fn circles_and_what_is_not_there_are_refused() {
        let sound = trees();
        assert!(sound.is_sound(2) && !sound.is_sound(1));
        let changes: [fn(&mut Node); 4] = [
            |node| node.below = 0,
            |node| node.below = 4,
            |node| node.value = f32::NAN,
            |node| node.threshold = f32::INFINITY,
        ];
        for change in changes {
            let mut trees = sound.clone();
            change(&mut trees.trees[1][0]);
            assert!(!trees.is_sound(2), "{trees:?}");
        }
    }
}
