//! What is new while one looks at a page?

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use tokio_stream::{Stream, StreamExt as _, wrappers::BroadcastStream};

use super::{Console, access::guard::Visitor};

/// Something is new.
#[derive(Clone, Debug)]
pub(super) enum News {
    /// Another run is shown.
    Run(String),
    /// Something was said of a campaign.
    Review(String),
}

/// Tells a page that something is new; the page says so, and never moves by itself.
pub(super) async fn stream(
    State(console): State<Arc<Console>>,
    _: Visitor,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = BroadcastStream::new(console.news.subscribe()).map(|news| {
        Ok(match news {
            Ok(News::Run(run)) => Event::default().event("run").data(run),
            Ok(News::Review(campaign)) => Event::default().event("review").data(campaign),
            Err(_) => Event::default().event("missed").data("1"),
        })
    });
    Sse::new(news).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}
