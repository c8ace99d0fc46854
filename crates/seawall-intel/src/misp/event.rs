//! What does an event of MISP say? Its attributes become indicators, as far as they are meant for detection.

use jiff::Timestamp;
use seawall_core::event::Reject;
use serde_json::{Value, json};

use super::{Galaxy, MispError, time};
use crate::{
    indicator::{Terms, indicator_object, pattern_object, source_identity},
    known::Known,
    stix::{Draft, Object, Tlp, stamp},
};

/// What came of events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventObjects {
    /// Identities, indicators, and a report for each event.
    pub objects: Vec<Object>,
    /// Galaxies that the events name.
    pub galaxies: Vec<Galaxy>,
    /// Attributes that are no indicators, and why.
    pub rejects: Vec<Reject>,
    /// Attributes that are not meant for detection, or were deleted.
    pub passed_over: u64,
}

/// Whether JSON looks like events of MISP.
pub fn is_event(value: &Value) -> bool {
    !events(value).is_empty()
}

/// The events in what a server of MISP answers, in a file of a feed, or in a list.
fn events(value: &Value) -> Vec<&Value> {
    let items = match value.get("response").unwrap_or(value) {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    };
    items.into_iter().filter_map(|item| item.get("Event")).collect()
}

/// Reads events. What they do not say themselves (how long an indicator is good, how sure it is) comes from `terms`,
/// and so does the source, where an event names none.
pub fn read_events(text: &str, source: &str, terms: &Terms) -> Result<EventObjects, MispError> {
    let value: Value = serde_json::from_str(text)?;
    let mut result = EventObjects::default();
    for event in events(&value) {
        read_event(event, source, terms, &mut result).ok_or(MispError::Form("an event"))?;
    }
    Ok(result)
}

fn read_event(event: &Value, source: &str, terms: &Terms, result: &mut EventObjects) -> Option<()> {
    let (uuid, info) = (event.get("uuid")?.as_str()?, event.get("info")?.as_str()?);
    let at = event.get("timestamp").and_then(time).unwrap_or(terms.at);
    let mut terms = Terms { at, ..terms.clone() };
    let creator = event.get("Orgc").and_then(|it| it.get("name")).and_then(Value::as_str);
    if let Some(creator) = creator {
        let identity = source_identity(creator);
        terms.source = identity.id().clone();
        result.objects.push(identity);
    }
    if let Some(tlp) = tags(event).filter_map(|tag| tag.parse::<Tlp>().ok()).max() {
        terms.tlp = tlp;
    }
    let list = |value: &'_ Value, name: &str| {
        value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let within = list(event, "Object").into_iter().flat_map(|object| list(&object, "Attribute"));
    let attributes: Vec<Value> = list(event, "Attribute").into_iter().chain(within).collect();
    let mut refs = Vec::new();
    for (number, attribute) in (1..).zip(&attributes) {
        let made = read_attribute(attribute, info, &terms);
        match made {
            Attribute::Indicators(made) => {
                refs.extend(made.iter().map(|object| object.id().to_string()));
                result.objects.extend(made);
            }
            Attribute::PassedOver => result.passed_over += 1,
            Attribute::Rejected(reason) => result.rejects.push(Reject {
                source: source.to_owned(),
                line: number,
                field: None,
                reason,
                event_kept: false,
            }),
        }
    }
    for galaxy in list(event, "Galaxy") {
        result.galaxies.extend(Galaxy::of_event(&galaxy));
    }
    if !refs.is_empty() {
        let published = event.get("publish_timestamp").and_then(time).unwrap_or(at);
        refs.sort_unstable();
        refs.dedup();
        let report = Draft::new("report", uuid, at, at)
            .by(&terms.source, terms.tlp)
            .with("name", info)
            .with("published", stamp(published))
            .with("report_types", json!(["indicator"]))
            .with("external_references", json!([{"source_name": "misp", "external_id": uuid}]))
            .with("object_refs", refs);
        result.objects.push(report.done());
    }
    Some(())
}

fn tags(value: &Value) -> impl Iterator<Item = &str> {
    let tags = value.get("Tag").and_then(Value::as_array);
    tags.into_iter().flatten().filter_map(|tag| tag.get("name")?.as_str())
}

enum Attribute {
    Indicators(Vec<Object>),
    PassedOver,
    Rejected(String),
}

fn read_attribute(attribute: &Value, info: &str, terms: &Terms) -> Attribute {
    let text = |name: &str| attribute.get(name).and_then(Value::as_str);
    let is = |name: &str| match attribute.get(name) {
        Some(Value::Bool(is)) => *is,
        Some(Value::String(text)) => text == "1" || text == "true",
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        _ => false,
    };
    if !is("to_ids") || is("deleted") {
        return Attribute::PassedOver;
    }
    let (Some(kind), Some(value)) = (text("type"), text("value")) else {
        return Attribute::Rejected("no `type` or no `value`".to_owned());
    };
    let seen = |name: &str| attribute.get(name).and_then(time);
    let at: Option<Timestamp> = seen("first_seen").or_else(|| seen("timestamp"));
    let tlp = tags(attribute).filter_map(|tag| tag.parse().ok()).max().unwrap_or(terms.tlp);
    let terms = Terms { at: at.unwrap_or(terms.at), tlp, ..terms.clone() };
    let comment = text("comment").filter(|comment| !comment.is_empty()).unwrap_or(info);
    if kind == "stix2-pattern" {
        return Attribute::Indicators(vec![pattern_object(value, comment, None, &terms)]);
    }
    // A value of two parts is two values.
    let parts: Vec<_> = kind.split('|').zip(value.split('|')).collect();
    let mut made = Vec::new();
    let mut refused = None;
    for (kind, value) in parts {
        match Known::named(kind, value) {
            Ok(known) => made.push(indicator_object(&known, Some(comment), &terms)),
            Err(error) => refused = Some(error),
        }
    }
    match refused {
        Some(error) if made.is_empty() => Attribute::Rejected(error.to_string()),
        _ => Attribute::Indicators(made),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{is_event, read_events};
    use crate::{
        indicator::{Terms, source_identity},
        stix::Tlp,
    };

    #[test]
    fn attributes_for_detection_become_indicators() {
        let event = json!({"response": [{"Event": {
            "uuid": "5e0f4d3c-0000-4000-8000-000000000001", "info": "Farm", "timestamp": "1700000000",
            "Orgc": {"name": "CERT"}, "Tag": [{"name": "tlp:amber"}],
            "Attribute": [
                {"type": "domain", "value": "evil.com", "to_ids": true, "timestamp": "1700000100"},
                {"type": "domain|ip", "value": "shop.evil.com|1.2.3.4", "to_ids": true},
                {"type": "domain", "value": "fine.com", "to_ids": false},
                {"type": "filename", "value": "a.exe", "to_ids": true},
            ],
            "Object": [{"Attribute": [{"type": "AS", "value": "AS64496", "to_ids": "1"}]}],
        }}]});
        assert!(is_event(&event));
        let source = source_identity("feed").id().clone();
        let at = "2024-01-01T00:00:00Z".parse().unwrap();
        let terms = Terms { source, at, days: 30, confidence: 50, tlp: Tlp::Green };
        let read = read_events(&event.to_string(), "x.json", &terms).unwrap();
        let patterns: Vec<_> = read.objects.iter().filter_map(|it| it.text("pattern")).collect();
        assert_eq!(
            patterns,
            [
                "[domain-name:value = 'evil.com']",
                "[domain-name:value = 'shop.evil.com']",
                "[ipv4-addr:value = '1.2.3.4']",
                "[autonomous-system:number = 64496]",
            ]
        );
        assert_eq!((read.passed_over, read.rejects.len()), (1, 1));
        assert_eq!(read.objects[0].text("name"), Some("CERT"));
        assert_eq!(read.objects[1].text("valid_from"), Some("2023-11-14T22:15:00.000Z"));
        assert!(read.objects.iter().skip(1).all(|it| Tlp::of(it) == Some(Tlp::Amber)));
        let report = read.objects.last().unwrap();
        assert_eq!(report.texts("object_refs").count(), 4);
    }
}
