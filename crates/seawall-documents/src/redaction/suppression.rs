//! Which cells of a table of people may be shown, so that none of a few can be told from the others?
//!
//! Cells of one to four people are withheld, and so many others that no withheld cell follows exactly from those
//! shown and the totals. In a table with totals that is so when no withheld cell is a bridge of the graph whose nodes
//! are rows and columns, and whose edges are withheld cells. (Gusfield, 1988. What follows is that no value is *exact*;
//! how narrow its bounds are is not looked at.)

/// Fewer people than this are withheld.
pub const CELL_MIN: u64 = 5;

/// A table with totals, in which what is withheld is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// Rows; the last row is the totals of columns, the last column the totals of rows.
    pub cells: Vec<Vec<Option<u64>>>,
    /// How many cells were withheld for being small.
    pub primary: usize,
    /// How many for standing beside those.
    pub secondary: usize,
}

/// Withholds what must be. Rows shorter than the longest are filled up with zeros.
pub fn suppress(rows: &[Vec<u64>]) -> Suppressed {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut values: Vec<Vec<u64>> = rows
        .iter()
        .map(|row| {
            let mut row = row.clone();
            row.resize(width, 0);
            row.push(row.iter().sum());
            row
        })
        .collect();
    values.push((0..=width).map(|column| values.iter().map(|row| row[column]).sum()).collect());
    let mut hidden: Vec<Vec<bool>> = values
        .iter()
        .map(|row| row.iter().map(|value| (1..CELL_MIN).contains(value)).collect())
        .collect();
    let count = |hidden: &[Vec<bool>]| hidden.iter().flatten().filter(|hidden| **hidden).count();
    let primary = count(&hidden);
    while let Some(at) = exact(&hidden) {
        for (row, column) in cheapest(&values, &hidden, at) {
            hidden[row][column] = true;
        }
    }
    let secondary = count(&hidden) - primary;
    let cell = |(value, hidden): (&u64, &bool)| (!hidden).then_some(*value);
    let cells =
        values.iter().zip(&hidden).map(|(row, hidden)| row.iter().zip(hidden).map(cell).collect());
    Suppressed { cells: cells.collect(), primary, secondary }
}

/// A withheld cell that follows from the others: a bridge between its row and its column.
fn exact(hidden: &[Vec<bool>]) -> Option<(usize, usize)> {
    let cells = hidden.iter().enumerate().flat_map(|(row, cells)| {
        cells
            .iter()
            .enumerate()
            .filter(|(_, hidden)| **hidden)
            .map(move |(column, _)| (row, column))
    });
    cells.into_iter().find(|&(row, column)| !around(hidden, row, column))
}

/// Whether the cell's row and column are connected by other withheld cells.
fn around(hidden: &[Vec<bool>], row: usize, column: usize) -> bool {
    let (mut rows, mut columns) = (vec![false; hidden.len()], vec![false; hidden[0].len()]);
    rows[row] = true;
    let mut open = vec![row];
    while let Some(from) = open.pop() {
        for to in 0..columns.len() {
            if columns[to] || !hidden[from][to] || (from, to) == (row, column) {
                continue;
            }
            columns[to] = true;
            for next in 0..rows.len() {
                if !rows[next] && hidden[next][to] && (next, to) != (row, column) {
                    rows[next] = true;
                    open.push(next);
                }
            }
        }
    }
    columns[column]
}

/// The corners that make a rectangle of withheld cells with this one, so that the fewest people are lost from view.
/// Cells of no one are taken last: that nobody is there often follows from what the table is about.
fn cheapest(
    values: &[Vec<u64>],
    hidden: &[Vec<bool>],
    (row, column): (usize, usize),
) -> [(usize, usize); 3] {
    let cost = |corners: &[(usize, usize); 3]| {
        let shown = corners.iter().filter(|(row, column)| !hidden[*row][*column]);
        let lost = shown.map(|(row, column)| values[*row][*column]);
        lost.fold((0, 0), |(none, people), value| (none + u32::from(value == 0), people + value))
    };
    let rows = (0..values.len()).filter(|other| *other != row);
    let corners = rows.flat_map(|other| {
        let columns = (0..values[0].len()).filter(|across| *across != column);
        columns.map(move |across| [(row, across), (other, column), (other, across)])
    });
    corners.min_by_key(cost).expect("a table with totals has more than one row and column")
}

#[cfg(test)]
mod tests {
    use seawall_evidence::hash::Digest;

    use super::*;

    #[test]
    fn a_small_cell_takes_others_with_it() {
        let suppressed = suppress(&[vec![3, 20, 30], vec![40, 50, 60], vec![70, 80, 90]]);
        assert_eq!(suppressed.primary, 1);
        assert_eq!(suppressed.secondary, 3);
        assert_eq!(suppressed.cells[0][0], None);
    }

    #[test]
    fn a_table_without_small_cells_is_shown_whole() {
        let suppressed = suppress(&[vec![5, 0], vec![7, 9]]);
        assert_eq!((suppressed.primary, suppressed.secondary), (0, 0));
        assert_eq!(suppressed.cells[2], [Some(12), Some(9), Some(21)]);
    }

    /// Whether a withheld cell has one value only, by linear algebra modulo a prime: all rows and columns sum up.
    fn follows(cells: &[Vec<Option<u64>>], row: usize, column: usize) -> bool {
        const PRIME: u64 = 1_000_000_007;
        let hidden: Vec<(usize, usize)> = (0..cells.len())
            .flat_map(|row| (0..cells[0].len()).map(move |column| (row, column)))
            .filter(|&(row, column)| cells[row][column].is_none())
            .collect();
        let (last_row, last_column) = (cells.len() - 1, cells[0].len() - 1);
        let sign = |at: usize, last: usize| if at == last { PRIME - 1 } else { 1 };
        let mut matrix: Vec<Vec<u64>> = Vec::new();
        for of in 0..=last_row {
            matrix.push(
                hidden
                    .iter()
                    .map(|&(row, column)| if row == of { sign(column, last_column) } else { 0 })
                    .collect(),
            );
        }
        for of in 0..=last_column {
            matrix.push(
                hidden
                    .iter()
                    .map(|&(row, column)| if column == of { sign(row, last_row) } else { 0 })
                    .collect(),
            );
        }
        let unit: Vec<u64> = hidden.iter().map(|&at| u64::from(at == (row, column))).collect();
        let before = rank(matrix.clone(), PRIME);
        matrix.push(unit);
        rank(matrix, PRIME) == before
    }

    fn rank(mut matrix: Vec<Vec<u64>>, prime: u64) -> usize {
        let inverse = |value: u64| {
            let (mut result, mut base, mut exponent) = (1, value, prime - 2);
            while exponent > 0 {
                if exponent % 2 == 1 {
                    result = result * base % prime;
                }
                base = base * base % prime;
                exponent /= 2;
            }
            result
        };
        let mut rank = 0;
        for column in 0..matrix[0].len() {
            let Some(pivot) = (rank..matrix.len()).find(|row| matrix[*row][column] != 0) else {
                continue;
            };
            matrix.swap(rank, pivot);
            let scale = inverse(matrix[rank][column]);
            let pivot: Vec<u64> = matrix[rank].iter().map(|value| value * scale % prime).collect();
            for (index, row) in matrix.iter_mut().enumerate() {
                let factor = row[column];
                if index != rank && factor != 0 {
                    for (value, pivot) in row.iter_mut().zip(&pivot) {
                        *value = (*value + (prime - factor) * pivot) % prime;
                    }
                }
            }
            rank += 1;
        }
        rank
    }

    #[test]
    fn nothing_withheld_follows_from_what_is_shown() {
        let mut withheld = 0;
        for seed in 0_u64..400 {
            // A table of up to four by four, mostly of small numbers.
            let draw = |at: usize| {
                let digest = Digest::of(format!("{seed} {at}"));
                usize::from(digest.as_bytes()[0])
            };
            let (height, width) = (1 + draw(0) % 4, 1 + draw(1) % 4);
            let rows: Vec<Vec<u64>> = (0..height)
                .map(|row| {
                    (0..width).map(|column| draw(2 + row * width + column) as u64 % 12).collect()
                })
                .collect();
            let suppressed = suppress(&rows);
            for (row, cells) in suppressed.cells.iter().enumerate() {
                for (column, cell) in cells.iter().enumerate() {
                    if let Some(value) = cell {
                        assert!(*value == 0 || *value >= CELL_MIN, "{rows:?}");
                    } else {
                        withheld += 1;
                        assert!(!follows(&suppressed.cells, row, column), "{rows:?}");
                    }
                }
            }
        }
        assert!(withheld > 1_000);
    }
}
