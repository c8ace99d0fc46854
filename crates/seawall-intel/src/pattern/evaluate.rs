//! Does one observation fit a comparison?

use std::{
    cmp::Ordering,
    net::{Ipv4Addr, Ipv6Addr},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    Observation,
    compile::{Constant, Ready, ReadyCheck, normal, parse_network},
    lexer::hex,
    syntax::{Order, Path, Step},
};

/// Why it could not be said whether observations fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// A text that should be a time is none. It is not passed over in silence, since a sighting would be missed.
    #[error("a value that the pattern compares with a time is none")]
    NotATime,
    /// There are too many ways to try.
    #[error("too many ways in which the observations could fit")]
    TooComplex,
}

/// What a path leads to.
#[derive(Clone, Debug)]
enum Found<'a> {
    Json(&'a Value),
    Object(&'a Map<String, Value>),
    Bytes(Vec<u8>),
    /// Several objects that a property refers to.
    Objects(Vec<&'a Map<String, Value>>),
}

/// Whether one object of the observation fits.
pub(super) fn holds(test: &Ready, observation: &Observation<'_>) -> Result<bool, EvaluateError> {
    for object in &observation.objects {
        if object_holds(test, object, observation)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn object_holds(
    test: &Ready,
    object: &Map<String, Value>,
    observation: &Observation<'_>,
) -> Result<bool, EvaluateError> {
    match test {
        Ready::Or(children) => {
            for child in children {
                if object_holds(child, object, observation)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Ready::And(children) => {
            for child in children {
                if !object_holds(child, object, observation)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Ready::Test { path, negated, check } => {
            if object.get("type").and_then(Value::as_str) != Some(&path.object_type) {
                return Ok(false);
            }
            let found = follow(path, object, observation);
            if matches!(check, ReadyCheck::Exists) {
                return Ok(found.is_empty() == *negated);
            }
            for value in &found {
                if value_holds(check, value, *negated)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

/// Everything that a path leads to from an object.
fn follow<'a>(
    path: &Path,
    object: &'a Map<String, Value>,
    observation: &Observation<'a>,
) -> Vec<Found<'a>> {
    let mut found = vec![Found::Object(object)];
    for step in &path.steps {
        found = found.iter().flat_map(|from| take_step(from, step, observation)).collect();
        if found.is_empty() {
            break;
        }
    }
    found
}

fn take_step<'a>(from: &Found<'a>, step: &Step, observation: &Observation<'a>) -> Vec<Found<'a>> {
    match (step, from) {
        (Step::Key(key), Found::Object(object)) => property(object, key, observation),
        (Step::Key(key), Found::Json(Value::Object(object))) => property(object, key, observation),
        (Step::Index(index), Found::Json(Value::Array(items))) => {
            let item = usize::try_from(*index).ok().and_then(|index| items.get(index));
            item.map(Found::Json).into_iter().collect()
        }
        (Step::Index(index), Found::Objects(objects)) => {
            let object = usize::try_from(*index).ok().and_then(|index| objects.get(index));
            object.map(|object| Found::Object(object)).into_iter().collect()
        }
        (Step::Any, Found::Json(Value::Array(items))) => items.iter().map(Found::Json).collect(),
        (Step::Any, Found::Objects(objects)) => {
            objects.iter().map(|object| Found::Object(object)).collect()
        }
        _ => Vec::new(),
    }
}

/// A property; its name says whether it refers to others, or holds bytes.
fn property<'a>(
    object: &'a Map<String, Value>,
    key: &str,
    observation: &Observation<'a>,
) -> Vec<Found<'a>> {
    let Some(value) = object.get(key) else { return Vec::new() };
    let referred =
        |id: &Value| observation.objects.iter().find(|other| other.get("id") == Some(id)).copied();
    let found = if key.ends_with("_ref") {
        referred(value).map(Found::Object)
    } else if key.ends_with("_refs") {
        let objects: Vec<_> = value.as_array().into_iter().flatten().filter_map(referred).collect();
        (!objects.is_empty()).then_some(Found::Objects(objects))
    } else if key.ends_with("_hex") {
        value.as_str().and_then(hex).map(Found::Bytes)
    } else if key.ends_with("_bin") {
        value.as_str().and_then(|text| STANDARD.decode(text).ok()).map(Found::Bytes)
    } else {
        Some(Found::Json(value))
    };
    found.into_iter().collect()
}

fn value_holds(
    check: &ReadyCheck,
    value: &Found<'_>,
    negated: bool,
) -> Result<bool, EvaluateError> {
    let text = match value {
        Found::Json(Value::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let is = match check {
        ReadyCheck::Equal(constant) => equal(constant, value)?,
        ReadyCheck::NotEqual(constant) => !equal(constant, value)?,
        ReadyCheck::In(constants) => {
            let mut is = false;
            for constant in constants {
                is |= equal(constant, value)?;
            }
            is
        }
        ReadyCheck::Order(order, constant) => match compare(constant, value)? {
            // What cannot be compared is in no order, not even in the opposite one.
            Compared::Unlike => return Ok(false),
            Compared::Unordered => false,
            Compared::As(ordering) => match order {
                Order::Less => ordering.is_lt(),
                Order::LessOrEqual => ordering.is_le(),
                Order::Greater => ordering.is_gt(),
                Order::GreaterOrEqual => ordering.is_ge(),
            },
        },
        ReadyCheck::Like(regex) => match value {
            Found::Bytes(bytes) => {
                std::str::from_utf8(bytes).is_ok_and(|text| regex.is_match(&normal(text)))
            }
            _ => text.is_some_and(|text| regex.is_match(&normal(text))),
        },
        ReadyCheck::Matches(regex, for_bytes) => match value {
            Found::Bytes(bytes) => for_bytes.as_ref().is_some_and(|regex| regex.is_match(bytes)),
            _ => text.is_some_and(|text| regex.is_match(&normal(text))),
        },
        ReadyCheck::Subset(network) => {
            text.and_then(parse_network).is_some_and(|value| network.contains(&value))
        }
        ReadyCheck::Superset(network) => {
            text.and_then(parse_network).is_some_and(|value| value.contains(network))
        }
        ReadyCheck::Exists => true,
    };
    Ok(is != negated)
}

fn equal(constant: &Constant, value: &Found<'_>) -> Result<bool, EvaluateError> {
    Ok(match (constant, value) {
        (Constant::Boolean(constant), Found::Json(Value::Bool(value))) => constant == value,
        _ => compare(constant, value)? == Compared::As(Ordering::Equal),
    })
}

/// How a value stands to a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compared {
    /// Their kinds have no order.
    Unlike,
    /// Their kinds have an order, but these two have none.
    Unordered,
    /// In this order.
    As(Ordering),
}

fn compare(constant: &Constant, value: &Found<'_>) -> Result<Compared, EvaluateError> {
    let ordering = match (value, constant) {
        (Found::Json(Value::Number(value)), Constant::Integer(constant)) => match value.as_i64() {
            Some(value) => Some(value.cmp(constant)),
            None => value.as_f64().and_then(|value| value.partial_cmp(&(*constant as f64))),
        },
        (Found::Json(Value::Number(value)), Constant::Float(constant)) => {
            value.as_f64().and_then(|value| value.partial_cmp(constant))
        }
        (Found::Json(Value::String(value)), Constant::Text(constant)) => {
            // In the order of code points, which is that of UTF-8.
            Some(single(value).cmp(single(constant)))
        }
        (Found::Json(Value::String(value)), Constant::Bytes(constant)) => {
            narrow(value).map(|value| value.cmp(constant))
        }
        (Found::Bytes(value), Constant::Text(constant)) => {
            narrow(constant).map(|constant| value.cmp(&constant))
        }
        (Found::Bytes(value), Constant::Bytes(constant)) => Some(value.cmp(constant)),
        (Found::Json(Value::String(value)), Constant::Time(constant)) => {
            let time = moment(value).ok_or(EvaluateError::NotATime)?;
            Some(time.cmp(constant))
        }
        _ => return Ok(Compared::Unlike),
    };
    Ok(ordering.map_or(Compared::Unordered, Compared::As))
}

/// An address without the prefix that says it is one address (STIX 2.1, 6.7.1 and 6.8.1): both spellings are one value.
pub(super) fn single(text: &str) -> &str {
    if let Some(address) = text.strip_suffix("/32").filter(|it| it.parse::<Ipv4Addr>().is_ok()) {
        return address;
    }
    text.strip_suffix("/128").filter(|it| it.parse::<Ipv6Addr>().is_ok()).unwrap_or(text)
}

/// A text whose characters are bytes.
fn narrow(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect()
}

/// A time as STIX has it.
fn moment(text: &str) -> Option<Timestamp> {
    let upper = !text.bytes().any(|byte| byte.is_ascii_lowercase());
    let whole = text.len() >= "2010-05-21T13:21:43Z".len();
    let seconds =
        text.get(17..19).and_then(|text| text.parse().ok()).is_some_and(|it: u8| it <= 60);
    (upper && whole && seconds && text.ends_with('Z') && text.get(10..11) == Some("T"))
        .then(|| text.parse().ok())?
}
