//! How does a server run, from its start to its end?

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::Router;
use tokio::net::TcpListener;

#[cfg(feature = "kafka")]
use crate::kafka;
use crate::{
    access::{Tokens, TokensError},
    api::{self, App},
    console::{self, Console, ConsoleError},
    mcp,
    service::{Error, Options, Service, Started},
    signals::{self, Book, BookError, Receiver},
    taxii::{self, Settings, SettingsError, Taxii},
    unread::read_out,
    webhook,
};

/// How often records are written that nobody waits for.
const RECORDS_EVERY: Duration = Duration::from_millis(5);

/// How soon a token counts that another process made or took away.
const TOKENS_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether a checkpoint is due.
const CHECKPOINTS_EVERY: Duration = Duration::from_secs(10);

/// How a server runs.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Its address; port 0 for any that is free.
    pub listen: SocketAddr,
    /// Where its data lie, and what it decides by.
    pub service: Options,
    /// Threads that answer.
    pub threads: usize,
    /// Offer collections over TAXII, with one to begin with; where there are any they are offered anyway.
    pub taxii: bool,
    /// Offer the console.
    pub console: Option<console::Options>,
    /// Topics that events come from, and decisions go to.
    #[cfg(feature = "kafka")]
    pub kafka: Option<crate::kafka::Settings>,
}

/// Why a server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Its data.
    #[error(transparent)]
    Service(#[from] Error),
    /// Its tokens.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// What it offers over TAXII.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What other sites say of accounts.
    #[error(transparent)]
    Signals(#[from] BookError),
    /// The collections of TAXII.
    #[error(transparent)]
    Collections(#[from] seawall_store::Error),
    /// The console.
    #[error(transparent)]
    Console(#[from] ConsoleError),
    /// It has no token: nobody could ask.
    #[error(
        "there is no token, so nobody could ask\nhint: make one with `seawall serve --new-token NAME`"
    )]
    NoToken,
    /// Its topics.
    #[cfg(feature = "kafka")]
    #[error("cannot use Kafka")]
    Kafka(#[from] rdkafka::error::KafkaError),
    /// Its address.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The system.
    #[error("cannot run")]
    Run(#[source] std::io::Error),
}

/// Runs until it is told to end (SIGINT, SIGTERM). `ready` is told where it listens, what was found,
/// and where there is a console that nobody can sign in to yet, the path by which the first person gets in.
pub fn serve(
    options: &ServeOptions,
    progress: &mut dyn FnMut(u64, u64),
    ready: &mut dyn FnMut(SocketAddr, &Started, Option<&str>),
) -> Result<(), ServeError> {
    let tokens = Tokens::open(&options.service.data)?;
    // With a console somebody can make one.
    if tokens.is_empty() && options.console.is_none() {
        return Err(ServeError::NoToken);
    }
    let data = &options.service.data;
    let settings =
        if options.taxii { Some(Settings::open_or_begin(data)?) } else { Settings::open(data)? };
    let taxii = match settings {
        Some(settings) => Some(Taxii::open(data, settings, tokens.clone())?),
        None => None,
    };
    let signals = match Book::open(data) {
        Ok(book) => Some(Receiver::new(book, tokens.clone())),
        Err(BookError::Nobody) => None,
        Err(error) => return Err(error.into()),
    };
    let (service, started) = Service::start(&options.service, progress)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.threads.max(1))
        .enable_all()
        .build()
        .map_err(ServeError::Run)?;
    let app = Arc::new(App { service, tokens });
    let console = match &options.console {
        Some(own) => Some(Console::open(own, Arc::clone(&app))?),
        None => None,
    };
    let first_link = console.as_ref().map(|own| own.first_link()).transpose()?.flatten();
    let data = options.service.data.clone();
    let mut mounted = Router::new();
    if let Some(taxii) = taxii {
        mounted = mounted.merge(taxii::router(taxii));
    }
    if let Some(signals) = signals {
        mounted = mounted.merge(signals::router(signals));
    }
    if let Some(console) = &console {
        mounted = mounted.merge(console::router(console));
        if options.console.as_ref().is_some_and(|own| own.models) {
            mounted = mounted.merge(mcp::http::router(console));
        }
    }
    #[cfg(feature = "kafka")]
    let streams = options.kafka.as_ref().map(|settings| kafka::Running::start(&app, settings));
    #[cfg(feature = "kafka")]
    let streams = streams.transpose()?;
    let running = run(Arc::clone(&app), mounted, console, data, options.listen, |address| {
        ready(address, &started, first_link.as_deref());
    });
    runtime.block_on(running)?;
    runtime.shutdown_timeout(Duration::from_secs(5));
    app.service.write_records();
    #[cfg(feature = "kafka")]
    drop(streams);
    app.service.write_records();
    // Whoever still holds it is a connection that was cut, or a checkpoint in the making.
    if let Some(app) = Arc::into_inner(app) {
        app.service.close();
    }
    Ok(())
}

async fn run(
    app: Arc<App>,
    mounted: Router,
    console: Option<Arc<Console>>,
    data: PathBuf,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let failed = |source| ServeError::Listen { address: listen, source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    ready(listener.local_addr().map_err(failed)?);
    let records = tokio::spawn(write_records(Arc::clone(&app)));
    let checkpoints = tokio::spawn(keep_checkpoints(Arc::clone(&app)));
    let tokens = tokio::spawn(watch_tokens(Arc::clone(&app), data));
    let webhooks = tokio::spawn(webhook::deliver(Arc::clone(&app)));
    let acts = console.clone().map(|console| tokio::spawn(console.act_on_accounts()));
    let runs = console.map(|console| tokio::spawn(console.watch_runs()));
    let router = read_out(api::router(app).merge(mounted));
    let ended = tokio::select! {
        served = std::future::IntoFuture::into_future(axum::serve(listener, router)) => served,
        () = told_to_end() => Ok(()),
    };
    records.abort();
    checkpoints.abort();
    tokens.abort();
    webhooks.abort();
    for own in [acts, runs].into_iter().flatten() {
        own.abort();
    }
    ended.map_err(ServeError::Run)
}

async fn write_records(app: Arc<App>) {
    let mut every = tokio::time::interval(RECORDS_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        app.service.write_records();
    }
}

/// Tokens are made and taken away by other processes. What cannot be read changes nothing.
async fn watch_tokens(app: Arc<App>, data: PathBuf) {
    let mut every = tokio::time::interval(TOKENS_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let (app, data) = (Arc::clone(&app), data.clone());
        let _ = tokio::task::spawn_blocking(move || app.tokens.reload(&data)).await;
    }
}

/// Where it cannot be kept, the next start takes longer, and a later attempt may work.
async fn keep_checkpoints(app: Arc<App>) {
    let mut every = tokio::time::interval(CHECKPOINTS_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let app = Arc::clone(&app);
        let _ = tokio::task::spawn_blocking(move || app.service.checkpoint()).await;
    }
}

async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
