//! Where does each selector of a graph stand?

use std::cmp::Reverse;

use seawall_core::{campaign::findings::Graph, selector::Family};

use crate::scale::whole;

pub(super) const CARD_WIDTH: f64 = 158.0;
pub(super) const CARD_HEIGHT: f64 = 44.0;
const CARD_GAP: f64 = 8.0;
const HEADER: f64 = 26.0;
const BLOCK_GAP: f64 = 14.0;
/// Least distance between columns, for lines to bend in.
const COLUMN_GAP: f64 = 54.0;
const MARGIN: f64 = 4.0;
/// Selectors drawn of one family; the list beside the picture has all.
const FAMILY_MAX: usize = 12;
const SWEEPS: usize = 6;

/// Families from left to right: what is rented, what it runs on, who it claims to be, who sent it and
/// what it does.
const ORDER: [Family; 11] = [
    Family::Network,
    Family::Timing,
    Family::Challenge,
    Family::Device,
    Family::Domain,
    Family::Name,
    Family::Recovery,
    Family::Phone,
    Family::Payment,
    Family::Referral,
    Family::Action,
];

/// Places of cards and headings, in CSS pixels.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Upper left corner of each node's card; `None` where it is not drawn.
    pub(super) places: Vec<Option<(f64, f64)>>,
    /// Start and base line of each family's heading.
    pub(super) headers: Vec<(f64, f64, Family)>,
    /// Nodes not drawn.
    pub(super) hidden: u64,
}

/// The nodes of one family, in drawing order.
struct Block {
    family: Family,
    nodes: Vec<usize>,
}

impl Layout {
    pub(super) fn new(graph: &Graph, width: f64) -> Self {
        let mut blocks = blocks(graph);
        let shown: usize = blocks.iter().map(|block| block.nodes.len()).sum();
        let columns_max = whole((width - 2.0 * MARGIN + COLUMN_GAP) / (CARD_WIDTH + COLUMN_GAP));
        let columns = partition(&blocks, columns_max.max(1));
        order(&mut blocks, graph);
        let mut layout = Self {
            width,
            height: 0.0,
            places: vec![None; graph.nodes.len()],
            headers: Vec::new(),
            hidden: (graph.nodes.len() - shown) as u64,
        };
        layout.put(&blocks, &columns);
        layout
    }

    pub(super) fn place(&self, node: u32) -> Option<(f64, f64)> {
        self.places.get(node as usize).copied().flatten()
    }

    fn put(&mut self, blocks: &[Block], columns: &[std::ops::Range<usize>]) {
        let height_of = |range: &std::ops::Range<usize>| -> f64 {
            blocks[range.clone()].iter().map(block_height).sum()
        };
        let tallest = columns.iter().map(height_of).fold(0.0, f64::max);
        let steps = columns.len().saturating_sub(1).max(1) as f64;
        let pitch = (self.width - 2.0 * MARGIN - CARD_WIDTH) / steps;
        for (column, range) in columns.iter().enumerate() {
            let x = MARGIN + pitch.min(CARD_WIDTH + 3.0 * COLUMN_GAP) * column as f64;
            let mut y = (tallest - height_of(range)) / 2.0;
            for block in &blocks[range.clone()] {
                self.headers.push((x, y + HEADER - 9.0, block.family));
                for (row, node) in block.nodes.iter().enumerate() {
                    let top = y + HEADER + (CARD_HEIGHT + CARD_GAP) * row as f64;
                    self.places[*node] = Some((x, top));
                }
                y += block_height(block);
            }
        }
        self.height = tallest;
    }
}

fn block_height(block: &Block) -> f64 {
    HEADER + (CARD_HEIGHT + CARD_GAP) * block.nodes.len() as f64 + BLOCK_GAP
}

/// The families with nodes, each with its largest nodes.
fn blocks(graph: &Graph) -> Vec<Block> {
    ORDER
        .into_iter()
        .filter_map(|family| {
            let mut nodes: Vec<usize> = graph
                .nodes
                .iter()
                .enumerate()
                .filter(|(_, node)| node.family == family)
                .map(|(index, _)| index)
                .collect();
            nodes.sort_by_key(|index| (Reverse(graph.nodes[*index].members), *index));
            nodes.truncate(FAMILY_MAX);
            (!nodes.is_empty()).then_some(Block { family, nodes })
        })
        .collect()
}

/// Divides the blocks, in order, into at most `columns_max` columns, the tallest as low as can be.
fn partition(blocks: &[Block], columns_max: usize) -> Vec<std::ops::Range<usize>> {
    let heights: Vec<f64> = blocks.iter().map(block_height).collect();
    let mut limits: Vec<f64> = (0..heights.len())
        .flat_map(|start| {
            heights[start..].iter().scan(0.0, |sum, height| {
                *sum += height;
                Some(*sum)
            })
        })
        .collect();
    limits.sort_by(f64::total_cmp);
    limits
        .into_iter()
        .map(|limit| fill(&heights, limit))
        .find(|columns| columns.len() <= columns_max)
        .unwrap_or_default()
}

/// Columns no taller than `limit`, except where a single block is.
fn fill(heights: &[f64], limit: f64) -> Vec<std::ops::Range<usize>> {
    let mut columns: Vec<std::ops::Range<usize>> = Vec::new();
    let mut sum = 0.0;
    for (index, height) in heights.iter().enumerate() {
        match columns.last_mut() {
            Some(column) if sum + height <= limit + 1e-9 => {
                column.end = index + 1;
                sum += height;
            }
            _ => {
                columns.push(index..index + 1);
                sum = *height;
            }
        }
    }
    columns
}

/// Orders the nodes of each block by the mean place of what they occur with (the barycentre method),
/// so that lines cross little.
fn order(blocks: &mut [Block], graph: &Graph) {
    let mut place = vec![f64::NAN; graph.nodes.len()];
    for block in blocks.iter() {
        assign(block, &mut place);
    }
    for sweep in 0..SWEEPS {
        for step in 0..blocks.len() {
            let index = if sweep % 2 == 0 { step } else { blocks.len() - 1 - step };
            let means = means(&place, graph);
            let block = &mut blocks[index];
            block.nodes.sort_by(|left, right| {
                means[*left].total_cmp(&means[*right]).then(left.cmp(right))
            });
            assign(block, &mut place);
        }
    }
}

/// Places nodes evenly between 0 and 1.
fn assign(block: &Block, place: &mut [f64]) {
    for (row, node) in block.nodes.iter().enumerate() {
        place[*node] = (row as f64 + 0.5) / block.nodes.len() as f64;
    }
}

/// For each node the mean place of its neighbours, weighted by accounts; its own without any.
fn means(place: &[f64], graph: &Graph) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); place.len()];
    for edge in &graph.edges {
        let (from, to) = (edge.from as usize, edge.to as usize);
        let (Some(left), Some(right)) = (place.get(from), place.get(to)) else { continue };
        if left.is_nan() || right.is_nan() {
            continue;
        }
        let weight = edge.accounts as f64;
        sums[from].0 += weight * right;
        sums[from].1 += weight;
        sums[to].0 += weight * left;
        sums[to].1 += weight;
    }
    sums.iter()
        .zip(place)
        .map(|((sum, weight), own)| if *weight > 0.0 { sum / weight } else { *own })
        .collect()
}
