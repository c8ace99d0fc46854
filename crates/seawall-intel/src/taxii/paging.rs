//! May a client go on to the next page, or is a server leading it in circles?
//!
//! What a server says of its pages is not believed: each page must bring something that did not come before, or the
//! client stops.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Microseconds, parse_microseconds};

/// Pages in a row that may bring nothing new.
const IDLE_MAX: u32 = 3;
/// Objects of one pull.
const OBJECTS_MAX: usize = 5_000_000;
/// Longest cursor that is sent back.
const CURSOR_BYTES_MAX: usize = 64 << 10;

/// Where a client goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// By the date of the last object that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_after: Option<String>,
    /// By the cursor of the last page, in the middle of a pull.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The date that the cursor's first page was asked with: a cursor goes with the filters that it came of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

impl Place {
    /// The date to ask with.
    pub fn date(&self) -> Option<&str> {
        if self.next.is_some() { self.since.as_deref() } else { self.added_after.as_deref() }
    }
}

/// What a server says of a page.
#[derive(Clone, Copy, Debug, Default)]
pub struct PageEnd<'a> {
    /// Whether there is more.
    pub more: bool,
    /// How to ask for it.
    pub next: Option<&'a str>,
    /// The date of its last object (`X-TAXII-Date-Added-Last`).
    pub last: Option<&'a str>,
}

/// Why a client stops. What came before stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Astray {
    /// A cursor came twice.
    #[error("the server leads in a circle: it gave the same cursor twice")]
    Circle,
    /// Pages that bring nothing.
    #[error(
        "the server says that there is more, and {IDLE_MAX} pages in a row brought nothing new"
    )]
    Idle,
    /// There is more, and no way to it.
    #[error("the server says that there is more, and not how to ask for it")]
    NoWay,
    /// The cursor is longer than any honest one.
    #[error("the server gave a cursor of more than {CURSOR_BYTES_MAX} bytes")]
    Cursor,
    /// It does not end.
    #[error("the server sent more than {OBJECTS_MAX} objects in one pull")]
    Objects,
}

/// How a pull goes on after a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more.
    Next(Place),
    /// All came; the next pull begins there.
    Done(Place),
}

/// One pull, page by page.
#[derive(Debug)]
pub struct Paging {
    /// Ways that were gone, and objects that came, by their hashes.
    ways: HashSet<u64>,
    objects: HashSet<u64>,
    idle: u32,
    /// Dates after it are not believed: they would keep everything from ever being asked for again.
    latest: Microseconds,
}

fn hash(kind: u8, text: &str) -> u64 {
    xxh3_64(&[&[kind], text.as_bytes()].concat())
}

impl Paging {
    /// The beginning of a pull; `latest` is the latest date that can be true.
    pub fn new(latest: Microseconds) -> Self {
        Self { ways: HashSet::new(), objects: HashSet::new(), idle: 0, latest }
    }

    /// Takes a page: where it was asked for, what the server says of it, and its objects as they came.
    pub fn page<'a>(
        &mut self,
        asked: &Place,
        end: PageEnd<'_>,
        objects: impl Iterator<Item = &'a str>,
    ) -> Result<Step, Astray> {
        let before = self.objects.len();
        self.objects.extend(objects.map(|object| xxh3_64(object.as_bytes())));
        let brought = self.objects.len() > before;
        let is_true = |date: &&str| {
            date.len() <= 64 && parse_microseconds(date).is_some_and(|date| date <= self.latest)
        };
        let last = end.last.filter(is_true).map(ToOwned::to_owned);
        // Where the next pull begins, and this one, should the cursor not hold.
        let added_after = last.clone().or_else(|| asked.added_after.clone());
        if !end.more {
            return Ok(Step::Done(Place { added_after, next: None, since: None }));
        }
        self.idle = if brought { 0 } else { self.idle + 1 };
        if self.idle >= IDLE_MAX {
            return Err(Astray::Idle);
        }
        if self.objects.len() > OBJECTS_MAX {
            return Err(Astray::Objects);
        }
        let way = match end.next {
            Some(next) if next.len() > CURSOR_BYTES_MAX => return Err(Astray::Cursor),
            Some(next) => hash(b'n', next),
            None => hash(b'd', last.as_deref().ok_or(Astray::NoWay)?),
        };
        if !self.ways.insert(way) {
            return Err(Astray::Circle);
        }
        let next = end.next.map(ToOwned::to_owned);
        let since = asked.date().filter(|_| next.is_some()).map(ToOwned::to_owned);
        Ok(Step::Next(Place { added_after, next, since }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Astray, PageEnd, Paging, Place, Step};

    const LATEST: i64 = 1_800_000_000_000_000;
    const DATE: &str = "2026-01-01T00:00:00.000000Z";

    fn more(next: &str) -> PageEnd<'_> {
        PageEnd { more: true, next: Some(next), last: Some(DATE) }
    }

    #[test]
    fn a_pull_goes_on_by_cursor_with_its_own_filters_and_the_next_by_date() {
        let mut paging = Paging::new(LATEST);
        let begun = Place { added_after: Some("2025-01-01T00:00:00Z".into()), ..Place::default() };
        let Ok(Step::Next(second)) = paging.page(&begun, more("a"), ["1"].into_iter()) else {
            panic!("there is more");
        };
        assert_eq!(second.next.as_deref(), Some("a"));
        assert_eq!((second.date(), second.added_after.as_deref()), (begun.date(), Some(DATE)));
        let Ok(Step::Next(third)) = paging.page(&second, more("b"), ["2"].into_iter()) else {
            panic!("there is more");
        };
        assert_eq!((third.next.as_deref(), third.date()), (Some("b"), begun.date()));
        let end = PageEnd { more: false, next: Some("c"), last: None };
        let done = Place { added_after: Some(DATE.into()), ..Place::default() };
        assert_eq!(paging.page(&third, end, ["3"].into_iter()), Ok(Step::Done(done)));
    }

    #[test]
    fn a_server_that_leads_astray_is_left() {
        let none = Place::default();
        let mut paging = Paging::new(LATEST);
        assert!(paging.page(&none, more("a"), ["1"].into_iter()).is_ok());
        assert!(paging.page(&none, more("b"), ["2"].into_iter()).is_ok());
        assert_eq!(paging.page(&none, more("a"), ["3"].into_iter()), Err(Astray::Circle));

        let mut paging = Paging::new(LATEST);
        let mut page =
            |number: u32| paging.page(&none, more(&number.to_string()), ["1", "2"].into_iter());
        assert_eq!((0..9).map(&mut page).take_while(Result::is_ok).count(), 3);

        let mut paging = Paging::new(LATEST);
        let end = PageEnd { more: true, ..PageEnd::default() };
        assert_eq!(paging.page(&none, end, ["1"].into_iter()), Err(Astray::NoWay));
        let long = "x".repeat(100_000);
        assert_eq!(paging.page(&none, more(&long), ["2"].into_iter()), Err(Astray::Cursor));
    }

    #[test]
    fn dates_of_the_future_and_what_is_none_are_not_believed() {
        let none = Place::default();
        for date in ["9999-01-01T00:00:00Z", "never", &"2".repeat(100)] {
            let mut paging = Paging::new(LATEST);
            let end = PageEnd { more: false, next: None, last: Some(date) };
            let done = paging.page(&none, end, ["1"].into_iter());
            assert_eq!(done, Ok(Step::Done(Place::default())));
        }
    }
}
