//! Which files do pages load? Their addresses hold their hash, so that a browser keeps them for good.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use xxhash_rust::xxh3::xxh3_64;

struct Asset {
    stem: &'static str,
    ending: &'static str,
    media_type: &'static str,
    content: String,
    address: String,
}

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    let style = format!("{}{}", seawall_charts::STYLE, include_str!("assets/console.css"));
    [
        asset("console", "css", "text/css; charset=utf-8", style),
        asset(
            "console",
            "js",
            "text/javascript; charset=utf-8",
            include_str!("assets/console.js").to_owned(),
        ),
        asset("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg").to_owned()),
    ]
});

fn asset(
    stem: &'static str,
    ending: &'static str,
    media_type: &'static str,
    content: String,
) -> Asset {
    let address = format!("/assets/{stem}.{:016x}.{ending}", xxh3_64(content.as_bytes()));
    Asset { stem, ending, media_type, content, address }
}

/// Address of the file of a name.
pub(super) fn address(name: &str) -> &'static str {
    let own = ASSETS.iter().find(|own| name == format!("{}.{}", own.stem, own.ending));
    own.map_or("", |own| own.address.as_str())
}

/// A file, by an address that [`address`] gave.
pub(super) async fn file(Path(name): Path<String>) -> Response {
    let Some(own) = ASSETS.iter().find(|own| own.address.strip_prefix("/assets/") == Some(&name))
    else {
        return (StatusCode::NOT_FOUND, "no such file\n").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(own.media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, own.content.as_str()).into_response()
}
