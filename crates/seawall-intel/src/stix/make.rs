//! How does Seawall make objects of its own?

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};
use serde_json::{Map, Value};
use uuid::{Uuid, uuid};

use super::{Object, StixId, Tlp};

/// Namespace of the ids that Seawall gives: the same thing has the same id in every export.
pub(super) const NAMESPACE: Uuid = uuid!("6d0f1c9e-5b0a-5c1f-9a37-0f6a0c9b7a52");

/// The id of an object of ours, which follows from its type and `key`.
pub fn own_id(object_type: &str, key: &str) -> StixId {
    StixId::new(object_type, Uuid::new_v5(&NAMESPACE, format!("{object_type}\n{key}").as_bytes()))
}

/// A time as STIX has it: UTC, three decimals.
pub fn stamp(at: Timestamp) -> String {
    const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
    PRINTER.timestamp_to_string(&at)
}

/// An object in the making.
#[derive(Clone, Debug)]
pub struct Draft(Map<String, Value>);

impl Draft {
    /// A domain or relationship object that follows from `key`, made and last changed at these times.
    pub fn new(object_type: &str, key: &str, created: Timestamp, modified: Timestamp) -> Self {
        let mut body = Map::new();
        body.insert("type".into(), object_type.into());
        body.insert("spec_version".into(), "2.1".into());
        body.insert("id".into(), own_id(object_type, key).as_str().into());
        body.insert("created".into(), stamp(created).into());
        body.insert("modified".into(), stamp(modified).into());
        Self(body)
    }

    /// With that property; an empty list or text is left out, as the standard wants it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            _ => false,
        };
        if !empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    /// Made by that identity, and marked.
    #[must_use]
    pub fn by(self, creator: &StixId, tlp: Tlp) -> Self {
        self.with("created_by_ref", creator.as_str())
            .with("object_marking_refs", vec![tlp.id().as_str()])
    }

    /// The object.
    pub fn done(self) -> Object {
        Object::new(Value::Object(self.0)).expect("a draft has what every object has")
    }
}

#[cfg(test)]
mod tests {
    use super::{Draft, own_id, stamp};

    #[test]
    fn a_draft_is_an_object_without_empty_properties() {
        let at = "2023-12-07T09:00:00.123456Z".parse().unwrap();
        assert_eq!(stamp(at), "2023-12-07T09:00:00.123Z");
        let object = Draft::new("campaign", "c-1", at, at)
            .with("name", "x")
            .with("aliases", Vec::<String>::new())
            .with("description", "")
            .done();
        assert_eq!(object.id(), &own_id("campaign", "c-1"));
        assert_eq!(object.body().len(), 6);
    }
}
