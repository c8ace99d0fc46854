//! Is each thing called by its one word, and does nothing speak of where the project is made?
//!
//! The rejected words stand in `GLOSSARY.md`, which is the authority; this file only looks for them.

use super::{
    Problem,
    rust::{self, Part},
    tree::Tree,
};

const GLOSSARY: &str = "GLOSSARY.md";
/// The heading in `GLOSSARY.md` above the table of rejected words.
const HEADING: &str = "## Words that tidy rejects";

/// Paths of one machine, split so that this file does not contain them.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("C:\\Us", "ers"),
    concat!(".lib", "rary/"),
];

/// Words about how the text came about, split for the same reason.
const MAKING: &[&str] = &[
    concat!("this ses", "sion"),
    concat!("clau", "de"),
    concat!("anthro", "pic"),
    concat!("chat", "gpt"),
    concat!("cop", "ilot"),
    concat!("co-authored", "-by"),
];

/// Where a word is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Names in Rust code.
    Names,
    /// Documents and comments.
    Prose,
}

/// A word that the glossary rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rejected {
    /// Its words, lower case: one, or several in a row.
    words: Vec<String>,
    place: Place,
    /// What to say.
    instead: String,
}

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let rejected = match tree.texts.get(GLOSSARY).map(|text| rejected(text)) {
        Some(Ok(rejected)) => rejected,
        Some(Err(problem)) => return vec![problem],
        None => return vec![Problem::new(GLOSSARY, "missing")],
    };
    for (path, text) in &tree.texts {
        for (number, line) in text.lines().enumerate() {
            for word in MACHINE_PATHS.iter().filter(|word| names_path(line, word)) {
                problems.push(Problem::new(
                    format!("{path}:{}", number + 1),
                    format!("`{word}` is a path of one machine"),
                ));
            }
        }
    }
    for (path, text) in tree.rust() {
        let code = rust::only(text, Part::Code);
        problems.extend(names(path, &code, &rejected));
        problems.extend(prose(path, &rust::only(text, Part::Comment), &rejected));
    }
    for (path, text) in tree.markdown().filter(|(path, _)| *path != GLOSSARY) {
        problems.extend(prose(path, text, &rejected));
    }
    problems
}

/// Reads the table of rejected words: `| word | names or prose | what to say |`.
fn rejected(glossary: &str) -> Result<Vec<Rejected>, Problem> {
    let Some((_, section)) = glossary.split_once(HEADING) else {
        return Err(Problem::new(GLOSSARY, format!("has no section `{HEADING}`")));
    };
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut rejected = Vec::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [word, place, instead] = cells.as_slice() else {
            return Err(Problem::new(
                GLOSSARY,
                format!("a row of rejected words must have three cells: {row}"),
            ));
        };
        let place = match *place {
            "names" => Place::Names,
            "prose" => Place::Prose,
            _ => return Err(Problem::new(GLOSSARY, format!("`names` or `prose`, not `{place}`"))),
        };
        let words = split(&word.trim_matches('`').replace([' ', '-'], "_"));
        rejected.push(Rejected { words, place, instead: (*instead).to_owned() });
    }
    if rejected.is_empty() {
        return Err(Problem::new(GLOSSARY, format!("no rows below `{HEADING}`")));
    }
    Ok(rejected)
}

/// The words of an identifier, lower case, a plural `s` dropped.
fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let starts = letter.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || letters.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if starts || *letter == '_' {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    for word in &mut words {
        if word.len() > 2 && word.ends_with('s') && !word.ends_with("ss") {
            word.pop();
        }
    }
    words
}

fn names(path: &str, code: &str, rejected: &[Rejected]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (line, name) in rust::identifiers(code).filter(|(_, name)| *name != "trait") {
        let words = split(name);
        for entry in rejected.iter().filter(|entry| entry.place == Place::Names) {
            if words.windows(entry.words.len()).any(|window| window == entry.words) {
                problems.push(Problem::new(
                    format!("{path}:{line}"),
                    format!("`{name}`: say {} ({GLOSSARY})", entry.instead),
                ));
            }
        }
    }
    problems
}

fn prose(path: &str, text: &str, rejected: &[Rejected]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let place = || format!("{path}:{}", number + 1);
        let lower = line.to_lowercase();
        for word in MAKING.iter().filter(|word| lower.contains(*word)) {
            problems
                .push(Problem::new(place(), format!("`{word}` does not belong in the project")));
        }
        let words: Vec<String> = lower
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .flat_map(split)
            .collect();
        for entry in rejected.iter().filter(|entry| entry.place == Place::Prose) {
            if words.windows(entry.words.len()).any(|window| window == entry.words) {
                problems.push(Problem::new(
                    place(),
                    format!("`{}`: say {} ({GLOSSARY})", entry.words.join(" "), entry.instead),
                ));
            }
        }
    }
    problems
}

/// Whether a line holds a path that starts with `prefix`, rather than an address or a longer path.
fn names_path(line: &str, prefix: &str) -> bool {
    line.match_indices(prefix).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || ".-_/}>$".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "# G\n\n## Words that tidy rejects\n\n| rejected | where | say |\n|---|---|---|\n\
        | `trait` | names | selector |\n| `ground truth` | names | label |\n| `bot ring` | prose | operation |\n";

    fn messages(path: &str, text: &str) -> Vec<String> {
        let tree = Tree::of(&[(GLOSSARY, SAMPLE), (path, text)]);
        check(&tree).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn names_are_split_as_they_are_written() {
        assert_eq!(split("HotTraits_seenXMLTwice"), ["hot", "trait", "seen", "xml", "twice"]);
        assert_eq!(split("access_ids"), ["access", "id"]);
    }

    #[test]
    fn a_rejected_name_is_told_with_the_right_word() {
        for text in ["//! A.\nstruct HotTrait;\n", "//! A.\nlet traits = 1;\n"] {
            assert!(
                messages("crates/a/src/a.rs", text)[0].ends_with("say selector (GLOSSARY.md)"),
                "{text}"
            );
        }
        assert_eq!(messages("crates/a/src/a.rs", "//! A.\nfn ground_truth() {}\n").len(), 1);
    }

    #[test]
    fn the_language_itself_is_not_rejected() {
        let text = "//! The trait of a trait.\npub trait Sink {}\nlet a = \"hot_trait\"; let portrait = 1;\n";
        assert_eq!(messages("crates/a/src/a.rs", text), [""; 0]);
    }

    #[test]
    fn rejected_prose_is_told_in_documents_and_comments() {
        assert_eq!(
            messages("docs/a.md", "Bot  rings abound.\n"),
            ["`bot ring`: say operation (GLOSSARY.md)"]
        );
        assert_eq!(messages("crates/a/src/a.rs", "//! A bot ring.\n").len(), 1);
        assert_eq!(messages("crates/a/src/a.rs", "//! A.\nlet a = \"bot ring\";\n"), [""; 0]);
    }

    #[test]
    fn paths_of_one_machine_are_told() {
        let path = concat!("/wo", "rk/main");
        assert_eq!(messages("a.toml", &format!("at = \"{path}\"\n")).len(), 1);
        assert_eq!(messages("a.toml", &format!("at = \"https://example.org{path}\"\n")), [""; 0]);
    }

    #[test]
    fn how_the_text_was_made_is_told() {
        assert_eq!(messages("docs/a.md", concat!("As found in this ses", "sion.\n")).len(), 1);
    }

    #[test]
    fn a_glossary_without_the_table_is_told() {
        let tree = Tree::of(&[(GLOSSARY, "# G\n")]);
        assert!(check(&tree)[0].message.contains("has no section"));
        let tree = Tree::of(&[(GLOSSARY, "# G\n## Words that tidy rejects\n")]);
        assert!(check(&tree)[0].message.contains("no rows"));
        let tree = Tree::of(&[(GLOSSARY, "# G\n## Words that tidy rejects\n| `a` | code | b |\n")]);
        assert!(check(&tree)[0].message.contains("not `code`"));
    }
}
