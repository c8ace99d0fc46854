//! What does a Markdown file say: its headings, links, code?

/// A line, and whether it stands inside a fenced code block.
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    pub(super) text: &'a str,
    pub(super) code: bool,
}

/// All lines; the fences themselves count as code.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let start = text.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        let code = fence.is_some() || mark.is_some();
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        lines.push(Line { number: index + 1, text, code });
    }
    lines
}

/// Level and text of each heading.
pub(super) fn headings(text: &str) -> Vec<(usize, &str)> {
    lines(text)
        .into_iter()
        .filter(|line| !line.code)
        .filter_map(|line| {
            let rest = line.text.trim_start_matches('#');
            let level = line.text.len() - rest.len();
            (level > 0 && rest.starts_with(' ')).then(|| (level, rest.trim()))
        })
        .collect()
}

/// The anchor that GitHub gives a heading.
pub(super) fn anchor(heading: &str) -> String {
    heading
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            letter if letter.is_alphanumeric() => Some(letter.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

/// The stretches of a line in `code`, and the line without them.
pub(super) fn inline_code(line: &str) -> (Vec<&str>, String) {
    let mut code = Vec::new();
    let mut rest = String::new();
    for (index, part) in line.split('`').enumerate() {
        if index % 2 == 0 {
            rest.push_str(part);
        } else {
            code.push(part);
            rest.push_str("code");
        }
    }
    (code, rest)
}

/// Targets of `[text](target)` in a line without inline code.
pub(super) fn targets(line: &str) -> Vec<&str> {
    line.match_indices("](")
        .filter_map(|(at, mark)| {
            let rest = &line[at + mark.len()..];
            rest.find(')').map(|end| rest[..end].split_whitespace().next().unwrap_or_default())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_hide_headings() {
        let text = "# A\n```\n# not one\n~~~\n```\n## B c-d, `e`!\n";
        assert_eq!(headings(text), [(1, "A"), (2, "B c-d, `e`!")]);
        assert_eq!(anchor("B c-d, `e`!"), "b-c-d-e");
    }

    #[test]
    fn links_are_found_outside_code() {
        let (code, rest) = inline_code("a [b](c.md#d \"t\") `[e](f)` [g](h)");
        assert_eq!(code, ["[e](f)"]);
        assert_eq!(targets(&rest), ["c.md#d", "h"]);
    }
}
