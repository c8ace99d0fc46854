//! Where are objects kept that no disk of this machine holds, and how are they read and written?
//!
//! On S3, Google Cloud Storage or Azure, each by URL. Calls block: whoever calls is a thread like any other, and knows
//! no runtime. Nothing is asked of any network before a URL is opened.
//!
//! An [`Object`] is one version of what lies under its name: every request states which, and one that would get another
//! version is an error. Requests that fail for a moment are made again, a bounded number of times. An [`Ahead`] keeps
//! several requests under way, so that a link with a long way to go does not stall who reads.

mod ahead;
mod bucket;
mod client;
mod object;
mod trouble;
mod url;

pub use ahead::{Ahead, PIECE_BYTES, Stream};
pub use bucket::{Bucket, Condition, Settings};
pub use object::Object;
pub use trouble::Error;
pub use url::Url;

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

/// Requests that may be under way at a time, over all readers.
const REQUESTS_MAX: usize = 32;

/// What waits between two attempts, and the threads that requests under way block. Made with the first bucket.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(REQUESTS_MAX)
        .thread_name("seawall-objects")
        .enable_time()
        .build()
        .expect("a thread can be started")
});
