//! Which steps does an action take? They stand in the journal, one entry each.

use serde::{Deserialize, Serialize};

use super::plan::Plan;

/// A step of an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Id of the action.
    pub action: String,
    /// What happens.
    #[serde(flatten)]
    pub step: Step,
}

/// What happens to an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Somebody wants it.
    Proposed {
        /// What is to be done.
        plan: Plan,
    },
    /// Somebody else wants it too.
    Approved,
    /// It is not to be done.
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// A stage begins.
    Started {
        /// Its number, from 1.
        stage: usize,
    },
    /// Nothing more is sent for now.
    Paused {
        /// Why.
        why: String,
    },
    /// It goes on.
    Resumed,
    /// It does not go on by itself any more: too many were refused or failed.
    Held {
        /// How many, in the stage that ended.
        failures: u32,
    },
    /// The site is asked again for those that it refused or that failed.
    Again,
    /// What was done is taken back: the site is asked to restore those that it accepted.
    RolledBack {
        /// Why.
        reason: String,
    },
    /// One account is restored, after an appeal.
    Appealed {
        /// Its row in the list.
        row: u32,
        /// Why.
        reason: String,
    },
    /// Somebody labelled one account `exonerated`, elsewhere than on its page.
    Exonerated {
        /// Its row in the list.
        row: u32,
    },
    /// The site is about to be asked about some accounts.
    Sending {
        /// Number of the batch within the action.
        batch: u32,
        /// Whether they are restored.
        back: bool,
        /// Their rows in the list.
        rows: Vec<u32>,
    },
    /// It is about to be asked once more.
    Trying {
        /// Number of the batch.
        batch: u32,
        /// Number of the attempt, from 2: the first is that of [`Self::Sending`].
        attempt: u32,
    },
    /// What came of an attempt to ask.
    Answered {
        /// Number of the batch.
        batch: u32,
        /// Number of the attempt, from 1.
        attempt: u32,
        /// What came of it.
        came: Came,
        /// Status of the answer; none where there was no answer.
        status: Option<u16>,
        /// The request may have arrived, although there was no answer.
        unanswered: bool,
        /// What went wrong, where something did.
        why: Option<String>,
        /// Of those accepted, the rows that were not, each with its status.
        refused: Vec<(u32, u16)>,
        /// When it is tried again, in milliseconds since the Unix epoch.
        next_at: Option<i64>,
    },
    /// A batch is not tried again, since all is taken back.
    LeftOff {
        /// Its number.
        batch: u32,
    },
}

impl Step {
    /// Whether it is one of those that people see one by one; of the others only counts are shown.
    pub const fn is_told(&self) -> bool {
        !matches!(
            self,
            Self::Exonerated { .. }
                | Self::Sending { .. }
                | Self::Trying { .. }
                | Self::Answered { .. }
                | Self::LeftOff { .. }
        )
    }
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// The site took it.
    Accepted,
    /// The site does not want it.
    Refused,
    /// It is tried again.
    Again,
    /// It is given up.
    GivenUp,
}
