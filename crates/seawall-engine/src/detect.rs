//! Which accounts are one operation's?
//!
//! The steps, in the order of the data: the [`scene`] (who is judged against whom), [`hot`] selectors,
//! their [`pairs`], [`groups`] of them (small ones in [`pools`]), each group's [`profile`] against its
//! [`peers`], its accounts side by side ([`by_group`]), and its [`score`] against innocent explanations. What stands is parted into [`blocks`],
//! [`unite`]d with its like or [`part`]ed from its unlike (both compared by a [`sample`]), and completed ([`expand`])
//! through [`ties`], with values that it only seemed to be [`lacking`]. People's [`review`] of earlier ones comes last. [`decoys`] run the same steps ([`judge`]) over
//! data in which no operation can exist.

mod blocks;
mod by_group;
mod candidate;
mod carrying;
mod company;
mod concentration;
mod decoys;
mod expand;
mod facts;
mod findings;
mod groups;
mod growing;
mod hot;
mod judge;
mod lacking;
mod naming;
mod pairs;
mod part;
mod peers;
mod phrasing;
mod pictured;
mod pools;
mod profile;
mod review;
mod run;
mod sample;
mod scene;
mod score;
mod snapshot;
mod stages;
mod telling;
mod ties;
mod told;
mod unite;
mod words;

pub use crate::ingest::Knowledge;
pub use pairs::Pair;
pub(crate) use run::conclude;
pub use run::{DetectOptions, Detection, Room, Step, detect, detect_on, detect_with};
#[doc(hidden)]
pub use stages::{Core, Hot};
pub(crate) use telling::{Name, Telling};
pub(crate) use words::{Lookup, Wanted, Words, by_account};

use crate::parallel::{by_rows, in_parallel};
