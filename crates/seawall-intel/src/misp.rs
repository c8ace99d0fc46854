//! What do events, galaxies and warning lists of MISP say? And how does MISP take what we say?

mod event;
mod feed;
mod galaxy;
mod warning;

use jiff::Timestamp;
use serde_json::Value;

pub use event::{EventObjects, is_event, read_events};
pub use feed::{Feed, FeedEvent};
pub use galaxy::{Cluster, Galaxy, Related};
pub use warning::{Warning, WarningList};

/// Why a file of MISP cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum MispError {
    /// It is no JSON.
    #[error("not JSON, or nested too deeply")]
    Json(#[from] serde_json::Error),
    /// It lacks what such a file has.
    #[error("not {0} of MISP")]
    Form(&'static str),
}

/// Seconds since the Unix epoch, as a number or as text; or RFC 3339.
fn time(value: &Value) -> Option<Timestamp> {
    let text = match value {
        Value::Number(number) => return Timestamp::from_second(number.as_i64()?).ok(),
        Value::String(text) => text,
        _ => return None,
    };
    match text.parse::<i64>() {
        Ok(seconds) => Timestamp::from_second(seconds).ok(),
        Err(_) => text.parse().ok(),
    }
}

/// Words of estimative language (MISP taxonomy `estimative-language`, after Intelligence Community Directive 203) on
/// the scale of 0 to 100 (STIX 2.1, appendix A, DNI).
fn likelihood(tag: &str) -> Option<u8> {
    let (_, word) = tag.split_once("likelihood-probability=")?;
    Some(match word.trim_matches('"') {
        "almost-no-chance" => 5,
        "very-unlikely" => 15,
        "unlikely" => 30,
        "roughly-even-chance" => 50,
        "likely" => 70,
        "very-likely" => 85,
        "almost-certain" => 95,
        _ => return None,
    })
}
