//! Which part of a list is asked for, in which order? All of it stands in the address.

use std::collections::BTreeMap;

use maud::{Markup, html};
use seawall_charts::text;

use super::parts;

/// Rows of a page of a table.
pub(super) const ROWS: usize = 50;
/// Parameters that are read; more are passed over.
const PARAMETERS_MAX: usize = 40;
/// Characters of a parameter that are read.
const CHARACTERS_MAX: usize = 400;

/// A path with the parameters of its query.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    path: String,
    parameters: BTreeMap<String, String>,
}

impl Asked {
    /// Takes path and query apart.
    pub(super) fn new(address: &str) -> Self {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let parameters = form_urlencoded::parse(query.as_bytes())
            .take(PARAMETERS_MAX)
            .filter(|(_, value)| !value.is_empty())
            // It is shown again in links and fields, so that it must not change how they look.
            .map(|(name, value)| (name.into_owned(), text::visible(&value, CHARACTERS_MAX)))
            .collect();
        Self { path: path.to_owned(), parameters }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The page, from 0.
    pub(super) fn page(&self) -> usize {
        self.get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).clamp(1, 1 << 24)
            - 1
    }

    /// The column to sort by, if it is one of these, and whether from the largest.
    pub(super) fn sort<'a>(&self, known: &[&'a str], usual: &'a str) -> (&'a str, bool) {
        let asked = self.get("sort").unwrap_or_default();
        let (name, down) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
        match known.iter().find(|own| **own == name) {
            Some(name) => (name, down),
            None => usual.strip_prefix('-').map_or((usual, false), |name| (name, true)),
        }
    }

    /// The same with another value of a parameter, on the first page; without it where the value is empty.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let mut other = self.clone();
        if name != "page" {
            other.parameters.remove("page");
        }
        if value.is_empty() {
            other.parameters.remove(name);
        } else {
            other.parameters.insert(name.to_owned(), value.to_owned());
        }
        other.address()
    }

    /// Without any of these parameters.
    pub(super) fn without(&self, names: &[&str]) -> String {
        let mut other = self.clone();
        other.parameters.retain(|name, _| !names.contains(&name.as_str()) && name != "page");
        other.address()
    }

    fn address(&self) -> String {
        if self.parameters.is_empty() {
            return self.path.clone();
        }
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.parameters).finish();
        format!("{}?{query}", self.path)
    }

    /// Hidden fields for a form that changes the parameters `own` only.
    pub(super) fn hidden(&self, own: &[&str]) -> Markup {
        html! {
            @for (name, value) in &self.parameters {
                @if !own.contains(&name.as_str()) && name != "page" {
                    input type="hidden" name=(name) value=(value);
                }
            }
        }
    }
}

/// A text as part of a query.
pub(super) fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Its name in the address; empty where one cannot sort by it.
    pub(super) sort: &'static str,
    /// Its head.
    pub(super) title: &'static str,
    /// Numbers stand at the right.
    pub(super) number: bool,
}

impl Column {
    /// Text.
    pub(super) const fn text(sort: &'static str, title: &'static str) -> Self {
        Self { sort, title, number: false }
    }

    /// A number.
    pub(super) const fn number(sort: &'static str, title: &'static str) -> Self {
        Self { sort, title, number: true }
    }
}

/// A table with a head that sorts. `rows` are `tr` elements.
pub(super) fn table(
    asked: &Asked,
    label: &str,
    columns: &[Column],
    (sort, down): (&str, bool),
    rows: &Markup,
) -> Markup {
    parts::scroller(
        label,
        &html! {
            table {
                thead { tr {
                    @for column in columns {
                        @let sorted = !column.sort.is_empty() && column.sort == sort;
                        th scope="col" .number[column.number]
                            aria-sort=[sorted.then_some(if down { "descending" } else { "ascending" })] {
                            @if column.sort.is_empty() {
                                @if column.title.is_empty() { span .hidden { "More" } } @else { (column.title) }
                            } @else {
                                // Numbers are looked at from the largest first.
                                @let next = if sorted { !down } else { column.number };
                                @let value = format!("{}{}", if next { "-" } else { "" }, column.sort);
                                a data-swap href=(asked.with("sort", &value)) {
                                    (column.title)
                                    span .arrow aria-hidden="true" { @if sorted { (if down { "↓" } else { "↑" }) } }
                                }
                            }
                        }
                    }
                } }
                tbody { (rows) }
            }
        },
    )
}

/// Where one is in a list of `total`, with links to the pages around.
pub(super) fn pager(asked: &Asked, total: usize, rows: usize) -> Markup {
    let page = asked.page();
    let pages = total.div_ceil(rows.max(1)).max(1);
    let first = (page * rows + 1).min(total);
    let last = ((page + 1) * rows).min(total);
    let to = |page: usize| {
        asked.with("page", &if page == 0 { String::new() } else { (page + 1).to_string() })
    };
    html! {
        nav .pager aria-label="Pages" {
            span .soft {
                (parts::number(first as u64)) "–" (parts::number(last as u64)) " of " (parts::number(total as u64))
            }
            @if page > 0 { a data-swap rel="prev" href=(to(page - 1)) { "← Previous" } }
            @if page + 1 < pages { a data-swap rel="next" href=(to(page + 1)) { "Next →" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_and_put_together_again() {
        let asked = Asked::new("/campaigns?q=a%26b&page=3&sort=-bits&empty=");
        assert_eq!(asked.page(), 2);
        assert_eq!(asked.sort(&["bits", "name"], "name"), ("bits", true));
        assert_eq!(asked.sort(&["name"], "-name"), ("name", true));
        assert_eq!(asked.with("page", "4"), "/campaigns?page=4&q=a%26b&sort=-bits");
        assert_eq!(asked.with("q", "x y"), "/campaigns?q=x+y&sort=-bits");
        assert_eq!(asked.without(&["q", "sort"]), "/campaigns");
    }

    #[test]
    fn strange_pages_are_the_first() {
        for page in ["0", "-1", "x", "99999999999999999999"] {
            assert_eq!(Asked::new(&format!("/a?page={page}")).page(), 0);
        }
    }
}
