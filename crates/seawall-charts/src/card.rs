//! What does a card of a picture in tiers look like?

use maud::{Markup, html};
use seawall_core::selector::Role;

use crate::{
    pixel::px,
    text::visible,
    tiers::{CARD_WIDTH, Place},
};

/// Distance of text from the edge of a card.
const INSET: f64 = 10.0;

/// How the edge of a card runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Round corners: what binds.
    Round,
    /// Pointed ends: what adds weight.
    Pointed,
    /// Square corners: context, and what is no selector.
    Square,
    /// A box with a fold: what stands for several.
    Folded,
}

/// What stands on a card.
pub(crate) struct Card<'a> {
    /// Number that lines name it by.
    pub(crate) node: usize,
    pub(crate) class: &'a str,
    pub(crate) shape: Shape,
    pub(crate) title: String,
    /// Whether the first line is a value.
    pub(crate) is_value: bool,
    pub(crate) first: String,
    pub(crate) second: String,
    /// Share of members, as a bar.
    pub(crate) share: Option<f64>,
}

impl Card<'_> {
    pub(crate) fn draw(&self, place: Place) -> Markup {
        let Place { x, y, height } = place;
        let track = CARD_WIDTH - 2.0 * INSET;
        html! {
            g .node.(self.class) data-node=(self.node) {
                title { (self.title) }
                path .body d=(outline(self.shape, x, y, CARD_WIDTH, height)) {}
                @if let Some(share) = self.share {
                    rect .share x=(px(x + INSET)) y=(px(y + height - 8.0)) width=(px(track)) height="4" rx="2" {}
                    rect .bar x=(px(x + INSET)) y=(px(y + height - 8.0)) width=(px((track * share.clamp(0.0, 1.0)).max(2.0))) height="4" rx="2" {}
                }
                text .(if self.is_value { "mono" } else { "strong" }) x=(px(x + INSET)) y=(px(y + 15.0)) { (visible(&self.first, 19)) }
                text .soft x=(px(x + INSET)) y=(px(y + 29.0)) { (visible(&self.second, 25)) }
            }
        }
    }
}

/// Class of a selector's role.
pub(crate) const fn role_class(role: Role) -> &'static str {
    match role {
        Role::Link => "link",
        Role::Corroborate => "corroborate",
        Role::Stratum => "stratum",
    }
}

/// Shape of a selector's role.
pub(crate) const fn role_shape(role: Role) -> Shape {
    match role {
        Role::Link => Shape::Round,
        Role::Corroborate => Shape::Pointed,
        Role::Stratum => Shape::Square,
    }
}

/// The edge of a card as a path.
pub(crate) fn outline(shape: Shape, x: f64, y: f64, width: f64, height: f64) -> String {
    let (right, bottom) = (x + width, y + height);
    match shape {
        Shape::Round => {
            let round = 7.0_f64.min(height / 2.0);
            format!(
                "M{} {}H{}a{r} {r} 0 0 1 {r} {r}V{}a{r} {r} 0 0 1 -{r} {r}H{}a{r} {r} 0 0 1 -{r} -{r}V{}a{r} {r} 0 0 1 {r} -{r}Z",
                px(x + round),
                px(y),
                px(right - round),
                px(bottom - round),
                px(x + round),
                px(y + round),
                r = px(round)
            )
        }
        Shape::Pointed => {
            let point = 8.0_f64.min(height / 2.0);
            format!(
                "M{} {}H{}L{} {}L{} {}H{}L{} {}Z",
                px(x + point),
                px(y),
                px(right - point),
                px(right),
                px(y + height / 2.0),
                px(right - point),
                px(bottom),
                px(x + point),
                px(x),
                px(y + height / 2.0)
            )
        }
        Shape::Square => format!("M{} {}H{}V{}H{}Z", px(x), px(y), px(right), px(bottom), px(x)),
        Shape::Folded => {
            let fold = 9.0_f64.min(height / 2.0);
            format!(
                "M{} {}H{}L{} {}V{}H{}ZM{} {}V{}H{}",
                px(x),
                px(y),
                px(right - fold),
                px(right),
                px(y + fold),
                px(bottom),
                px(x),
                px(right - fold),
                px(y),
                px(y + fold),
                px(right)
            )
        }
    }
}
