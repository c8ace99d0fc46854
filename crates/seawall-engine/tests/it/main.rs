//! Do reading and writing keep their word on real files, good and bad?

mod bad_input;
mod formats;
mod round_trip;
mod support;
