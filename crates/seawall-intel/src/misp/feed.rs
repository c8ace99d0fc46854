//! How does MISP take what we say? As a feed: an index, a file for each event, the hashes of all values.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{known::Known, stix::Tlp};

/// An event for a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedEvent {
    /// Its id.
    pub uuid: Uuid,
    /// What it is about.
    pub info: String,
    /// When it was last changed.
    pub at: Timestamp,
    /// Who says it, with an id.
    pub organisation: (String, Uuid),
    /// How far it may be passed on.
    pub tlp: Tlp,
    /// Further tags.
    pub tags: Vec<String>,
    /// What it knows, each with a comment.
    pub known: Vec<(Known, String)>,
}

/// The files of a feed: names and contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// In the order of names.
    pub files: Vec<(String, String)>,
}

impl Feed {
    /// The feed of these events.
    pub fn of(events: &[FeedEvent]) -> Self {
        let mut files = Vec::new();
        let (mut manifest, mut hashes) = (Map::new(), String::new());
        for event in events {
            let uuid = event.uuid.to_string();
            files.push((format!("{uuid}.json"), format!("{:#}\n", event.document())));
            for (known, _) in &event.known {
                for byte in Md5::digest(known.value()) {
                    write!(hashes, "{byte:02x}").expect("into memory");
                }
                writeln!(hashes, ",{uuid}").expect("into memory");
            }
            manifest.insert(uuid, event.entry());
        }
        files.push(("hashes.csv".to_owned(), hashes));
        files.push(("manifest.json".to_owned(), format!("{:#}\n", Value::Object(manifest))));
        files.sort();
        Self { files }
    }
}

impl FeedEvent {
    fn tags(&self) -> Value {
        let tlp = format!("tlp:{}", self.tlp.name());
        let tags = std::iter::once(&tlp).chain(&self.tags);
        tags.map(|name| json!({"name": name, "colour": "#ffffff"})).collect()
    }

    /// The head of an event, as index and file have it.
    fn entry(&self) -> Value {
        let (name, uuid) = &self.organisation;
        json!({
            "Orgc": {"name": name, "uuid": uuid.to_string()},
            "Tag": self.tags(),
            "info": self.info,
            "date": self.at.to_zoned(TimeZone::UTC).date(),
            "analysis": 2,
            "threat_level_id": 2,
            "timestamp": self.at.as_second(),
        })
    }

    fn document(&self) -> Value {
        let mut event = self.entry();
        let timestamp = self.at.as_second().to_string();
        event["uuid"] = json!(self.uuid.to_string());
        event["published"] = json!(true);
        for (name, value) in [
            ("timestamp", timestamp.as_str()),
            ("publish_timestamp", &timestamp),
            ("analysis", "2"),
            ("threat_level_id", "2"),
        ] {
            event[name] = json!(value);
        }
        let attributes = self.known.iter().map(|(known, comment)| {
            let (kind, category) = known.misp();
            json!({
                "uuid": Uuid::new_v5(&self.uuid, known.pattern().as_bytes()).to_string(),
                "type": kind,
                "category": category,
                "value": known.value(),
                "comment": comment,
                "to_ids": kind != "text",
                "disable_correlation": false,
                "timestamp": timestamp,
            })
        });
        event["Attribute"] = attributes.collect();
        json!({"Event": event})
    }
}
