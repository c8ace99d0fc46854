//! Are the pictures well-formed, stable, harmless and true to their data?

use proptest::prelude::*;
use seawall_core::selector::{Family, Role};
use seawall_core::{
    actor::{Picture, fixture as actors},
    campaign::{
        bursts::bursts,
        findings::{Campaign, Findings, Graph, GraphNode, Series, fixture},
    },
    case::badge::Badge,
};

use crate::{
    ActorGraph, TileMap, burst, selector_graph,
    signups::{Burst, Signups},
    sparkline,
    timeline::{Band, Content, Lane, Moment, Sort, Timeline},
    waterfall::{Meaning, Step, Waterfall},
    words::Titles,
};

const HOSTILE: &str = "</svg><script>alert(1)</script>\" onload=\"x\u{202e}\u{0}\u{1b}[2J&amp;]]>";

fn signups(findings: &Findings, width: f64) -> String {
    let bursts: Vec<Burst<'_>> = findings
        .campaigns
        .iter()
        .enumerate()
        .map(|(index, campaign)| Burst {
            number: index + 1,
            colour: index + 1,
            name: &campaign.name,
            series: &campaign.signups_over_time,
        })
        .collect();
    let all = &findings.run.signups_over_time;
    crate::signups(&Signups { id: "s", all, bursts: &bursts, width })
}

fn waterfall(findings: &Findings, width: f64) -> String {
    let campaign = &findings.campaigns[0];
    let steps: Vec<Step> = campaign
        .families
        .iter()
        .map(|family| Step {
            label: crate::words::family(family.family).to_owned(),
            detail: family.statement.clone(),
            bits: family.bits,
            meaning: if family.excused { Meaning::Excused } else { Meaning::Counted },
        })
        .collect();
    crate::waterfall(&Waterfall {
        id: "w",
        title: &campaign.name,
        steps: &steps,
        threshold: Some(4.0),
        width,
    })
}

fn all(findings: &Findings, width: f64) -> Vec<String> {
    let campaign = &findings.campaigns[0];
    vec![
        signups(findings, width),
        waterfall(findings, width),
        selector_graph("g", &campaign.graph, campaign.accounts, &Titles::default(), width).svg,
        sparkline(&campaign.signups_over_time, 1),
        burst("b", &campaign.signups_over_time, width),
        crate::campaign_graph("cg", campaign, &Titles::default(), width),
        timeline(campaign, width, crate::timeline),
        crate::tile_map(&map(campaign, width)),
    ]
}

fn map(campaign: &Campaign, width: f64) -> TileMap<'_> {
    let Campaign { name, countries, accounts, .. } = campaign;
    TileMap { id: "m", title: name, countries, accounts: *accounts, width }
}

/// A timeline of signups and of what was done about a campaign.
fn timeline<T>(campaign: &Campaign, width: f64, draw: impl Fn(&Timeline<'_>) -> T) -> T {
    let series = &campaign.signups_over_time;
    let bands: Vec<Band> = bursts(series)
        .into_iter()
        .map(|burst| Band {
            from_seconds: burst.from_seconds,
            until_seconds: burst.until_seconds,
            label: format!("{} {}", burst.accounts, campaign.name),
        })
        .collect();
    let moments: Vec<Moment> = [Sort::Plain, Sort::Doubt, Sort::Done, Sort::Refused, Sort::Plain]
        .into_iter()
        .zip([0, 90_000, 400_000, 900_000, 900_010])
        .map(|(mark, after)| Moment {
            at_seconds: series.start_seconds + after,
            label: campaign.name.clone(),
            mark,
        })
        .collect();
    let lanes = [
        Lane { name: "signups", content: Content::Counts(series) },
        Lane { name: &campaign.name, content: Content::Events(&moments) },
    ];
    draw(&Timeline { id: "t", title: &campaign.name, bands: &bands, lanes: &lanes, width })
}

/// Parses as XML; returns the text that would be shown.
fn shown(svg: &str) -> String {
    let document = roxmltree::Document::parse(svg).expect("well-formed XML");
    for node in document.descendants() {
        assert!(!matches!(
            node.tag_name().name(),
            "script" | "foreignObject" | "style" | "a" | "image"
        ));
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on") && attribute.name() != "style", "{svg}");
            assert!(!attribute.value().contains("http") || attribute.name() == "xmlns");
        }
    }
    document.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect()
}

#[test]
fn every_picture_is_well_formed_and_has_a_title() {
    for svg in all(&fixture::findings(), 960.0).iter().chain(&all(&fixture::findings(), 340.0)) {
        shown(svg);
        let document = roxmltree::Document::parse(svg).expect("well-formed XML");
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(root.first_element_child().map(|node| node.tag_name().name()), Some("title"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}

#[test]
fn hostile_text_stays_text() {
    for svg in all(&fixture::hostile(HOSTILE), 960.0) {
        let text = shown(&svg);
        assert!(!text.contains(['\u{202e}', '\u{0}', '\u{1b}']));
    }
    let long = fixture::hostile(&"W".repeat(4_096));
    let (short, long) = (all(&fixture::findings(), 960.0), all(&long, 960.0));
    for (short, long) in short.iter().zip(&long) {
        assert!(long.len() < 3 * short.len(), "{} against {}", long.len(), short.len());
    }
}

#[test]
fn equal_data_give_equal_bytes() {
    assert_eq!(all(&fixture::findings(), 700.0), all(&fixture::findings(), 700.0));
}

#[test]
fn cards_of_the_graph_do_not_overlap_and_stay_inside() {
    for width in [420.0, 700.0, 1_040.0] {
        for campaign in &fixture::findings().campaigns {
            let svg =
                selector_graph("g", &campaign.graph, campaign.accounts, &Titles::default(), width)
                    .svg;
            let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
            let corners: Vec<(f64, f64)> = document
                .descendants()
                .filter(|node| node.attribute("class") == Some("mono"))
                .map(|node| {
                    let number = |name| {
                        node.attribute(name).and_then(|text| text.parse().ok()).expect("a number")
                    };
                    (number("x"), number("y"))
                })
                .collect();
            assert!(!corners.is_empty());
            for (index, (x, y)) in corners.iter().enumerate() {
                assert!(*x >= 0.0 && x + 138.0 <= width, "{x} in {width}");
                for (other_x, other_y) in &corners[index + 1..] {
                    assert!((x - other_x).abs() >= 158.0 || (y - other_y).abs() >= 44.0);
                }
            }
        }
    }
}

#[test]
fn a_graph_says_what_it_leaves_out() {
    let node = |index: u64| GraphNode {
        kind: "device_id".to_owned(),
        family: Family::Device,
        role: Role::Link,
        value: format!("d{index}"),
        members: 100 - index,
    };
    let graph = Graph { nodes: (0..40).map(node).collect(), nodes_omitted: 7, ..Graph::default() };
    let drawn = selector_graph("g", &graph, 100, &Titles::default(), 800.0);
    assert_eq!(drawn.nodes_hidden, 28 + 7);
    assert!(shown(&drawn.svg).contains("Not drawn: 35 selectors"));
    assert!(shown(&drawn.svg).contains("d0") && !shown(&drawn.svg).contains("d39"));
}

#[test]
fn the_waterfall_ends_where_the_numbers_do() {
    let step =
        |bits: f64, meaning| Step { label: "x".to_owned(), detail: String::new(), bits, meaning };
    let steps = [
        step(-8.0, Meaning::Prior),
        step(12.0, Meaning::Counted),
        step(4.0, Meaning::Total),
        step(6.0, Meaning::Excused),
        step(10.0, Meaning::TotalUnexcused),
    ];
    let svg = crate::waterfall(&Waterfall {
        id: "w",
        title: "x",
        steps: &steps,
        threshold: None,
        width: 700.0,
    });
    let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let ends: Vec<f64> = document
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "rect")))
        .map(|node| {
            let number = |name| -> f64 {
                node.attribute(name).and_then(|text| text.parse().ok()).expect("a number")
            };
            number("x") + number("width")
        })
        .collect();
    // Counted evidence ends at the total; excused evidence at the total without excuses.
    assert!((ends[1] - ends[2]).abs() < 0.2 && (ends[3] - ends[4]).abs() < 0.2, "{ends:?}");
    assert!(ends[0] < ends[1]);
}

#[test]
fn from_a_prior_bits_come_to_a_probability() {
    let families = [
        (Family::Name, 0.01, "email_shape".to_owned()),
        (Family::Domain, 6.0, "email_domain".to_owned()),
        (Family::Device, 12.0, "device_id".to_owned()),
    ];
    let steps = crate::waterfall::member_steps(-8.0, &families, 10.01, &Titles::default());
    let bits: Vec<f64> = steps.iter().map(|step| step.bits).collect();
    // The strongest first, and nothing that says nothing.
    assert_eq!(bits, [-8.0, 12.0, 6.0, 10.01]);
    let drawn = Waterfall { id: "w", title: "x", steps: &steps, threshold: None, width: 900.0 };
    let text = shown(&crate::waterfall_from_prior(&drawn));
    // No bit either way is even odds; five bits are 32 to 1.
    assert!(text.contains("50 %") && text.contains("97 %") && !text.contains("×32"), "{text}");
    assert!(shown(&crate::waterfall(&drawn)).contains("×32"));
}

#[test]
fn labels_of_bands_do_not_run_into_each_other() {
    let band = |from: i64| Band {
        from_seconds: from,
        until_seconds: from + 60,
        label: "burst".to_owned(),
    };
    let bands = [band(0), band(90), band(50_000)];
    let input = Timeline { id: "t", title: "x", bands: &bands, lanes: &[], width: 600.0 };
    let svg = crate::timeline(&input);
    assert_eq!(svg.matches(">burst<").count(), 2, "{svg}");
    assert_eq!(crate::timeline_table(&input).rows.len(), 3);
}

#[test]
fn a_summary_has_few_cards_however_many_accounts() {
    let mut campaign = fixture::findings().campaigns[1].clone();
    let drawn = |campaign: &Campaign| {
        let svg = crate::campaign_graph("g", campaign, &Titles::default(), 1_060.0);
        let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
        let cards =
            document.descendants().filter(|node| node.attribute("data-node").is_some()).count();
        let lines =
            document.descendants().filter(|node| node.attribute("data-from").is_some()).count();
        (cards, lines)
    };
    let (cards, lines) = drawn(&campaign);
    assert!(cards > 8 && lines > cards / 2, "{cards} cards, {lines} lines");
    // Pools a hundred times as large: sixty selectors, a million accounts, twenty thousand groups.
    let model = campaign.graph.nodes[0].clone();
    campaign.graph.nodes = (0..60)
        .map(|index| GraphNode {
            value: format!("v{index}"),
            family: seawall_core::campaign::findings::FAMILIES[index % 11],
            ..model.clone()
        })
        .collect();
    campaign.accounts = 1_000_000;
    campaign.graph.groups = seawall_core::campaign::groups::grouped(
        (0..1_000_000_u64).map(|account| account.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40),
    );
    let (cards, lines) = drawn(&campaign);
    assert!(cards <= 70 && lines <= 160, "{cards} cards, {lines} lines");
}

#[test]
fn tables_say_the_numbers_of_their_pictures() {
    let findings = fixture::findings();
    for campaign in &findings.campaigns {
        let graph = crate::campaign_graph_table(campaign, &Titles::default());
        let groups: u64 = campaign.graph.groups.iter().map(|group| group.accounts).sum();
        assert_eq!(groups, campaign.accounts);
        assert_eq!(graph.rows.len(), campaign.graph.groups.len() + campaign.graph.nodes.len());
        let times = timeline(campaign, 900.0, crate::timeline_table);
        let signups: u64 = times.rows.iter().filter_map(|row| count_of(&row[3])).sum();
        assert_eq!(signups, campaign.signups);
        let places = crate::tile_map_table(&map(campaign, 900.0));
        assert_eq!(
            places.rows.iter().filter_map(|row| count_of(&row[2])).sum::<u64>(),
            campaign.accounts
        );
        for table in [graph, times, places] {
            let csv = table.csv();
            assert!(csv.lines().all(|line| !line.starts_with(['=', '+', '@'])), "{csv}");
            assert!(csv.lines().count() > table.rows.len());
        }
    }
}

fn count_of(cell: &crate::table::Cell) -> Option<u64> {
    if let crate::table::Cell::Count(number) = cell { Some(*number) } else { None }
}

#[test]
fn a_claim_of_one_source_is_dotted_and_a_contradicted_one_is_not_like_others() {
    let picture = Picture::of(&actors::records()).expect("a sound journal");
    let told = "disabled in case storm".to_owned();
    let states = [("domain-1".to_owned(), crate::ThingState { badge: Badge::Seized, told })].into();
    let input = ActorGraph {
        id: "a",
        start: actors::START,
        picture: &picture,
        steps: 2,
        states: &states,
        width: 1_060.0,
    };
    let svg = crate::actor_graph(&input);
    let text = shown(&svg);
    assert!(text.contains("seized") && text.contains("customers") && text.contains("Market K"));
    let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let number = |class: &str| {
        let wanted = format!("edge {class}");
        let lines = document.descendants().filter(|node| node.attribute("data-from").is_some());
        lines.filter(|node| node.attribute("class") == Some(&wanted)).count()
    };
    // Two of the claims lead to a text, and are no lines.
    assert_eq!((number("one-source"), number("contradicted"), number("corroborated")), (9, 2, 7));
    let table = crate::actor_graph_table(&input);
    assert_eq!(table.rows.len(), 18);
    assert_eq!(table.csv().matches("seized: disabled in case storm").count(), 2);
    let alone = ActorGraph { steps: 0, ..input };
    assert_eq!(crate::actor_graph_table(&alone).rows.len(), 0);
    shown(&crate::actor_graph(&alone));
}

proptest! {
    #[test]
    fn any_series_can_be_drawn(start in -4_000_000_000_i64..5_000_000_000, step in -5_i64..10_000_000,
        counts in prop::collection::vec(prop_oneof![0_u64..50, Just(u64::MAX / 1_000)], 0..420), width in 0.0_f64..2_000.0) {
        let series = Series { start_seconds: start, step_seconds: step, counts };
        let bursts = [Burst { number: 1, colour: 1, name: HOSTILE, series: &series }, Burst { number: 9, colour: 0, name: "b", series: &series }];
        let svg = crate::signups(&Signups { id: "s", all: &series, bursts: &bursts, width });
        shown(&svg);
        prop_assert!(!svg.contains("NaN"));
        shown(&sparkline(&series, 3));
        shown(&burst("b", &series, width));
    }
}
