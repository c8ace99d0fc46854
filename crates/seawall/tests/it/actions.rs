//! Is every account asked for once, whenever the server is killed?

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use serde_json::Value;

use super::{code, seawall, text, until};

/// Times that the server is killed while it sends.
const KILLS: usize = 8;
const PASSWORD: &str = "a long and winding password";

/// What a site was asked: under which keys, for which account, and how often.
type Asked = Arc<Mutex<BTreeMap<String, (String, u32)>>>;

/// A site that takes everything, slowly enough to be killed meanwhile.
pub(crate) fn site(pause: Duration) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/actions", listener.local_addr().expect("an address"));
    let asked = Asked::default();
    let kept = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            // The one who asks may be killed meanwhile.
            let _ = take(stream.expect("a connection"), &kept, pause);
        }
    });
    (url, asked)
}

#[expect(clippy::disallowed_methods, reason = "a slow site")]
fn take(mut stream: TcpStream, asked: &Asked, pause: Duration) -> std::io::Result<()> {
    let mut input = BufReader::new(stream.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        input.read_line(&mut line)?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some(own) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = own.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    let event: Value = serde_json::from_slice(&body).expect("JSON");
    {
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        for own in event["data"]["accounts"].as_array().expect("accounts") {
            let (id, account) = (own["id"].as_str(), own["account"].as_str());
            let account = account.expect("an account").to_owned();
            let entry = asked.entry(id.expect("a key").to_owned()).or_insert((account.clone(), 0));
            assert_eq!(entry.0, account, "one key for two accounts");
            entry.1 += 1;
        }
    }
    thread::sleep(pause);
    write!(stream, "HTTP/1.1 204 x\r\nconnection: close\r\n\r\n")
}

/// Says where the site listens, and what messages to it are signed with.
pub(crate) fn settings(root: &Path, url: &str, more: &str) {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    fs_err::write(root.join("secret"), secret).expect("written");
    let settings = format!("url = '{url}'\nsecret_file = 'secret'\n{more}");
    fs_err::write(root.join("actions.toml"), settings).expect("written");
}

fn count(asked: &Asked) -> usize {
    asked.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// A server, and where its console is.
struct Server {
    child: Child,
    home: String,
    link: Option<String>,
}

impl Server {
    fn start(root: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_seawall"))
            .args(["serve", "--data", "data", "--listen", "127.0.0.1:0", "--selectors", "65536"])
            .args(["--runs", "world/run", "--actions", "actions.toml"])
            .args(["--webhook-network", "127.0.0.0/8"])
            .current_dir(root)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (tell, told) = mpsc::channel();
        let notes = BufReader::new(child.stderr.take().expect("piped"));
        thread::spawn(move || {
            for line in notes.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let (mut home, mut link) = (None, None);
        while let Ok(line) = told.recv_timeout(Duration::from_secs(20)) {
            if let Some(own) = line.strip_prefix("console ") {
                home = Some(own.to_owned());
            }
            if let Some((_, own)) = line.split_once("/join/") {
                link = own.split(' ').next().map(|own| format!("/join/{own}"));
            }
            // The link comes last, and only where nobody has come in yet.
            if home.is_some()
                && (link.is_some() || root.join("joined").try_exists().expect("readable"))
            {
                break;
            }
        }
        Self { child, home: home.expect("a console"), link }
    }

    fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody in front of the console.
struct Browser {
    client: ureq::Agent,
    cookie: String,
}

impl Browser {
    fn ask(
        &mut self,
        server: &Server,
        path: &str,
        form: Option<&[(&str, &str)]>,
    ) -> (u16, String, String) {
        let url = format!("{}{path}", server.home);
        let answered = match form {
            None => self.client.get(url).header("cookie", &self.cookie).call(),
            Some(form) => self
                .client
                .post(url)
                .header("cookie", &self.cookie)
                .header("sec-fetch-site", "same-origin")
                .send_form(form.iter().copied()),
        };
        let mut answered = answered.expect("answered");
        let header = |name: &str| {
            let value = answered.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (set, location) = (header("set-cookie"), header("location"));
        if let Some(cookie) = set.split(';').next().filter(|own| !own.is_empty()) {
            cookie.clone_into(&mut self.cookie);
        }
        let text = answered.body_mut().with_config().limit(64 << 20).read_to_string();
        (answered.status().as_u16(), location, text.expect("text"))
    }

    fn page(&mut self, server: &Server, path: &str) -> String {
        let (status, _, text) = self.ask(server, path, None);
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// Starts the next stage, where one waits.
    fn go_on(&mut self, server: &Server, action: &str) -> bool {
        let page = self.page(server, action);
        if page.contains("</span> ready</span>") {
            let saw = field(&page, "saw");
            let (status, _, text) = self.ask(
                server,
                &format!("{action}/start"),
                Some(&[("saw", &saw), ("anyway", "yes")]),
            );
            assert_eq!(status, 303, "{text}");
        }
        page.contains("</span> done</span>")
    }
}

fn field(page: &str, name: &str) -> String {
    let marker = format!("name=\"{name}\" value=\"");
    let from = page.find(&marker).unwrap_or_else(|| panic!("{name}: {page}")) + marker.len();
    page[from..].split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn a_server_that_is_killed_again_and_again_asks_for_each_account_under_one_key() {
    let root = tempfile::tempdir().expect("a folder");
    let made =
        seawall(root.path(), &["demo", "--accounts", "3000", "--seed", "7", "--out", "world"]);
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
    let (url, asked) = site(Duration::from_millis(15));
    settings(root.path(), &url, "batch = 3\napprove_above = 100000\n");

    let mut server = Server::start(root.path());
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
    let mut browser = Browser { client: config.into(), cookie: String::new() };
    let join = [("name", "ana"), ("password", PASSWORD), ("again", PASSWORD)];
    let link = server.link.clone().expect("a link");
    assert_eq!(browser.ask(&server, &link, Some(&join)).0, 303);
    fs_err::write(root.path().join("joined"), "").expect("written");
    let (campaign, accounts) = largest(&root.path().join("world/run"));
    let address = format!("/campaigns/{campaign}/act");
    until("the run is shown", || browser.ask(&server, &address, None).0 == 200);
    let id = field(&browser.page(&server, &address), "action");
    let preview = browser.page(&server, &format!("{address}?action={id}&verb=suspend&scope=all"));
    let (run, list) = (field(&preview, "run"), field(&preview, "list"));
    let proposal = [
        ("action", id.as_str()),
        ("verb", "suspend"),
        ("scope", "all"),
        ("run", &run),
        ("list", &list),
        ("reason", "a farm that sells accounts"),
    ];
    let (status, action, said) = browser.ask(&server, &address, Some(&proposal));
    assert_eq!(status, 303, "{said}");
    for _ in 0..KILLS {
        browser.go_on(&server, &action);
        let before = count(&asked);
        until("more is asked for", || browser.go_on(&server, &action) || count(&asked) > before);
        server.kill();
        server = Server::start(root.path());
    }
    until("all is over", || browser.go_on(&server, &action));
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // One key an account, and each account once; what was under way at a kill came again under its key.
    let of: BTreeSet<&str> = asked.values().map(|(account, _)| account.as_str()).collect();
    assert_eq!((asked.len(), of.len()), (accounts.len(), accounts.len()));
    assert!(accounts.iter().all(|account| of.contains(account.as_str())));
    let again = asked.values().filter(|(_, times)| *times > 1).count();
    assert!(again <= 3 * KILLS, "{again} were asked for again");
    println!(
        "{} accounts, {again} of them asked for twice under one key, {KILLS} kills",
        asked.len()
    );
}

/// The largest campaign of a run, and its accounts.
fn largest(run: &Path) -> (String, BTreeSet<String>) {
    let members = fs_err::read_to_string(run.join("members.csv")).expect("members");
    let mut of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in members.lines().skip(1) {
        let mut cells = line.split(',');
        let (account, campaign) = (cells.next().expect("a cell"), cells.next().expect("a cell"));
        of.entry(campaign.to_owned()).or_default().insert(account.to_owned());
    }
    of.into_iter().max_by_key(|(_, accounts)| accounts.len()).expect("a campaign")
}
