//! Where do the cards of a picture in tiers stand, and how do lines run between them?
//!
//! Cards stand in columns, in blocks with a heading. The order within a column is that of the barycentre method,
//! so that lines cross little; nothing is random, so the same data always give the same picture.

use std::ops::Range;

use crate::{pixel::px, scale::whole};

pub(crate) const CARD_WIDTH: f64 = 158.0;
pub(crate) const CARD_HEIGHT: f64 = 44.0;
const CARD_GAP: f64 = 8.0;
const HEADER: f64 = 26.0;
const BLOCK_GAP: f64 = 14.0;
/// Least distance between columns, for lines to bend in.
const COLUMN_GAP: f64 = 54.0;
const MARGIN: f64 = 4.0;
const SWEEPS: usize = 6;
/// How far lines within a column bend out.
const BEND: f64 = 36.0;

/// Cards under one heading, from top to bottom.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) title: String,
    pub(crate) nodes: Vec<usize>,
}

/// What draws two cards together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) weight: f64,
}

/// Upper left corner and height of a card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) height: f64,
}

/// Places of cards and headings, in CSS pixels.
#[derive(Debug)]
pub(crate) struct Tiers {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Of each node; `None` where it is not drawn.
    pub(crate) places: Vec<Option<Place>>,
    /// Start and base line of each heading.
    pub(crate) headers: Vec<(f64, f64, String)>,
}

impl Tiers {
    /// Places `blocks` in `columns` of them, which follow each other; `heights` are those of the nodes.
    pub(crate) fn new(
        blocks: &[Block],
        columns: &[Range<usize>],
        heights: &[f64],
        width: f64,
    ) -> Self {
        let block_height =
            |block: &Block| block_height(block.nodes.iter().map(|node| heights[*node]));
        let column_height =
            |range: &Range<usize>| blocks[range.clone()].iter().map(block_height).sum::<f64>();
        let height = columns.iter().map(column_height).fold(0.0, f64::max);
        let mut tiers =
            Self { width, height, places: vec![None; heights.len()], headers: Vec::new() };
        let steps = columns.len().saturating_sub(1).max(1) as f64;
        let pitch = (width - 2.0 * MARGIN - CARD_WIDTH) / steps;
        for (column, range) in columns.iter().enumerate() {
            let x = MARGIN + pitch.min(CARD_WIDTH + 3.0 * COLUMN_GAP) * column as f64;
            let mut y = (height - column_height(range)) / 2.0;
            for block in &blocks[range.clone()] {
                tiers.headers.push((x, y + HEADER - 9.0, block.title.clone()));
                let mut top = y + HEADER;
                for node in &block.nodes {
                    tiers.places[*node] = Some(Place { x, y: top, height: heights[*node] });
                    top += heights[*node] + CARD_GAP;
                }
                y += block_height(block);
            }
        }
        tiers
    }

    pub(crate) fn place(&self, node: usize) -> Option<Place> {
        self.places.get(node).copied().flatten()
    }

    /// The path of a line between two cards, from side to side.
    pub(crate) fn line(&self, from: Place, to: Place) -> String {
        let (from, to) = if from.x > to.x { (to, from) } else { (from, to) };
        let (start_y, end_y) = (from.y + from.height / 2.0, to.y + to.height / 2.0);
        // Lines within a column leave and come back on the right; within the last, on the left, where there is room.
        let same = (from.x - to.x).abs() < 1.0;
        let outside = same && from.x + CARD_WIDTH + BEND > self.width;
        let start_x = if outside { from.x } else { from.x + CARD_WIDTH };
        let end_x = if same { start_x } else { to.x };
        let bend = match (same, outside) {
            (true, true) => -BEND,
            (true, false) => BEND,
            _ => (end_x - start_x) / 2.0,
        };
        let end_bend = if same { end_x + bend } else { end_x - bend };
        format!(
            "M{} {}C{} {} {} {} {} {}",
            px(start_x),
            px(start_y),
            px(start_x + bend),
            px(start_y),
            px(end_bend),
            px(end_y),
            px(end_x),
            px(end_y)
        )
    }
}

fn block_height(heights: impl Iterator<Item = f64>) -> f64 {
    HEADER + BLOCK_GAP + heights.map(|height| height + CARD_GAP).sum::<f64>()
}

/// Columns that fit a width.
pub(crate) fn columns_max(width: f64) -> usize {
    whole((width - 2.0 * MARGIN + COLUMN_GAP) / (CARD_WIDTH + COLUMN_GAP)).max(1)
}

/// Least width for a number of columns.
pub(crate) fn width_min(columns: usize) -> f64 {
    2.0 * MARGIN + columns as f64 * (CARD_WIDTH + COLUMN_GAP) - COLUMN_GAP
}

/// Divides blocks of usual cards, in order, into at most `columns_max` columns, the tallest as low as can be.
pub(crate) fn partition(blocks: &[Block], columns_max: usize) -> Vec<Range<usize>> {
    let heights: Vec<f64> = blocks
        .iter()
        .map(|block| block_height(std::iter::repeat_n(CARD_HEIGHT, block.nodes.len())))
        .collect();
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
fn fill(heights: &[f64], limit: f64) -> Vec<Range<usize>> {
    let mut columns: Vec<Range<usize>> = Vec::new();
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

/// Orders the nodes of each block by the mean place of what they are linked to, so that lines cross little.
pub(crate) fn order(blocks: &mut [Block], columns: &[Range<usize>], nodes: usize, links: &[Link]) {
    let mut place = vec![f64::NAN; nodes];
    for column in columns {
        assign(&blocks[column.clone()], &mut place);
    }
    for sweep in 0..SWEEPS {
        for step in 0..columns.len() {
            let index = if sweep % 2 == 0 { step } else { columns.len() - 1 - step };
            let means = means(&place, links);
            let column = &mut blocks[columns[index].clone()];
            for block in column.iter_mut() {
                block.nodes.sort_by(|left, right| {
                    means[*left].total_cmp(&means[*right]).then(left.cmp(right))
                });
            }
            assign(column, &mut place);
        }
    }
}

/// Places the nodes of a column evenly between 0 and 1.
fn assign(column: &[Block], place: &mut [f64]) {
    let total: usize = column.iter().map(|block| block.nodes.len()).sum();
    let nodes = column.iter().flat_map(|block| &block.nodes);
    for (row, node) in nodes.enumerate() {
        place[*node] = (row as f64 + 0.5) / total as f64;
    }
}

/// For each node the weighted mean place of its neighbours; its own without any.
fn means(place: &[f64], links: &[Link]) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); place.len()];
    for Link { from, to, weight } in links.iter().copied() {
        let (Some(left), Some(right)) = (place.get(from), place.get(to)) else { continue };
        if left.is_nan() || right.is_nan() {
            continue;
        }
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
