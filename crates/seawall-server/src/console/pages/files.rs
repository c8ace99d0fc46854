//! How are pictures and rows handed out as files?

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use seawall_charts::table::Table;

/// A picture alone has no page that brings its colours.
pub(in crate::console) fn svg(picture: &str) -> Response {
    let style = format!("<style>{}</style>", seawall_charts::STYLE);
    let with_style = match picture.find('>') {
        Some(end) => format!("{}{style}{}", &picture[..=end], &picture[end + 1..]),
        None => picture.to_owned(),
    };
    attached("image/svg+xml", with_style)
}

/// Rows as CSV.
pub(in crate::console) fn csv(table: &Table) -> Response {
    attached("text/csv; charset=utf-8", table.csv())
}

/// Content that a browser saves instead of showing it.
pub(in crate::console) fn attached(media_type: &'static str, content: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ];
    (headers, content).into_response()
}
