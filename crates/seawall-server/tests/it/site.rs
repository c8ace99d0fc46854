//! A server on a port of its own, and a client.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use seawall_server::{
    access::{Scope, Tokens},
    api::{App, router},
    service::{Options, Service, Started},
    signals::{self, Book, Receiver},
    taxii::{self, Settings, Taxii},
    unread::read_out,
    webhook,
};
use serde_json::Value;
use tokio::sync::oneshot;

/// A server that runs until it is dropped.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) started: Started,
    token: String,
    app: Weak<App>,
    client: ureq::Agent,
    end: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// An answer, as far as tests look at it.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) body: Value,
}

impl Site {
    /// Starts one with a token for everything.
    pub(crate) fn start(data: &Path, snapshot: Option<PathBuf>) -> Self {
        let options = Options {
            data: data.to_owned(),
            snapshot,
            selectors_max: Some(1 << 18),
            ..Options::default()
        };
        Self::start_with(&options, &Scope::ALL)
    }

    pub(crate) fn start_with(options: &Options, scopes: &[Scope]) -> Self {
        Self::start_all(options, scopes, |_| ())
    }

    /// Starts one that reads and writes topics.
    #[cfg(feature = "kafka")]
    pub(crate) fn start_with_kafka(
        options: &Options,
        scopes: &[Scope],
        settings: &seawall_server::kafka::Settings,
    ) -> Self {
        Self::start_all(options, scopes, |app| {
            seawall_server::kafka::Running::start(app, settings).expect("it begins")
        })
    }

    /// `beside` starts what runs beside it, and ends with it.
    fn start_all<T: Send + 'static>(
        options: &Options,
        scopes: &[Scope],
        beside: impl FnOnce(&Arc<App>) -> T,
    ) -> Self {
        let tokens = Tokens::default();
        let token = tokens.add(&options.data, "site", scopes).expect("a token");
        let settings = Settings::open(&options.data).expect("settings");
        let taxii = settings
            .map(|settings| Taxii::open(&options.data, settings, tokens.clone()).expect("opens"));
        let signals = Book::open(&options.data).ok();
        let signals = signals.map(|book| Receiver::new(book, tokens.clone()));
        let (service, started) = Service::start(options, &mut |_, _| {}).expect("starts");
        let app = Arc::new(App { service, tokens });
        let held = Arc::downgrade(&app);
        let running = beside(&app);
        let (end, ended) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime");
            let serving = Arc::clone(&app);
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
                tell.send(listener.local_addr().expect("an address")).expect("told");
                let records = Arc::clone(&serving);
                let writing = tokio::spawn(async move {
                    let mut every = tokio::time::interval(Duration::from_millis(5));
                    loop {
                        every.tick().await;
                        records.service.write_records();
                    }
                });
                let telling = tokio::spawn(webhook::deliver(Arc::clone(&serving)));
                let mut router = router(serving);
                if let Some(taxii) = taxii {
                    router = router.merge(taxii::router(taxii));
                }
                if let Some(signals) = signals {
                    router = router.merge(signals::router(signals));
                }
                tokio::select! {
                    _ = std::future::IntoFuture::into_future(axum::serve(listener, read_out(router))) => {}
                    _ = ended => {}
                }
                writing.abort();
                telling.abort();
            });
            runtime.shutdown_timeout(Duration::from_secs(2));
            drop(running);
            Arc::into_inner(app).expect("nobody else holds it").service.close();
        });
        let client = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let address = told.recv().expect("an address");
        Self { address, started, token, app: held, client, end: Some(end), thread: Some(thread) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        let asked = self.client.get(self.url(path)).header("authorization", self.bearer());
        reply(asked.call().expect("answered"))
    }

    pub(crate) fn delete(&self, path: &str) -> Reply {
        let asked = self.client.delete(self.url(path)).header("authorization", self.bearer());
        reply(asked.call().expect("answered"))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(path, "application/json", &body.to_string(), &[])
    }

    pub(crate) fn send(
        &self,
        path: &str,
        media_type: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut asked = self
            .client
            .post(self.url(path))
            .header("authorization", self.bearer())
            .header("content-type", media_type);
        for (name, value) in headers {
            asked = asked.header(*name, *value);
        }
        reply(asked.send(body).expect("answered"))
    }

    pub(crate) fn send_bytes(&self, path: &str, media_type: &str, body: &[u8]) -> Reply {
        let asked = self.client.post(self.url(path)).header("authorization", self.bearer());
        reply(asked.header("content-type", media_type).send(body).expect("answered"))
    }

    /// Keeps a checkpoint now, as a server does from time to time.
    pub(crate) fn checkpoint(&self) {
        self.app.upgrade().expect("it runs").service.checkpoint().expect("kept");
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// Ends it, and waits until all is written.
    pub(crate) fn end(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("ended");
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) fn reply(mut answered: ureq::http::Response<ureq::Body>) -> Reply {
    let status = answered.status().as_u16();
    let header = |name: &str| {
        let value = answered.headers().get(name).and_then(|value| value.to_str().ok());
        value.map(ToOwned::to_owned)
    };
    let media_type = header("content-type").unwrap_or_default();
    let text = answered.body_mut().with_config().limit(64 << 20).read_to_string().expect("text");
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Reply { status, media_type, body }
}
