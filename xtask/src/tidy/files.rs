//! Is each file where it belongs, introduced, and short enough to read?

use super::{Problem, packages::Package, rust, tree::Tree};

/// Lines of code in a file, tests left out.
const LINES_MAX: usize = 500;

/// Documents that stay short on purpose.
const DOCUMENTS: &[(&str, usize)] = &[("README.md", 150), ("ARCHITECTURE.md", 250)];

pub(super) fn check(tree: &Tree, packages: &[Package]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.rust() {
        if !text.starts_with("//! ") {
            problems.push(Problem::new(
                path,
                "must open with a `//!` sentence that says what question it answers",
            ));
        }
        let lines = rust::without_tests(text).lines().count();
        if lines > LINES_MAX && !rust::is_test_file(path) {
            problems.push(Problem::new(
                path,
                format!("{lines} lines, over the limit of {LINES_MAX} without tests"),
            ));
        }
    }
    for (path, lines_max) in DOCUMENTS {
        let Some(text) = tree.texts.get(*path) else {
            problems.push(Problem::new(*path, "missing"));
            continue;
        };
        let lines = text.lines().count();
        if lines > *lines_max {
            problems
                .push(Problem::new(*path, format!("{lines} lines, over its limit of {lines_max}")));
        }
    }
    for package in packages {
        problems.extend(layout(tree, package));
    }
    problems
}

/// Folder, lints and integration tests of a crate.
fn layout(tree: &Tree, package: &Package) -> Vec<Problem> {
    let mut problems = Vec::new();
    let manifest = format!("{}/Cargo.toml", package.folder);
    let folder = if package.name == "xtask" {
        "xtask".to_owned()
    } else {
        format!("crates/{}", package.name)
    };
    if package.folder != folder {
        problems
            .push(Problem::new(&manifest, format!("crate {} must lie in {folder}", package.name)));
    }
    for test in &package.tests {
        if *test != format!("{}/tests/it/main.rs", package.folder) {
            problems.push(Problem::new(
                test,
                "integration tests of a crate are one binary: make it a module of tests/it/main.rs",
            ));
        }
    }
    let inherits = tree
        .texts
        .get(&manifest)
        .and_then(|text| text.split_once("[lints]"))
        .is_some_and(|(_, after)| after.trim_start().starts_with("workspace = true"));
    if !inherits {
        problems.push(Problem::new(
            &manifest,
            "must inherit the workspace's lints: `[lints]` `workspace = true`",
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(files: &[(&str, &str)], packages: &[Package]) -> Vec<String> {
        let mut files = files.to_vec();
        files.extend([("README.md", "# A\n"), ("ARCHITECTURE.md", "# B\n")]);
        check(&Tree::of(&files), packages).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        assert_eq!(messages(&[("crates/a/src/lib.rs", "//! What is a?\n")], &[]), [""; 0]);
        assert!(
            messages(&[("crates/a/src/lib.rs", "use b;\n")], &[])[0].contains("must open with")
        );
    }

    #[test]
    fn length_counts_without_tests() {
        let code = "fn a() {}\n".repeat(LINES_MAX);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{code}}}\n");
        let short = format!("//! A.\n{tests}");
        let long = format!("//! A.\n{code}");
        assert_eq!(messages(&[("crates/a/src/a.rs", &short)], &[]), [""; 0]);
        assert_eq!(messages(&[("crates/a/tests/it/a.rs", &long)], &[]), [""; 0]);
        assert_eq!(
            messages(&[("crates/a/src/a.rs", &long)], &[]),
            ["501 lines, over the limit of 500 without tests"]
        );
    }

    #[test]
    fn documents_stay_short() {
        let readme = "a\n".repeat(151);
        let tree = Tree::of(&[("README.md", &readme)]);
        let messages: Vec<String> =
            check(&tree, &[]).into_iter().map(|problem| problem.message).collect();
        assert_eq!(messages, ["151 lines, over its limit of 150", "missing"]);
    }

    #[test]
    fn a_crate_lies_where_its_name_says() {
        let lints = "[lints]\nworkspace = true\n";
        let package = |folder: &str, tests: &[&str]| Package {
            name: "seawall-core".to_owned(),
            folder: folder.to_owned(),
            dependencies: Vec::new(),
            tests: tests.iter().map(|test| (*test).to_owned()).collect(),
        };
        let good = package("crates/seawall-core", &["crates/seawall-core/tests/it/main.rs"]);
        assert_eq!(messages(&[("crates/seawall-core/Cargo.toml", lints)], &[good]), [""; 0]);
        let folder = messages(&[("crates/core/Cargo.toml", lints)], &[package("crates/core", &[])]);
        assert_eq!(folder, ["crate seawall-core must lie in crates/seawall-core"]);
        let tests = package("crates/seawall-core", &["crates/seawall-core/tests/more.rs"]);
        assert!(
            messages(&[("crates/seawall-core/Cargo.toml", lints)], &[tests])[0]
                .contains("one binary")
        );
        let bare = messages(
            &[("crates/seawall-core/Cargo.toml", "")],
            &[package("crates/seawall-core", &[])],
        );
        assert!(bare[0].contains("inherit"));
    }
}
