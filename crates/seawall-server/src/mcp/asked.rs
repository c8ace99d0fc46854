//! What does a model ask with? Parameters of tools, and lists in pages.

use rmcp::ErrorData;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rows where a question says nothing of how many.
const ROWS: usize = 20;
/// Rows of an answer at the most.
const ROWS_MAX: usize = 50;
/// Bytes of any text in a question.
const TEXT_BYTES_MAX: usize = 1024;

/// Which part of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageAsked {
    /// Rows wanted, 1 to 50; 20 where absent.
    pub(super) limit: Option<usize>,
    /// `next` of the answer before.
    pub(super) after: Option<usize>,
}

impl PageAsked {
    /// (first row, rows).
    pub(super) fn bounds(&self) -> (usize, usize) {
        (self.after.unwrap_or(0), self.limit.unwrap_or(ROWS).clamp(1, ROWS_MAX))
    }
}

/// A part of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Page<T> {
    /// The rows.
    pub(super) rows: Vec<T>,
    /// How many there are in all.
    pub(super) total: usize,
    /// What to give as `after` for the rows that follow; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<usize>,
}

impl<T> Page<T> {
    /// The part of all rows that is asked for.
    pub(super) fn of<S>(
        all: impl ExactSizeIterator<Item = S>,
        asked: &PageAsked,
        tell: impl Fn(S) -> T,
    ) -> Self {
        let (total, (first, rows)) = (all.len(), asked.bounds());
        let next = first.saturating_add(rows);
        Self {
            rows: all.skip(first).take(rows).map(tell).collect(),
            total,
            next: (next < total).then_some(next),
        }
    }
}

/// Campaigns, all or those that fit.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct CampaignsAsked {
    /// What their id, name, or a value that binds them has to contain; letters of any case.
    pub(super) text: Option<String>,
    /// Which part of the list.
    #[serde(flatten)]
    pub(super) page: PageAsked,
}

/// One campaign.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignAsked {
    /// Its id: `c-` and 12 digits.
    pub(super) campaign: String,
}

/// A list that belongs to a campaign.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct OfCampaignAsked {
    /// Id of the campaign: `c-` and 12 digits.
    pub(super) campaign: String,
    /// Which part of the list.
    #[serde(flatten)]
    pub(super) page: PageAsked,
}

/// One account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountAsked {
    /// The site's id of the account, or its pseudonym: `a-` and 10 digits.
    pub(super) account: String,
}

/// Two accounts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PairAsked {
    /// One, by the site's id or its pseudonym.
    pub(super) left: String,
    /// The other.
    pub(super) right: String,
}

/// Values that somebody else names.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ValuesAsked {
    /// Domains, addresses, user agents and so on, at most 50.
    pub(super) values: Vec<String>,
}

impl ValuesAsked {
    /// The values, where they are not too many.
    pub(super) fn checked(&self) -> Result<&[String], ErrorData> {
        if self.values.len() > ROWS_MAX {
            return Err(wrong(format!("at most {ROWS_MAX} values at a time")));
        }
        self.values.iter().try_for_each(|value| text(value).map(drop))?;
        Ok(&self.values)
    }
}

/// One actor.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ActorAsked {
    /// A name, another name, or an id.
    pub(super) name: String,
    /// Which part of what is claimed.
    #[serde(flatten)]
    pub(super) page: PageAsked,
}

/// A text that is not too long.
pub(super) fn text(text: &str) -> Result<&str, ErrorData> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(wrong(format!("a text has at most {TEXT_BYTES_MAX} bytes")));
    }
    Ok(text)
}

/// A question that makes no sense here.
pub(super) fn wrong(why: impl Into<String>) -> ErrorData {
    ErrorData::invalid_params(why.into(), None)
}

/// The run cannot be read any more; why is said to the one who started the server, not to the model.
pub(super) fn unread(error: impl std::error::Error) -> ErrorData {
    let _ = error;
    ErrorData::internal_error("the run cannot be read: it was changed or removed", None)
}
