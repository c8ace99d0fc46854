//! What is new while one looks at a page?

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use tokio_stream::{Stream, StreamExt as _, wrappers::BroadcastStream};

use super::{Console, access::guard::Visitor};
use crate::clock::now_milliseconds;

/// Something is new.
#[derive(Clone, Debug)]
pub(super) enum News {
    /// Another run is shown.
    Run(String),
    /// Something was said of a campaign.
    Review(String),
    /// Something was done about an action.
    Action(String),
}

/// Tells a page that something is new; the page says so, and never moves by itself. Whoever is signed out meanwhile is told
/// nothing more.
pub(super) async fn stream(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let subscribed = BroadcastStream::new(console.news.subscribe());
    let news = subscribed.map_while(move |news| {
        let may = console.book.state().sessions.is_open(&visitor.session, now_milliseconds());
        may.then(|| {
            Ok(match news {
                Ok(News::Run(run)) => Event::default().event("run").data(run),
                Ok(News::Review(campaign)) => Event::default().event("review").data(campaign),
                Ok(News::Action(action)) => Event::default().event("action").data(action),
                Err(_) => Event::default().event("missed").data("1"),
            })
        })
    });
    Sse::new(news).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}
