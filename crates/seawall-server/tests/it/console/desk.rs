//! A server with a console, and people in front of it.

use std::{path::Path, sync::Arc};

use seawall_core::{
    campaign::findings::{Findings, Member, fixture},
    decision::snapshot::Snapshot,
};
use seawall_engine::output::{Overwrite, Provenance, RunWriter};
use seawall_server::{
    access::Tokens,
    api::{self, App},
    console::{self, Console, cases::Cases},
    mcp,
    service::{Options, Service},
    unread::read_out,
};
use tokio::sync::oneshot;

use super::kept_cases::Kept;

/// A console that is offered until it is dropped.
pub(super) struct Desk {
    pub(super) origin: String,
    pub(super) console: Arc<Console>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    data: tempfile::TempDir,
}

/// An answer, as far as tests look at it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) headers: ureq::http::HeaderMap,
    pub(super) text: String,
}

impl Page {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The cookie that it sets, as a browser sends it back.
    pub(super) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }

    /// The value of the first field of a name.
    pub(super) fn field(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let from = self.text.find(&marker).expect("the field") + marker.len();
        self.text[from..].split('"').next().unwrap_or_default().to_owned()
    }
}

/// A browser of somebody.
#[derive(Clone, Debug)]
pub(super) struct Browser {
    origin: String,
    pub(super) cookie: String,
    client: ureq::Agent,
}

/// What messages to the site are signed with.
pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(super) const PASSWORD: &str = "tide and seawall";

impl Browser {
    pub(super) fn new(origin: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        Self { origin: origin.to_owned(), cookie: String::new(), client: config.build().into() }
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn get(&self, path: &str) -> Page {
        self.get_with(path, &[])
    }

    /// The whole body of an answer, which is no text.
    pub(super) fn bytes(&self, path: &str) -> Vec<u8> {
        let asked =
            self.client.get(format!("{}{path}", self.origin)).header("cookie", &self.cookie);
        let mut answered = asked.call().expect("answered");
        answered.body_mut().with_config().limit(64 << 20).read_to_vec().expect("bytes")
    }

    pub(super) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        let mut asked =
            self.client.get(format!("{}{path}", self.origin)).header("cookie", &self.cookie);
        for (name, value) in headers {
            asked = asked.header(*name, *value);
        }
        page(asked.call().expect("answered"))
    }

    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_with(path, fields, &[("sec-fetch-site", "same-origin")])
    }

    /// Asks as a program does: with a body of JSON, and no cookie.
    pub(super) fn send(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Page {
        let mut asked = self.client.post(format!("{}{path}", self.origin));
        for (name, value) in headers {
            asked = asked.header(*name, *value);
        }
        page(asked.send(body).expect("answered"))
    }

    pub(super) fn post_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let mut asked =
            self.client.post(format!("{}{path}", self.origin)).header("cookie", &self.cookie);
        for (name, value) in headers {
            asked = asked.header(*name, *value);
        }
        page(asked.send_form(fields.iter().copied()).expect("answered"))
    }

    /// Uses an invitation; the same browser with its session.
    pub(super) fn join(&self, link: &str, name: &str) -> Self {
        let fields = [("name", name), ("password", PASSWORD), ("again", PASSWORD)];
        let joined = self.post(link, &fields);
        assert_eq!(joined.status, 303, "{}", joined.text);
        Self { cookie: joined.cookie(), ..self.clone() }
    }
}

fn page(mut answered: ureq::http::Response<ureq::Body>) -> Page {
    let status = answered.status().as_u16();
    let headers = answered.headers().clone();
    let streams = headers.get("content-type").is_some_and(|own| own == "text/event-stream");
    let text = if streams {
        String::new()
    } else {
        answered.body_mut().with_config().limit(64 << 20).read_to_string().expect("text")
    };
    Page { status, headers, text }
}

impl Desk {
    /// One that shows findings.
    pub(super) fn start(findings: &Findings) -> Self {
        Self::start_with(findings, &fixture::members(findings))
    }

    pub(super) fn start_with(findings: &Findings, members: &[Member]) -> Self {
        Self::start_keeping(findings, members, Arc::new(Kept::of("A case")))
    }

    /// One that shows a case as well.
    pub(super) fn start_keeping(
        findings: &Findings,
        members: &[Member],
        cases: Arc<dyn Cases>,
    ) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        run(&data.path().join("runs/today"), findings, members);
        Self::open(data, cases)
    }

    /// One that asks a site to act on accounts.
    pub(super) fn start_acting(findings: &Findings, settings: &str) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        run(&data.path().join("runs/today"), findings, &fixture::members(findings));
        fs_err::write(data.path().join("actions.toml"), settings).expect("written");
        fs_err::write(data.path().join("site.secret"), SECRET).expect("written");
        Self::open(data, Arc::new(Kept::of("A case")))
    }

    /// Goes on from a data directory.
    fn open(data: tempfile::TempDir, cases: Arc<dyn Cases>) -> Self {
        let options = Options {
            data: data.path().to_owned(),
            selectors_max: Some(1 << 16),
            networks: vec!["127.0.0.0/8".parse().expect("a network")],
            ..Options::default()
        };
        let (service, _) = Service::start(&options, &mut |_, _| {}).expect("starts");
        let app = Arc::new(App { service, tokens: Tokens::open(data.path()).expect("tokens") });
        let options = console::Options {
            data: data.path().to_owned(),
            runs: data.path().join("runs"),
            url: None,
            actions: actions(data.path()),
            openid: openid(data.path()),
            models: true,
            cases: Some(cases),
            fresh: fresh(data.path()),
        };
        let console = Console::open(&options, Arc::clone(&app)).expect("opens");
        console.look_for_runs();
        let (end, ended) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let served = Arc::clone(&console);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
                tell.send(listener.local_addr().expect("an address")).expect("told");
                tokio::spawn(Arc::clone(&served).act_on_accounts());
                let router = read_out(
                    api::router(app)
                        .merge(console::router(&served))
                        .merge(mcp::http::router(&served)),
                );
                tokio::select! {
                    _ = std::future::IntoFuture::into_future(axum::serve(listener, router)) => {}
                    _ = ended => {}
                }
            });
            runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        });
        let address = told.recv().expect("an address");
        let origin = format!("http://{address}");
        Self { origin, console, end: Some(end), thread: Some(thread), data }
    }

    /// Ends it and starts it again on the same data.
    pub(super) fn restart(self) -> Self {
        self.restart_after(|_| {})
    }

    /// The same, with something done to the data between.
    pub(super) fn restart_after(mut self, change: impl FnOnce(&Path)) -> Self {
        self.stop();
        let data = std::mem::replace(&mut self.data, tempfile::tempdir().expect("a folder"));
        drop(self);
        change(data.path());
        Self::open(data, Arc::new(Kept::of("A case")))
    }

    /// Where everything is kept.
    pub(super) fn data(&self) -> &Path {
        self.data.path()
    }

    pub(super) fn browser(&self) -> Browser {
        Browser::new(&self.origin)
    }

    /// A browser of somebody who was signed in before a restart.
    pub(super) fn again(&self, before: &Browser) -> Browser {
        Browser { cookie: before.cookie.clone(), ..self.browser() }
    }

    /// The first person, who may do everything.
    pub(super) fn first(&self) -> Browser {
        let link = self.console.first_link().expect("made").expect("nobody is there");
        self.browser().join(&link, "first")
    }

    /// Somebody with roles, invited by one who manages people.
    pub(super) fn person(&self, manager: &Browser, name: &str, roles: &[&str]) -> Browser {
        let mut fields = vec![("name", name)];
        fields.extend(roles.iter().map(|role| ("role", *role)));
        let made = manager.post("/settings/people", &fields);
        assert_eq!(made.status, 200, "{}", made.text);
        self.browser().join(&link(&made), name)
    }

    fn stop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("ended");
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where the site listens, where the data directory says so.
fn actions(data: &Path) -> Option<console::actions::Settings> {
    let path = data.join("actions.toml");
    let is_there = path.try_exists().expect("readable");
    is_there.then(|| console::actions::Settings::read(&path).expect("settings"))
}

/// Which provider people sign in with, where the data directory says so.
fn openid(data: &Path) -> Option<console::OpenidSettings> {
    let path = data.join("openid.toml");
    let is_there = path.try_exists().expect("readable");
    is_there.then(|| console::OpenidSettings::read(&path).expect("settings"))
}

/// How long after a sign-in one may add what signs in later; not at all where the data directory has a file `stale`.
fn fresh(data: &Path) -> i64 {
    if data.join("stale").try_exists().expect("readable") { 0 } else { console::FRESH }
}

/// The link that a page shows.
pub(super) fn link(page: &Page) -> String {
    let from = page.text.find("/join/").expect("a link");
    let is_link = |own: char| own.is_ascii_alphanumeric() || "/-_".contains(own);
    page.text[from..].chars().take_while(|own| is_link(*own)).collect()
}

/// Writes a run as a detection does.
pub(super) fn run(directory: &Path, findings: &Findings, members: &[Member]) {
    let writer = RunWriter::create(directory, Overwrite::Force).expect("a run");
    let empty = Snapshot::empty();
    writer.finish(findings, members, &empty, "", Provenance::default()).expect("written");
}
