//! How is the same question asked in SQL? In the dialect of `DuckDB`, of a table that is called as the dataset.

use super::{
    error::Error,
    members::Members,
    model::{Comparison, Condition, Measure, Of, Question},
    plan::Constant,
};
use crate::dataset::{Manifest, manifest::ValueType};

/// The question as one statement.
pub(super) fn of(question: &Question, manifest: &Manifest) -> Result<String, Error> {
    let column = |name: &str| expression(name, manifest);
    let keys = question.group_by.iter().map(|name| {
        let expression = column(name)?;
        Ok(format!("{expression} AS {}", quoted(name)))
    });
    let measures = question.measures.iter().map(|measure| measured(measure, manifest));
    let selected: Vec<String> = keys.chain(measures).collect::<Result<_, Error>>()?;
    let conditions: Vec<String> = question
        .conditions
        .iter()
        .map(|condition| tested(condition, manifest))
        .collect::<Result<_, _>>()?;
    let mut sql = format!("SELECT {} FROM {}", selected.join(", "), quoted(&question.dataset));
    if !conditions.is_empty() {
        sql.push_str(" WHERE ");
        sql.push_str(&conditions.join(" AND "));
    }
    // By position: a measure may be called as some column is.
    let positions = 1..=question.group_by.len();
    if !positions.is_empty() {
        let listed = |suffix: &str| {
            positions
                .clone()
                .map(|position| format!("{position}{suffix}"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        sql.push_str(" GROUP BY ");
        sql.push_str(&listed(""));
        sql.push_str(" ORDER BY ");
        sql.push_str(&listed(" NULLS FIRST"));
    }
    Ok(sql)
}

/// A column as it is compared and given out: times as nanoseconds, which no zone of a session changes.
fn expression(name: &str, manifest: &Manifest) -> Result<String, Error> {
    match manifest.value_type(name) {
        Some(ValueType::Time) => Ok(format!("epoch_ns({})", quoted(name))),
        Some(_) => Ok(quoted(name)),
        None => Err(Error::NoColumn { column: name.to_owned() }),
    }
}

fn measured(measure: &Measure, manifest: &Manifest) -> Result<String, Error> {
    let column = measure.column.as_deref().map(|name| expression(name, manifest)).transpose()?;
    let column = column.as_deref().unwrap_or("*");
    let function = match measure.of {
        Of::Count => format!("count({column})"),
        Of::CountDistinct => format!("count(DISTINCT {column})"),
        Of::Sum => format!("sum({column})"),
        Of::Minimum => format!("min({column})"),
        Of::Maximum => format!("max({column})"),
    };
    Ok(format!("{function} AS {}", quoted(&measure.name)))
}

fn tested(condition: &Condition, manifest: &Manifest) -> Result<String, Error> {
    let column = expression(&condition.column, manifest)?;
    let value_type = manifest.value_type(&condition.column).unwrap_or(ValueType::Text);
    let wrong = |what| Error::Condition { column: condition.column.clone(), what };
    let literal =
        |value| Constant::new(value, value_type).map(|constant| written(&constant)).map_err(wrong);
    let values = condition.value.as_ref();
    let operator = match condition.is {
        Comparison::Present => return Ok(format!("{column} IS NOT NULL")),
        Comparison::Absent => return Ok(format!("{column} IS NULL")),
        Comparison::OneOf => {
            let values = values
                .and_then(serde_json::Value::as_array)
                .ok_or_else(|| wrong("it needs a list of values"))?;
            let values: Vec<String> = values.iter().map(literal).collect::<Result<_, _>>()?;
            return Ok(format!("{column} IN ({})", values.join(", ")));
        }
        Comparison::MemberOf => {
            let members = values.ok_or_else(|| wrong("it needs a file of members"))?;
            return Ok(format!("{column} IN ({})", Members::of(members).map_err(wrong)?.sql()));
        }
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
    };
    let value = values.ok_or_else(|| wrong("it needs a value"))?;
    Ok(format!("{column} {operator} {}", literal(value)?))
}

fn written(constant: &Constant) -> String {
    match constant {
        Constant::Boolean(boolean) => boolean.to_string().to_uppercase(),
        Constant::Integer(integer) | Constant::Time(integer) => integer.to_string(),
        Constant::Text(text) => format!("'{}'", text.replace('\'', "''")),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
