//! Does each crate use only what `ARCHITECTURE.md` lets it use?

use super::{
    Problem,
    packages::Package,
    rust::{self, Part},
    tree::Tree,
};

const ALL: &[&str] = &[
    "seawall-core",
    "seawall-evidence",
    "seawall-store",
    "seawall-engine",
    "seawall-intel",
    "seawall-charts",
    "seawall-documents",
    "seawall-server",
    "seawall-sim",
];

/// Who may use whom. A new edge is an architecture change: add it here, in `ARCHITECTURE.md`, and in
/// a decision record.
const ALLOWED: &[(&str, &[&str])] = &[
    ("seawall-core", &[]),
    ("seawall-evidence", &[]),
    ("seawall-store", &["seawall-core"]),
    ("seawall-engine", &["seawall-core", "seawall-store"]),
    ("seawall-intel", &["seawall-core", "seawall-store"]),
    ("seawall-charts", &["seawall-core"]),
    ("seawall-documents", &["seawall-core", "seawall-evidence", "seawall-charts"]),
    (
        "seawall-server",
        &[
            "seawall-core",
            "seawall-evidence",
            "seawall-store",
            "seawall-engine",
            "seawall-intel",
            "seawall-charts",
            "seawall-documents",
        ],
    ),
    ("seawall-distributed", &["seawall-core", "seawall-engine", "seawall-documents"]),
    ("seawall", ALL),
    ("seawall-sim", &["seawall-core"]),
    ("xtask", &[]),
];

/// Crates that stay free of input, output, clocks and heavy machinery. Evidence keeps files and reads frozen
/// data, but has no clock, no chance and no network.
const PURE: &[&str] = &["seawall-core", "seawall-evidence", "seawall-charts"];

/// What one pure crate may have all the same, and why it exists.
const EXCUSED: &[(&str, &str)] = &[("seawall-evidence", "parquet"), ("seawall-evidence", "fs-err")];

/// What a pure crate must not depend on.
const HEAVY: &[&str] = &[
    "tokio",
    "reqwest",
    "ureq",
    "rustls",
    "hickory-proto",
    "sqlx",
    "datafusion",
    "rand",
    "fs-err",
    "parquet",
];

/// What a pure crate must not call. The evidence crate keeps files; it is pure of the rest.
const WORLDLY: &[&str] = &[
    "std::fs",
    "std::io",
    "std::process",
    "std::env",
    "std::thread",
    "std::time::SystemTime",
    "std::time::Instant",
];

pub(super) fn check(tree: &Tree, packages: &[Package]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in packages {
        let manifest = format!("{}/Cargo.toml", package.folder);
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            problems.push(Problem::new(
                manifest,
                "not in the table of crates: add it to `ALLOWED` in xtask and to ARCHITECTURE.md",
            ));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            // Tests of any crate may use the simulated worlds, and what the crate itself has for tests.
            let for_tests = dependency.dev && (name == "seawall-sim" || name == package.name);
            let ours = name == "seawall" || name.starts_with("seawall-");
            if ours && !allowed.contains(&name) && !for_tests {
                problems
                    .push(Problem::new(&manifest, format!("{} must not use {name}", package.name)));
            }
            let heavy = HEAVY.contains(&name) && !EXCUSED.contains(&(package.name.as_str(), name));
            if PURE.contains(&package.name.as_str()) && heavy && !dependency.dev {
                problems.push(Problem::new(
                    &manifest,
                    format!("{} must stay free of {name}", package.name),
                ));
            }
        }
    }
    problems.extend(worldly(tree));
    problems
}

/// Uses of files, threads, clocks and the environment in crates that must not know of them.
fn worldly(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.rust() {
        if !["crates/seawall-core/src/", "crates/seawall-charts/src/"]
            .iter()
            .any(|crate_| path.starts_with(crate_))
        {
            continue;
        }
        if rust::is_test_file(path) {
            continue;
        }
        let code = rust::only(rust::without_tests(text), Part::Code);
        for (number, line) in code.lines().enumerate() {
            for word in WORLDLY.iter().filter(|word| line.contains(*word)) {
                problems.push(Problem::new(
                    format!("{path}:{}", number + 1),
                    format!("`{word}` in a crate without input and output"),
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::packages::Dependency;

    fn package(name: &str, dependencies: &[(&str, bool)]) -> Package {
        Package {
            name: name.to_owned(),
            folder: format!("crates/{name}"),
            dependencies: dependencies
                .iter()
                .map(|(name, dev)| Dependency { name: (*name).to_owned(), dev: *dev })
                .collect(),
            tests: Vec::new(),
        }
    }

    fn messages(packages: &[Package]) -> Vec<String> {
        check(&Tree::default(), packages).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn the_table_is_kept() {
        let good = [
            package("seawall-core", &[("serde", false)]),
            package("seawall-engine", &[("seawall-core", false), ("seawall-sim", true)]),
            package("seawall", &[("seawall-engine", false), ("seawall-sim", false)]),
        ];
        assert_eq!(messages(&good), [""; 0]);
    }

    #[test]
    fn an_edge_against_the_path_is_told() {
        assert_eq!(
            messages(&[package("seawall-core", &[("seawall-engine", false)])]),
            ["seawall-core must not use seawall-engine"]
        );
        assert_eq!(
            messages(&[package("seawall-engine", &[("seawall-sim", false)])]),
            ["seawall-engine must not use seawall-sim"]
        );
        assert_eq!(
            messages(&[package("seawall-documents", &[("seawall-engine", true)])]),
            ["seawall-documents must not use seawall-engine"]
        );
    }

    #[test]
    fn a_crate_nobody_planned_is_told() {
        assert!(messages(&[package("seawall-misc", &[])])[0].contains("not in the table"));
    }

    #[test]
    fn core_stays_light() {
        assert_eq!(
            messages(&[package("seawall-core", &[("tokio", false)])]),
            ["seawall-core must stay free of tokio"]
        );
    }

    #[test]
    fn core_does_not_touch_the_world() {
        let tree = Tree::of(&[
            (
                "crates/seawall-core/src/event.rs",
                "//! Not std::fs in a comment.\nuse std::fs::File;\n",
            ),
            (
                "crates/seawall-core/src/link.rs",
                "//! L.\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n",
            ),
            ("crates/seawall-engine/src/lib.rs", "//! E.\nuse std::fs::File;\n"),
        ]);
        let problems = check(&tree, &[]);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].place, "crates/seawall-core/src/event.rs:2");
    }
}
