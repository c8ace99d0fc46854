//! Does each module of `seawall-core` use only those above it in the data's path?

use super::{
    Problem,
    rust::{self, Part},
    tree::Tree,
};

const ROOT: &str = "crates/seawall-core/src/";

/// The modules of `seawall-core`, in the order the data flows.
const PATH: &[&str] = &[
    "event", "selector", "link", "cluster", "campaign", "model", "decision", "actor", "case",
    "impact",
];

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.rust() {
        let Some(inside) = path.strip_prefix(ROOT) else { continue };
        if inside == "lib.rs" {
            problems.extend(declarations(path, text));
            continue;
        }
        if rust::is_test_file(inside) {
            continue;
        }
        let parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
        let Some(own) = PATH.iter().position(|module| *module == parts[0]) else { continue };
        let code = rust::only(rust::without_tests(text), Part::Code);
        for used in modules_used(&code, parts.len()) {
            if let Some(later) = PATH.iter().position(|module| *module == used)
                && later > own
            {
                problems.push(Problem::new(
                    path,
                    format!("uses `{used}`, which comes after `{}` in the path", parts[0]),
                ));
            }
        }
    }
    problems
}

/// The crate declares its modules in the order of the path, and no others.
fn declarations(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut last = 0;
    for line in rust::only(text, Part::Code).lines() {
        let line = line.trim();
        let Some(module) = line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod "))
        else {
            continue;
        };
        let module = module.trim_end_matches(';');
        match PATH.iter().position(|known| *known == module) {
            None => problems.push(Problem::new(
                path,
                format!("`{module}` has no place in the path: give it one in xtask"),
            )),
            Some(position) if position < last => {
                problems.push(Problem::new(
                    path,
                    format!("`{module}` is declared out of the path's order"),
                ));
            }
            Some(position) => last = position,
        }
    }
    problems
}

/// Names right below the crate's root that a file `depth` folders down uses, by `crate::` or by as
/// many `super::`.
fn modules_used(code: &str, depth: usize) -> Vec<String> {
    let to_root = "super::".repeat(depth);
    let mut used = Vec::new();
    for start in ["crate::", to_root.as_str()] {
        for (at, _) in code.match_indices(start) {
            let goes_on = code[..at]
                .chars()
                .next_back()
                .is_some_and(|before| before.is_alphanumeric() || "_:$".contains(before));
            let rest = &code[at + start.len()..];
            if !goes_on {
                used.extend(first_names(rest));
            }
        }
    }
    used.sort();
    used.dedup();
    used
}

/// The first names of a path: one, or several in braces.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .collect()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut names = vec![name(group)];
    let mut depth = 0_u32;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn using_what_comes_before_is_right() {
        let files = [
            (
                "crates/seawall-core/src/lib.rs",
                "pub mod event;\npub mod selector;\npub mod campaign;\n",
            ),
            (
                "crates/seawall-core/src/campaign/findings.rs",
                "use crate::{event::Time, selector::{self, Family}};\n",
            ),
            (
                "crates/seawall-core/src/selector.rs",
                "//! See [`crate::campaign`].\nuse super::event;\n",
            ),
            (
                "crates/seawall-core/src/link.rs",
                "use crate::event;\n#[cfg(test)]\nmod tests {\n use crate::campaign;\n}\n",
            ),
        ];
        assert_eq!(problems(&files), [""; 0]);
    }

    #[test]
    fn using_what_comes_after_is_told_however_it_is_written() {
        for text in [
            "use crate::campaign::findings;",
            "use crate::{\n    event::{Event, Time},\n    campaign::findings,\n};",
            "fn a() { crate::campaign::b(); }",
            "use super::super::campaign;",
        ] {
            let found = problems(&[("crates/seawall-core/src/link/tail.rs", text)]);
            assert_eq!(found, ["uses `campaign`, which comes after `link` in the path"], "{text}");
        }
        assert_eq!(
            problems(&[("crates/seawall-core/src/link/tail.rs", "use super::campaign;")]),
            [""; 0]
        );
    }

    #[test]
    fn declarations_follow_the_path() {
        let lib = "crates/seawall-core/src/lib.rs";
        assert_eq!(
            problems(&[(lib, "pub mod selector;\npub mod event;\n")]),
            ["`event` is declared out of the path's order"]
        );
        assert!(problems(&[(lib, "pub mod utils;\n")])[0].contains("no place in the path"));
    }
}
