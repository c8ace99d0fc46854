//! What becomes of a body that nobody read?
//!
//! A connection that is closed with bytes unread is reset, and whoever is still sending never sees the answer; and a
//! request that is sent next on a connection that is being closed is lost. So what a refusal, or a request that needs
//! no body, leaves unread is read and forgotten before the answer is sent, within limits (RFC 9112, 9.6).

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::header,
    middleware::{self, Next},
    response::Response,
};
use http_body_util::BodyExt as _;
use tokio::sync::oneshot;

/// Most that is read of it.
const BYTES_MAX: usize = 128 << 20;
/// Longest that is waited for it.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// The same paths, where what nobody reads of a body is read.
pub fn read_out(router: Router) -> Router {
    router.layer(middleware::from_fn(answer))
}

async fn answer(request: Request, next: Next) -> Response {
    // Who waits to be told to send (`Expect: 100-continue`) has not sent anything.
    let waits = request.headers().contains_key(header::EXPECT);
    if waits || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (back, unread) = oneshot::channel();
    let lent = |body| Body::new(Lent { body, back: Some(back) });
    let answer = next.run(request.map(lent)).await;
    // What is not back is read by somebody who goes on after the answer.
    if let Ok(body) = { unread }.try_recv() {
        let _ = tokio::time::timeout(WAIT_MAX, read(body)).await;
    }
    answer
}

async fn read(mut body: Body) {
    let mut left = BYTES_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        let Some(less) = left.checked_sub(bytes) else { break };
        left = less;
    }
}

/// A body that comes back when whoever reads it is done, if there is more of it.
struct Lent {
    body: Body,
    back: Option<oneshot::Sender<Body>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.body.is_end_stream() {
            return;
        }
        if let Some(back) = self.back.take() {
            let _ = back.send(std::mem::take(&mut self.body));
        }
    }
}
