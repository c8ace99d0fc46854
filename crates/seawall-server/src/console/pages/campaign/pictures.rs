//! Which pictures has a campaign? Each is drawn for the page and as a file, and has the same numbers as rows.

use maud::{Markup, Render as _};
use seawall_charts::{
    TileMap, campaign_graph, campaign_graph_table, selector_graph,
    table::{Cell, Table},
    tile_map, tile_map_table, timeline,
    timeline::{Band, Content, Lane, Moment, Sort, Timeline},
    timeline_table, waterfall,
    waterfall::{Meaning, Waterfall, campaign_steps},
};
use seawall_core::campaign::bursts;

use super::Seen;
use crate::console::{
    parts::Figure,
    review::{Event, Said},
};

/// Widths in CSS pixels, for wide screens and for narrow ones.
const WIDTHS: [f64; 2] = [944.0, 320.0];

/// A picture of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Picture {
    /// Groups of accounts and what they share.
    Groups,
    /// Selectors that occur together.
    Selectors,
    /// When its accounts came, and what people did.
    Timeline,
    /// Where its accounts are from.
    Places,
    /// How the evidence adds up.
    Evidence,
}

impl Picture {
    const ALL: [Self; 5] =
        [Self::Groups, Self::Selectors, Self::Timeline, Self::Places, Self::Evidence];

    /// Its name as a file, without an ending.
    const fn stem(self) -> &'static str {
        match self {
            Self::Groups => "graph",
            Self::Selectors => "selectors",
            Self::Timeline => "timeline",
            Self::Places => "places",
            Self::Evidence => "evidence",
        }
    }

    /// The picture of a file's name without its ending.
    pub(super) fn of(stem: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.stem() == stem)
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Groups => "Groups of accounts and what they share",
            Self::Selectors => "Selectors that occur together",
            Self::Timeline => "When its accounts came, and what people did",
            Self::Places => "Where its accounts are from",
            Self::Evidence => "How the evidence adds up",
        }
    }

    const fn note(self) -> &'static str {
        match self {
            Self::Groups => {
                "Accounts that carry the same selectors are one group; lines are as thick as accounts are many. Shared and rented things stand at the right: they add weight and never make a campaign."
            }
            Self::Selectors => {
                "Lines join selectors of different families that the same accounts carry more often than chance would have it; the thicker, the more accounts."
            }
            Self::Timeline => {
                "Signups in equal steps over the whole log, in UTC, with bursts as bands; below, what people said of it."
            }
            Self::Places => {
                "By address, else by telephone number, clock or language. A VPN or hosting tells where a machine stands, not where a person is."
            }
            Self::Evidence => {
                "Mean bits for each account, one bar for each family; a family counts once, however many of its selectors agree. What an innocent explanation accounts for is hatched and left out of the total."
            }
        }
    }

    /// Draws it; `id` is unique within the page.
    pub(super) fn svg(self, seen: &Seen, id: &str, width: f64) -> String {
        let campaign = &seen.campaign;
        match self {
            Self::Groups => campaign_graph(id, campaign, &seen.titles, width),
            Self::Selectors => {
                selector_graph(id, &campaign.graph, campaign.accounts, &seen.titles, width).svg
            }
            Self::Timeline => over_time(seen, id, width, timeline),
            Self::Places => tile_map(&places(seen, id, width)),
            Self::Evidence => {
                let steps = campaign_steps(campaign, &seen.titles);
                let title = format!("Evidence on {} in bits", seen.id());
                let threshold = Some(seen.run.summary.report_bits);
                waterfall(&Waterfall { id, title: &title, steps: &steps, threshold, width })
            }
        }
    }

    /// The same as rows.
    pub(super) fn table(self, seen: &Seen) -> Table {
        let campaign = &seen.campaign;
        match self {
            Self::Groups => campaign_graph_table(campaign, &seen.titles),
            Self::Selectors => pairs(seen),
            Self::Timeline => over_time(seen, "table", WIDTHS[0], timeline_table),
            Self::Places => tile_map_table(&places(seen, "table", WIDTHS[0])),
            Self::Evidence => evidence(seen),
        }
    }

    /// The picture on a page. A graph scrolls where there is no room; the others are drawn again for narrow screens.
    pub(super) fn figure(self, seen: &Seen) -> Markup {
        let [wide, narrow] = WIDTHS;
        let stem = self.stem();
        let address = |ending: &str| format!("/campaigns/{}/{stem}.{ending}", seen.id());
        let (csv, svg) = (address("csv"), address("svg"));
        let scrolls = matches!(self, Self::Groups | Self::Selectors);
        let again = || self.svg(seen, &format!("{stem}-narrow"), narrow);
        Figure {
            id: stem,
            title: self.title(),
            note: self.note(),
            wide: self.svg(seen, &format!("{stem}-wide"), wide),
            narrow: if scrolls { String::new() } else { again() },
            table: &self.table(seen),
            files: Some((&csv, &svg)),
        }
        .render()
    }
}

/// The picture as it stands in a file of its own.
pub(super) fn alone(seen: &Seen, picture: Picture) -> String {
    picture.svg(seen, picture.stem(), WIDTHS[0])
}

fn over_time<T>(seen: &Seen, id: &str, width: f64, draw: fn(&Timeline<'_>) -> T) -> T {
    let series = &seen.campaign.signups_over_time;
    let bands: Vec<Band> = bursts::bursts(series)
        .into_iter()
        .map(|own| Band {
            from_seconds: own.from_seconds,
            until_seconds: own.until_seconds,
            label: "burst".to_owned(),
        })
        .collect();
    let said: Vec<Moment> = seen.review.history.iter().filter_map(said).collect();
    let mut lanes = vec![Lane { name: "Signups", content: Content::Counts(series) }];
    if !said.is_empty() {
        lanes.push(Lane { name: "Review", content: Content::Events(&said) });
    }
    draw(&Timeline { id, title: Picture::Timeline.title(), bands: &bands, lanes: &lanes, width })
}

/// What somebody did, as a mark.
fn said(event: &Event) -> Option<Moment> {
    let (label, mark) = match &event.said {
        _ if event.undone => return None,
        Said::Decided { decision, .. } => (decision.as_str(), Sort::Done),
        Said::Merged { .. } => ("merged", Sort::Done),
        Said::Split { .. } => ("split", Sort::Done),
        Said::Noted { .. } => ("noted", Sort::Plain),
        Said::Proposed { .. } => ("proposed by a model", Sort::Doubt),
        Said::Named { .. } => ("named", Sort::Plain),
        Said::Skipped { .. } => ("skipped", Sort::Doubt),
        Said::Member { .. } => ("account looked at", Sort::Plain),
        Said::Claimed { .. } | Said::Released | Said::Undone { .. } => return None,
    };
    Some(Moment { at_seconds: event.at.div_euclid(1000), label: label.to_owned(), mark })
}

fn places<'a>(seen: &'a Seen, id: &'a str, width: f64) -> TileMap<'a> {
    TileMap {
        id,
        title: Picture::Places.title(),
        countries: &seen.campaign.countries,
        accounts: seen.campaign.accounts,
        width,
    }
}

fn pairs(seen: &Seen) -> Table {
    let graph = &seen.campaign.graph;
    let mut table = Table::new(&["selector", "kind", "with", "with_kind", "accounts", "expected"]);
    for edge in &graph.edges {
        let node = |index: u32| graph.nodes.get(index as usize);
        if let (Some(from), Some(to)) = (node(edge.from), node(edge.to)) {
            table.rows.push(vec![
                from.value.clone().into(),
                seen.titles.of(&from.kind).into(),
                to.value.clone().into(),
                seen.titles.of(&to.kind).into(),
                Cell::Count(edge.accounts),
                seawall_charts::text::expected(edge.expected).into(),
            ]);
        }
    }
    table
}

fn evidence(seen: &Seen) -> Table {
    let mut table = Table::new(&["evidence", "from", "counts_as", "bits"]);
    for step in campaign_steps(&seen.campaign, &seen.titles) {
        let meaning = match step.meaning {
            Meaning::Prior => "prior",
            Meaning::Counted => "counted",
            Meaning::Excused => "excused",
            Meaning::Total => "total",
            Meaning::TotalUnexcused => "total, nothing excused",
        };
        table.rows.push(vec![
            step.label.into(),
            step.detail.into(),
            meaning.into(),
            Cell::Bits(step.bits),
        ]);
    }
    table
}
