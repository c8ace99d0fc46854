//! Which topics, and how?

use std::{collections::BTreeMap, io::Read as _, path::Path};

use serde::Deserialize;

const SETTINGS_BYTES_MAX: u64 = 1 << 20;
/// Longest name of the streams.
const NAME_MAX: usize = 64;
/// Longest name of a topic, as Kafka has it.
const TOPIC_MAX: usize = 249;

/// Properties that everything rests on: they are not the user's.
const OURS: [&str; 8] = [
    "bootstrap.servers",
    "group.id",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "auto.offset.reset",
    "enable.idempotence",
    "transactional.id",
    "message.timeout.ms",
];

/// What stands in the file of settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name of the streams in the journal: where topics are made anew, or are another cluster's, another name is needed.
    #[serde(default = "kafka")]
    pub name: String,
    /// `host:port` of some brokers.
    pub brokers: Vec<String>,
    /// Properties of librdkafka, as they are called there.
    #[serde(default)]
    pub client: BTreeMap<String, String>,
    /// Where events come from.
    pub input: Option<Input>,
    /// Where decisions go.
    pub output: Option<Output>,
}

/// Where events come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Topics.
    pub topics: Vec<String>,
    /// Consumer group.
    pub group: String,
    /// Whether a decision is made about each event.
    #[serde(default)]
    pub decide: bool,
    /// Where a partition is begun of which neither the journal nor the group knows anything.
    #[serde(default)]
    pub begin: Begin,
    /// What is done where the next messages are no longer there.
    #[serde(default)]
    pub absent: Absent,
}

/// Where to begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Begin {
    /// With the oldest message.
    #[default]
    Oldest,
    /// With what comes from now on.
    Newest,
}

/// What to do where messages are gone that were not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// Read the partition no further, and say so.
    #[default]
    Stop,
    /// Go on with the oldest that is there, and say so.
    PassOver,
}

/// Where decisions go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The topic.
    pub topic: String,
    /// Whether account ids are told in clear; hashes otherwise.
    #[serde(default)]
    pub accounts: bool,
    /// Which decisions are passed on at the first start: those from now on, or all.
    #[serde(default = "newest")]
    pub begin: Begin,
}

fn kafka() -> String {
    "kafka".to_owned()
}

const fn newest() -> Begin {
    Begin::Newest
}

/// Why settings are none.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read `{0}`")]
    Read(String, #[source] std::io::Error),
    /// It is not as it must be.
    #[error("`{0}` has no settings of Kafka: {1}")]
    Parse(String, String),
}

impl Settings {
    /// Reads the file of settings.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let name = path.display().to_string();
        let mut text = String::new();
        fs_err::File::open(path)
            .and_then(|file| file.take(SETTINGS_BYTES_MAX).read_to_string(&mut text))
            .map_err(|error| SettingsError::Read(name.clone(), error))?;
        Self::parse(&text).map_err(|why| SettingsError::Parse(name, why))
    }

    fn parse(text: &str) -> Result<Self, String> {
        // Not its own words: they would quote passwords.
        let settings: Self = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let is_name = |text: &str, longest: usize| {
            (1..=longest).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        let Self { name, brokers, client, input, output } = &settings;
        if !is_name(name, NAME_MAX) {
            return Err("`name` is of letters, digits, `.`, `_` and `-`".to_owned());
        }
        if brokers.is_empty() {
            return Err("`brokers` names none".to_owned());
        }
        if let Some(own) = client.keys().find(|own| OURS.contains(&own.as_str())) {
            return Err(format!("`{own}` cannot be set under `client`"));
        }
        let protocol = client.get("security.protocol").map_or("", String::as_str);
        if !cfg!(feature = "kafka-tls") && protocol.to_ascii_lowercase().ends_with("ssl") {
            return Err("this program is built without TLS to brokers\nhint: build it with `--features kafka-tls`".to_owned());
        }
        let topics = input.iter().flat_map(|input| &input.topics);
        let mut topics = topics.chain(output.iter().map(|output| &output.topic));
        if topics.any(|topic| !is_name(topic, TOPIC_MAX)) {
            return Err("a topic is of letters, digits, `.`, `_` and `-`".to_owned());
        }
        match (input, output) {
            (None, None) => Err("neither `input` nor `output` is there".to_owned()),
            (Some(input), _) if input.topics.is_empty() || input.group.is_empty() => {
                Err("`input` needs topics and a group".to_owned())
            }
            (Some(input), Some(output)) if input.topics.contains(&output.topic) => {
                Err("decisions would go where events come from".to_owned())
            }
            _ => Ok(settings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_without_tls_says_so() {
        let text = "brokers = ['b:1']\n[client]\n'security.protocol' = 'SASL_SSL'\n[output]\ntopic = 'a'\n";
        let refused = Settings::parse(text).err();
        assert_eq!(refused.is_none(), cfg!(feature = "kafka-tls"), "{refused:?}");
        assert!(refused.is_none_or(|why| why.contains("hint: build it with")));
    }

    #[test]
    fn settings_say_what_is_wrong_with_them_without_quoting_them() {
        let good = "brokers = ['127.0.0.1:9092']\n[client]\n'sasl.password' = 'secret'\n";
        let input = "[input]\ntopics = ['a']\ngroup = 'g'\n";
        let settings = Settings::parse(&format!("{good}{input}")).expect("settings");
        let own = settings.input.expect("an input");
        assert_eq!((own.begin, own.absent, own.decide), (Begin::Oldest, Absent::Stop, false));
        for (rest, why) in [
            ("", "neither"),
            ("[input]\ntopics = []\ngroup = 'g'\n", "topics"),
            ("[input]\ntopics = ['a b']\ngroup = 'g'\n", "letters"),
            ("'group.id' = 'x'\n[output]\ntopic = 'a'\n", "group.id"),
            ("[input]\ntopics = ['a']\ngroup = 'g'\n[output]\ntopic = 'a'\n", "where events come"),
            ("[output]\ntopic = 'a'\nextra = 1\n", "extra"),
            ("broken = secret\n", ""),
        ] {
            let error = Settings::parse(&format!("{good}{rest}")).expect_err(rest);
            assert!(error.contains(why), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
