//! How does a command reach a case: its folder, its keys, the clock, and whoever acts?

mod answer;
mod authority;
mod chance;
mod change;
mod desk;
mod item;
mod keys;
mod leaving;
mod place;
mod rows;
mod two;

pub(crate) use answer::Answer;
pub(crate) use chance::{chance, now};
pub(crate) use change::{
    RETENTION, class, hash, id, moment, named, privilege, read_seal, to_core, to_words,
};
pub(crate) use desk::{Acting, Desk, Written, failure, tool, value, written};
pub(crate) use item::{Intake, ItemOptions, MEMORY_BYTES_MAX, no_item};
pub(crate) use keys::KeyRing;
pub(crate) use leaving::Leaving;
pub(crate) use place::{Place, Reading, log_folder, read_file};
pub(crate) use rows::Rows;
pub(crate) use seawall_evidence::custody::{items, seals};
