//! How are objects read and written?
//!
//! A bundle is read object by object, so that memory does not grow with it: what is done with an object is up to the
//! caller. An envelope of TAXII and a single object are read as well.

use std::{
    cell::Cell,
    fmt,
    io::{self, Read, Write},
};

use seawall_core::event::Reject;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Object, StixId, make::NAMESPACE};

/// Bytes that are read at a time.
const BUFFER_BYTES: usize = 1 << 16;

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole.
    pub bytes_max: u64,
    /// Bytes of one object.
    pub object_bytes_max: u64,
    /// Objects.
    pub objects_max: u64,
}

impl Default for Limits {
    /// 4 GiB, 8 MiB (ATT&CK's largest object has a tenth of that), 5 million objects.
    fn default() -> Self {
        Self { bytes_max: 4 << 30, object_bytes_max: 8 << 20, objects_max: 5_000_000 }
    }
}

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Objects handed on.
    pub objects: u64,
    /// What stood among the objects and is none.
    pub rejects: u64,
}

/// Why reading stopped. What was handed on before stands.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// It is no JSON, or nested too deeply.
    #[error("not a bundle that can be read, in object {object}")]
    Json {
        /// Number of the object it was in; 0 before the first.
        object: u64,
        /// What is wrong, and where. It quotes no content.
        #[source]
        source: serde_json::Error,
    },
    /// Neither a bundle, nor an envelope, nor an object.
    #[error(
        "neither a bundle nor an object of STIX\nhint: a bundle has `\"type\": \"bundle\"` and `objects`"
    )]
    Neither,
    /// It is larger than what is read.
    #[error("more than {0} bytes")]
    Bytes(u64),
    /// One object is larger than what is read of one.
    #[error("object {object} has more than {bytes_max} bytes")]
    ObjectBytes {
        /// Its number.
        object: u64,
        /// Bytes that may be read.
        bytes_max: u64,
    },
    /// It has more objects than are read.
    #[error("more than {0} objects")]
    Objects(u64),
    /// What took the objects failed.
    #[error(transparent)]
    Taken(#[from] io::Error),
}

/// Reads a bundle, an envelope of TAXII or a single object, and hands on object by object; `source` is what a
/// [`Reject`] names, with the number of the object as its line.
pub fn read_bundle(
    reader: impl Read,
    source: &str,
    limits: Limits,
    take: &mut dyn FnMut(Result<Object, Reject>) -> io::Result<()>,
) -> Result<Summary, BundleError> {
    let progress = Progress::default();
    progress.left.set(limits.bytes_max.saturating_add(1));
    progress.object_left.set(limits.object_bytes_max);
    let capped = Capped::new(reader, &progress);
    let mut deserializer = serde_json::Deserializer::from_reader(capped);
    let mut reading = Reading {
        source,
        limits,
        progress: &progress,
        take,
        stopped: None,
        summary: Summary::default(),
    };
    let read = reading
        .deserialize_top(&mut deserializer)
        .and_then(|single| deserializer.end().map(|()| single));
    if let Some(stopped) = reading.stopped.take() {
        return Err(stopped);
    }
    let object = progress.object.get();
    match read {
        Ok(None) => {}
        Ok(Some(single)) => {
            if single.get("type").is_none() || single.get("id").is_none() {
                return Err(BundleError::Neither);
            }
            reading.hand_on(1, Value::Object(single))?;
        }
        Err(_) if progress.left.get() == 0 => return Err(BundleError::Bytes(limits.bytes_max)),
        Err(_) if progress.object_left.get() == 0 => {
            return Err(BundleError::ObjectBytes { object, bytes_max: limits.object_bytes_max });
        }
        Err(source) => return Err(BundleError::Json { object, source }),
    }
    Ok(reading.summary)
}

/// Writes objects as a bundle, in their order. The id of the bundle follows from the ids and versions of its objects,
/// so that the same objects give the same bytes.
pub fn write_bundle(out: &mut dyn Write, objects: &[&Object]) -> io::Result<StixId> {
    let mut key = String::new();
    for object in objects {
        key.push_str(object.id().as_str());
        key.push_str(object.text("modified").unwrap_or_default());
        key.push('\n');
    }
    let id = StixId::new("bundle", Uuid::new_v5(&NAMESPACE, key.as_bytes()));
    write!(out, "{{\n\"type\": \"bundle\",\n\"id\": \"{id}\",\n\"objects\": [")?;
    for (number, object) in objects.iter().enumerate() {
        out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, object)?;
    }
    out.write_all(b"\n]\n}\n")?;
    Ok(id)
}

/// How far the reading is, shared between the reader of bytes and the reader of objects.
#[derive(Debug, Default)]
struct Progress {
    /// Bytes that may still be read in all.
    left: Cell<u64>,
    /// Bytes that may still be read of this object.
    object_left: Cell<u64>,
    /// Number of this object.
    object: Cell<u64>,
}

/// A reader that counts, and stops where a limit is reached.
struct Capped<'a, R> {
    inner: R,
    progress: &'a Progress,
    buffer: Box<[u8]>,
    position: usize,
    filled: usize,
}

impl<'a, R: Read> Capped<'a, R> {
    fn new(inner: R, progress: &'a Progress) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { inner, progress, buffer, position: 0, filled: 0 }
    }
}

impl<R: Read> Read for Capped<'_, R> {
    /// The parser asks for one byte at a time.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(first) = out.first_mut() else { return Ok(0) };
        if self.position == self.filled {
            self.filled = self.inner.read(&mut self.buffer)?;
            self.position = 0;
            if self.filled == 0 {
                return Ok(0);
            }
        }
        let left = self.progress.left.get().saturating_sub(1);
        let object_left = self.progress.object_left.get().saturating_sub(1);
        self.progress.left.set(left);
        self.progress.object_left.set(object_left);
        if left == 0 || object_left == 0 {
            return Err(io::Error::other("larger than what is read"));
        }
        *first = self.buffer[self.position];
        self.position += 1;
        Ok(1)
    }
}

/// The reading of a bundle.
struct Reading<'a> {
    source: &'a str,
    limits: Limits,
    progress: &'a Progress,
    take: &'a mut dyn FnMut(Result<Object, Reject>) -> io::Result<()>,
    /// Why it stopped, where that is not for the parser to say.
    stopped: Option<BundleError>,
    summary: Summary,
}

impl Reading<'_> {
    /// Reads the outermost object; returns it where it has no objects within.
    fn deserialize_top<'de, D: Deserializer<'de>>(
        &mut self,
        deserializer: D,
    ) -> Result<Option<Map<String, Value>>, D::Error> {
        deserializer.deserialize_map(Top(self))
    }

    fn hand_on(&mut self, number: u64, value: Value) -> io::Result<()> {
        let taken = Object::new(value).map_err(|reason| Reject {
            source: self.source.to_owned(),
            line: number,
            field: None,
            reason: reason.to_string(),
            event_kept: false,
        });
        match taken {
            Ok(_) => self.summary.objects += 1,
            Err(_) => self.summary.rejects += 1,
        }
        (self.take)(taken)
    }
}

struct Top<'a, 'b>(&'a mut Reading<'b>);

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = Option<Map<String, Value>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a bundle or an object of STIX")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rest = Map::new();
        let mut is_bundle = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "objects"
                && !rest.contains_key("object_refs")
                && rest.get("id").is_none_or(is_of_bundle)
            {
                is_bundle = true;
                map.next_value_seed(Objects(&mut *self.0))?;
            } else if is_bundle {
                map.next_value::<IgnoredAny>()?;
            } else {
                let value = map.next_value()?;
                rest.insert(key, value);
            }
        }
        // A bundle without objects is one all the same.
        let is_bundle = is_bundle || rest.get("type").and_then(Value::as_str) == Some("bundle");
        Ok((!is_bundle).then_some(rest))
    }
}

/// Observed data of STIX 2.0 have `objects` of their own.
fn is_of_bundle(id: &Value) -> bool {
    id.as_str().is_some_and(|id| id.starts_with("bundle--"))
}

struct Objects<'a, 'b>(&'a mut Reading<'b>);

impl<'de> DeserializeSeed<'de> for Objects<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Objects<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let reading = self.0;
        let mut number = 0_u64;
        loop {
            number += 1;
            reading.progress.object.set(number);
            reading.progress.object_left.set(reading.limits.object_bytes_max.saturating_add(1));
            let Some(value) = sequence.next_element::<Value>()? else { return Ok(()) };
            if number > reading.limits.objects_max {
                reading.stopped = Some(BundleError::Objects(reading.limits.objects_max));
                return Err(A::Error::custom("too many objects"));
            }
            if let Err(error) = reading.hand_on(number, value) {
                reading.stopped = Some(error.into());
                return Err(A::Error::custom("not taken"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{BundleError, Limits, Summary, read_bundle, write_bundle};
    use crate::stix::Object;

    const ID: &str = "tool--e18dca82-0524-4338-9a66-e13e67c81ac4";

    fn read(text: &str, limits: Limits) -> (Vec<Object>, Vec<u64>, Result<Summary, BundleError>) {
        let (mut objects, mut rejects) = (Vec::new(), Vec::new());
        let result = read_bundle(text.as_bytes(), "test", limits, &mut |taken| {
            match taken {
                Ok(object) => objects.push(object),
                Err(reject) => rejects.push(reject.line),
            }
            Ok(())
        });
        (objects, rejects, result)
    }

    #[test]
    fn bundles_envelopes_and_single_objects_are_read() {
        let one = json!({"type": "tool", "id": ID});
        for text in [
            json!({"type": "bundle", "id": "bundle--x", "objects": [one]}).to_string(),
            json!({"more": false, "objects": [one]}).to_string(),
            format!(r#"{{"objects": [{one}], "type": "bundle", "later": {{}}}}"#),
            one.to_string(),
        ] {
            let (objects, rejects, result) = read(&text, Limits::default());
            assert_eq!(result.unwrap(), Summary { objects: 1, rejects: 0 }, "{text}");
            assert_eq!((objects[0].id().as_str(), rejects.len()), (ID, 0));
        }
        assert_eq!(read(r#"{"type": "bundle"}"#, Limits::default()).2.unwrap(), Summary::default());
    }

    #[test]
    fn what_is_no_object_is_told_with_its_number() {
        let text =
            json!({"objects": [{"type": "tool", "id": ID}, 5, {"type": "tool"}]}).to_string();
        let (objects, rejects, result) = read(&text, Limits::default());
        assert_eq!((objects.len(), rejects), (1, vec![2, 3]));
        assert_eq!(result.unwrap(), Summary { objects: 1, rejects: 2 });
    }

    #[test]
    fn what_is_no_bundle_is_refused() {
        assert!(matches!(read("{}", Limits::default()).2, Err(BundleError::Neither)));
        for text in ["", "[", "5", "{\"objects\": 5}", "{\"objects\": [{}", "{\"objects\": []} x"] {
            let error = read(text, Limits::default()).2.unwrap_err();
            assert!(matches!(error, BundleError::Json { .. }), "{text}: {error}");
        }
    }

    #[test]
    fn every_limit_holds() {
        let text = format!(r#"{{"objects": [{}]}}"#, [r#"{"a": "bcdefgh"}"#; 10].join(","));
        let limits = Limits::default();
        let (_, rejects, result) = read(&text, Limits { objects_max: 4, ..limits });
        assert!(matches!(result, Err(BundleError::Objects(4))));
        assert_eq!(rejects.len(), 4);
        let result = read(&text, Limits { object_bytes_max: 15, ..limits }).2;
        assert!(
            matches!(result, Err(BundleError::ObjectBytes { object: 1, bytes_max: 15 })),
            "{result:?}"
        );
        let result = read(&text, Limits { bytes_max: 50, ..limits }).2;
        assert!(matches!(result, Err(BundleError::Bytes(50))), "{result:?}");
        let exact = Limits { bytes_max: text.len() as u64, objects_max: 10, ..limits };
        assert_eq!(read(&text, exact).2.unwrap().rejects, 10);
        let deep = format!(r#"{{"objects": [{}{}]}}"#, "[".repeat(10_000), "]".repeat(10_000));
        let error = read(&deep, limits).2.unwrap_err();
        assert!(matches!(error, BundleError::Json { object: 1, .. }), "{error}");
    }

    #[test]
    fn the_same_objects_make_the_same_bundle() {
        let object = Object::new(json!({"type": "tool", "id": ID, "name": "x"})).unwrap();
        let write = |objects: &[&Object]| {
            let mut out = Vec::new();
            write_bundle(&mut out, objects).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(write(&[&object]), write(&[&object]));
        assert_ne!(write(&[&object])[..80], write(&[&object, &object])[..80]);
        assert_eq!(read(&write(&[&object, &object]), Limits::default()).2.unwrap().objects, 2);
        assert_eq!(read(&write(&[]), Limits::default()).2.unwrap().objects, 0);
    }
}
