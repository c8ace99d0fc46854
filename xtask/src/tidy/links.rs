//! Does each document have one title, and does everything it points at exist?

use std::collections::BTreeSet;

use super::{Problem, markdown, tree::Tree};

/// Folders whose paths, written as code in a document, must exist.
const FOLDERS: &[&str] = &["crates/", "docs/", "xtask/", "fuzz/", ".ci/", ".config/"];

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.markdown() {
        let titles = markdown::headings(text).iter().filter(|(level, _)| *level == 1).count();
        if titles != 1 {
            problems.push(Problem::new(path, format!("has {titles} titles, must have one")));
        }
        for line in markdown::lines(text).iter().filter(|line| !line.code) {
            let (code, rest) = markdown::inline_code(line.text);
            let place = format!("{path}:{}", line.number);
            for target in markdown::targets(&rest) {
                if let Some(message) = broken(tree, path, target) {
                    problems.push(Problem::new(&place, message));
                }
            }
            for name in code.into_iter().filter(|name| is_path(name)) {
                if !tree.paths.contains(name.trim_end_matches('/')) {
                    problems.push(Problem::new(&place, format!("`{name}` does not exist")));
                }
            }
        }
    }
    problems
}

/// A path of this repository, with nothing left open in it.
fn is_path(code: &str) -> bool {
    FOLDERS.iter().any(|folder| code.starts_with(folder))
        && code.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter))
}

/// What is wrong with a link, if anything.
fn broken(tree: &Tree, from: &str, target: &str) -> Option<String> {
    if ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { from.to_owned() } else { resolve(from, file) };
    if !tree.paths.contains(&path) {
        return Some(format!("link to `{target}`: no such file"));
    }
    if anchor.is_empty() {
        return None;
    }
    let text = tree.texts.get(&path)?;
    let anchors: BTreeSet<String> =
        markdown::headings(text).iter().map(|(_, heading)| markdown::anchor(heading)).collect();
    (!anchors.contains(anchor)).then(|| format!("link to `{target}`: no such heading"))
}

/// Follows a relative path from the folder of a file.
fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("docs/a/here.md", text),
            ("docs/there.md", "# There\n\n## Some part\n"),
            ("crates/x/src/lib.rs", "//! X.\n"),
        ]);
        check(&tree).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn what_exists_may_be_pointed_at() {
        let text = "# Here\n[a](../there.md#some-part) [b](https://example.org) [c](#here) `crates/x/src` \
                    `crates/<name>/src` `crates/x/src/lib.rs` [d](/docs)\n```\n[e](nowhere.md)\n```\n";
        // A leading slash is taken from the folder of the file, as most renderers do not take it from the root.
        assert_eq!(messages(text), ["link to `/docs`: no such file"]);
    }

    #[test]
    fn what_does_not_exist_is_told() {
        assert_eq!(messages("# H\n[a](nowhere.md)\n"), ["link to `nowhere.md`: no such file"]);
        assert_eq!(
            messages("# H\n[a](../there.md#gone)\n"),
            ["link to `../there.md#gone`: no such heading"]
        );
        assert_eq!(
            messages("# H\nsee `crates/x/src/gone.rs`\n"),
            ["`crates/x/src/gone.rs` does not exist"]
        );
    }

    #[test]
    fn one_title() {
        assert_eq!(messages("no title\n"), ["has 0 titles, must have one"]);
        assert_eq!(messages("# A\n# B\n"), ["has 2 titles, must have one"]);
    }
}
