//! What does every object have?

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{NotAnId, StixId};

/// An object of STIX: what every object has, typed; and the whole of it, as it came.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Object {
    #[serde(skip)]
    id: StixId,
    #[serde(skip)]
    modified: Option<Timestamp>,
    #[serde(skip)]
    revoked: bool,
    body: Map<String, Value>,
}

/// Why a JSON object is none of STIX.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnObject {
    /// It is no object of JSON at all.
    #[error("not a JSON object")]
    NoJsonObject,
    /// It has no id.
    #[error("no `id`")]
    NoId,
    /// Its id is none.
    #[error("`id`: {0}")]
    Id(#[from] NotAnId),
    /// Its type is another than that of its id.
    #[error("`type` is not that of the `id`")]
    Type,
    /// A time is none.
    #[error("`{0}` is not a time in UTC, such as `2016-05-12T08:17:27.000Z`")]
    Time(&'static str),
    /// `revoked` is neither true nor false.
    #[error("`revoked` is neither true nor false")]
    Revoked,
}

impl Object {
    /// Takes a JSON object for what it says it is.
    pub fn new(value: Value) -> Result<Self, NotAnObject> {
        let Value::Object(body) = value else { return Err(NotAnObject::NoJsonObject) };
        let text = body.get("id").and_then(Value::as_str).ok_or(NotAnObject::NoId)?;
        let id: StixId = text.parse()?;
        if body.get("type").and_then(Value::as_str) != Some(id.object_type()) {
            return Err(NotAnObject::Type);
        }
        let time = |name| match body.get(name) {
            None => Ok(None),
            Some(value) => time_of(value).map(Some).ok_or(NotAnObject::Time(name)),
        };
        time("created")?;
        let modified = time("modified")?;
        let revoked = match body.get("revoked") {
            None => false,
            Some(value) => value.as_bool().ok_or(NotAnObject::Revoked)?,
        };
        Ok(Self { id, modified, revoked, body })
    }

    /// Its id.
    pub fn id(&self) -> &StixId {
        &self.id
    }

    /// Its type.
    pub fn object_type(&self) -> &str {
        self.id.object_type()
    }

    /// When this version was made; `None` for what has no versions: observables and markings.
    pub fn modified(&self) -> Option<Timestamp> {
        self.modified
    }

    /// Whether its producer takes it back.
    pub fn revoked(&self) -> bool {
        self.revoked
    }

    /// All of it.
    pub fn body(&self) -> &Map<String, Value> {
        &self.body
    }

    /// A property that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }

    /// A property that is a time.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        time_of(self.body.get(name)?)
    }

    /// A property that is a list of texts; what is no text is passed over.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let list = self.body.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    /// How sure the producer is, 0 to 100.
    pub fn confidence(&self) -> Option<u8> {
        let confidence = self.body.get("confidence")?.as_u64()?;
        u8::try_from(confidence).ok().filter(|it| *it <= 100)
    }
}

/// RFC 3339 in UTC, as STIX has it (2.16): with `T` and `Z`.
fn time_of(value: &Value) -> Option<Timestamp> {
    value.as_str().filter(|text| text.ends_with('Z') && text.contains('T'))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{NotAnObject, Object};

    const ID: &str = "campaign--e18dca82-0524-4338-9a66-e13e67c81ac4";

    #[test]
    fn what_is_not_known_is_kept() {
        let value = json!({
            "type": "campaign", "id": ID, "modified": "2023-12-13T00:00:00.000Z",
            "x_own": {"deep": [1, 2.5, null, "é"]}, "extensions": {"a": {"b": -1}},
        });
        let object = Object::new(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&object).unwrap(), value);
        assert_eq!(object.modified().unwrap().to_string(), "2023-12-13T00:00:00Z");
        assert!(!object.revoked());
    }

    #[test]
    fn what_every_object_has_must_be_sound() {
        let with = |name: &str, value: serde_json::Value| {
            let mut object = json!({"type": "campaign", "id": ID});
            object[name] = value;
            Object::new(object)
        };
        assert!(with("confidence", json!(85)).unwrap().confidence() == Some(85));
        assert!(with("confidence", json!(101)).unwrap().confidence().is_none());
        assert_eq!(with("type", json!("tool")), Err(NotAnObject::Type));
        assert_eq!(with("modified", json!("2023")), Err(NotAnObject::Time("modified")));
        assert_eq!(with("created", json!(5)), Err(NotAnObject::Time("created")));
        assert_eq!(with("revoked", json!("yes")), Err(NotAnObject::Revoked));
        assert_eq!(Object::new(json!([])), Err(NotAnObject::NoJsonObject));
        assert_eq!(Object::new(json!({})), Err(NotAnObject::NoId));
    }
}
