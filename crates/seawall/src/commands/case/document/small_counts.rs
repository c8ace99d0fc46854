//! Which figures count so few people that they may tell who they are?

use std::collections::{BTreeMap, BTreeSet};

use seawall_documents::redaction::{CELL_MIN, suppress};
use seawall_evidence::{
    figure::{Draft, Figure, Value},
    query::{Of, Question},
};
use serde_json::Map;

/// Words for people in the unit of a figure or the name of a column, each with that for several of them. An account is
/// somebody's: whether it is a defendant's, no unit tells.
#[rustfmt::skip]
const PEOPLE: [(&str, &str); 24] = [
    ("account", "accounts"), ("buyer", "buyers"), ("child", "children"), ("consumer", "consumers"),
    ("customer", "customers"), ("employee", "employees"), ("family", "families"), ("holder", "holders"),
    ("household", "households"), ("identity", "identities"), ("individual", "individuals"), ("mailbox", "mailboxes"),
    ("man", "men"), ("member", "members"), ("owner", "owners"), ("patient", "patients"), ("person", "persons"),
    ("profile", "profiles"), ("recipient", "recipients"), ("signup", "signups"), ("subscriber", "subscribers"),
    ("user", "users"), ("victim", "victims"), ("woman", "women"),
];
/// Columns of events whose different values are as many people.
const COLUMNS: [&str; 6] =
    ["email", "recovery_email", "phone", "username", "display_name", "payment_id"];

/// The cell of an answer: query, group, measure.
type Cell<'a> = (&'a str, &'a Map<String, serde_json::Value>, &'a str);

/// Ids of figures that rest on a count of people that is withheld, because it is small or because a small one would
/// follow from it. `questions` are those that the figures answer, by id.
pub(super) fn small_counts(
    figures: &[Figure],
    questions: &BTreeMap<String, Question>,
) -> BTreeSet<String> {
    let mut counts: BTreeMap<(&str, &str), Vec<(Cell<'_>, u64)>> = BTreeMap::new();
    let mut withheld = Vec::new();
    let mut ids = BTreeSet::new();
    for Figure { draft, value, .. } in figures {
        if !counts_people(draft, questions) {
            continue;
        }
        match value {
            Value::Integer(value) => {
                if let Ok(value) = u64::try_from(value.0) {
                    let (query, _, measure) = cell(draft);
                    counts.entry((query, measure)).or_default().push((cell(draft), value));
                }
            }
            // Both numbers can be had from a share that is exact enough.
            Value::Ratio(pair) if pair.iter().any(|number| is_small(number.0)) => {
                ids.insert(draft.id.clone());
            }
            Value::Ratio(_) => {}
        }
    }
    for cells in counts.values() {
        let rows: Vec<Vec<u64>> = cells.iter().map(|(_, value)| vec![*value]).collect();
        let shown = suppress(&rows).cells;
        let hidden = cells.iter().zip(&shown).filter(|(_, shown)| shown[0].is_none());
        withheld.extend(hidden.map(|((cell, _), _)| *cell));
    }
    let rests = |draft: &Draft| {
        withheld.contains(&cell(draft)) || over(draft).is_some_and(|cell| withheld.contains(&cell))
    };
    let resting = figures.iter().filter(|figure| rests(&figure.draft));
    ids.extend(resting.map(|figure| figure.draft.id.clone()));
    ids
}

fn is_small(number: i128) -> bool {
    (1..i128::from(CELL_MIN)).contains(&number)
}

/// Whether its unit says so, or what it measures of the data.
fn counts_people(draft: &Draft, questions: &BTreeMap<String, Question>) -> bool {
    let measured = |(query, _, measure): Cell<'_>| {
        let measures =
            questions.get(query).map_or(&[][..], |question| question.measures.as_slice());
        measures.iter().any(|it| {
            let column = it.column.as_deref().is_some_and(is_of_people);
            it.name == measure && it.of == Of::CountDistinct && column
        })
    };
    let words = draft.unit.split(|letter: char| !letter.is_alphanumeric());
    let said = words.map(str::to_lowercase).any(|word| word == "people" || is_people(&word));
    said || measured(cell(draft)) || over(draft).is_some_and(measured)
}

fn is_people(word: &str) -> bool {
    PEOPLE.iter().any(|(one, many)| word == *one || word == *many)
}

fn is_of_people(column: &str) -> bool {
    COLUMNS.contains(&column.to_lowercase().as_str()) || names_people(column)
}

/// Whether the values of a column are ids of people: `account`, `customer_id`.
pub(super) fn names_people(column: &str) -> bool {
    let column = column.to_lowercase();
    is_people(column.strip_suffix("_id").unwrap_or(&column))
}

/// The cell that a figure shows.
fn cell(draft: &Draft) -> Cell<'_> {
    (&draft.query, &draft.cell.group, &draft.cell.measure)
}

/// The cell that it is divided by.
fn over(draft: &Draft) -> Option<Cell<'_>> {
    let over = draft.over.as_ref()?;
    Some((over.query.as_deref().unwrap_or(&draft.query), &over.group, over.measure.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A figure of a cell of `Q-1`.
    fn figure(id: &str, unit: &str, (group, measure): (&str, &str), value: i64) -> Figure {
        serde_json::from_value(json!({
            "id": id, "label": "l", "definition": "d", "unit": unit, "query": "Q-1", "rounding": "exact",
            "cell": { "group": { "campaign": group }, "measure": measure },
            "value": value, "display": value.to_string(), "status": "bound", "datasets": [],
        }))
        .expect("a figure")
    }

    /// The share of one cell in another.
    fn share(id: &str, measure: &str, value: [i64; 2]) -> Figure {
        serde_json::from_value(json!({
            "id": id, "label": "l", "definition": "d", "unit": "ratio", "query": "Q-1", "rounding": "percent_to_tenth",
            "cell": { "group": { "campaign": "a" }, "measure": measure },
            "over": { "group": {}, "measure": measure },
            "value": value, "display": "1 %", "status": "bound", "datasets": [],
        }))
        .expect("a figure")
    }

    fn questions() -> BTreeMap<String, Question> {
        let distinct = |name: &str, column: &str| json!({ "name": name, "of": "count_distinct", "column": column });
        let question = json!({
            "id": "Q-1", "dataset": "DS-1", "where": [], "group_by": ["campaign"],
            "measures": [{ "name": "rows", "of": "count" }, distinct("who", "account"), distinct("ours", "customer_id"),
                distinct("domains", "email_domain")],
        });
        let question = serde_json::from_value(question).expect("a question");
        BTreeMap::from([("Q-1".to_owned(), question)])
    }

    fn small(figures: &[Figure]) -> Vec<String> {
        small_counts(figures, &questions()).into_iter().collect()
    }

    #[test]
    fn every_unit_that_counts_people_is_one() {
        for unit in [
            "people",
            "Persons",
            "accounts",
            "account",
            "accounts created",
            "user-accounts",
            "families",
        ] {
            assert_eq!(small(&[figure("F-1", unit, ("a", "rows"), 4)]), ["F-1"], "{unit}");
            assert_eq!(small(&[figure("F-1", unit, ("a", "rows"), 5)]), [""; 0], "{unit}");
            assert_eq!(small(&[figure("F-1", unit, ("a", "rows"), 0)]), [""; 0], "{unit}");
        }
        for unit in
            ["rows", "domains", "seconds", "USD", "accounting entries", "personal computers", ""]
        {
            assert_eq!(small(&[figure("F-1", unit, ("a", "rows"), 4)]), [""; 0], "{unit}");
        }
    }

    #[test]
    fn what_is_counted_in_the_data_tells_whatever_the_unit_says() {
        for (measure, counted) in
            [("who", true), ("ours", true), ("domains", false), ("rows", false)]
        {
            let found = small(&[figure("F-1", "units", ("a", measure), 3)]);
            assert_eq!(!found.is_empty(), counted, "{measure}");
        }
    }

    #[test]
    fn a_share_of_few_people_is_withheld_as_the_few_are() {
        for (value, withheld) in
            [([2, 700], true), ([3, 4], true), ([5, 700], false), ([0, 700], false)]
        {
            assert_eq!(!small(&[share("F-1", "who", value)]).is_empty(), withheld, "{value:?}");
            assert_eq!(small(&[share("F-1", "domains", value)]), [""; 0]);
        }
        // It rests on a count that stands beside a small one.
        let figures = [
            figure("F-1", "accounts", ("b", "who"), 3),
            figure("F-2", "accounts", ("a", "who"), 90),
            share("F-3", "who", [90, 93]),
        ];
        assert_eq!(small(&figures), ["F-1", "F-2", "F-3"]);
    }
}
