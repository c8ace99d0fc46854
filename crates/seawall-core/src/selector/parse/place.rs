//! Where does the client say it is, by its language and its clock?

use std::sync::LazyLock;

use super::super::text::present;

/// A language tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Locale {
    /// `en-US`: language, script and region, in the letter case of BCP 47.
    pub(crate) text: Box<str>,
    /// Country of its region.
    pub(crate) region: Option<[u8; 2]>,
}

impl Locale {
    /// Takes `en-US`, `en_US.UTF-8`, and the first of `en-US,en;q=0.9`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = present(text)?;
        let tag = text.split([',', ';', '.', '@']).next()?.trim();
        let mut parts = tag.split(['-', '_']);
        let language = parts.next()?;
        if !(2..=8).contains(&language.len())
            || !language.bytes().all(|byte| byte.is_ascii_alphabetic())
        {
            return None;
        }
        let mut canonical = language.to_ascii_lowercase();
        let mut region = None;
        for part in parts {
            let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
            match part.as_bytes() {
                // What follows a single letter is an extension.
                [_] => break,
                [first, second] if letters && region.is_none() => {
                    let country = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
                    region = Some(country);
                    canonical.push('-');
                    canonical.extend(country.map(char::from));
                }
                [first, rest @ ..] if letters && rest.len() == 3 && region.is_none() => {
                    canonical.push('-');
                    canonical.push(char::from(first.to_ascii_uppercase()));
                    canonical.extend(rest.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
                }
                [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] => {
                    canonical.push('-');
                    canonical.push_str(part);
                }
                _ => {}
            }
        }
        Some(Self { text: canonical.into(), region })
    }
}

/// A time zone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Zone {
    /// Its name as claimed.
    pub(crate) text: Box<str>,
    /// The one country it is of.
    pub(crate) country: Option<[u8; 2]>,
    /// Standard offset from UTC in minutes, without daylight saving time.
    pub(crate) offset_minutes: i32,
}

impl Zone {
    /// `None` where there is no such zone.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = present(text)?;
        let (name, country, offset_minutes) = find_zone(text)?;
        Some(Self { text: name.into(), country, offset_minutes })
    }
}

type ZoneRow = (&'static str, Option<[u8; 2]>, i32);

/// Rows sorted by name without regard to letter case.
static ZONES: LazyLock<Vec<ZoneRow>> = LazyLock::new(|| {
    let mut rows: Vec<ZoneRow> = rows(include_str!("../tables/timezones.txt"))
        .map(|line| {
            let mut columns = line.split(' ');
            let mut next = || columns.next().expect("three columns");
            (next(), country(next()), next().parse().expect("minutes"))
        })
        .collect();
    rows.sort_by_cached_key(|row| row.0.to_ascii_lowercase());
    rows
});

fn find_zone(text: &str) -> Option<ZoneRow> {
    let key = text.to_ascii_lowercase();
    let index = ZONES
        .binary_search_by(|row| {
            row.0.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(key.bytes())
        })
        .ok()?;
    Some(ZONES[index])
}

fn rows(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

fn country(text: &str) -> Option<[u8; 2]> {
    crate::event::Country::parse(text).map(crate::event::Country::bytes)
}

/// Offsets in minutes by country, 26 × 26; `i16::MIN` where the country is unknown.
static OFFSETS: LazyLock<Box<[i16; 676]>> = LazyLock::new(|| {
    let mut table = Box::new([i16::MIN; 676]);
    for line in rows(include_str!("../tables/countries.txt")) {
        let (code, offset) = line.split_once(' ').expect("two columns");
        let index = country(code).and_then(country_index).expect("two letters");
        table[index] = offset.parse().expect("minutes");
    }
    table
});

fn country_index(country: [u8; 2]) -> Option<usize> {
    let [first, second] = country.map(|letter| usize::from(letter.wrapping_sub(b'A')));
    (first < 26 && second < 26).then(|| first * 26 + second)
}

/// Standard offset from UTC, in minutes, of the most populous time zone of a country.
pub(crate) fn country_offset_minutes(country: [u8; 2]) -> Option<i32> {
    let offset = OFFSETS[country_index(country)?];
    (offset != i16::MIN).then(|| i32::from(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_take_the_form_of_bcp_47() {
        for (text, expected, region) in [
            ("en-US", "en-US", Some(*b"US")),
            ("EN_us", "en-US", Some(*b"US")),
            ("en_US.UTF-8", "en-US", Some(*b"US")),
            ("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR", Some(*b"BR")),
            ("zh-hans-cn", "zh-Hans-CN", Some(*b"CN")),
            ("es-419", "es-419", None),
            ("de", "de", None),
            ("en-GB-u-ca-gregory", "en-GB", Some(*b"GB")),
        ] {
            let locale = Locale::parse(text).unwrap();
            assert_eq!((&*locale.text, locale.region), (expected, region), "{text}");
        }
        for text in ["", "*", "C", "1234", "null", "überlang-DE"] {
            assert_eq!(Locale::parse(text), None, "{text}");
        }
    }

    #[test]
    fn zones_have_their_country_and_offset() {
        for (text, country, offset) in [
            ("Europe/London", Some(*b"GB"), 0),
            ("asia/calcutta", Some(*b"IN"), 330),
            ("America/New_York", Some(*b"US"), -300),
            ("Asia/Kathmandu", Some(*b"NP"), 345),
            ("Etc/GMT+5", None, -300),
            ("UTC", None, 0),
            ("CET", None, 60),
        ] {
            let zone = Zone::parse(text).unwrap();
            assert_eq!((zone.country, zone.offset_minutes), (country, offset), "{text}");
        }
        assert_eq!(Zone::parse("Mars/Olympus"), None);
        assert_eq!(Zone::parse("Europe/Łódź"), None);
    }

    #[test]
    fn every_row_is_found_and_within_a_day() {
        for &(name, _, offset) in ZONES.iter() {
            assert_eq!(find_zone(name).unwrap().0, name);
            assert!((-12 * 60..=14 * 60).contains(&offset), "{name}");
        }
    }

    #[test]
    fn countries_have_an_offset() {
        assert_eq!(country_offset_minutes(*b"RU"), Some(180));
        assert_eq!(country_offset_minutes(*b"US"), Some(-300));
        assert_eq!(country_offset_minutes(*b"ZZ"), None);
        assert_eq!(country_offset_minutes([0, 255]), None);
    }
}
