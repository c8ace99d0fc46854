//! Which country and which network is an address of, where the log does not say?
//!
//! From databases that the user has, in the format of `MaxMind` (`.mmdb`). Two layouts of records are read: that of
//! `GeoLite2` and DB-IP (`country.iso_code`, `autonomous_system_number`) and the flat one of `IPinfo`
//! (`country_code`, `asn` as `AS64496`).

use std::{
    borrow::Cow,
    net::IpAddr,
    path::{Path, PathBuf},
};

use maxminddb::{PathElement::Key, Reader, WithinOptions};
use seawall_core::event::{Country, Event};
use serde::de::IgnoredAny;

use crate::Error;

/// Largest database that is read.
const BYTES_MAX: u64 = 2 << 30;

/// Networks whose records are looked at before a database is used.
const NETWORKS_CHECKED: usize = 100_000;

/// What the user's databases know of addresses.
#[derive(Debug, Default)]
pub struct Places {
    country: Option<Reader<Vec<u8>>>,
    asn: Option<Reader<Vec<u8>>>,
}

impl Places {
    /// Opens the databases that there are, and looks whether each can be read.
    pub fn open(country: Option<&Path>, asn: Option<&Path>) -> Result<Self, Error> {
        Ok(Self { country: country.map(open).transpose()?, asn: asn.map(open).transpose()? })
    }

    /// The event with the country and the autonomous system of its address, where it has none. What the
    /// log says stands.
    pub fn complete<'e, 'a>(&self, event: &'e Event<'a>) -> Cow<'e, Event<'a>> {
        let mut event = Cow::Borrowed(event);
        if let Some(ip) = event.ip {
            if event.country.is_none()
                && let Some(reader) = &self.country
            {
                event.to_mut().country = country(reader, ip);
            }
            if event.asn.is_none()
                && let Some(reader) = &self.asn
            {
                event.to_mut().asn = asn(reader, ip);
            }
        }
        event
    }
}

fn open(path: &Path) -> Result<Reader<Vec<u8>>, Error> {
    let bad = |message: String| Error::Database { path: PathBuf::from(path), message };
    let read = |source| Error::Read { path: PathBuf::from(path), source };
    let size = fs_err::metadata(path).map_err(read)?.len();
    if size > BYTES_MAX {
        return Err(bad(format!("it has {size} bytes, and {BYTES_MAX} are read at most")));
    }
    let reader = Reader::from_source(fs_err::read(path).map_err(read)?)
        .map_err(|error| bad(error.to_string()))?;
    // Whether the file lacks a description is its maker's affair; whether it can be read is ours.
    for network in reader
        .networks(WithinOptions::default())
        .map_err(|error| bad(error.to_string()))?
        .take(NETWORKS_CHECKED)
    {
        network
            .and_then(|network| network.decode::<IgnoredAny>())
            .map_err(|error| bad(error.to_string()))?;
    }
    Ok(reader)
}

fn country(reader: &Reader<Vec<u8>>, ip: IpAddr) -> Option<Country> {
    let record = reader.lookup(ip).ok()?;
    let of = |path: &[&str]| {
        let path: Vec<_> = path.iter().map(|key| Key(key)).collect();
        record.decode_path::<&str>(&path).ok().flatten().and_then(Country::parse)
    };
    of(&["country", "iso_code"]).or_else(|| of(&["country_code"]))
}

fn asn(reader: &Reader<Vec<u8>>, ip: IpAddr) -> Option<u32> {
    let record = reader.lookup(ip).ok()?;
    let number = record.decode_path::<u32>(&[Key("autonomous_system_number")]).ok().flatten();
    number.or_else(|| {
        let text = record.decode_path::<&str>(&[Key("asn")]).ok().flatten()?;
        text.strip_prefix("AS")?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_core::event::{EventType, Time};

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
    }

    fn completed(places: &Places, ip: &str) -> (Option<String>, Option<u32>) {
        let time = Time::from_milliseconds(1_700_000_000_000).unwrap();
        let mut event = Event::new(time, EventType::Signup, "a");
        event.ip = Some(ip.parse().unwrap());
        let event = places.complete(&event);
        (event.country.map(|country| country.as_str().to_owned()), event.asn)
    }

    /// The databases are written by `mmdb_writer` (see `tests/data/README.md`), which shares no code with
    /// the reader.
    #[test]
    fn both_layouts_give_country_and_network() {
        let nested =
            Places::open(Some(&fixture("country.mmdb")), Some(&fixture("asn.mmdb"))).unwrap();
        assert_eq!(completed(&nested, "192.0.2.77"), (Some("DE".to_owned()), Some(64_496)));
        assert_eq!(completed(&nested, "2001:db8::1"), (Some("BR".to_owned()), Some(64_497)));
        assert_eq!(completed(&nested, "203.0.113.9"), (None, None));
        let flat = fixture("flat.mmdb");
        let flat = Places::open(Some(&flat), Some(&flat)).unwrap();
        assert_eq!(completed(&flat, "198.51.100.3"), (Some("VN".to_owned()), Some(64_498)));
    }

    #[test]
    fn what_the_log_says_stands() {
        let places = Places::open(Some(&fixture("country.mmdb")), None).unwrap();
        let time = Time::from_milliseconds(1_700_000_000_000).unwrap();
        let mut event = Event::new(time, EventType::Signup, "a");
        event.ip = Some("192.0.2.77".parse().unwrap());
        event.country = Country::parse("fr");
        assert_eq!(places.complete(&event).country, Country::parse("FR"));
    }

    #[test]
    fn a_damaged_database_is_an_error_that_names_it() {
        let mut bytes = fs_err::read(fixture("country.mmdb")).unwrap();
        let middle = bytes.len() / 3;
        bytes[middle..middle + 40].fill(0xFF);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("damaged.mmdb");
        fs_err::write(&path, bytes).unwrap();
        let error = Places::open(Some(&path), None).unwrap_err().to_string();
        assert!(error.contains("damaged.mmdb"), "{error}");
        let text = Places::open(Some(&fixture("README.md")), None).unwrap_err().to_string();
        assert!(text.contains("README.md") && text.contains("hint:"), "{text}");
        assert!(Places::open(Some(Path::new("absent.mmdb")), None).is_err());
    }
}
