//! Does a question mean what the format says? Checked against a few rows by hand.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use seawall_evidence::{
    dataset::{Manifest, Part, Request, SaltKey, freeze, freeze::Claim, manifest::Window},
    hash::Digest,
    query::{Comparison, Condition, Data, Error, Limits, Measure, Of, Query, Question, ask},
};
use serde_json::{Value, json};

use crate::dataset::world::{TWO, World, time, write_batch};

/// Seven rows, with absent values and large integers.
fn small() -> (World, Manifest) {
    let mut world = World::new();
    let columns: [(&str, ArrayRef); 4] = [
        (
            "country",
            Arc::new(StringArray::from(vec![
                Some("VN"),
                Some("DE"),
                None,
                Some("VN"),
                Some(""),
                Some("VN"),
                Some("DE"),
            ])),
        ),
        (
            "amount",
            Arc::new(Int64Array::from(vec![
                Some(i64::MAX),
                Some(-5),
                Some(7),
                Some(i64::MAX),
                None,
                None,
                Some(-5),
            ])),
        ),
        (
            "used",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                Some(false),
                None,
                Some(true),
                None,
                Some(false),
                Some(true),
            ])),
        ),
        (
            "time",
            Arc::new(TimestampMillisecondArray::from(vec![
                Some(0),
                Some(1),
                Some(-1),
                None,
                Some(4),
                Some(5),
                Some(6),
            ])),
        ),
    ];
    let columns = columns.map(|(name, array)| (name, array, true));
    let path = world.path("small.parquet");
    write_batch(&path, &RecordBatch::try_from_iter_with_nullable(columns).unwrap());
    world.request = Request {
        id: "item-small".into(),
        window: Window { column: None, from: time(0), to: time(1) },
        sources: vec![Claim { name: "s".into(), first: 1, last: 7, gaps: Vec::new() }],
        files: vec![Part { name: "small".into(), source: "s".into(), path }],
    };
    let manifest = freeze(&world.request, &SaltKey::from_bytes([1; 32]), TWO).unwrap();
    (world, manifest)
}

pub(super) fn measure(name: &str, of: Of, column: Option<&str>) -> Measure {
    Measure { name: name.into(), of, column: column.map(Into::into) }
}

fn condition(column: &str, is: Comparison, value: Option<Value>) -> Condition {
    Condition { column: column.into(), is, value }
}

fn question(conditions: Vec<Condition>, group_by: &[&str], measures: Vec<Measure>) -> Question {
    let group_by = group_by.iter().map(|name| (*name).to_owned()).collect();
    Question { id: "Q-001".into(), dataset: "item-small".into(), conditions, group_by, measures }
}

fn answer(question: &Question) -> Result<String, Error> {
    let (world, manifest) = small();
    let paths = world.paths();
    let data = Data::new(&manifest, &paths);
    let (query, aggregate) = ask(question, data, Limits::default())?;
    assert_eq!(Query::parse(&query.to_bytes().unwrap()).unwrap(), query);
    assert_eq!(query.output_sha256, aggregate.sha256());
    Ok(String::from_utf8(aggregate.as_bytes().to_vec()).unwrap())
}

#[test]
fn groups_are_sorted_and_absent_values_left_out() {
    let asked = question(
        Vec::new(),
        &["country"],
        vec![
            measure("rows", Of::Count, None),
            measure("amounts", Of::Count, Some("amount")),
            measure("different", Of::CountDistinct, Some("amount")),
            measure("sum", Of::Sum, Some("amount")),
            measure("least", Of::Minimum, Some("time")),
        ],
    );
    let expected = [
        r#"{"amounts":1,"different":1,"least":"1969-12-31T23:59:59.999000000Z","rows":1,"sum":7}"#,
        r#"{"amounts":0,"country":"","different":0,"least":"1970-01-01T00:00:00.004000000Z","rows":1}"#,
        r#"{"amounts":2,"country":"DE","different":1,"least":"1970-01-01T00:00:00.001000000Z","rows":2,"sum":-10}"#,
        r#"{"amounts":2,"country":"VN","different":1,"least":"1970-01-01T00:00:00.000000000Z","rows":3,"sum":"18446744073709551614"}"#,
    ];
    assert_eq!(answer(&asked).unwrap(), expected.join("\n") + "\n");
}

#[test]
fn without_groups_there_is_one_line() {
    let rows = || vec![measure("rows", Of::Count, None)];
    assert_eq!(answer(&question(Vec::new(), &[], rows())).unwrap(), "{\"rows\":7}\n");
    let nothing = vec![condition("country", Comparison::Equal, Some("XX".into()))];
    assert_eq!(answer(&question(nothing.clone(), &[], rows())).unwrap(), "{\"rows\":0}\n");
    assert_eq!(answer(&question(nothing, &["country"], rows())).unwrap(), "");
}

#[test]
fn conditions_hold_of_what_they_say() {
    use Comparison::{Absent, AtLeast, AtMost, Equal, Less, More, NotEqual, OneOf, Present};
    let large = i64::MAX.to_string();
    for (column, is, value, rows) in [
        ("country", Equal, Some(json!("VN")), 3),
        ("country", Equal, Some(json!("")), 1),
        ("country", NotEqual, Some(json!("VN")), 3),
        ("country", Present, None, 6),
        ("country", Absent, None, 1),
        ("country", Less, Some(json!("VN")), 3),
        ("country", OneOf, Some(json!(["DE", "VN", "vn"])), 5),
        ("amount", Equal, Some(json!(large)), 2),
        ("amount", AtMost, Some(json!(7)), 3),
        ("amount", More, Some(json!(7)), 2),
        ("used", Equal, Some(json!(true)), 3),
        ("used", NotEqual, Some(json!(true)), 2),
        ("time", AtLeast, Some(json!("1970-01-01T00:00:00.001000000Z")), 4),
        ("time", Less, Some(json!("1970-01-01T00:00:00.000000000Z")), 1),
    ] {
        let asked = question(
            vec![condition(column, is, value.clone())],
            &[],
            vec![measure("n", Of::Count, None)],
        );
        assert_eq!(
            answer(&asked).unwrap(),
            format!("{{\"n\":{rows}}}\n"),
            "{column} {is:?} {value:?}"
        );
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    use Comparison::{Equal, Less, OneOf, Present};
    let n = || vec![measure("n", Of::Count, None)];
    let refused = |conditions: Vec<Condition>, group_by: &[&str], measures: Vec<Measure>| {
        answer(&question(conditions, group_by, measures)).unwrap_err().to_string()
    };
    for (conditions, message) in [
        (condition("land", Equal, Some(json!("VN"))), "no column"),
        (condition("amount", Equal, Some(json!("7"))), "no integer beyond"),
        (condition("amount", Equal, Some(json!(0.5))), "written as text"),
        (condition("amount", Equal, Some(json!("9223372036854775808"))), "no integer beyond"),
        (condition("country", Equal, Some(json!(7))), "not of the column's type"),
        (condition("country", Equal, Some(json!("a\0b"))), "zero character"),
        (condition("country", Equal, None), "needs a value"),
        (condition("country", Present, Some(json!("VN"))), "needs no value"),
        (condition("country", OneOf, Some(json!([]))), "0, where 1"),
        (condition("country", OneOf, Some(json!("VN"))), "list of values"),
        (condition("used", Less, Some(json!(true))), "no order"),
        (condition("time", Less, Some(json!("1970-01-01"))), "nine decimals"),
    ] {
        let error = refused(vec![conditions.clone()], &[], n());
        assert!(error.contains(message), "{error}: {conditions:?}");
    }
    for (measure, message) in [
        (measure("n", Of::Sum, Some("country")), "only integers"),
        (measure("n", Of::Sum, None), "needs a column"),
        (measure("n", Of::Maximum, Some("used")), "no order"),
        (measure("", Of::Count, None), "is no name"),
        (measure("country", Of::Count, None), "twice"),
    ] {
        assert!(refused(Vec::new(), &["country"], vec![measure]).contains(message));
    }
    assert!(refused(Vec::new(), &["country", "country"], n()).contains("twice"));
    assert!(refused(Vec::new(), &[], Vec::new()).contains("measures: 0"));
    let mut other = question(Vec::new(), &[], n());
    other.dataset = "item-other".into();
    assert!(matches!(answer(&other), Err(Error::OtherDataset { .. })));
}

#[test]
fn memory_is_limited() {
    let world = World::new();
    let manifest = world.freeze();
    let paths = world.paths();
    let data = Data::new(&manifest, &paths);
    let mut asked = question(Vec::new(), &["serial"], vec![measure("n", Of::Count, None)]);
    asked.dataset.clone_from(&manifest.id);
    let limited = |limits| ask(&asked, data, limits).map(|(_, aggregate)| aggregate.lines().len());
    assert_eq!(limited(Limits::default()).unwrap(), 230);
    let few = Limits { groups: 229, ..Limits::default() };
    assert!(matches!(limited(few), Err(Error::Groups { max: 229 })));
    let little = Limits { memory_bytes: 10_000, ..Limits::default() };
    assert!(matches!(limited(little), Err(Error::Memory { max_bytes: 10_000 })));
}

#[test]
fn unknown_fields_are_refused() {
    let (world, manifest) = small();
    let paths = world.paths();
    let data = Data::new(&manifest, &paths);
    let asked = question(Vec::new(), &[], vec![measure("n", Of::Count, None)]);
    let (query, _) = ask(&asked, data, Limits::default()).unwrap();
    let text = String::from_utf8(query.to_bytes().unwrap()).unwrap();
    let more = text.replace("\"group_by\"", "\"further\":1,\"group_by\"");
    assert!(matches!(Query::parse(more.as_bytes()), Err(Error::UnknownField)));
}

/// A file of members that is none, or is not there, is an error; and so is a column that is no text.
#[test]
fn members_are_looked_up_or_refused() {
    let (world, manifest) = small();
    let paths = world.paths();
    let write = |name: &str, columns: [&str; 2]| {
        let column =
            |values: [&str; 3]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
        let arrays = [column(["VN", "", "VN"]), column(["c-1", "c-2", "c-2"])];
        let columns = columns.into_iter().zip(arrays);
        let path = world.path(name);
        write_batch(&path, &RecordBatch::try_from_iter(columns).unwrap());
        (Digest::of(name), path)
    };
    let (good, other) =
        (write("good", ["account", "campaign"]), write("other", ["campaign", "name"]));
    let not_parquet = (Digest::of("none"), world.path("small.txt"));
    fs_err::write(&not_parquet.1, "PAR1 and nothing else PAR1").unwrap();
    let members = [good.clone(), other.clone(), not_parquet.clone()].into();
    let data = Data { members: &members, ..Data::new(&manifest, &paths) };
    let asked = |column: &str, value: Value| {
        let conditions = vec![condition(column, Comparison::MemberOf, Some(value))];
        let rows = vec![measure("n", Of::Count, None)];
        ask(&question(conditions, &[], rows), data, Limits::default())
            .map(|(_, aggregate)| aggregate.lines()[0]["n"].clone())
            .map_err(|error| error.to_string())
    };
    assert_eq!(asked("country", json!({"file": good.0})), Ok(json!(4)));
    assert_eq!(asked("country", json!({"file": good.0, "campaign": "c-1"})), Ok(json!(3)));
    assert_eq!(asked("country", json!({"file": good.0, "campaign": "c-3"})), Ok(json!(0)));
    for (column, value, message) in [
        ("country", json!({"file": Digest::of("absent")}), "no file of members"),
        ("country", json!({"file": other.0}), "cannot be read"),
        ("country", json!({"file": not_parquet.0}), "cannot be read"),
        ("country", json!({"file": "abc"}), "hash of a file"),
        ("country", json!({"file": good.0, "more": 1}), "hash of a file"),
        ("country", json!(["VN"]), "hash of a file"),
        ("amount", json!({"file": good.0}), "only text"),
    ] {
        let error = asked(column, value.clone()).unwrap_err();
        assert!(error.contains(message), "{value}: {error}");
    }
    let little = Limits { memory_bytes: 90, ..Limits::default() };
    let conditions =
        vec![condition("country", Comparison::MemberOf, Some(json!({"file": good.0})))];
    let rows = question(conditions, &[], vec![measure("n", Of::Count, None)]);
    assert!(matches!(ask(&rows, data, little), Err(Error::Memory { .. })));
}
