//! Are answers exact, and does another engine give the same ones?

mod duck;
mod figures;
mod semantics;
