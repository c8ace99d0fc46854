//! Which objects are asked for? The query of a request (3.4), checked.

use std::collections::BTreeSet;

use super::{Microseconds, NotACursor, Position, parse_microseconds};

/// Values that one filter may list.
const VALUES_MAX: usize = 1_000;

/// A version of STIX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SpecVersion {
    /// 2.0
    V20 = 20,
    /// 2.1
    V21 = 21,
}

impl SpecVersion {
    /// The version of its name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "2.0" => Some(Self::V20),
            "2.1" => Some(Self::V21),
            _ => None,
        }
    }

    /// The version of its number, as tables keep it.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            20 => Some(Self::V20),
            21 => Some(Self::V21),
            _ => None,
        }
    }
}

/// Which versions of an object: any that one of these names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionFilter {
    /// All of them.
    pub all: bool,
    /// The first.
    pub first: bool,
    /// The last.
    pub last: bool,
    /// Those of these times.
    pub at: BTreeSet<Microseconds>,
}

impl VersionFilter {
    /// What is meant where nothing is said.
    pub const LAST: Self = Self { all: false, first: false, last: true, at: BTreeSet::new() };
    /// Every version.
    pub const ALL: Self = Self { all: true, first: false, last: false, at: BTreeSet::new() };
}

/// Which objects: those that every filter lets pass. An absent filter lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Added after that, and not at that.
    pub added_after: Option<Microseconds>,
    /// Of these ids.
    pub ids: Option<BTreeSet<String>>,
    /// Of these types.
    pub types: Option<BTreeSet<String>>,
    /// These versions; where nothing is said it is for the endpoint to say what is meant.
    pub versions: Option<VersionFilter>,
    /// Of these versions of STIX; where nothing is said, the latest that each object has.
    pub spec_versions: Option<BTreeSet<SpecVersion>>,
}

/// What a request asks for, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Which objects.
    pub filters: Filters,
    /// How many at most; `None` where the client did not say.
    pub limit: Option<u64>,
    /// Where the page before ended.
    pub after: Option<Microseconds>,
    /// The filters as they came, in order: what a cursor carries.
    pairs: Vec<(String, String)>,
}

/// A query that cannot be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFilter {
    /// See its text.
    #[error("`added_after` is a time, such as 2016-02-01T00:00:01.000000Z")]
    AddedAfter,
    /// See its text.
    #[error("`match[version]` is `first`, `last`, `all` or times, with commas between them")]
    Version,
    /// See its text.
    #[error("`limit` is a whole number, 1 or more")]
    Limit,
    /// See its text.
    #[error("a filter lists more than {VALUES_MAX} values")]
    Values,
    /// See its text.
    #[error("a filter stands there twice")]
    Twice,
    /// See its text.
    #[error("`next` is whatever the page before gave")]
    Next(#[from] NotACursor),
    /// See its text.
    #[error("`next` is of a request with other filters")]
    OtherFilters,
}

impl Query {
    /// Checks the query of a request; `known` are the filters that its endpoint has, of `added_after`, `match[id]`,
    /// `match[type]`, `match[version]`, `match[spec_version]`. What else stands there is passed over, and so is a filter
    /// without a value.
    pub fn parse(pairs: &[(String, String)], known: &[&str]) -> Result<Self, BadFilter> {
        let mut own: Vec<(String, String)> = Vec::new();
        let (mut limit, mut next) = (None, None);
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "limit" => {
                    limit = Some(value.parse().ok().filter(|it| *it > 0).ok_or(BadFilter::Limit)?);
                }
                "next" => next = Some(Position::read(value)?),
                name if known.contains(&name) => own.push((name.to_owned(), value.clone())),
                _ => {}
            }
        }
        own.sort();
        if own.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(BadFilter::Twice);
        }
        let mut after = None;
        if let Some(position) = next {
            // A client may leave the filters to the cursor, but not change them.
            if own.is_empty() {
                own = position.pairs;
            } else if own != position.pairs {
                return Err(BadFilter::OtherFilters);
            }
            after = Some(position.after);
        }
        let mut filters = Filters::default();
        for (name, value) in own.iter().filter(|(name, _)| known.contains(&name.as_str())) {
            filters.set(name, value)?;
        }
        Ok(Self { filters, limit, after, pairs: own })
    }

    /// The cursor of a page that ended with that object.
    pub fn next(&self, last: Microseconds) -> String {
        Position { after: last, pairs: self.pairs.clone() }.write()
    }
}

impl Filters {
    fn set(&mut self, name: &str, value: &str) -> Result<(), BadFilter> {
        if value.split(',').count() > VALUES_MAX {
            return Err(BadFilter::Values);
        }
        let values = || value.split(',').map(str::trim);
        match name {
            "added_after" => {
                let time = parse_microseconds(value).ok_or(BadFilter::AddedAfter)?;
                self.added_after = Some(time);
            }
            "match[id]" => self.ids = Some(values().map(ToOwned::to_owned).collect()),
            "match[type]" => self.types = Some(values().map(ToOwned::to_owned).collect()),
            "match[version]" => {
                let mut versions = VersionFilter::default();
                for value in values() {
                    match value {
                        "all" => versions.all = true,
                        "first" => versions.first = true,
                        "last" => versions.last = true,
                        time => {
                            let time = parse_microseconds(time).ok_or(BadFilter::Version)?;
                            versions.at.insert(time);
                        }
                    }
                }
                self.versions = Some(versions);
            }
            // A version of STIX that nobody knows has no objects.
            "match[spec_version]" => {
                self.spec_versions = Some(values().filter_map(SpecVersion::parse).collect());
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{BadFilter, Query, SpecVersion, VersionFilter};

    const KNOWN: [&str; 3] = ["added_after", "match[type]", "match[version]"];

    fn parse(pairs: &[(&str, &str)]) -> Result<Query, BadFilter> {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Query::parse(&pairs, &KNOWN)
    }

    #[test]
    fn filters_are_read_and_what_is_not_known_is_passed_over() {
        let query = parse(&[
            ("match[type]", "indicator,tool"),
            ("match[version]", "first,2016-12-25T12:30:59.444Z"),
            ("match[id]", "x"),
            ("limit", "3"),
            ("added_after", ""),
        ])
        .unwrap();
        let types: Vec<&str> = query.filters.types.iter().flatten().map(String::as_str).collect();
        assert_eq!(types, ["indicator", "tool"]);
        let versions = query.filters.versions.unwrap();
        assert!(versions.first && !versions.last && versions.at.len() == 1);
        assert_eq!((query.limit, query.filters.ids, query.after), (Some(3), None, None));
        assert_eq!(parse(&[]).unwrap(), Query::default());
        assert!(VersionFilter::LAST.last && SpecVersion::V20 < SpecVersion::V21);
    }

    #[test]
    fn what_cannot_be_answered_is_told() {
        for (name, value, bad) in [
            ("added_after", "yesterday", BadFilter::AddedAfter),
            ("match[version]", "latest", BadFilter::Version),
            ("limit", "-20", BadFilter::Limit),
            ("limit", "0", BadFilter::Limit),
            ("limit", "x", BadFilter::Limit),
            ("match[type]", &",".repeat(2_000), BadFilter::Values),
        ] {
            assert_eq!(parse(&[(name, value)]), Err(bad), "{name}={value}");
        }
        assert!(matches!(parse(&[("next", "x")]), Err(BadFilter::Next(_))));
        let twice = parse(&[("match[type]", "a"), ("match[type]", "b")]);
        assert_eq!(twice, Err(BadFilter::Twice));
    }

    #[test]
    fn a_cursor_carries_the_filters_and_none_other_fit_it() {
        let first = parse(&[("match[type]", "tool"), ("limit", "2")]).unwrap();
        let next = first.next(1_234_567);
        for pairs in [&[("next", next.as_str())][..], &[("next", &next), ("match[type]", "tool")]] {
            let query = parse(pairs).unwrap();
            assert_eq!((query.after, &query.filters), (Some(1_234_567), &first.filters));
        }
        let other = parse(&[("next", &next), ("match[type]", "indicator")]);
        assert_eq!(other, Err(BadFilter::OtherFilters));
    }
}
