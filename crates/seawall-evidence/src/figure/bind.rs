//! Where does a figure's number come from, and is it still the one?

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Map;

use super::{
    model::{Draft, Figure, Status},
    rounding,
    value::{Exact, Value},
};
use crate::{
    hash::Digest,
    query::{Aggregate, Query, aggregate::integer},
};

/// A query and its aggregate.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked.
    pub query: Query,
    /// What came of it.
    pub aggregate: Aggregate,
}

/// Queries and their aggregates, by the id of the query.
pub type Answers = BTreeMap<String, Answer>;

/// Why a figure has no number, or another one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such query, or it has no aggregate.
    #[error("query {query} is not there, or has no aggregate")]
    NoQuery {
        /// The query.
        query: String,
    },
    /// The aggregate is not the one of its query.
    #[error("the aggregate of query {query} has another hash (expected {expected}, got {got})")]
    OtherAggregate {
        /// The query.
        query: String,
        /// The hash that the query states.
        expected: Digest,
        /// The hash of the aggregate.
        got: Digest,
    },
    /// The query has no such measure.
    #[error("query {query} has no measure {measure}")]
    NoMeasure {
        /// The query.
        query: String,
        /// The measure.
        measure: String,
    },
    /// The aggregate has no such group, or its measure is absent.
    #[error("the aggregate of query {query} has no such cell")]
    NoCell {
        /// The query.
        query: String,
    },
    /// The cell is not an integer.
    #[error("the cell of query {query} is not an integer")]
    NotInteger {
        /// The query.
        query: String,
    },
    /// The value cannot be shown as the figure says.
    #[error(transparent)]
    Rounding(#[from] rounding::Error),
}

/// In what a figure differs from what its cell gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub what: &'static str,
    /// What the cell gives.
    pub expected: String,
    /// What the figure says.
    pub got: String,
}

impl Draft {
    /// The figure that the draft becomes with these answers.
    pub fn bind(self, answers: &Answers) -> Result<Figure, Error> {
        let value = self.value(answers)?;
        let display = self.rounding.display(value)?;
        let datasets = self.datasets(answers)?;
        Ok(Figure { draft: self, value, display, status: Status::Bound, datasets })
    }

    /// The value of the cell, or of the two.
    fn value(&self, answers: &Answers) -> Result<Value, Error> {
        let above = cell(answers, &self.query, &self.cell.group, &self.cell.measure)?;
        let Some(over) = &self.over else { return Ok(Value::Integer(above)) };
        let query = over.query.as_ref().unwrap_or(&self.query);
        Ok(Value::Ratio([above, cell(answers, query, &over.group, &over.measure)?]))
    }

    fn datasets(&self, answers: &Answers) -> Result<Vec<String>, Error> {
        let over = self.over.as_ref().and_then(|over| over.query.as_ref());
        let queries = [Some(&self.query), over].into_iter().flatten();
        let datasets: BTreeSet<String> = queries
            .map(|query| Ok(answer(answers, query)?.query.question.dataset.clone()))
            .collect::<Result<_, Error>>()?;
        Ok(datasets.into_iter().collect())
    }
}

impl Figure {
    /// Derives the figure again, and says in what it differs: its value, its display, its datasets.
    pub fn differences(&self, answers: &Answers) -> Result<Vec<Difference>, Error> {
        let again = self.draft.clone().bind(answers)?;
        let mut differences = Vec::new();
        let mut compare = |what, expected: String, got: String| {
            if expected != got {
                differences.push(Difference { what, expected, got });
            }
        };
        compare("value", shown(again.value), shown(self.value));
        compare("display", again.display, self.display.clone());
        compare("datasets", again.datasets.join(" "), self.datasets.join(" "));
        Ok(differences)
    }
}

fn shown(value: Value) -> String {
    match value {
        Value::Integer(Exact(integer)) => integer.to_string(),
        Value::Ratio([above, below]) => format!("{}/{}", above.0, below.0),
    }
}

fn answer<'a>(answers: &'a Answers, query: &str) -> Result<&'a Answer, Error> {
    answers.get(query).ok_or_else(|| Error::NoQuery { query: query.to_owned() })
}

fn cell(
    answers: &Answers,
    query: &str,
    group: &Map<String, serde_json::Value>,
    measure: &str,
) -> Result<Exact, Error> {
    let Answer { query: asked, aggregate } = answer(answers, query)?;
    let query = query.to_owned();
    let (expected, got) = (asked.output_sha256, aggregate.sha256());
    if expected != got {
        return Err(Error::OtherAggregate { query, expected, got });
    }
    // A column that is grouped by is no measure, though it may be an integer as well.
    if !asked.question.measures.iter().any(|known| known.name == measure) {
        return Err(Error::NoMeasure { query, measure: measure.to_owned() });
    }
    let line = aggregate.line(&asked.question.group_by, group);
    let Some(value) = line.and_then(|line| line.get(measure)) else {
        return Err(Error::NoCell { query });
    };
    integer(value).map(Exact).ok_or(Error::NotInteger { query })
}
