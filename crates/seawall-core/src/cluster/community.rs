//! Which nodes of a weighted graph belong together?
//!
//! The method of Louvain (Blondel et al. 2008) on modularity, visiting nodes and breaking ties in
//! the order of their numbers, so that the same graph always gives the same communities.

/// An undirected edge: two node numbers and a positive weight.
pub type Edge = (u32, u32, f64);

/// Most levels of aggregation; each at least merges two communities, and real graphs need fewer than ten.
const LEVELS_MAX: usize = 16;
/// Most sweeps over the nodes of one level.
const SWEEPS_MAX: usize = 24;

/// Neighbour lists of a level in one allocation.
struct Level {
    offsets: Vec<usize>,
    neighbours: Vec<(u32, f64)>,
    /// Weight of each node's edges; self-loops count twice.
    degree: Vec<f64>,
    /// Twice the weight of all edges.
    total: f64,
}

impl Level {
    fn new(nodes: usize, edges: &[Edge]) -> Self {
        let mut degree = vec![0.0; nodes];
        let mut offsets = vec![0_usize; nodes + 1];
        let mut total = 0.0;
        for &(a, b, weight) in edges {
            degree[a as usize] += weight;
            degree[b as usize] += weight;
            total += 2.0 * weight;
            if a != b {
                offsets[a as usize + 1] += 1;
                offsets[b as usize + 1] += 1;
            }
        }
        for node in 0..nodes {
            offsets[node + 1] += offsets[node];
        }
        let mut cursor = offsets.clone();
        let mut neighbours = vec![(0, 0.0); offsets[nodes]];
        for &(a, b, weight) in edges.iter().filter(|edge| edge.0 != edge.1) {
            neighbours[cursor[a as usize]] = (b, weight);
            cursor[a as usize] += 1;
            neighbours[cursor[b as usize]] = (a, weight);
            cursor[b as usize] += 1;
        }
        Self { offsets, neighbours, degree, total }
    }

    fn neighbours(&self, node: usize) -> &[(u32, f64)] {
        &self.neighbours[self.offsets[node]..self.offsets[node + 1]]
    }

    /// Moves nodes between communities while modularity rises. Returns each node's community and
    /// whether any node moved.
    fn move_nodes(&self, resolution: f64) -> (Vec<u32>, bool) {
        let nodes = self.degree.len();
        let mut community: Vec<u32> = (0..nodes as u32).collect();
        let mut community_degree = self.degree.clone();
        // Weight from the current node to each community, reset through `touched`.
        let mut weight_to = vec![0.0; nodes];
        let mut touched: Vec<u32> = Vec::new();
        let mut moved_ever = false;
        for _ in 0..SWEEPS_MAX {
            let mut moved = false;
            for node in 0..nodes {
                let own = community[node];
                for &(other, weight) in self.neighbours(node) {
                    let target = community[other as usize];
                    if weight_to[target as usize] == 0.0 {
                        touched.push(target);
                    }
                    weight_to[target as usize] += weight;
                }
                community_degree[own as usize] -= self.degree[node];
                let pull = resolution * self.degree[node] / self.total;
                let gain =
                    |target: u32, weight: f64| weight - pull * community_degree[target as usize];
                let mut best = (gain(own, weight_to[own as usize]), own);
                touched.sort_unstable();
                for &target in &touched {
                    let candidate = gain(target, weight_to[target as usize]);
                    if candidate > best.0 + 1e-9 {
                        best = (candidate, target);
                    }
                }
                for target in touched.drain(..) {
                    weight_to[target as usize] = 0.0;
                }
                community_degree[best.1 as usize] += self.degree[node];
                if best.1 != own {
                    community[node] = best.1;
                    moved = true;
                    moved_ever = true;
                }
            }
            if !moved {
                break;
            }
        }
        (community, moved_ever)
    }
}

/// Renumbers communities by first appearance; returns how many there are.
fn renumber(community: &mut [u32]) -> usize {
    let mut names = vec![u32::MAX; community.len()];
    let mut next = 0;
    for entry in community.iter_mut() {
        let name = &mut names[*entry as usize];
        if *name == u32::MAX {
            *name = next;
            next += 1;
        }
        *entry = *name;
    }
    next as usize
}

fn aggregate(edges: &[Edge], community: &[u32]) -> Vec<Edge> {
    let mut merged: Vec<Edge> = edges
        .iter()
        .map(|&(a, b, weight)| {
            let (a, b) = (community[a as usize], community[b as usize]);
            (a.min(b), a.max(b), weight)
        })
        .collect();
    merged.sort_by_key(|edge| (edge.0, edge.1));
    merged.dedup_by(|next, kept| {
        let same = next.0 == kept.0 && next.1 == kept.1;
        if same {
            kept.2 += next.2;
        }
        same
    });
    merged
}

/// The community of each node, numbered from 0 by first appearance.
///
/// `resolution` 1 is plain modularity; larger gives smaller communities. Edges may come in any order
/// only if their weights are whole numbers; otherwise sort them first, since sums of floating-point
/// numbers depend on their order.
pub fn communities(nodes: usize, edges: &[Edge], resolution: f64) -> Vec<u32> {
    let mut assignment: Vec<u32> = (0..nodes as u32).collect();
    let mut edges = edges.to_vec();
    let mut count = nodes;
    for _ in 0..LEVELS_MAX {
        let level = Level::new(count, &edges);
        if level.total == 0.0 {
            break;
        }
        let (mut community, moved) = level.move_nodes(resolution);
        if !moved {
            break;
        }
        count = renumber(&mut community);
        for entry in &mut assignment {
            *entry = community[*entry as usize];
        }
        edges = aggregate(&edges, &community);
    }
    renumber(&mut assignment);
    assignment
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newman and Girvan's modularity, straight from its definition.
    fn modularity(nodes: usize, edges: &[Edge], community: &[u32]) -> f64 {
        let mut degree = vec![0.0; nodes];
        let mut total = 0.0;
        for &(a, b, weight) in edges {
            degree[a as usize] += weight;
            degree[b as usize] += weight;
            total += 2.0 * weight;
        }
        let mut sum = 0.0;
        for &(a, b, weight) in edges {
            if community[a as usize] == community[b as usize] {
                sum += 2.0 * weight;
            }
        }
        for a in 0..nodes {
            for b in 0..nodes {
                if community[a] == community[b] {
                    sum -= degree[a] * degree[b] / total;
                }
            }
        }
        sum / total
    }

    /// Zachary's karate club (1977), 34 members, 78 friendships.
    fn karate() -> Vec<Edge> {
        const PAIRS: &str = "0-1 0-2 0-3 0-4 0-5 0-6 0-7 0-8 0-10 0-11 0-12 0-13 0-17 0-19 0-21 0-31 1-2 1-3 1-7 \
            1-13 1-17 1-19 1-21 1-30 2-3 2-7 2-8 2-9 2-13 2-27 2-28 2-32 3-7 3-12 3-13 4-6 4-10 5-6 5-10 5-16 6-16 \
            8-30 8-32 8-33 9-33 13-33 14-32 14-33 15-32 15-33 18-32 18-33 19-33 20-32 20-33 22-32 22-33 23-25 23-27 \
            23-29 23-32 23-33 24-25 24-27 24-31 25-31 26-29 26-33 27-33 28-31 28-33 29-32 29-33 30-32 30-33 31-32 \
            31-33 32-33";
        PAIRS
            .split_whitespace()
            .map(|pair| {
                let (a, b) = pair.split_once('-').unwrap();
                (a.parse().unwrap(), b.parse().unwrap(), 1.0)
            })
            .collect()
    }

    #[test]
    fn finds_the_known_modularity_of_the_karate_club() {
        let edges = karate();
        assert_eq!(edges.len(), 78);
        let found = communities(34, &edges, 1.0);
        let quality = modularity(34, &edges, &found);
        // The optimum is 0.4198 (Brandes et al. 2008); Louvain is published at 0.4156 to 0.4198.
        assert!(quality > 0.41 && quality < 0.42, "{quality}");
    }

    #[test]
    fn separates_cliques_and_keeps_isolated_nodes_alone() {
        let mut edges = Vec::new();
        for base in [0, 5] {
            for a in 0..5 {
                for b in a + 1..5 {
                    edges.push((base + a, base + b, 1.0));
                }
            }
        }
        edges.push((4, 5, 1.0));
        let found = communities(11, &edges, 1.0);
        assert_eq!(found, vec![0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2]);
    }
}
