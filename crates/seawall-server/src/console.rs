//! What do people look at, decide and do in a browser?
//!
//! Pages are made on the server, and every form and link works without script. All that people do stands in a journal of
//! its own, the [`book`]: one chain of hashes that is the audit log, and from which people, sessions and reviews follow.
//! What a detection found is read from [`runs`] and never changed. Which paths there are, and what one must be allowed to
//! see them, is said once, in [`routes`].

pub mod access;
pub mod act;
mod assets;
pub mod book;
pub mod cases;
mod kept;
mod live;
mod pages;
mod parts;
pub mod review;
pub mod routes;
pub mod runs;
mod shell;
mod state;
mod table;
mod trouble;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tokio::sync::broadcast;
use tower_http::csrf::CsrfLayer;

use crate::api::App;
use access::{guard, limit::Attempts, password::Hasher};
use book::Book;
use cases::Cases;
use live::News;
use runs::Shelf;
use trouble::Trouble;

/// Longest body of a form.
const FORM_BYTES_MAX: usize = 256 << 10;
/// News that a slow reader may be behind.
const NEWS_MAX: usize = 256;
/// How often it is looked whether there is a newer run.
const RUNS_EVERY: Duration = Duration::from_secs(5);

/// How the console is offered.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where its journal lies, within the data directory.
    pub data: PathBuf,
    /// A run, or a folder of runs, of which the newest is shown.
    pub runs: PathBuf,
    /// Where people reach it, where that is not this machine: `https://seawall.example.org`.
    pub url: Option<String>,
    /// Who keeps cases, where any are shown.
    pub cases: Option<Arc<dyn Cases>>,
}

/// Why the console cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Its journal.
    #[error(transparent)]
    Book(#[from] book::BookError),
    /// Its address is none that can be kept apart from others.
    #[error(
        "`{0}` is no address of a console\nhint: give `https://` and a host, as in https://seawall.example.org"
    )]
    Url(String),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Chance,
}

/// A console that is offered.
pub struct Console {
    book: Arc<Book>,
    shelf: Arc<Shelf>,
    app: Arc<App>,
    data: PathBuf,
    cases: Option<Arc<dyn Cases>>,
    hasher: Hasher,
    attempts: Attempts,
    news: broadcast::Sender<News>,
    /// Host and scheme under which it is reached; on this machine alone where there is none.
    site: Option<Site>,
}

/// Where a console is reached from other machines.
#[derive(Clone, Debug)]
struct Site {
    host: String,
}

impl Console {
    /// Opens what the data directory has.
    pub fn open(options: &Options, app: Arc<App>) -> Result<Arc<Self>, ConsoleError> {
        let site = options.url.as_deref().map(site).transpose()?;
        let console = Self {
            book: Arc::new(Book::open(&options.data.join("console"))?),
            shelf: Arc::new(Shelf::new(options.runs.clone())),
            app,
            data: options.data.clone(),
            cases: options.cases.clone(),
            hasher: Hasher::default(),
            attempts: Attempts::default(),
            news: broadcast::channel(NEWS_MAX).0,
            site,
        };
        Ok(Arc::new(console))
    }

    fn data(&self) -> &Path {
        &self.data
    }

    /// The path of a link by which the first person gets in, where there is nobody yet. It counts once; each call makes a
    /// new one, and the one before no longer counts.
    pub fn first_link(&self) -> Result<Option<String>, ConsoleError> {
        if self.book.state().people.anyone_joined() {
            return Ok(None);
        }
        let secret = access::secret().ok_or(ConsoleError::Chance)?;
        self.book.invite_first(&secret)?;
        Ok(Some(format!("/join/{secret}")))
    }

    /// Looks for a newer run until nobody holds the console any more.
    pub async fn watch_runs(self: Arc<Self>) {
        let mut every = tokio::time::interval(RUNS_EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let console = Arc::clone(&self);
            let _ = tokio::task::spawn_blocking(move || console.look_for_runs()).await;
        }
    }

    /// Takes the newest run in, where it is another one.
    pub fn look_for_runs(&self) {
        if let Some(run) = self.shelf.look() {
            let _ = self.news.send(News::Run(run));
        }
    }
}

/// Host of an address that is only reached over TLS.
fn site(url: &str) -> Result<Site, ConsoleError> {
    let wrong = || ConsoleError::Url(url.to_owned());
    let host = url.strip_prefix("https://").ok_or_else(wrong)?.trim_end_matches('/');
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_host) {
        return Err(wrong());
    }
    Ok(Site { host: host.to_ascii_lowercase() })
}

/// The paths of the console, to be merged with others.
pub fn router(console: &Arc<Console>) -> Router {
    let mut router = Router::new();
    for route in routes::routes() {
        let gate = guard::Gate { console: Arc::clone(console), needs: route.needs };
        let methods = (route.handler)().layer(middleware::from_fn_with_state(gate, guard::guard));
        router = router.route(route.path, methods);
    }
    router
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn_with_state(Arc::clone(console), guard::headers))
        .with_state(Arc::clone(console))
}
