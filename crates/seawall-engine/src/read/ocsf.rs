//! Which event is an OCSF 1.x Account Change, User Management or Authentication?
//!
//! Attributes are those of <https://schema.ocsf.io>. An activity other than the creation of an account
//! or a logon is an action of that name.

use seawall_core::event::Extra;
use serde_json::{Map, Value};

use super::collector::Collector;
use super::draft::{Draft, NESTED};
use super::field::{Field, NameTable};

const ACCOUNT_CHANGE: u64 = 3001;
const AUTHENTICATION: u64 = 3002;
const USER_MANAGEMENT: u64 = 3007;

/// Where a field is found: the first of the paths that has a value.
const PATHS: &[(Field, &[&[&str]])] = &[
    (Field::Time, &[&["time"], &["time_dt"]]),
    (
        Field::Account,
        &[
            &["user", "uid"],
            &["user", "account", "uid"],
            &["user", "name"],
            &["user", "email_addr"],
        ],
    ),
    (Field::Ip, &[&["src_endpoint", "ip"], &["device", "ip"]]),
    (Field::Asn, &[&["src_endpoint", "autonomous_system", "number"]]),
    (
        Field::Country,
        &[&["src_endpoint", "location", "country"], &["device", "location", "country"]],
    ),
    (Field::Email, &[&["user", "email_addr"]]),
    (Field::Phone, &[&["user", "phone_number"]]),
    (Field::Username, &[&["user", "name"]]),
    (Field::DisplayName, &[&["user", "display_name"], &["user", "full_name"]]),
    (Field::UserAgent, &[&["http_request", "user_agent"]]),
    (Field::DeviceId, &[&["device", "uid"]]),
    (Field::Referrer, &[&["http_request", "referrer"]]),
];

/// Reads a line as OCSF. False, with nothing collected, where it is not OCSF.
pub(super) fn parse(
    text: &str,
    line: u64,
    names: &NameTable,
    collector: &mut Collector<'_>,
) -> bool {
    let Ok(object) = serde_json::from_str::<Map<String, Value>>(text) else { return false };
    let Some(class) = object.get("class_uid") else { return false };
    if object.get(names.name_of(Field::Account)).and_then(scalar).is_some() {
        return false;
    }
    collector.restart();
    match class.as_u64() {
        Some(ACCOUNT_CHANGE | AUTHENTICATION | USER_MANAGEMENT) => {
            event(&object, class.as_u64() == Some(AUTHENTICATION), names, collector);
        }
        _ => collector.reject_line(
            line,
            "an OCSF event that is none of Account Change, User Management and Authentication",
        ),
    }
    true
}

fn event(
    object: &Map<String, Value>,
    authentication: bool,
    names: &NameTable,
    collector: &mut Collector<'_>,
) {
    let mut texts: Vec<(Field, String)> = Vec::new();
    for (field, paths) in PATHS {
        texts.extend(paths.iter().find_map(|path| at(object, path)).map(|text| (*field, text)));
    }
    texts.extend(ja4(object).map(|text| (Field::Ja4, text)));
    texts.extend(outcome(object).map(|text| (Field::Outcome, text.to_owned())));
    match (object.get("activity_id").and_then(Value::as_u64), authentication) {
        (Some(1), false) => texts.push((Field::Type, "signup".to_owned())),
        (Some(1), true) => texts.push((Field::Type, "login".to_owned())),
        (id, _) => {
            texts.push((Field::Type, "action".to_owned()));
            texts.push((Field::Action, activity(object, id)));
        }
    }
    let mut extra_texts: Vec<(&str, String)> = Vec::new();
    let mut nested = Vec::new();
    if let Some(Value::Object(unmapped)) = object.get("unmapped") {
        for (name, value) in unmapped {
            match (names.field(name), scalar(value)) {
                (Some(field), Some(text)) if texts.iter().all(|(known, _)| *known != field) => {
                    texts.push((field, text));
                }
                (Some(field), None) if !value.is_null() => nested.push(field),
                (_, Some(text)) => extra_texts.push((name, text)),
                (_, None) if !value.is_null() => extra_texts.push((name, value.to_string())),
                _ => {}
            }
        }
    }
    let mut draft = Draft::new();
    for field in nested {
        collector.fault(&mut draft, field, NESTED);
    }
    for (field, text) in &texts {
        collector.set(&mut draft, *field, text);
    }
    let mut extra = Vec::new();
    for (name, value) in &extra_texts {
        if collector.extra_fits(value) {
            extra.push(Extra { name, value });
        }
    }
    collector.finish(&draft, &extra);
}

fn at(object: &Map<String, Value>, path: &[&str]) -> Option<String> {
    let (last, parents) = path.split_last()?;
    let mut object = object;
    for name in parents {
        object = object.get(*name)?.as_object()?;
    }
    scalar(object.get(*last)?)
}

/// Text of a string, number or boolean; an empty string is absent.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        _ => None,
    }
}

/// The first JA4 (type 1) of the event's fingerprints: its own list, or that of its TLS object.
fn ja4(object: &Map<String, Value>) -> Option<String> {
    let own = object.get("ja4_fingerprint_list");
    let of_tls = || object.get("tls")?.get("ja4_fingerprint_list");
    let list = own.or_else(of_tls)?.as_array()?;
    list.iter()
        .filter(|print| print.get("type_id").is_none_or(|kind| kind.as_u64() == Some(1)))
        .find_map(|print| scalar(print.get("value")?))
}

fn outcome(object: &Map<String, Value>) -> Option<&'static str> {
    match object.get("status_id").and_then(Value::as_u64) {
        Some(1) => return Some("success"),
        Some(2) => return Some("failure"),
        _ => {}
    }
    let status = object.get("status")?.as_str()?;
    ["success", "failure"].into_iter().find(|word| status.eq_ignore_ascii_case(word))
}

/// Name of an activity in the form of our action names: "Password Change" is `password_change`.
fn activity(object: &Map<String, Value>, id: Option<u64>) -> String {
    match object.get("activity_name").and_then(Value::as_str) {
        Some(name) if !name.is_empty() => name.to_ascii_lowercase().replace([' ', ':'], "_"),
        _ => format!("activity_{}", id.unwrap_or(0)),
    }
}
