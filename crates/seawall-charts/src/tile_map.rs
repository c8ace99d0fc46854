//! Where are accounts from? One tile for each country.
//!
//! Tiles and not shapes: an island may matter more than a continent, and a small country is as easy to point at as a
//! large one. The list beside the picture has every country, also those without a tile.

use std::{cmp::Reverse, collections::BTreeMap, sync::LazyLock};

use maud::{Markup, html};
use seawall_core::campaign::findings::CountryCount;

use crate::{
    pixel::px,
    table::{Cell, Table},
    text::{count, counted, percent, share, short_count, visible},
};

/// Columns and rows of the grid.
const GRID: (f64, f64) = (28.0, 19.0);
const GAP: f64 = 2.0;
const LEGEND: f64 = 48.0;
/// From this width of a tile on, the count stands in it; below, the code alone, and below that nothing.
const COUNT_FROM: f64 = 28.0;
const CODE_FROM: f64 = 18.0;
/// Steps of shade, each up to that share of the largest count.
const SHADES: [f64; 4] = [0.02, 0.1, 0.35, 1.0];

struct Tile {
    column: f64,
    row: f64,
    name: &'static str,
}

static TILES: LazyLock<BTreeMap<&'static str, Tile>> = LazyLock::new(|| {
    let rows = include_str!("tile_map/tiles.txt").lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let mut parts = line.splitn(4, ' ');
        let mut next = || parts.next().expect("four columns");
        let code = next();
        let mut number = || next().parse().expect("a number");
        let (column, row) = (number(), number());
        (code, Tile { column, row, name: next() })
    })
    .collect()
});

/// What people read for a country; its code where it has no tile.
pub fn country_name(code: &str) -> &str {
    TILES.get(code).map_or(code, |tile| tile.name)
}

/// What [`tile_map`] draws.
#[derive(Clone, Copy, Debug)]
pub struct TileMap<'a> {
    /// Unique within the page; ASCII letters, digits, hyphens.
    pub id: &'a str,
    /// The picture in one line.
    pub title: &'a str,
    /// Accounts by country.
    pub countries: &'a [CountryCount],
    /// All accounts, also those of no known country.
    pub accounts: u64,
    /// Width in CSS pixels, at least 280.
    pub width: f64,
}

/// Draws a tile for each country, darker the more accounts are from there.
pub fn tile_map(input: &TileMap<'_>) -> String {
    let width = input.width.clamp(280.0, 1_120.0);
    let side = width / GRID.0;
    let height = side * GRID.1 + LEGEND;
    let counts: BTreeMap<&str, u64> =
        input.countries.iter().map(|entry| (entry.country.as_str(), entry.accounts)).collect();
    let most = counts.values().copied().max().unwrap_or_default();
    html! {
        svg .chart .tiles xmlns="http://www.w3.org/2000/svg" role="img" width=(px(width)) height=(px(height))
            viewBox={ "0 0 " (px(width)) " " (px(height)) } aria-labelledby={ (input.id) "-t " (input.id) "-d" } {
            title id={ (input.id) "-t" } { (visible(input.title, 160)) }
            desc id={ (input.id) "-d" } { (description(input)) }
            @for (code, tile) in TILES.iter() {
                (draw(code, tile, counts.get(code).copied().unwrap_or_default(), (most, input.accounts), side))
            }
            (legend(input, side * GRID.1, most))
        }
    }
    .into_string()
}

/// The same as rows: every country, most accounts first, and what is of no known country.
pub fn tile_map_table(input: &TileMap<'_>) -> Table {
    let mut table = Table::new(&["country", "name", "accounts", "share"]);
    let part = |accounts: u64| Cell::Share(accounts as f64 / input.accounts.max(1) as f64);
    for entry in ranked(input) {
        table.rows.push(vec![
            entry.country.clone().into(),
            country_name(&entry.country).into(),
            Cell::Count(entry.accounts),
            part(entry.accounts),
        ]);
    }
    let unknown = unknown(input);
    if unknown > 0 {
        table.rows.push(vec![Cell::None, "not known".into(), Cell::Count(unknown), part(unknown)]);
    }
    table
}

fn ranked<'a>(input: &TileMap<'a>) -> Vec<&'a CountryCount> {
    let mut ranked: Vec<&CountryCount> = input.countries.iter().collect();
    ranked.sort_by_key(|entry| (Reverse(entry.accounts), &entry.country));
    ranked
}

fn unknown(input: &TileMap<'_>) -> u64 {
    let known: u64 = input.countries.iter().map(|entry| entry.accounts).sum();
    input.accounts.saturating_sub(known)
}

fn description(input: &TileMap<'_>) -> String {
    let ranked = ranked(input);
    let first: Vec<String> = ranked
        .iter()
        .take(5)
        .map(|entry| {
            format!(
                "{} {}",
                visible(country_name(&entry.country), 40),
                percent(entry.accounts as f64 / input.accounts.max(1) as f64)
            )
        })
        .collect();
    let known = counted(ranked.len() as u64, "country", "countries");
    if first.is_empty() {
        "No country is known.".to_owned()
    } else {
        format!("{known}: {}.", first.join(", "))
    }
}

/// 0 where there is none, else 1 to 4.
fn shade(accounts: u64, most: u64) -> usize {
    if accounts == 0 {
        return 0;
    }
    let part = accounts as f64 / most.max(1) as f64;
    1 + SHADES.iter().position(|limit| part <= *limit).unwrap_or(SHADES.len() - 1)
}

fn draw(code: &str, tile: &Tile, accounts: u64, (most, all): (u64, u64), side: f64) -> Markup {
    let (x, y) = (tile.column * side, tile.row * side);
    let inner = side - GAP;
    let middle = x + inner / 2.0;
    html! {
        g .tile.(format!("s{}", shade(accounts, most))) {
            title { (tile.name) ": " @if accounts == 0 { "no account" } @else { (counted(accounts, "account", "accounts")) ", " (share(accounts, all)) } }
            rect .body x=(px(x)) y=(px(y)) width=(px(inner)) height=(px(inner)) rx="2" {}
            @if side >= CODE_FROM {
                @let two = accounts > 0 && side >= COUNT_FROM;
                text .middle .code x=(px(middle)) y=(px(y + inner / 2.0 + if two { -1.5 } else { 4.0 })) { (code) }
                @if two { text .middle .number x=(px(middle)) y=(px(y + inner / 2.0 + 10.5)) { (short_count(accounts)) } }
            }
        }
    }
}

fn legend(input: &TileMap<'_>, top: f64, most: u64) -> Markup {
    let line = top + 20.0;
    let unknown = unknown(input);
    // Where counts are small, no account has the lighter shades.
    let limits: Vec<(usize, u64)> = SHADES
        .iter()
        .map(|limit| (limit * most as f64) as u64)
        .enumerate()
        .filter(|(_, limit)| *limit > 0)
        .collect();
    html! {
        @for (place, (index, limit)) in limits.iter().enumerate() {
            @let x = 2.0 + 62.0 * place as f64;
            g .tile.(format!("s{}", index + 1)) { rect .body x=(px(x)) y=(px(line - 11.0)) width="14" height="14" rx="2" {} }
            text .soft x=(px(x + 19.0)) y=(px(line)) { "≤ " (short_count(*limit)) }
        }
        @if unknown > 0 { text .soft x="2" y=(px(line + 18.0)) { (count(unknown)) " of no known country" } }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{GRID, TILES};

    #[test]
    fn every_country_has_a_tile_of_its_own_within_the_grid() {
        assert_eq!(TILES.len(), 203);
        let places: BTreeSet<(u64, u64)> =
            TILES.values().map(|tile| (tile.column.to_bits(), tile.row.to_bits())).collect();
        assert_eq!(places.len(), TILES.len());
        assert!(TILES.values().all(|tile| tile.column < GRID.0 && tile.row < GRID.1));
        assert!(
            TILES
                .keys()
                .all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        );
    }

    #[test]
    fn neighbours_stand_near_each_other() {
        // Where a neighbour is far off, people look in the wrong place.
        for (one, other) in [
            ("PL", "DE"),
            ("US", "CA"),
            ("VN", "LA"),
            ("NG", "BJ"),
            ("BR", "UY"),
            ("IN", "BD"),
            ("JP", "KR"),
        ] {
            let (one, other) = (&TILES[one], &TILES[other]);
            assert!(
                (one.column - other.column).hypot(one.row - other.row) < 6.0,
                "{}, {}",
                one.name,
                other.name
            );
        }
    }
}
