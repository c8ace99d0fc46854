//! What do the pictures look like? Prints a page with each, of the fixture or of a run:
//! `cargo run -p seawall-charts --example pictures [campaigns.ndjson] > pictures.html`.
#![expect(clippy::print_stdout, reason = "an example for the terminal")]

use maud::{DOCTYPE, PreEscaped, html};
use seawall_charts::{
    ActorGraph, ThingState, TileMap, actor_graph, campaign_graph, campaign_graph_table, tile_map,
    timeline,
    timeline::{Band, Content, Lane, Moment, Sort, Timeline},
    words::Titles,
};
use seawall_core::{
    actor::{Picture, fixture as actors},
    campaign::{
        bursts::bursts,
        findings::{Campaign, fixture},
    },
    case::badge::Badge,
};

fn main() {
    let campaigns: Vec<Campaign> = match std::env::args().nth(1) {
        Some(path) => fs_err::read_to_string(path)
            .expect("a file of campaigns")
            .lines()
            .map(|line| serde_json::from_str(line).expect("a campaign"))
            .collect(),
        None => fixture::findings().campaigns,
    };
    let picture = Picture::of(&actors::records()).expect("a sound journal");
    let state = |badge| ThingState { badge, told: "as a case knows it".to_owned() };
    let states = [
        ("domain-1".to_owned(), state(Badge::Seized)),
        ("domain-3".to_owned(), state(Badge::Live)),
    ]
    .into();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "Pictures" }
                style { (PreEscaped(seawall_charts::STYLE)) ":root { color-scheme: light dark } body { background: var(--chart-paper); color: var(--chart-ink); font-family: sans-serif; margin: 1rem }" }
            }
            body {
                @for width in [1060.0, 344.0] {
                    (PreEscaped(actor_graph(&ActorGraph { id: "actors", start: actors::START, picture: &picture, steps: 2, states: &states, width })))
                    @for campaign in campaigns.iter().take(6) {
                        h2 { (campaign.name) " (" (campaign.accounts) ")" }
                        (PreEscaped(campaign_graph(&format!("g{width}{}", campaign.campaign), campaign, &Titles::default(), width)))
                        (PreEscaped(times(campaign, width)))
                        (PreEscaped(tile_map(&TileMap { id: &format!("m{width}{}", campaign.campaign), title: "Countries", countries: &campaign.countries, accounts: campaign.accounts, width })))
                        pre { (campaign_graph_table(campaign, &Titles::default()).csv().lines().take(6).collect::<Vec<_>>().join("\n")) }
                    }
                }
            }
        }
    };
    println!("{}", page.into_string());
}

fn times(campaign: &Campaign, width: f64) -> String {
    let series = &campaign.signups_over_time;
    let bands: Vec<Band> = bursts(series)
        .into_iter()
        .enumerate()
        .map(|(index, burst)| Band {
            from_seconds: burst.from_seconds,
            until_seconds: burst.until_seconds,
            label: format!("burst {}", index + 1),
        })
        .collect();
    let at = |after: i64, label: &str, mark: Sort| Moment {
        at_seconds: series.start_seconds + after,
        label: label.to_owned(),
        mark,
    };
    let review = [
        at(1_200_000, "claimed", Sort::Plain),
        at(1_203_000, "confirmed", Sort::Done),
        at(1_500_000, "doubted", Sort::Doubt),
        at(1_700_000, "suspension failed", Sort::Refused),
    ];
    let lanes = [
        Lane { name: "signups", content: Content::Counts(series) },
        Lane { name: "review", content: Content::Events(&review) },
    ];
    timeline(&Timeline {
        id: &format!("t{width}{}", campaign.campaign),
        title: "When they came",
        bands: &bands,
        lanes: &lanes,
        width,
    })
}
