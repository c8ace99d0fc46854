//! Do the commands that documents tell people to type exist?

use std::collections::BTreeSet;

use super::{
    Problem, markdown,
    rust::{self, Part},
    tree::Tree,
};

/// Sources of the command line.
const SOURCES: &str = "crates/seawall/src/";
/// What a reader types before a command of the program.
const STARTS: &[&str] =
    &["seawall ", "cargo run --release -- ", "cargo run -- ", "target/release/seawall "];
/// The command that runs all tests: the same for readers and for the checks of a change.
const TEST: &str = "cargo test --workspace --locked";

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for path in ["README.md", ".ci/run"] {
        if !tree.texts.get(path).is_some_and(|text| text.contains(TEST)) {
            problems.push(Problem::new(path, format!("must have the test command, `{TEST}`")));
        }
    }
    let program = Program::read(tree);
    for (path, text) in tree.markdown() {
        for line in markdown::lines(text).iter().filter(|line| line.code) {
            let typed = line.text.trim().trim_start_matches("$ ");
            let place = format!("{path}:{}", line.number);
            if let Some(rest) = typed.strip_prefix("cargo xtask ") {
                let command = first_word(rest);
                if !crate::COMMANDS.contains(&command) {
                    problems.push(Problem::new(
                        &place,
                        format!("`cargo xtask` has no command `{command}`"),
                    ));
                }
            }
            if let Some(rest) = STARTS.iter().find_map(|start| typed.strip_prefix(start)) {
                problems.extend(program.missing(rest).map(|message| Problem::new(&place, message)));
            }
        }
    }
    problems
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// What the program understands, as its source says.
#[derive(Debug, Default)]
struct Program {
    commands: BTreeSet<String>,
    /// Every identifier and literal: an option is one of them.
    words: BTreeSet<String>,
}

impl Program {
    fn read(tree: &Tree) -> Self {
        let mut program = Self::default();
        for (_, text) in tree.rust().filter(|(path, _)| path.starts_with(SOURCES)) {
            let code = rust::only(text, Part::Code);
            program.commands.extend(commands(&code));
            program.words.extend(rust::identifiers(&code).map(|(_, name)| name.to_owned()));
            let literals = rust::only(text, Part::Literal);
            program.words.extend(literals.split('"').map(|literal| literal.replace('-', "_")));
        }
        program
    }

    /// What a typed line asks for that the program does not have.
    fn missing(&self, typed: &str) -> impl Iterator<Item = String> {
        let typed = typed.split(" #").next().unwrap_or_default();
        let command = first_word(typed);
        let known = command.is_empty() || command.starts_with('-') || command == "help";
        let command = (!known && !self.commands.contains(command))
            .then(|| format!("the program has no command `{command}`"));
        let options = typed
            .split_whitespace()
            .filter_map(|word| word.strip_prefix("--"))
            .map(|option| option.split('=').next().unwrap_or_default())
            .filter(|option| !option.is_empty() && !["help", "version"].contains(option))
            .filter(|option| !self.words.contains(&option.replace('-', "_")))
            .map(|option| format!("the program has no option `--{option}`"));
        command.into_iter().chain(options)
    }
}

/// Variants of the enums that derive clap's `Subcommand`, as people type them.
fn commands(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("Subcommand") {
        let rest = &code[at..];
        let derives = rest
            .find(")]")
            .is_some_and(|end| rest.find(';').is_none_or(|statement| end < statement));
        let Some(start) = rest.find("enum ").filter(|_| derives) else { continue };
        let Some(open) = rest[start..].find('{') else { continue };
        found.extend(variants(&rest[start + open + 1..]));
    }
    found
}

/// Names of the variants in the body of an enum, in kebab case.
fn variants(body: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_u32;
    let mut awaiting = true;
    for (at, letter) in body.char_indices() {
        match letter {
            '}' if depth == 0 => break,
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => awaiting = true,
            letter if depth == 0 && awaiting && letter.is_alphabetic() => {
                let name: String =
                    body[at..].chars().take_while(|letter| letter.is_alphanumeric()).collect();
                names.push(kebab(&name));
                awaiting = false;
            }
            _ => {}
        }
    }
    names
}

fn kebab(name: &str) -> String {
    let mut typed = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !typed.is_empty() {
            typed.push('-');
        }
        typed.extend(letter.to_lowercase());
    }
    typed
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = "//! M.\nuse clap::{Parser, Subcommand};\n#[derive(Debug, Subcommand)]\n#[command(rename_all = \"kebab-case\")]\n\
        enum Command {\n    /// Finds.\n    #[command(about = \"x, y\")]\n    Detect(Detect),\n    DryRun { out: String, no: bool },\n    Man,\n}\n\
        struct Detect {\n    #[arg(long)]\n    report_bits: f64,\n    #[arg(long = \"out\")]\n    directory: String,\n}\n";

    fn messages(document: &str) -> Vec<String> {
        let readme = format!("# R\n```\n{TEST}\n{document}\n```\n");
        let tree = Tree::of(&[
            ("README.md", &readme),
            (".ci/run", "cargo test --workspace --locked\n"),
            ("crates/seawall/src/main.rs", MAIN),
        ]);
        check(&tree).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn commands_are_read_from_the_source() {
        let program = Program::read(&Tree::of(&[("crates/seawall/src/main.rs", MAIN)]));
        assert_eq!(program.commands.iter().collect::<Vec<_>>(), ["detect", "dry-run", "man"]);
    }

    #[test]
    fn what_exists_may_be_typed() {
        for typed in [
            "seawall detect a.csv --out dir --report-bits=5",
            "cargo run --release -- dry-run --help",
            "seawall --version",
            "cargo xtask tidy",
        ] {
            assert_eq!(messages(typed), [""; 0], "{typed}");
        }
    }

    #[test]
    fn what_does_not_exist_is_told() {
        assert_eq!(messages("seawall find a.csv"), ["the program has no command `find`"]);
        assert_eq!(
            messages("cargo run --release -- detect --fast"),
            ["the program has no option `--fast`"]
        );
        assert_eq!(messages("cargo xtask polish"), ["`cargo xtask` has no command `polish`"]);
    }

    #[test]
    fn readers_and_checks_run_the_same_tests() {
        let tree = Tree::of(&[("README.md", "# R\n"), (".ci/run", "cargo test\n")]);
        assert_eq!(check(&tree).len(), 2);
    }
}
