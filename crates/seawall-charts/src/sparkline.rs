//! What is the course of a count at a glance?

use maud::html;
use seawall_core::campaign::findings::Series;

use crate::{
    pixel::px,
    scale::{Linear, rebin},
    signups::{area, colour},
    text::count,
};

/// The course of a campaign's signups, 120 by 26 CSS pixels, for a cell of a table; `colour` is 1 to
/// [`COLOURS`](crate::COLOURS), or 0.
pub fn sparkline(series: &Series, colour_number: usize) -> String {
    let (width, height) = (120.0, 26.0);
    let (bins, _) = rebin(&series.counts, 60);
    let peak = bins.iter().copied().max().unwrap_or_default();
    let x = Linear::new((0.0, bins.len().max(1) as f64), (0.0, width));
    let y = Linear::new((0.0, peak.max(1) as f64), (height - 1.0, 2.0));
    html! {
        svg .chart .sparkline xmlns="http://www.w3.org/2000/svg" role="img" width=(px(width)) height=(px(height))
            viewBox={ "0 0 " (px(width)) " " (px(height)) } {
            title { (count(series.counts.iter().sum())) " signups over time" }
            path .(colour(colour_number)) d=(area(&bins, None, x, y)) {}
            line .axis x1="0" x2=(px(width)) y1=(px(height - 0.5)) y2=(px(height - 0.5)) {}
        }
    }
    .into_string()
}
