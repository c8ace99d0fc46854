//! What does it look like? Data to SVG: the same picture in the report, the console and the exhibit.
//!
//! Pure and deterministic: equal data give equal bytes. Pictures carry classes, never colours: the
//! page brings [`STYLE`], so that light and dark both work and a strict content policy holds. Nothing
//! is told by colour alone: campaigns carry numbers, roles have shapes, excused evidence is hatched.
#![warn(missing_docs)]

mod actor_graph;
mod calendar;
mod campaign_graph;
mod card;
mod pixel;
mod scale;
pub mod selector_graph;
pub mod signups;
mod sparkline;
pub mod table;
pub mod text;
mod tile_map;
mod tiers;
pub mod timeline;
pub mod waterfall;
pub mod words;

pub use actor_graph::{ActorGraph, ThingState, actor_graph, actor_graph_table, reach};
pub use calendar::{moment, moment_of, period};
pub use campaign_graph::{campaign_graph, campaign_graph_table};
pub use selector_graph::selector_graph;
pub use signups::{burst, signups};
pub use sparkline::sparkline;
pub use tile_map::{TileMap, country_name, tile_map, tile_map_table};
pub use timeline::{timeline, timeline_table};
pub use waterfall::{waterfall, waterfall_from_prior};

/// Colours and type of all charts, for light and dark.
pub const STYLE: &str = include_str!("style.css");

/// Most campaigns that a picture tells apart by colour and number.
pub const COLOURS: usize = 6;

#[cfg(test)]
mod tests;
