//! How do two versions of a policy differ, line by line?

use maud::{Markup, html};
use seawall_charts::text::counted;

use super::{Policies, known};
use crate::console::{parts, table::Asked};

/// Lines of each version that are compared: the work grows with their product.
const LINES_MAX: usize = 1_500;

/// A line of one version or of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'a> {
    Same(&'a str),
    Gone(&'a str),
    New(&'a str),
}

/// The version that is asked for against the one in force.
pub(super) fn part(asked: &Asked, policies: &Policies) -> Markup {
    let Some(other) = asked.get("against").and_then(|id| known(policies, id)) else {
        return Markup::default();
    };
    let live = &policies.in_force;
    let changed = other.difference(live);
    let lines = lines(other.text(), live.text());
    parts::block(
        "difference",
        "Difference",
        &html! {
            p { "From " code { (other.id()) } " to " code { (live.id()) } ", which is live: " (counted(changed.len() as u64, "rule differs", "rules differ")) "." @for rule in &changed { " " code { (rule) } } }
            @match &lines {
                Some(lines) => { (parts::scroller("Lines that differ", &html! { pre .difference { @for line in lines { (tell(*line)) } } })) }
                None => { p .soft { "They are too long to be compared line by line." } }
            }
            p { a .button data-swap href=(asked.without(&["against"])) { "Close" } }
        },
    )
}

fn tell(line: Line<'_>) -> Markup {
    let (mark, class, text) = match line {
        Line::Same(text) => (" ", "same", text),
        Line::Gone(text) => ("−", "gone", text),
        Line::New(text) => ("+", "new", text),
    };
    html! { span .(class) { (mark) " " (parts::sentence(text)) "\n" } }
}

/// The longest lines in common stay, everything else is gone or new.
fn lines<'a>(old: &'a str, new: &'a str) -> Option<Vec<Line<'a>>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    if old.len() > LINES_MAX || new.len() > LINES_MAX {
        return None;
    }
    // common[i][j]: how many lines the rests from i and from j have in common.
    let mut common = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut told) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            told.push(Line::Same(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            told.push(Line::Gone(old[i]));
            i += 1;
        } else {
            told.push(Line::New(new[j]));
            j += 1;
        }
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::{Line, lines};

    #[test]
    fn lines_in_common_stay() {
        let told = lines("a\nb\nc\nd", "a\nx\nc\nd\ne").unwrap_or_default();
        let want = [
            Line::Same("a"),
            Line::Gone("b"),
            Line::New("x"),
            Line::Same("c"),
            Line::Same("d"),
            Line::New("e"),
        ];
        assert_eq!(told, want);
        assert_eq!(lines("", ""), Some(Vec::new()));
        assert_eq!(lines(&"x\n".repeat(2_000), ""), None);
    }
}
