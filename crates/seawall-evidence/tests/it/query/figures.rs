//! Does a figure follow from its cell, and is each change of it noticed?

use seawall_evidence::{
    figure::{
        Answer, Answers, Cell, Draft, Error, Figure, Over, Rounding, Status, Value, value::Exact,
    },
    hash::Digest,
    query::{Aggregate, Data, Limits, Of, Question, ask},
};
use serde_json::{Map, json};

use super::semantics::measure;
use crate::dataset::world::World;

fn answers(world: &World) -> Answers {
    let manifest = world.freeze();
    let paths = world.paths();
    let data = Data::new(&manifest, &paths);
    let asked = |id: &str, group_by: &[&str]| {
        let question = Question {
            id: id.into(),
            dataset: manifest.id.clone(),
            conditions: Vec::new(),
            group_by: group_by.iter().map(|name| (*name).to_owned()).collect(),
            measures: vec![
                measure("accounts", Of::Count, None),
                measure("first", Of::Minimum, Some("account")),
            ],
        };
        let (query, aggregate) = ask(&question, data, Limits::default()).unwrap();
        (id.to_owned(), Answer { query, aggregate })
    };
    [asked("Q-001", &["country"]), asked("Q-002", &[])].into()
}

fn group(country: Option<&str>) -> Map<String, serde_json::Value> {
    country.map(|country| ("country".to_owned(), country.into())).into_iter().collect()
}

fn draft(country: Option<&str>) -> Draft {
    Draft {
        id: "F-001".into(),
        label: "accounts".into(),
        definition: "events of one country".into(),
        unit: "accounts".into(),
        query: "Q-001".into(),
        cell: Cell { group: group(country), measure: "accounts".into() },
        over: None,
        rounding: Rounding::Exact,
    }
}

fn share() -> Draft {
    let over = Over { query: Some("Q-002".into()), group: Map::new(), measure: "accounts".into() };
    Draft { over: Some(over), rounding: Rounding::PercentToTenth, ..draft(Some("VN")) }
}

#[test]
fn figures_come_from_cells() {
    let world = World::new();
    let answers = answers(&world);
    for country in [Some("VN"), Some("vn"), Some(""), None] {
        let counted = world.rows.iter().filter(|row| row.country == country).count();
        let figure = draft(country).bind(&answers).unwrap();
        assert_eq!(figure.value, Value::Integer(Exact(counted as i128)));
        assert_eq!(figure.display, counted.to_string());
        assert_eq!(figure.datasets, ["item-01HDATASET"]);
        assert_eq!(figure.differences(&answers), Ok(Vec::new()));
    }
    let figure = share().bind(&answers).unwrap();
    let counted = world.rows.iter().filter(|row| row.country == Some("VN")).count();
    assert_eq!(figure.value, Value::Ratio([Exact(counted as i128), Exact(230)]));
    let tenths = (counted * 1000 * 2 + 230) / (230 * 2);
    assert_eq!(figure.display, format!("{}.{}%", tenths / 10, tenths % 10));
    let text = serde_json::to_value(&figure).unwrap();
    assert_eq!(text["value"], json!([counted, 230]));
    assert_eq!(serde_json::from_value::<Figure>(text).unwrap(), figure);
}

#[test]
fn what_is_no_cell_is_refused() {
    let answers = answers(&World::new());
    let of = |change: &dyn Fn(&mut Draft)| {
        let mut draft = draft(Some("VN"));
        change(&mut draft);
        draft.bind(&answers).unwrap_err()
    };
    let query = "Q-001".to_owned();
    assert_eq!(
        of(&|draft| draft.cell.group = group(Some("XX"))),
        Error::NoCell { query: query.clone() }
    );
    assert_eq!(
        of(&|draft| drop(draft.cell.group.insert("port".into(), 1.into()))),
        Error::NoCell { query: query.clone() }
    );
    assert_eq!(
        of(&|draft| draft.cell.measure = "first".into()),
        Error::NotInteger { query: query.clone() }
    );
    let measure = "country".to_owned();
    assert_eq!(
        of(&|draft| draft.cell.measure = "country".into()),
        Error::NoMeasure { query, measure }
    );
    assert_eq!(of(&|draft| draft.query = "Q-009".into()), Error::NoQuery { query: "Q-009".into() });
    assert!(matches!(of(&|draft| draft.rounding = Rounding::ToTenth), Error::Rounding(_)));
}

/// A change, and what must be named.
type Case = (&'static str, fn(&mut Figure), &'static str);

const CASES: &[Case] = &[
    ("another value", |figure| figure.value = Value::Integer(Exact(1)), "value"),
    (
        "another value and its display",
        |figure| {
            figure.value = Value::Ratio([Exact(1), Exact(4)]);
            figure.display = "25.0%".into();
        },
        "value",
    ),
    ("the display rounded up", |figure| figure.display = "99.9%".into(), "display"),
    (
        "another way to round",
        |figure| figure.draft.rounding = Rounding::PercentToHundredth,
        "display",
    ),
    ("another cell", |figure| figure.draft.cell.group = group(Some("DE")), "value"),
    ("another dataset", |figure| figure.datasets = vec!["item-01HOTHER".into()], "datasets"),
];

#[test]
fn each_change_of_a_figure_is_named() {
    let answers = answers(&World::new());
    for (name, change, what) in CASES {
        let mut figure = share().bind(&answers).unwrap();
        change(&mut figure);
        let differences = figure.differences(&answers).unwrap();
        assert!(
            differences.iter().any(|difference| difference.what == *what),
            "{name}: {differences:?}"
        );
    }
}

#[test]
fn a_changed_aggregate_is_not_believed() {
    let mut answers = answers(&World::new());
    let figure = draft(Some("VN")).bind(&answers).unwrap();
    let answer = answers.get_mut("Q-001").unwrap();
    let text = String::from_utf8(answer.aggregate.as_bytes().to_vec()).unwrap();
    let more = text.replacen("\"accounts\":", "\"accounts\":1", 1);
    answer.aggregate = Aggregate::parse(more.as_bytes()).unwrap();
    let expected = answer.query.output_sha256;
    let got = Digest::of(&more);
    let error = figure.differences(&answers).unwrap_err();
    assert_eq!(error, Error::OtherAggregate { query: "Q-001".into(), expected, got });
}

#[test]
fn status_goes_one_way() {
    let answers = answers(&World::new());
    let bound = draft(None).bind(&answers).unwrap();
    assert_eq!(bound.status, Status::Bound);
    let verified = bound.clone().become_status(Status::Verified).unwrap();
    assert!(bound.clone().become_status(Status::Superseded).is_ok());
    assert!(bound.become_status(Status::Bound).is_err());
    assert!(verified.clone().become_status(Status::Bound).is_err());
    let superseded = verified.become_status(Status::Superseded).unwrap();
    for status in [Status::Bound, Status::Verified, Status::Superseded] {
        assert!(superseded.clone().become_status(status).is_err());
    }
}
