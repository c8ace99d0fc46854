//! Does `DuckDB` answer the generated SQL as we answer the question? And do we, whether questions are asked alone or together?

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use seawall_evidence::{
    dataset::manifest::ValueType,
    hash::Digest,
    query::{Comparison, Condition, Data, Limits, Measure, Of, Question, ask, ask_all},
};
use serde_json::{Value, json};

use crate::{
    dataset::world::{Dice, Row, TWO, World, time, write_batch},
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

fn condition(dice: &mut Dice, rows: &[Row], members: Digest) -> Condition {
    use Comparison::{
        Absent, AtLeast, AtMost, Equal, Less, MemberOf, More, NotEqual, OneOf, Present,
    };
    let column = *pick(dice, &COLUMNS);
    let mut value = || loop {
        if let Some(value) = value_in(pick(dice, rows), column) {
            return value;
        }
    };
    let (one, two) = (value(), value());
    let comparisons: &[Comparison] = match column {
        "used" => &[Equal, NotEqual, Present, Absent],
        "account" => &[Equal, NotEqual, Less, More, Present, Absent, OneOf, MemberOf, MemberOf],
        _ => &[Equal, NotEqual, Less, AtMost, More, AtLeast, Present, Absent, OneOf],
    };
    let is = *pick(dice, comparisons);
    let value = match is {
        Present | Absent => None,
        OneOf => Some(json!([one, two])),
        MemberOf if dice.roll(2) == 0 => Some(json!({"file": members})),
        MemberOf => Some(json!({"file": members, "campaign": *pick(dice, &CAMPAIGNS)})),
        _ => Some(one),
    };
    Condition { column: column.into(), is, value }
}

/// Campaigns of the file of members; the last one has none.
const CAMPAIGNS: [&str; 3] = ["c-1", "o'ne", "c-9"];

/// A file of members in the folder `sealed`, under its hash: accounts of some of the rows, some of them twice.
fn write_members(world: &World) -> Digest {
    let rows: Vec<&Row> = world.rows.iter().step_by(7).collect();
    let account: StringArray = rows.iter().map(|row| row.account.as_deref()).collect();
    let campaign: StringArray = (0..rows.len()).map(|index| Some(CAMPAIGNS[index % 2])).collect();
    let columns: [(&str, ArrayRef); 2] =
        [("account", Arc::new(account)), ("campaign", Arc::new(campaign))];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)));
    fs_err::create_dir(world.path("sealed")).unwrap();
    let path = world.path("sealed/members");
    write_batch(&path, &batch.unwrap());
    let hash = Digest::of(fs_err::read(&path).unwrap());
    fs_err::rename(&path, world.path(&format!("sealed/{hash}"))).unwrap();
    hash
}

fn question(
    dice: &mut Dice,
    rows: &[Row],
    members: Digest,
    number: usize,
    dataset: &str,
) -> Question {
    let conditions = (0..dice.roll(3)).map(|_| condition(dice, rows, members)).collect();
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
    let paths = world.paths();
    let members = write_members(&world);
    let places = [(members, world.path(&format!("sealed/{members}")))].into();
    let mut dice = Dice(11);
    let mut asked = Vec::new();
    let mut lines = 0;
    for number in 0..QUESTIONS {
        let question = question(&mut dice, &world.rows, members, number, &manifest.id);
        let data = Data { members: &places, ..Data::new(&manifest, &paths) };
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

/// In one reading, on two threads, some of them refused: the same, answer by answer.
#[test]
fn questions_asked_together_have_the_answers_of_each() {
    let world = World::new();
    let (manifest, paths) = (world.freeze(), world.paths());
    let members = write_members(&world);
    let places = [(members, world.path(&format!("sealed/{members}")))].into();
    let data = Data { members: &places, ..Data::new(&manifest, &paths) };
    let mut dice = Dice(12);
    let mut questions: Vec<Question> = (0..60)
        .map(|number| question(&mut dice, &world.rows, members, number, &manifest.id))
        .collect();
    questions[7].group_by = vec!["no such column".into()];
    let limits = Limits { groups: 100, ..Limits::default() };
    let shown = |asked| match asked {
        Ok((query, aggregate)) => format!("{query:?} {aggregate:?}"),
        Err(error) => format!("{error}"),
    };
    let alone: Vec<String> =
        questions.iter().map(|question| shown(ask(question, data, limits))).collect();
    let all: Vec<&Question> = questions.iter().collect();
    let together: Vec<String> = ask_all(&all, data, limits, TWO).into_iter().map(shown).collect();
    assert_eq!(together, alone);
    let refused = |text: &str| alone.iter().filter(|shown| shown.starts_with(text)).count();
    assert!(refused("there is no column") == 1 && refused("more than 100 groups") > 1, "{alone:?}");
}
