//! Which settings hold, and where does each come from? Flag, then environment, then file, then default.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    failure::{Exit, Failure},
    lookup,
};

/// The file that is read where none is named.
const FILE: &str = "seawall.toml";
const FILE_BYTES_MAX: u64 = 1 << 20;
const PREFIX: &str = "SEAWALL_";
/// Time-stamp authorities of a case.
const AUTHORITIES_MAX: usize = 2;

/// All settings, each absent where nothing sets it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    detect: RawDetect,
    case: RawCase,
}

/// Settings of `seawall case`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawCase {
    /// Folder of cases and keys.
    data: Option<PathBuf>,
    /// Who acts.
    person: Option<String>,
    /// Who dates seals.
    time_stamp: Vec<RawAuthority>,
}

/// A time-stamp authority.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAuthority {
    /// Where it answers.
    url: String,
    /// Its certificates that are believed in, or those of who issued them: DER or PEM.
    certificates: Vec<PathBuf>,
}

/// Settings of `seawall detect`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawDetect {
    /// Bits from which a cluster is reported.
    report_bits: Option<f64>,
    /// Threads to use; 0 for one for each core.
    threads: Option<usize>,
    /// Names of fields in the input.
    map: Option<PathBuf>,
    /// Folder of lists.
    lists: Option<PathBuf>,
    /// Database of the countries of addresses.
    country_mmdb: Option<PathBuf>,
    /// Database of the networks of addresses.
    asn_mmdb: Option<PathBuf>,
}

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(PathBuf),
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(formatter, "default"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Environment(name) => write!(formatter, "{name}"),
        }
    }
}

/// A time-stamp authority, by URL and certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    pub(crate) url: String,
    pub(crate) certificates: Vec<PathBuf>,
}

/// Checked settings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) report_bits: f64,
    /// 0 for one for each core.
    pub(crate) threads: usize,
    pub(crate) map: Option<PathBuf>,
    pub(crate) lists: Option<PathBuf>,
    pub(crate) country_mmdb: Option<PathBuf>,
    pub(crate) asn_mmdb: Option<PathBuf>,
    pub(crate) case_data: Option<PathBuf>,
    pub(crate) case_person: Option<String>,
    pub(crate) authorities: Vec<Authority>,
    origins: BTreeMap<String, Origin>,
}

impl Settings {
    /// Reads the file, if any, and the environment. A file that was named must be there.
    pub(crate) fn load(
        named: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Failure> {
        let mut origins = BTreeMap::new();
        let mut merged = toml::Table::new();
        let path = named.unwrap_or_else(|| Path::new(FILE));
        if let Some(table) = read_file(path, named.is_some())? {
            parse(&table).map_err(|error| usage(path.display(), &error))?;
            merge(&mut merged, table, "", &Origin::File(path.to_owned()), &mut origins);
        }
        for (name, table) in from_environment(environment) {
            parse(&table).map_err(|error| usage(&name, &error))?;
            merge(&mut merged, table, "", &Origin::Environment(name), &mut origins);
        }
        let raw = parse(&merged).map_err(|error| usage("the settings", &error))?;
        Self::check(raw, origins)
    }

    fn check(raw: Raw, origins: BTreeMap<String, Origin>) -> Result<Self, Failure> {
        let Raw { detect: raw, case } = raw;
        let report_bits = raw.report_bits.unwrap_or(4.0);
        check_report_bits(report_bits)?;
        Ok(Self {
            report_bits,
            threads: raw.threads.unwrap_or(0),
            map: raw.map,
            lists: raw.lists,
            country_mmdb: raw.country_mmdb,
            asn_mmdb: raw.asn_mmdb,
            case_data: case.data,
            case_person: case.person,
            authorities: check_authorities(case.time_stamp)?,
            origins,
        })
    }

    /// (key, value as TOML or nothing, origin) of every setting, in the order of the reference.
    pub(crate) fn entries(&self) -> Vec<(&'static str, Option<String>, Origin)> {
        let path = |path: &Option<PathBuf>| {
            path.as_ref().map(|path| toml::Value::from(path.display().to_string()).to_string())
        };
        let entry = |key: &'static str, value| {
            (key, value, self.origins.get(key).cloned().unwrap_or(Origin::Default))
        };
        vec![
            entry("detect.report_bits", Some(toml::Value::from(self.report_bits).to_string())),
            entry("detect.threads", Some(self.threads.to_string())),
            entry("detect.map", path(&self.map)),
            entry("detect.lists", path(&self.lists)),
            entry("detect.country_mmdb", path(&self.country_mmdb)),
            entry("detect.asn_mmdb", path(&self.asn_mmdb)),
            entry("case.data", path(&self.case_data)),
            entry(
                "case.person",
                self.case_person.as_ref().map(|name| toml::Value::from(name.as_str()).to_string()),
            ),
            entry("case.time_stamp", self.authorities_shown()),
        ]
    }

    fn authorities_shown(&self) -> Option<String> {
        let shown = self.authorities.iter().map(|authority| {
            let paths = authority.certificates.iter().map(|path| path.display().to_string());
            let paths: Vec<toml::Value> = paths.map(toml::Value::from).collect();
            let mut table = toml::Table::new();
            table.insert("url".to_owned(), authority.url.as_str().into());
            table.insert("certificates".to_owned(), paths.into());
            toml::Value::Table(table)
        });
        let shown: Vec<toml::Value> = shown.collect();
        (!shown.is_empty()).then(|| toml::Value::Array(shown).to_string())
    }
}

/// Authorities that can be asked: few, each with a certificate that its answers are checked by.
fn check_authorities(raw: Vec<RawAuthority>) -> Result<Vec<Authority>, Failure> {
    let wrong = |why: &str| {
        Err(Failure::new(
            Exit::Usage,
            format!(
                "case.time_stamp: {why}\nhint: [[case.time_stamp]] with `url` and `certificates`, one or two times"
            ),
        ))
    };
    if raw.len() > AUTHORITIES_MAX {
        return wrong("more than two authorities");
    }
    for authority in &raw {
        if let Err(error) = lookup::check_url(&authority.url) {
            return wrong(&error.to_string());
        }
        if authority.certificates.is_empty() {
            return wrong("an authority without a certificate: nothing it says could be checked");
        }
    }
    Ok(raw
        .into_iter()
        .map(|RawAuthority { url, certificates }| Authority { url, certificates })
        .collect())
}

/// Bits that make sense as a threshold: more than the cap of 20 could never be reached.
pub(crate) fn check_report_bits(bits: f64) -> Result<(), Failure> {
    if (0.0..=20.0).contains(&bits) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        format!("report bits of {bits} make no sense\nhint: from 0 to 20; 4 by default"),
    ))
}

fn read_file(path: &Path, named: bool) -> Result<Option<toml::Table>, Failure> {
    let file = match fs_err::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !named => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    let table = text.parse().map_err(|error: toml::de::Error| usage(path.display(), &error))?;
    Ok(Some(table))
}

/// One table for each variable `SEAWALL_SECTION__KEY`, by name, so that later layers are in a fixed order.
fn from_environment(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> BTreeMap<String, toml::Table> {
    environment
        .into_iter()
        .filter_map(|(name, value)| {
            let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
            let (section, key) = name.strip_prefix(PREFIX)?.split_once("__")?;
            let mut inner = toml::Table::new();
            inner.insert(key.to_ascii_lowercase(), scalar(&value));
            let mut outer = toml::Table::new();
            outer.insert(section.to_ascii_lowercase(), toml::Value::Table(inner));
            Some((name, outer))
        })
        .collect()
}

/// A number or truth value where the text is one, otherwise the text.
fn scalar(text: &str) -> toml::Value {
    if let Ok(number) = text.parse::<i64>() {
        return number.into();
    }
    if let Ok(number) = text.parse::<f64>() {
        return number.into();
    }
    text.parse::<bool>().map_or_else(|_| text.into(), Into::into)
}

fn parse(table: &toml::Table) -> Result<Raw, toml::de::Error> {
    // A whole number is a fine number of bits.
    let mut table = table.clone();
    if let Some(bits) = table
        .get_mut("detect")
        .and_then(toml::Value::as_table_mut)
        .and_then(|detect| detect.get_mut("report_bits"))
        && let Some(whole) = bits.as_integer()
    {
        *bits = toml::Value::Float(whole as f64);
    }
    Raw::deserialize(toml::Value::Table(table))
}

fn merge(
    into: &mut toml::Table,
    from: toml::Table,
    prefix: &str,
    origin: &Origin,
    origins: &mut BTreeMap<String, Origin>,
) {
    for (key, value) in from {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(value)) => {
                merge(inner, value, &path, origin, origins);
            }
            (_, toml::Value::Table(value)) => {
                let mut inner = toml::Table::new();
                merge(&mut inner, value, &path, origin, origins);
                into.insert(key, toml::Value::Table(inner));
            }
            (_, value) => {
                origins.insert(path, origin.clone());
                into.insert(key, value);
            }
        }
    }
}

fn usage(place: impl fmt::Display, error: &toml::de::Error) -> Failure {
    let message = error.message().lines().collect::<Vec<_>>().join(" ");
    Failure::new(
        Exit::Usage,
        format!("{place}: {message}\nhint: `seawall config show` lists every setting"),
    )
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, path::Path};

    use super::{Origin, Settings};

    fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    fn load(text: &str, pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("seawall.toml");
        fs_err::write(&path, text).expect("written");
        Settings::load(Some(&path), environment(pairs)).map_err(|failure| {
            assert_eq!(failure.exit().code(), 2);
            let (messages, hints) = failure.texts();
            assert!(!hints.is_empty());
            messages.join(" ").replace(&folder.path().display().to_string(), "")
        })
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
        let settings = load(
            "[detect]\nreport_bits = 6\nlists = \"lists\"\n",
            &[("SEAWALL_DETECT__REPORT_BITS", "7.5"), ("SEAWALL_SHARED", "x"), ("HOME", "/")],
        )
        .expect("sound");
        assert!((settings.report_bits - 7.5).abs() < 1e-9);
        assert_eq!(settings.lists.as_deref(), Some(Path::new("lists")));
        assert_eq!(settings.threads, 0);
        let origins: Vec<String> =
            settings.entries().iter().map(|(_, _, origin)| origin.to_string()).collect();
        assert_eq!(origins[0], "SEAWALL_DETECT__REPORT_BITS");
        assert!(origins[3].ends_with("seawall.toml"));
        assert_eq!(settings.entries()[1].2, Origin::Default);
    }

    #[test]
    fn what_is_not_known_is_refused_and_named() {
        let file = load("[detect]\nreport_bit = 6\n", &[]).expect_err("unknown");
        assert!(
            file.contains("seawall.toml")
                && file.contains("report_bit")
                && file.contains("report_bits"),
            "{file}"
        );
        let variable = load("", &[("SEAWALL_DETEKT__THREADS", "2")]).expect_err("unknown");
        assert!(
            variable.contains("SEAWALL_DETEKT__THREADS") && variable.contains("detekt"),
            "{variable}"
        );
        let kind = load("", &[("SEAWALL_DETECT__THREADS", "many")]).expect_err("no number");
        assert!(kind.contains("SEAWALL_DETECT__THREADS"), "{kind}");
        assert!(load("[detect\n", &[]).is_err());
        assert!(load("[detect]\nreport_bits = 21\n", &[]).is_err());
        assert!(load("[detect]\nreport_bits = nan\n", &[]).is_err());
    }

    #[test]
    fn an_authority_has_a_url_and_a_certificate() {
        let one =
            "[[case.time_stamp]]\nurl = \"https://time.example/\"\ncertificates = [\"root.pem\"]\n";
        let settings = load(one, &[]).expect("sound");
        assert_eq!(settings.authorities[0].url, "https://time.example/");
        let shown = settings.entries().pop().and_then(|(_, value, _)| value).expect("a value");
        let again: toml::Table = format!("x = {shown}").parse().expect("TOML");
        assert_eq!(again["x"][0]["certificates"][0].as_str(), Some("root.pem"));
        assert_eq!(load(&one.repeat(2), &[]).expect("sound").authorities.len(), 2);
        assert!(load(&one.repeat(3), &[]).expect_err("too many").contains("two"));
        let without = one.replace("\"root.pem\"", "");
        assert!(load(&without, &[]).expect_err("none").contains("certificate"));
        let file = one.replace("https://time.example/", "file:///etc/passwd");
        assert!(load(&file, &[]).expect_err("no web").contains("URL"));
    }

    #[test]
    fn a_named_file_must_be_there() {
        let failure = Settings::load(Some(Path::new("/nowhere/seawall.toml")), Vec::new());
        assert_eq!(failure.expect_err("not there").exit().code(), 3);
    }
}
