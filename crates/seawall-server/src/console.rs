//! What do people look at, decide and do in a browser?
//!
//! Pages are made on the server, and every form and link works without script. All that people do stands in a journal of
//! its own, the [`book`]: one chain of hashes that is the audit log, and from which people, sessions and reviews follow.
//! What a detection found is read from [`runs`] and never changed. Which paths there are, and what one must be allowed to
//! see them, is said once, in [`routes`].

pub mod access;
pub mod act;
pub mod actions;
mod assets;
pub mod book;
pub mod cases;
pub(crate) mod kept;
mod live;
mod openid;
mod pages;
mod parts;
mod passkey;
pub mod review;
pub mod routes;
pub mod runs;
mod settings_file;
mod shell;
mod state;
mod table;
pub(crate) mod trouble;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tokio::sync::broadcast;
use tower_http::csrf::CsrfLayer;

use crate::api::App;
pub use access::session::FRESH;
pub use openid::Settings as OpenidSettings;
pub use settings_file::SettingsError;

use access::{
    guard,
    limit::{Attempts, Pace},
    password::Hasher,
};
use book::Book;
use cases::Cases;
use live::News;
use openid::Openid;
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
    /// Where the site listens that is asked to act on accounts; nothing is asked where it is not said.
    pub actions: Option<actions::Settings>,
    /// Who says who people are, beside their passwords.
    pub openid: Option<OpenidSettings>,
    /// Models are answered at [`crate::mcp::http::PATH`], for people who make a token for that.
    pub models: bool,
    /// Who keeps cases, where any are shown.
    pub cases: Option<Arc<dyn Cases>>,
    /// How long after a sign-in one may add a passkey or a token, in milliseconds: [`FRESH`].
    pub fresh: i64,
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
    actions: actions::Desk,
    openid: Option<Arc<Openid>>,
    passkeys: passkey::Ceremonies,
    data: PathBuf,
    cases: Option<Arc<dyn Cases>>,
    fresh: i64,
    hasher: Hasher,
    attempts: Attempts,
    pace: Pace,
    models: bool,
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
            openid: options
                .openid
                .clone()
                .map(|settings| Arc::new(Openid::new(settings, app.service.networks().to_vec()))),
            passkeys: passkey::Ceremonies::default(),
            app,
            actions: actions::Desk::new(&options.data, options.actions.clone()),
            data: options.data.clone(),
            cases: options.cases.clone(),
            fresh: options.fresh,
            hasher: Hasher::default(),
            attempts: Attempts::default(),
            pace: Pace::default(),
            models: options.models,
            news: broadcast::channel(NEWS_MAX).0,
            site,
        };
        Ok(Arc::new(console))
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    pub(crate) const fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Tells open pages that something was said of a campaign.
    pub(crate) fn tell_reviewed(&self, campaign: &str) {
        self.tell(News::Review(campaign.to_owned()));
    }

    /// Tells open pages what is new.
    fn tell(&self, news: News) {
        let _ = self.news.send(news);
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

    /// Asks the site to do what people want to be done, until nobody holds the console any more.
    pub async fn act_on_accounts(self: Arc<Self>) {
        actions::deliver(self).await;
    }

    /// Takes the newest run in, where it is another one.
    pub fn look_for_runs(&self) {
        if let Some(run) = self.shelf.look() {
            self.tell(News::Run(run));
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
