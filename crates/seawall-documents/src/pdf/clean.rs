//! What of a text may reach the page? Everything, but what cannot be seen or would deceive is shown by its code.

use seawall_evidence::document::Document;
use serde_json::Value;
use unicode_normalization::char::is_combining_mark;

/// Characters in a row without a space, after which a line may break: long enough for a hash.
const RUN_CHARACTERS_MAX: usize = 72;
/// The same in a cell of a table.
const CELL_RUN_CHARACTERS_MAX: usize = 14;
/// The same in a quotation, where nothing needs to be copied whole.
const QUOTED_RUN_CHARACTERS_MAX: usize = 36;
/// Marks on one letter, at most: what has more is there to spill over the page.
const MARKS_MAX: usize = 2;

/// The model for the template: with its name, and each text cleaned. `shows` says whether the font of running
/// text, or any font, has a character.
pub(super) fn model(
    document: &Document,
    shows: fn(char, bool) -> bool,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut value = serde_json::to_value(document)?;
    value["name"] = Value::String(document.name());
    clean(&mut value, RUN_CHARACTERS_MAX, shows);
    serde_json::to_vec(&value)
}

fn clean(value: &mut Value, run_max: usize, shows: fn(char, bool) -> bool) {
    match value {
        Value::String(string) => *string = text(string, run_max, shows),
        Value::Array(values) => {
            for value in values {
                clean(value, run_max, shows);
            }
        }
        Value::Object(fields) => {
            let quoted = fields.get("span").is_some_and(|span| span == "quoted");
            for (name, value) in fields {
                let run_max = match name.as_str() {
                    "rows" | "columns" => CELL_RUN_CHARACTERS_MAX,
                    "text" if quoted => run_max.min(QUOTED_RUN_CHARACTERS_MAX),
                    _ => run_max,
                };
                clean(value, run_max, shows);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text as it can be printed.
fn text(string: &str, run_max: usize, shows: fn(char, bool) -> bool) -> String {
    let mut out = String::with_capacity(string.len());
    // Characters since the last place where a line may break, and marks on the last letter.
    let (mut run, mut marks) = (0, 0);
    // Whether the font of running text has the last letter: marks must come from the same font.
    let mut plain = false;
    let mut characters = string.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\r' && characters.peek() == Some(&'\n') {
            continue;
        }
        if matches!(character, ' ' | '\n' | '\t') {
            out.push(if character == '\t' { ' ' } else { character });
            (run, marks, plain) = (0, 0, false);
            continue;
        }
        let mark = is_combining_mark(character);
        if run >= run_max && !mark {
            out.push('\u{200b}');
            run = 0;
        }
        marks = if mark { marks + 1 } else { 0 };
        let printable = character.is_ascii_graphic()
            || character == '\u{a0}'
            || (!unseen(character)
                && if mark {
                    plain && marks <= MARKS_MAX && shows(character, false)
                } else {
                    shows(character, true)
                });
        if printable {
            out.push(character);
            run += usize::from(!mark);
            plain = if mark { plain } else { shows(character, false) };
        } else {
            let code = format!("[U+{:04X}]", u32::from(character));
            run += code.len();
            out.push_str(&code);
            plain = false;
        }
    }
    out
}

/// Controls, marks of direction, characters without width, private use and what is no character.
fn unseen(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0xad | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
            | 0xe000..=0xf8ff | 0xfff0..=0xffff | 0xe0000..=0xe0fff | 0xf0000..=0x0010_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(_: char, _: bool) -> bool {
        true
    }

    #[test]
    fn what_deceives_is_shown_by_its_code() {
        assert_eq!(text("a\u{202e}gnp.exe\0", 72, all), "a[U+202E]gnp.exe[U+0000]");
        assert_eq!(text("a\u{200b}b\u{feff}\u{e000}", 72, all), "a[U+200B]b[U+FEFF][U+E000]");
        assert_eq!(text("line\r\nline\ttab", 72, all), "line\nline tab");
        assert_eq!(text("#eval(\"1\") $x$ *b*", 72, all), "#eval(\"1\") $x$ *b*");
    }

    #[test]
    fn what_no_font_has_is_shown_by_its_code() {
        assert_eq!(text("aж", 72, |character, _| character.is_ascii()), "a[U+0436]");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let pile = format!("e{}", "\u{301}".repeat(4));
        assert_eq!(text(&pile, 72, all), "e\u{301}\u{301}[U+0301][U+0301]");
    }

    #[test]
    fn long_words_may_break_and_hashes_need_not() {
        let hash = "a".repeat(64);
        assert_eq!(text(&hash, RUN_CHARACTERS_MAX, all), hash);
        let broken = text(&"a".repeat(1000), RUN_CHARACTERS_MAX, all);
        assert_eq!(broken.matches('\u{200b}').count(), 13);
        assert_eq!(broken.replace('\u{200b}', ""), "a".repeat(1000));
    }
}
