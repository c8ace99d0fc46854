//! Is the repository laid out as its documents say?
//!
//! Each check is a pure function from the files, held in memory, to problems, so that a test can hand
//! it a bad sample and see it fail.

mod commands;
mod edges;
mod files;
mod links;
mod markdown;
mod order;
mod packages;
mod rust;
mod tree;
mod words;

use std::fmt;

use packages::Package;
use tree::Tree;

/// Something to mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// File, with a line where one is meant: `README.md:3`.
    place: String,
    /// What is wrong, and what to do instead.
    message: String,
}

impl Problem {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.message)
    }
}

/// Runs every check on this repository.
pub(crate) fn run() -> anyhow::Result<Vec<Problem>> {
    let tree = Tree::of_repository()?;
    let packages = packages::of_repository()?;
    Ok(check(&tree, &packages))
}

fn check(tree: &Tree, packages: &[Package]) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(edges::check(tree, packages));
    problems.extend(order::check(tree));
    problems.extend(files::check(tree, packages));
    problems.extend(words::check(tree));
    problems.extend(links::check(tree));
    problems.extend(commands::check(tree));
    problems.sort();
    problems.dedup();
    problems
}
