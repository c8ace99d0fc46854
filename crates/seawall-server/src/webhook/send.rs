//! How is a message sent? By a blocking client, on threads that may wait, a few at a time for each endpoint.
//!
//! The client is the one that the command line asks public servers with: nothing new in the build, and the addresses that a
//! name stands for are seen before anything is connected to.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use ipnet::IpNet;
use seawall_core::event::address;
use ureq::{
    Agent,
    config::Config,
    http::Uri,
    tls::{RootCerts, TlsConfig, TlsProvider},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::{Attempt, Endpoint, Message, Secret, book::next_at, sign::signatures};
use crate::{api::App, clock::now_milliseconds, service::locked};

/// How often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Longest that an attempt may take.
const ATTEMPT_SECONDS_MAX: u64 = 15;
/// Messages under way to one endpoint.
const OF_ENDPOINT_MAX: usize = 4;
/// Messages under way in all.
const UNDER_WAY_MAX: usize = 32;
/// How long a message is left alone where nobody could keep what came of it.
const UNKEPT_PAUSE: Duration = Duration::from_mins(1);
/// Most of an answer that is read: nobody asks for it.
const ANSWER_BYTES_MAX: u64 = 64 << 10;

/// Looks names up, and keeps to the addresses that may be asked: what it returns is what is connected to.
#[derive(Debug)]
struct Guard {
    named: Vec<IpNet>,
}

/// Whether an address may be asked: one that can be reached from everywhere, or one of the networks that were named.
fn may_ask(address: IpAddr, named: &[IpNet]) -> bool {
    let address = address.to_canonical();
    address::is_public(address) || named.iter().any(|network| network.contains(&address))
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let asked = found.iter().filter(|address| may_ask(address.ip(), &self.named));
        let asked: Vec<SocketAddr> = asked.copied().collect();
        if asked.is_empty() {
            return Err(ureq::Error::Other(
                "its address is within a private network that was not named".into(),
            ));
        }
        let mut addresses = self.empty();
        for address in asked {
            addresses.push(address);
        }
        Ok(addresses)
    }
}

/// A client that follows nothing, knows no proxy and keeps to the networks.
pub(crate) fn client(named: Vec<IpNet>, seconds_max: u64) -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Config::builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .proxy(None)
        .max_redirects(0)
        .user_agent(concat!("seawall/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(Duration::from_secs(seconds_max)))
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Guard { named })
}

/// Sends what is due, for as long as it is polled.
pub async fn deliver(app: Arc<App>) {
    let client = client(app.service.networks().to_vec(), ATTEMPT_SECONDS_MAX);
    let under_way: Arc<Mutex<BTreeSet<(String, Message)>>> = Arc::default();
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        for (endpoint, message, attempt) in pick(&app, &under_way) {
            let key = (endpoint.id.clone(), message);
            locked(&under_way).insert(key.clone());
            let (app, client, under_way) =
                (Arc::clone(&app), client.clone(), Arc::clone(&under_way));
            tokio::spawn(async move {
                let sender = Arc::clone(&app);
                let sent = tokio::task::spawn_blocking(move || {
                    attempt_once(&sender, &client, &endpoint, message, attempt)
                });
                if !is_kept(&app, sent.await.ok()).await {
                    // It is sent once more, under the same id, and not again and again.
                    tokio::time::sleep(UNKEPT_PAUSE).await;
                }
                locked(&under_way).remove(&key);
            });
        }
    }
}

/// Whether what came of an attempt is in the journal.
async fn is_kept(app: &App, came: Option<Attempt>) -> bool {
    match came.map(|came| app.service.attempted(&came)) {
        Some(Ok(written)) => written.await.is_ok_and(|written| written.is_ok()),
        _ => false,
    }
}

/// What is due and not under way, as much as may be under way.
fn pick(
    app: &App,
    under_way: &Mutex<BTreeSet<(String, Message)>>,
) -> Vec<(Endpoint, Message, u32)> {
    let under_way = locked(under_way);
    let mut of_endpoint: BTreeMap<String, usize> = BTreeMap::new();
    for (id, _) in under_way.iter() {
        *of_endpoint.entry(id.clone()).or_default() += 1;
    }
    let room = UNDER_WAY_MAX.saturating_sub(under_way.len());
    app.service.due(now_milliseconds(), room, &mut |endpoint, message| {
        let own = of_endpoint.entry(endpoint.id.clone()).or_default();
        let is_picked =
            *own < OF_ENDPOINT_MAX && !under_way.contains(&(endpoint.id.clone(), message));
        *own += usize::from(is_picked);
        is_picked
    })
}

/// Sends a message once, and says what came of it.
fn attempt_once(
    app: &App,
    client: &Agent,
    endpoint: &Endpoint,
    message: Message,
    attempt: u32,
) -> Attempt {
    let at = now_milliseconds();
    let mut came = Attempt {
        endpoint: endpoint.id.clone(),
        message,
        attempt,
        at,
        status: None,
        why: None,
        next_at: None,
    };
    let Ok(Some(record)) = app.service.record(message.sequence) else {
        came.why = Some("its decision is no longer there".to_owned());
        return came;
    };
    let body = message.body(&record).to_string();
    let signed = Signed { secrets: &endpoint.secrets, id: &message.id(), at };
    let answer = post(client, &endpoint.url, "application/json", &signed, body.as_bytes());
    (came.status, came.why) = (answer.status, answer.why);
    if !came.arrived() {
        came.next_at = next_at(attempt, now_milliseconds());
    }
    came
}

/// By what a receiver knows that a message is ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) secrets: &'a [Secret],
    /// The same at every attempt.
    pub(crate) id: &'a str,
    /// When it is sent, in milliseconds since the Unix epoch.
    pub(crate) at: i64,
}

/// What a receiver answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    /// Status; none where there was no answer.
    pub(crate) status: Option<u16>,
    /// Why there was none.
    pub(crate) why: Option<String>,
    /// The message may have arrived, although there was no answer.
    pub(crate) unanswered: bool,
    /// The answer's content, cut to a length.
    pub(crate) body: Vec<u8>,
}

/// Sends a signed message once.
pub(crate) fn post(
    client: &Agent,
    url: &str,
    media_type: &str,
    signed: &Signed<'_>,
    body: &[u8],
) -> Received {
    let Signed { secrets, id, at } = signed;
    let second = at.div_euclid(1000);
    let request = client
        .post(url)
        .header("content-type", media_type)
        .header("webhook-id", *id)
        .header("webhook-timestamp", second.to_string())
        .header("webhook-signature", signatures(secrets, id, second, body));
    let mut received = Received::default();
    match request.send(body) {
        Ok(mut answered) => {
            // Read, so that the connection can be used again.
            let read = answered.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
            received.body = read.unwrap_or_default();
            received.status = Some(answered.status().as_u16());
        }
        Err(error) => {
            let (why, unanswered) = told(error);
            received.why = Some(why);
            received.unanswered = unanswered;
        }
    }
    received
}

/// Why there was no answer, and whether the message may have arrived all the same.
fn told(error: ureq::Error) -> (String, bool) {
    match error {
        ureq::Error::Other(why) => (why.to_string(), false),
        ureq::Error::Timeout(_) => ("no answer in time".to_owned(), true),
        ureq::Error::HostNotFound => ("its name has no address".to_owned(), false),
        ureq::Error::ConnectionFailed => ("it could not be reached".to_owned(), false),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            ("it could not be reached".to_owned(), false)
        }
        _ => ("it could not be reached".to_owned(), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_networks_are_asked_where_they_are_named() {
        let named =
            ["10.1.0.0/16".parse().expect("a network"), "::1/128".parse().expect("a network")];
        for (address, expected) in [
            ("1.1.1.1", true),
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("::1", true),
            ("10.2.0.1", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("::ffff:127.0.0.1", false),
        ] {
            assert_eq!(
                may_ask(address.parse().expect("an address"), &named),
                expected,
                "{address}"
            );
        }
    }
}
