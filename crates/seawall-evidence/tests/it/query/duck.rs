//! Does `DuckDB` answer the generated SQL as we answer the question?

use seawall_evidence::{
    dataset::manifest::ValueType,
    query::{Comparison, Condition, Data, Limits, Measure, Of, Question, ask},
};
use serde_json::{Value, json};

use crate::{
    dataset::world::{Dice, Row, World, time},
    python,
};

const QUESTIONS: usize = 300;
const COLUMNS: [&str; 7] = ["account", "time", "country", "amount", "port", "used", "serial"];

fn pick<'a, T>(dice: &mut Dice, from: &'a [T]) -> &'a T {
    &from[dice.roll(from.len() as u64) as usize]
}

/// A value that some row has in the column, so that conditions meet something.
fn value_in(row: &Row, column: &str) -> Option<Value> {
    let integer = |integer: i64| {
        if integer.unsigned_abs() < 1 << 53 { json!(integer) } else { json!(integer.to_string()) }
    };
    match column {
        "account" => row.account.as_deref().map(Value::from),
        "time" => Some(time(row.time * 1000).to_string().into()),
        "country" => row.country.map(Value::from),
        "amount" => row.amount.map(integer),
        "port" => row.port.map(Value::from),
        "used" => row.used.map(Value::from),
        _ => Some(row.serial.into()),
    }
}

fn condition(dice: &mut Dice, rows: &[Row]) -> Condition {
    use Comparison::{Absent, AtLeast, AtMost, Equal, Less, More, NotEqual, OneOf, Present};
    let column = *pick(dice, &COLUMNS);
    let mut value = || loop {
        if let Some(value) = value_in(pick(dice, rows), column) {
            return value;
        }
    };
    let (one, two) = (value(), value());
    let comparisons: &[Comparison] = match column {
        "used" => &[Equal, NotEqual, Present, Absent],
        _ => &[Equal, NotEqual, Less, AtMost, More, AtLeast, Present, Absent, OneOf],
    };
    let is = *pick(dice, comparisons);
    let value = match is {
        Present | Absent => None,
        OneOf => Some(json!([one, two])),
        _ => Some(one),
    };
    Condition { column: column.into(), is, value }
}

fn question(dice: &mut Dice, rows: &[Row], number: usize, dataset: &str) -> Question {
    let conditions = (0..dice.roll(3)).map(|_| condition(dice, rows)).collect();
    let mut group_by: Vec<String> =
        (0..dice.roll(3)).map(|_| (*pick(dice, &COLUMNS)).to_owned()).collect();
    group_by.dedup();
    let measures = (0..=dice.roll(3)).map(|position| measure(dice, position, &group_by)).collect();
    Question {
        id: format!("Q-{number:03}"),
        dataset: dataset.into(),
        conditions,
        group_by,
        measures,
    }
}

fn measure(dice: &mut Dice, position: u64, group_by: &[String]) -> Measure {
    let of = *pick(dice, &[Of::Count, Of::CountDistinct, Of::Sum, Of::Minimum, Of::Maximum]);
    let columns: &[&str] = match of {
        Of::Count | Of::CountDistinct => &COLUMNS,
        Of::Sum => &["amount", "port", "serial"],
        Of::Minimum | Of::Maximum => &["account", "time", "country", "amount", "port", "serial"],
    };
    let column = *pick(dice, columns);
    // Some are called as a column is, which in SQL could be mistaken for it.
    let name = *pick(dice, &COLUMNS);
    let taken = group_by.iter().any(|key| key == name);
    let name =
        if position == 0 && !taken { name.to_owned() } else { format!("m{position} \"quoted\"") };
    let counts_rows = of == Of::Count && dice.roll(2) == 0;
    Measure { name, of, column: (!counts_rows).then(|| column.to_owned()) }
}

#[test]
fn duckdb_gives_the_same_answers() {
    let Some(python) = python::with_duckdb("duckdb_gives_the_same_answers") else { return };
    let world = World::new();
    let manifest = world.freeze();
    let mut dice = Dice(11);
    let mut asked = Vec::new();
    let mut lines = 0;
    for number in 0..QUESTIONS {
        let question = question(&mut dice, &world.rows, number, &manifest.id);
        let data = Data { manifest: &manifest, paths: &world.paths() };
        let (query, aggregate) = ask(&question, data, Limits::default()).unwrap();
        lines += aggregate.lines().len();
        let answer = format!("{number}.ndjson");
        fs_err::write(world.path(&answer), aggregate.as_bytes()).unwrap();
        let is_time = |column: &str| manifest.value_type(column) == Some(ValueType::Time);
        let keys = question.group_by.iter().filter(|name| is_time(name));
        let extremes = question.measures.iter().filter(|measure| {
            matches!(measure.of, Of::Minimum | Of::Maximum)
                && measure.column.as_deref().is_some_and(is_time)
        });
        let times: Vec<&String> = keys.chain(extremes.map(|measure| &measure.name)).collect();
        asked.push(json!({"sql": query.sql, "times": times, "answer": answer}));
    }
    assert!(lines > 10 * QUESTIONS, "the questions meet something: {lines} lines");
    let files: Vec<&String> = manifest.files.iter().map(|file| &file.name).collect();
    let all = json!({"table": manifest.id, "files": files, "questions": asked});
    fs_err::write(world.path("questions.json"), all.to_string()).unwrap();
    let printed = python::run(&python, "query/duck.py", &[world.folder.path().as_os_str()]);
    assert_eq!(printed.trim(), format!("{QUESTIONS} asked, 0 differ"));
}
