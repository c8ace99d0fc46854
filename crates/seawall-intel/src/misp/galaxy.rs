//! What do clusters of a galaxy say? Names of one thing, by somebody, with what they take it to be like.

use serde_json::Value;
use uuid::Uuid;

use super::{MispError, likelihood};

/// A galaxy: clusters of one kind, from one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Galaxy {
    /// What it is called.
    pub name: String,
    /// What its clusters are: `threat-actor`, `microsoft-activity-group`.
    pub galaxy_type: String,
    /// Whether its clusters are actors.
    pub of_actors: bool,
    /// Its version.
    pub version: u64,
    /// Its clusters.
    pub clusters: Vec<Cluster>,
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its id.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// What is said of it.
    pub description: Option<String>,
    /// Other names.
    pub synonyms: Vec<String>,
    /// Where that is from.
    pub references: Vec<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// What it is said to be related to.
    pub related: Vec<Related>,
}

/// A relation to another cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// To which.
    pub to: Uuid,
    /// How: `similar`, `uses`.
    pub relation: String,
    /// How likely, 0 to 100, where that is said.
    pub likelihood: Option<u8>,
}

impl Galaxy {
    /// Reads the file of a galaxy's clusters.
    pub fn read(text: &str) -> Result<Self, MispError> {
        let value: Value = serde_json::from_str(text)?;
        Self::of(&value, "values").ok_or(MispError::Form("a galaxy"))
    }

    /// A galaxy as an event has it.
    pub(super) fn of_event(value: &Value) -> Option<Self> {
        Self::of(value, "GalaxyCluster")
    }

    /// Whether JSON looks like a galaxy.
    pub fn is(value: &Value) -> bool {
        value.get("values").is_some_and(Value::is_array) && value.get("type").is_some()
    }

    fn of(value: &Value, clusters: &str) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let galaxy_type = text("type")?.to_owned();
        let actors = ["threat-actor", "microsoft-activity-group", "intrusion-set"];
        let of_actors = text("category") == Some("actor")
            || actors.iter().any(|actors| galaxy_type.ends_with(actors));
        Some(Self {
            name: text("name").unwrap_or(&galaxy_type).to_owned(),
            of_actors,
            version: value.get("version").and_then(Value::as_u64).unwrap_or_default(),
            clusters: value.get(clusters)?.as_array()?.iter().filter_map(Cluster::of).collect(),
            galaxy_type,
        })
    }
}

impl Cluster {
    fn of(value: &Value) -> Option<Self> {
        let text = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
        let meta = value.get("meta").unwrap_or(&Value::Null);
        let texts = |name: &str| -> Vec<String> {
            match meta.get(name) {
                Some(Value::Array(items)) => {
                    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                Some(Value::String(text)) => vec![text.clone()],
                _ => Vec::new(),
            }
        };
        let related = value.get("related").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            uuid: text(value, "uuid")?.parse().ok()?,
            name: text(value, "value")?,
            description: text(value, "description").filter(|text| !text.is_empty()),
            synonyms: texts("synonyms"),
            references: texts("refs"),
            country: texts("country").into_iter().next(),
            related: related.filter_map(Related::of).collect(),
        })
    }
}

impl Related {
    fn of(value: &Value) -> Option<Self> {
        let tags = value.get("tags").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            to: value.get("dest-uuid")?.as_str()?.parse().ok()?,
            relation: value.get("type")?.as_str()?.to_owned(),
            likelihood: tags.filter_map(Value::as_str).find_map(likelihood),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Galaxy;

    #[test]
    fn a_cluster_keeps_its_names_and_how_likely_its_relations_are() {
        let galaxy = json!({
            "name": "G", "type": "threat-actor", "category": "actor", "version": 5,
            "values": [{
                "uuid": "565b1ffa-6aa0-534d-a7bd-82ae942dd813", "value": "Octo Tempest",
                "meta": {"synonyms": ["0ktapus"], "refs": ["https://x.example"], "country": "US"},
                "related": [{"dest-uuid": "3b238f3a-c67a-4a9e-b474-dc3897e00129", "type": "similar",
                    "tags": ["estimative-language:likelihood-probability=\"likely\""]}],
            }, {"value": "no id"}],
        });
        assert!(Galaxy::is(&galaxy));
        let galaxy = Galaxy::read(&galaxy.to_string()).unwrap();
        assert!(galaxy.of_actors);
        assert_eq!(galaxy.clusters.len(), 1);
        assert_eq!(galaxy.clusters[0].related[0].likelihood, Some(70));
        assert!(Galaxy::read("{}").is_err());
    }
}
