//! Which part of a long list is asked for?

use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Items of a page, unless asked otherwise, and at most.
const LIMIT: u32 = 100;
const LIMIT_MAX: u32 = 1000;

/// What a client asks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    cursor: Option<String>,
    limit: Option<String>,
}

/// What was asked, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where to begin.
    pub from: u64,
    /// How many at most.
    pub limit: usize,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; none where this is the last one so far.
    pub next_cursor: Option<String>,
}

impl PageQuery {
    /// Checks it. A cursor is whatever an earlier page gave.
    pub fn check(&self) -> Result<Page, Problem> {
        let from = match self.cursor.as_deref().map(parse) {
            None => 0,
            Some(Some(from)) => from,
            Some(None) => return Err(Problem::bad_request("this cursor is none that a page gave")),
        };
        let limit = match self.limit.as_deref().map(str::parse::<u32>) {
            None => LIMIT,
            Some(Ok(limit)) if (1..=LIMIT_MAX).contains(&limit) => limit,
            Some(_) => {
                return Err(Problem::bad_request(format!("limit is from 1 to {LIMIT_MAX}")));
            }
        };
        Ok(Page { from, limit: limit as usize })
    }
}

fn parse(cursor: &str) -> Option<u64> {
    let digits = cursor.strip_prefix('k')?;
    let is_ours = digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_ours.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

/// The cursor of a place.
pub fn cursor(from: u64) -> String {
    format!("k{from:016x}")
}
