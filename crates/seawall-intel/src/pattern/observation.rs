//! What was observed, and when?

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::stix::Object;

/// Types of objects that are no observables (STIX 2.1, 4, 5, 7 and 8): patterns do not reach them.
const NOT_OBSERVABLE: [&str; 25] = [
    "attack-pattern",
    "bundle",
    "campaign",
    "course-of-action",
    "extension-definition",
    "grouping",
    "identity",
    "incident",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "language-content",
    "location",
    "malware",
    "malware-analysis",
    "marking-definition",
    "note",
    "observed-data",
    "opinion",
    "relationship",
    "report",
    "sighting",
    "threat-actor",
    "tool",
    "vulnerability",
];

/// Objects that were observed together, so and so often, between two times.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation<'a> {
    /// The objects. References lead from one to another, and nowhere else.
    pub objects: Vec<&'a Map<String, Value>>,
    /// When first.
    pub first: Timestamp,
    /// When last.
    pub last: Timestamp,
    /// How often.
    pub number: u64,
}

/// What the `observed-data` among objects observed, in their order. What lacks a time, a number or a reference that
/// resolves observed nothing.
pub fn observations(objects: &[Object]) -> Vec<Observation<'_>> {
    let observable = |object: &&Object| !NOT_OBSERVABLE.contains(&object.object_type());
    let by_id: HashMap<&str, &Object> =
        objects.iter().filter(observable).map(|object| (object.id().as_str(), object)).collect();
    let observed = objects.iter().filter(|object| object.object_type() == "observed-data");
    observed
        .filter_map(|data| {
            let referred = data.texts("object_refs").filter_map(|id| by_id.get(id));
            Some(Observation {
                objects: referred.map(|object| object.body()).collect(),
                first: data.time("first_observed")?,
                last: data.time("last_observed")?,
                number: data
                    .body()
                    .get("number_observed")?
                    .as_u64()
                    .filter(|number| *number > 0)?,
            })
        })
        .collect()
}
