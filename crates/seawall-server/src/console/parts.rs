//! Of what are pages made? Blocks with a state each, values that may be hostile, times, figures.

use maud::{Markup, PreEscaped, Render, html};
use seawall_charts::{table::Table, text};

use super::{access::capability::Capability, review::Status};

/// Characters of a value shown at most.
const VALUE_CHARACTERS: usize = 120;
/// Characters of a sentence or note shown at most.
const SENTENCE_CHARACTERS: usize = 4000;
/// Rows below a picture.
const ROWS_MAX: usize = 200;

/// A text that may come from an attacker: made visible, cut, escaped, and kept apart from its surroundings in the
/// direction of writing.
pub(super) fn value(text: &str) -> Markup {
    html! { bdi .value { (text::visible(text, VALUE_CHARACTERS)) } }
}

/// A sentence or a note, which may hold such values.
pub(super) fn sentence(text: &str) -> Markup {
    html! { bdi { (text::visible(text, SENTENCE_CHARACTERS)) } }
}

/// A name that people or a run gave.
pub(super) fn name(text: &str) -> Markup {
    html! { bdi { (text::visible(text, 72)) } }
}

/// A whole number with separators.
pub(super) fn number(number: u64) -> Markup {
    html! { (text::count(number)) }
}

/// An id in a monospaced face, with a button that copies it.
pub(super) fn id(id: &str) -> Markup {
    html! {
        code .id { (text::visible(id, 80)) }
        (copy(id))
    }
}

/// A button that copies a text; without script there is none.
pub(super) fn copy(what: &str) -> Markup {
    html! {
        button .copy type="button" data-copy=(what) aria-label={ "Copy " (text::visible(what, 80)) } title="Copy" hidden {
            svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" { path d="M6 5.500h7v8H6zM10 5.500v-3H3v8h3" {} }
        }
    }
}

/// A moment in milliseconds since the Unix epoch, in UTC; the script adds the local time as a tooltip.
pub(super) fn moment(milliseconds: i64) -> Markup {
    let time = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    let whole = time.to_string();
    time_of(&whole, &text_of(time))
}

/// An RFC 3339 moment, in UTC.
pub(super) fn rfc3339(moment: &str) -> Markup {
    match moment.parse::<jiff::Timestamp>() {
        Ok(time) => time_of(&time.to_string(), &text_of(time)),
        Err(_) => value(moment),
    }
}

fn text_of(time: jiff::Timestamp) -> String {
    time.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%d %H:%M").to_string()
}

fn time_of(whole: &str, shown: &str) -> Markup {
    html! { time datetime=(whole) { (shown) "Z" } }
}

/// A part that scrolls sideways within itself, reachable by keyboard.
pub(super) fn scroller(label: &str, content: &impl Render) -> Markup {
    html! { div .scroller role="group" aria-label=(label) tabindex="0" { (content) } }
}

/// What stands at the head of a page: its title, and what is said below it.
pub(super) fn head(title: &impl Render, below: &Markup) -> Markup {
    html! { div .head { div { h1 { (title) } (below) } } }
}

/// A block with a head and whatever stands in it.
pub(super) fn block(id: &str, title: &str, content: &Markup) -> Markup {
    html! {
        section .block aria-labelledby=(id) {
            h2 id=(id) { (title) }
            (content)
        }
    }
}

/// Nothing is there yet: why, and what to do.
pub(super) fn empty(title: &str, why: &Markup) -> Markup {
    html! { div .state.empty { p .state-title { (title) } div { (why) } } }
}

/// Nothing is left of a list by its filters.
pub(super) fn filtered_out(clear: &str) -> Markup {
    html! {
        div .state.empty {
            p .state-title { "Nothing matches these filters" }
            p { a .button data-swap href=(clear) { "Clear filters" } }
        }
    }
}

/// A block that cannot be shown.
pub(super) fn error(title: &str, detail: &str, request: &str, again: &str) -> Markup {
    html! {
        div .state.error role="alert" {
            p .state-title { (title) }
            p { (sentence(detail)) }
            p .soft { "Request " (id(request)) " · " a href=(again) { "Try again" } }
        }
    }
}

/// Less is shown than there is.
pub(super) fn partial(shown: u64, total: u64, where_all: &Markup) -> Markup {
    html! { p .state.partial { "Showing " (number(shown)) " of " (number(total)) ". " (where_all) } }
}

/// What is shown is not the newest.
pub(super) fn stale(why: &Markup) -> Markup {
    html! { div .state.stale role="status" { (why) } }
}

/// One may not see this.
pub(super) fn restricted(needed: Capability) -> Markup {
    html! {
        div .state.restricted {
            p .state-title { "Restricted" }
            p { "Needed: the right to " (needed.title()) ". Whoever manages people can give it." }
        }
    }
}

/// A personal value that is not shown, with a link to where it can be revealed.
pub(super) fn masked(shown: &str, reveal: Option<&str>) -> Markup {
    html! {
        span .masked { (value(shown)) }
        @if let Some(address) = reveal {
            " " a .reveal href=(address) { "Reveal" span .soft { " (logged)" } }
        }
    }
}

/// A picture with its numbers: the picture, a table of the same, and both as files.
pub(super) struct Figure<'a> {
    /// Unique within the page.
    pub(super) id: &'a str,
    /// What it shows.
    pub(super) title: &'a str,
    /// How to read it.
    pub(super) note: &'a str,
    /// For wide screens.
    pub(super) wide: String,
    /// For narrow ones; empty where one picture is for both.
    pub(super) narrow: String,
    /// The same as a table.
    pub(super) table: &'a Table,
    /// Address of the table as CSV, and of the picture as SVG.
    pub(super) files: Option<(&'a str, &'a str)>,
}

impl Render for Figure<'_> {
    fn render(&self) -> Markup {
        let both = self.narrow.is_empty();
        html! {
            figure .picture id=(self.id) {
                figcaption {
                    h2 { (self.title) }
                    @if !self.note.is_empty() { p .soft { (self.note) } }
                }
                div .(if both { "both" } else { "wide" }) { (scroller(self.title, &PreEscaped(&self.wide))) }
                @if !both { div .narrow { (PreEscaped(&self.narrow)) } }
                details .numbers {
                    summary { "Table" }
                    (rows(self.title, self.table))
                }
                @if let Some((csv, svg)) = self.files {
                    p .files { a href=(csv) download { "CSV" } " " a href=(svg) download { "SVG" } }
                }
            }
        }
    }
}

/// The numbers of a picture.
fn rows(title: &str, table: &Table) -> Markup {
    let content = html! {
        table {
            thead { tr { @for column in &table.columns { th scope="col" { (column.replace('_', " ")) } } } }
            tbody { @for row in table.rows.iter().take(ROWS_MAX) {
                tr { @for cell in row { td .number[cell.is_number()] { (sentence(&cell.shown())) } } }
            } }
        }
    };
    html! {
        (scroller(title, &content))
        @if table.rows.len() > ROWS_MAX {
            (partial(ROWS_MAX as u64, table.rows.len() as u64, &html! { "The CSV has all." }))
        }
    }
}

/// What a campaign is, as a word with a mark: colour alone tells nothing.
pub(super) fn status(status: Status) -> Markup {
    let mark = match status {
        Status::Suspected => "◌",
        Status::Confirmed => "●",
        Status::Disputed => "◐",
        Status::Dismissed => "○",
        Status::Merged => "⤳",
    };
    html! { span .status.(status.as_str()) { span aria-hidden="true" { (mark) } " " (status.as_str()) } }
}

/// A note above a page: something was done.
pub(super) fn done(text: &str) -> Markup {
    html! { div .done role="status" { (text) } }
}

/// Two key figures or more, side by side.
pub(super) fn figures(figures: &[(&str, Markup, Markup)]) -> Markup {
    html! {
        dl .figures {
            @for (name, number, note) in figures {
                div { dt { (name) } dd { strong { (number) } span { (note) } } }
            }
        }
    }
}
