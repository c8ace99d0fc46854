//! In which scripts is this name written?

use unicode_script::{Script, UnicodeScript as _};

use super::template::capped;

/// Scripts listed at most; a name in more is not told further apart.
const SCRIPTS_MAX: usize = 4;

/// Appends the scripts of a name in order of their names: `Latin`, `Cyrillic+Latin imitating`.
/// `false` where the name has no letters.
pub(crate) fn push_scripts(out: &mut String, name: &str) -> bool {
    let name = capped(name);
    if name.is_ascii() {
        out.push_str("Latin");
        return name.bytes().any(|byte| byte.is_ascii_alphabetic());
    }
    let mut scripts: [&str; SCRIPTS_MAX] = [""; SCRIPTS_MAX];
    let mut length = 0;
    for character in name.chars() {
        let Some(script) = script_name(character) else { continue };
        if length < SCRIPTS_MAX && !scripts[..length].contains(&script) {
            scripts[length] = script;
            length += 1;
        }
    }
    let scripts = &mut scripts[..length];
    scripts.sort_unstable();
    for (index, script) in scripts.iter().enumerate() {
        if index > 0 {
            out.push('+');
        }
        out.push_str(script);
    }
    if length > 1 && name.split_whitespace().any(imitates) {
        out.push_str(" imitating");
    }
    length > 0
}

/// The script of a letter.
fn script_name(character: char) -> Option<&'static str> {
    if character.is_ascii() {
        return character.is_ascii_alphabetic().then_some("Latin");
    }
    match character.script() {
        // Letters of no script: mathematical alphabets, used as fancy type.
        Script::Common | Script::Inherited => character.is_alphabetic().then_some("styled"),
        _ if ('\u{ff21}'..='\u{ff5a}').contains(&character) => Some("styled"),
        script => Some(script.full_name()),
    }
}

/// Whether one word mixes Latin letters with those of a script that has letters of the same form.
fn imitates(word: &str) -> bool {
    let (mut latin, mut similar) = (false, false);
    for character in word.chars() {
        match character.script() {
            Script::Latin => latin = true,
            Script::Cyrillic | Script::Greek | Script::Cherokee | Script::Armenian => {
                similar = true;
            }
            _ => {}
        }
    }
    latin && similar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_named() {
        for (name, expected) in [
            ("John Smith", Some("Latin")),
            ("José", Some("Latin")),
            ("Николай", Some("Cyrillic")),
            ("Николай Smith", Some("Cyrillic+Latin")),
            ("pаypаl", Some("Cyrillic+Latin imitating")),
            ("さくら子", Some("Han+Hiragana")),
            ("𝐩𝐚𝐲𝐩𝐚𝐥", Some("styled")),
            ("1234", None),
            ("☃", None),
        ] {
            let mut out = String::new();
            let found = push_scripts(&mut out, name);
            assert_eq!(found.then_some(&*out), expected, "{name}");
        }
    }
}
