//! A site that is asked to act on accounts, and remembers what it was asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;

use crate::webhook::Arrived;

/// How a site answers: from the number of the request and what it asks for.
type Answers = Box<dyn Fn(usize, &Value) -> Answer + Send>;

/// An answer of a site.
pub(super) enum Answer {
    /// A status, and content.
    Status(u16, String),
    /// It does what it is asked for, and no answer comes.
    Silence,
}

pub(super) fn status(status: u16) -> Answer {
    Answer::Status(status, String::new())
}

/// What a site was asked, with the headers of each message and the account ids.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) headers: Vec<Value>,
    pub(super) bodies: Vec<String>,
    /// What each key was asked for, and for which account: once, however often it came.
    pub(super) done: BTreeMap<String, (String, String)>,
}

/// A site that receives what the console sends.
pub(super) struct Site {
    url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Site {
    pub(super) fn start(answers: impl Fn(usize, &Value) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/actions", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (kept, answers): (_, Answers) = (Arc::clone(&seen), Box::new(answers));
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                // A connection that breaks off is the client's affair.
                let _ = take(stream.expect("a connection"), &kept, &answers, &mut silent);
            }
        });
        Self { url, seen }
    }

    pub(super) fn settings(&self, more: &str) -> String {
        format!("url = '{}'\nsecret_file = 'site.secret'\n{more}\n", self.url)
    }

    pub(super) fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Accounts that it was asked to do something to and did not refuse.
    pub(super) fn accounts(&self, verb: &str) -> BTreeSet<String> {
        self.seen(|seen| {
            let own = seen.done.values().filter(|(own, _)| own == verb);
            own.map(|(_, account)| account.clone()).collect()
        })
    }
}

fn take(
    mut stream: TcpStream,
    seen: &Mutex<Seen>,
    answers: &Answers,
    silent: &mut Vec<TcpStream>,
) -> std::io::Result<()> {
    let Arrived { headers, body } = Arrived::read(&stream, "/actions")?;
    let event: Value = serde_json::from_str(&body).expect("JSON");
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = answers(seen.bodies.len(), &event);
    if matches!(answer, Answer::Silence | Answer::Status(200..=299, _)) {
        let told: Value = match &answer {
            Answer::Status(_, content) => serde_json::from_str(content).unwrap_or_default(),
            Answer::Silence => Value::Null,
        };
        let refused = |id: &Value| {
            told["accounts"].as_array().is_some_and(|own| own.iter().any(|own| own["id"] == *id))
        };
        for own in event["data"]["accounts"].as_array().expect("accounts") {
            if !refused(&own["id"]) {
                let what = (text(&event["data"]["do"]), text(&own["account"]));
                let before = seen.done.insert(text(&own["id"]), what.clone());
                assert!(before.is_none_or(|before| before == what), "one key, two meanings");
            }
        }
    }
    seen.headers.push(headers);
    seen.bodies.push(body);
    drop(seen);
    match answer {
        Answer::Status(status, content) => write!(
            stream,
            "HTTP/1.1 {status} x\r\nlocation: /elsewhere\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{content}",
            content.len()
        )?,
        Answer::Silence => silent.push(stream),
    }
    Ok(())
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}
