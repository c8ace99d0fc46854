//! Which words do people bring to what follows a measure: the reasons for it, what it changed, what was told wrong?

use jiff::civil::Date;
use serde::Deserialize;

/// A statement of reasons.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct ReasonsWords {
    /// The measure in the name of the document.
    pub(in crate::commands::case) part: String,
    pub(in crate::commands::case) restriction: String,
    pub(in crate::commands::case) territory: String,
    pub(in crate::commands::case) from: Date,
    /// The last day; for good, where there is none.
    #[serde(default)]
    pub(in crate::commands::case) until: Option<Date>,
    pub(in crate::commands::case) facts: Vec<String>,
    pub(in crate::commands::case) occasion: OccasionWords,
    /// What machines did in finding the account.
    pub(in crate::commands::case) detection: String,
    /// What machines did in deciding.
    pub(in crate::commands::case) decision: String,
    pub(in crate::commands::case) ground: GroundWords,
    pub(in crate::commands::case) complaint: String,
    pub(in crate::commands::case) complaint_until: Date,
    #[serde(default)]
    pub(in crate::commands::case) redress: Vec<String>,
}

/// What set the decision off.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::commands::case) enum OccasionWords {
    OwnInvestigation,
    Notice,
}

/// By what right an account is restricted.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::commands::case) enum GroundWords {
    Law { provision: String, explanation: String },
    Terms { clause: String, explanation: String },
}

/// A report on the impact.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct ImpactWords {
    /// Id of the item with what was registered.
    pub(in crate::commands::case) registration: String,
    pub(in crate::commands::case) from: Date,
    pub(in crate::commands::case) to: Date,
    pub(in crate::commands::case) interventions: Vec<super::EventWords>,
    pub(in crate::commands::case) measures: Vec<MeasureWords>,
}

/// Something measured before and after.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct MeasureWords {
    /// Ids of figures.
    pub(in crate::commands::case) before: String,
    pub(in crate::commands::case) after: String,
    #[serde(default)]
    pub(in crate::commands::case) interval: Option<String>,
}

/// A correction of figures that went out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct ErratumWords {
    /// The correction in the name of the document.
    pub(in crate::commands::case) part: String,
    pub(in crate::commands::case) figures: Vec<CorrectionWords>,
    #[serde(default)]
    pub(in crate::commands::case) materiality: Vec<String>,
    #[serde(default)]
    pub(in crate::commands::case) asked: Vec<String>,
}

/// A figure that another takes the place of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct CorrectionWords {
    /// Ids of figures.
    pub(in crate::commands::case) was: String,
    pub(in crate::commands::case) is: String,
    pub(in crate::commands::case) cause: String,
    pub(in crate::commands::case) found: Date,
}
