//! How good was a detection, where the truth is known?
//!
//! Compares `members.csv` with a file of true labels. Accounts whose label is empty are left out of
//! every measure and counted; accounts that the truth does not know are counted apart.

mod bounds;
mod measure;
mod read;
mod table;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use bounds::{Interval, clopper_pearson};
pub use measure::measure;
pub use read::{MemberRow, Members, Truth, TruthRow, read_members, read_truth};
pub use table::table;

/// Why an evaluation could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened or read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// A file is not CSV.
    #[error("{} is not readable as CSV", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: csv::Error,
    },
    /// A file has no such column.
    #[error("{} has no column `{column}`", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
    },
    /// A label says neither yes nor no.
    #[error("{}, line {line}: `fraud` is not one of 0, 1, true, false or empty", path.display())]
    Label {
        /// The file.
        path: PathBuf,
        /// One-based line.
        line: u64,
    },
    /// A file has more names than can be numbered.
    #[error("{} has too many different names", path.display())]
    Names {
        /// The file.
        path: PathBuf,
    },
}

/// Everything that is measured. Shares are 0 to 1; a share of nothing is `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Accounts: who was flagged, who should have been.
    pub accounts: AccountMeasures,
    /// The same within each kind of the truth file, benign kinds first, by name.
    pub kinds: Vec<KindMeasures>,
    /// Campaigns: who was put together with whom; `None` where the truth names neither campaigns
    /// nor operators.
    pub campaigns: Option<CampaignMeasures>,
    /// What to know before trusting the numbers.
    pub warnings: Vec<String>,
}

/// Counts and shares of accounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountMeasures {
    /// Accounts with a label.
    pub labelled: u64,
    /// Accounts of the truth file whose label is empty: in no measure.
    pub unlabelled: u64,
    /// Labelled accounts that are fraudulent.
    pub fraud: u64,
    /// Labelled accounts that were flagged.
    pub flagged: u64,
    /// Flagged accounts that the truth file does not have: in no measure.
    pub flagged_unknown: u64,
    /// Flagged accounts whose label is empty: in no measure.
    pub flagged_unlabelled: u64,
    /// Flagged and fraudulent.
    pub true_positives: u64,
    /// Flagged and benign.
    pub false_positives: u64,
    /// Share of flagged accounts that are fraudulent.
    pub precision: Option<f64>,
    /// Its exact 95 % interval.
    pub precision_interval: Option<Interval>,
    /// Share of fraudulent accounts that were flagged.
    pub recall: Option<f64>,
    /// Harmonic mean of precision and recall.
    pub f1: Option<f64>,
    /// Share of benign accounts that were flagged.
    pub false_positive_rate: Option<f64>,
    /// Its exact 95 % interval.
    pub false_positive_rate_interval: Option<Interval>,
}

/// Accounts of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindMeasures {
    /// The kind, as the truth file names it; empty where it does not.
    pub kind: String,
    /// Whether these are its fraudulent or its benign accounts.
    pub fraud: bool,
    /// Accounts.
    pub accounts: u64,
    /// Of these, flagged.
    pub flagged: u64,
    /// Share flagged: recall of a fraudulent kind, false-positive rate of a benign one.
    pub share: f64,
    /// Its exact 95 % interval.
    pub interval: Interval,
}

/// How well accounts were put together.
///
/// B-cubed and pairwise measures are over accounts that were flagged or are fraudulent. Whoever was
/// not flagged is alone in what was found; whoever is benign is alone in truth. Fraudulent accounts
/// of no named campaign or operator are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignMeasures {
    /// Fraudulent accounts left out of these measures, for want of a true campaign.
    pub unnamed: u64,
    /// B-cubed precision.
    pub bcubed_precision: Option<f64>,
    /// B-cubed recall.
    pub bcubed_recall: Option<f64>,
    /// Harmonic mean of both.
    pub bcubed_f1: Option<f64>,
    /// Share of pairs put together that belong together.
    pub pair_precision: Option<f64>,
    /// Share of pairs that belong together that were put together.
    pub pair_recall: Option<f64>,
    /// Harmonic mean of both.
    pub pair_f1: Option<f64>,
    /// Share of flagged accounts that belong to the true campaign most frequent among the accounts
    /// they were put together with.
    pub purity: Option<f64>,
    /// Campaigns found by the detection that have an account in these measures.
    pub detected: u64,
    /// Of these, those with accounts of two or more operators.
    pub mixed: u64,
    /// Of these, those in which a second operator has 5 % of the accounts or more: operations
    /// wrongly taken for one.
    pub merged: u64,
    /// True campaigns, largest first, then by name.
    pub truth: Vec<TrueCampaign>,
    /// True campaigns found, by size.
    pub bands: Vec<SizeBand>,
}

/// What became of a true campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueCampaign {
    /// Its name in the truth file.
    pub campaign: String,
    /// Its operator there; empty where not named.
    pub operator: String,
    /// Its kind there; empty where not named.
    pub kind: String,
    /// Accounts.
    pub accounts: u64,
    /// Of these, flagged.
    pub flagged: u64,
    /// Detected campaigns that its accounts are spread over.
    pub fragments: u64,
    /// Share of its flagged accounts in the largest of these.
    pub largest_fragment_share: Option<f64>,
    /// Half of its accounts or more are in one detected campaign, 95 % of which are its accounts.
    pub found: bool,
}

/// True campaigns of a range of sizes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeBand {
    /// Smallest number of accounts.
    pub accounts_min: u64,
    /// Campaigns.
    pub campaigns: u64,
    /// Of these, found.
    pub found: u64,
}

/// Compares a `members.csv` with a truth file.
///
/// Members: a CSV file with a header that has `account` and `campaign`. Truth: a CSV file with a
/// header that has `account` and `fraud` (0, 1, true, false, or empty for unknown), and may have
/// `campaign`, `operator` and `kind`. Other columns and other orders are fine.
pub fn evaluate(members: &Path, truth: &Path) -> Result<Evaluation, Error> {
    Ok(measure(&read_members(members)?, &read_truth(truth)?))
}

#[cfg(test)]
mod tests;
