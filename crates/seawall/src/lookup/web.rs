//! How is something asked over HTTP? One client for all: capped in bytes, redirections and time.

use std::{net::IpAddr, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::anyhow;
use ureq::{
    Agent,
    config::Config,
    http::{Uri, uri::Authority},
    tls::{RootCerts, TlsConfig, TlsProvider},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::{AGENT, Reach, reach::Refused};

/// Longest that one question may take, redirections included.
const SECONDS_MAX: u64 = 20;
/// Longest head of a reply.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// How far a client may go.
#[derive(Clone, Debug)]
pub(super) struct Going {
    pub(super) reach: Reach,
    /// The host and port that the user named: wherever it is.
    pub(super) named: Option<Authority>,
    /// Addresses that were looked up already.
    pub(super) addresses: Option<Vec<IpAddr>>,
    /// More redirections are an error; with none, the reply that redirects is the answer.
    pub(super) redirects_max: u32,
    /// Never without encryption.
    pub(super) https_only: bool,
}

impl Going {
    /// To a server that the user named by its URL, and nowhere else.
    pub(super) fn to(url: &Uri) -> Self {
        Self {
            reach: Reach::Public,
            named: url.authority().cloned(),
            addresses: None,
            redirects_max: 0,
            https_only: false,
        }
    }
}

/// A client that goes no further. It knows no proxy and keeps nothing.
pub(super) fn client(going: Going) -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Config::builder()
        .tls_config(tls)
        .https_only(going.https_only)
        .http_status_as_error(false)
        .proxy(None)
        .max_redirects(going.redirects_max)
        .max_redirects_will_error(going.redirects_max > 0)
        .user_agent(AGENT)
        .max_response_header_size(HEAD_BYTES_MAX)
        .max_idle_connections(0)
        .timeout_global(Some(Duration::from_secs(SECONDS_MAX)))
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Guard(going))
}

/// Looks names up, and keeps to the addresses that may be asked: what it returns is what is connected to.
#[derive(Debug)]
struct Guard(Going);

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found: Vec<SocketAddr> = match &self.0.addresses {
            Some(known) => {
                let port = port(uri);
                known.iter().map(|address| SocketAddr::new(*address, port)).collect()
            }
            None => {
                DefaultResolver::default().resolve(uri, config, timeout)?.iter().copied().collect()
            }
        };
        let named = self.0.named.is_some() && self.0.named.as_ref() == uri.authority();
        let reach = if named { Reach::All } else { self.0.reach };
        let (mut asked, mut last) = (self.empty(), None);
        for address in found.into_iter().take(16) {
            match reach.check(address.ip()) {
                Ok(()) => asked.push(address),
                Err(refused) => last = Some(refused),
            }
        }
        match last {
            Some(refused) if asked.is_empty() => Err(ureq::Error::Other(Box::new(refused))),
            None if asked.is_empty() => Err(ureq::Error::HostNotFound),
            _ => Ok(asked),
        }
    }
}

fn port(uri: &Uri) -> u16 {
    let plain = uri.scheme_str() == Some("http");
    uri.port_u16().unwrap_or(if plain { 80 } else { 443 })
}

/// A URL to ask: `https`, or `http` where whoever typed it says so.
pub(crate) fn check_url(text: &str) -> anyhow::Result<Uri> {
    let url: Uri = text.parse().map_err(|_| anyhow!("`{text}` is no URL"))?;
    let scheme = matches!(url.scheme_str(), Some("http" | "https"));
    if !scheme || url.host().is_none_or(str::is_empty) {
        return Err(anyhow!("`{text}` is no URL of the web\nhint: as in https://rdap.example/"));
    }
    Ok(url)
}

/// What went wrong, in plain words.
pub(super) fn trouble(error: ureq::Error) -> anyhow::Error {
    match error {
        ureq::Error::Other(inner) => match inner.downcast::<Refused>() {
            Ok(refused) => (*refused).into(),
            Err(other) => anyhow!(other),
        },
        ureq::Error::Timeout(_) => anyhow!("no answer in time"),
        ureq::Error::TooManyRedirects => anyhow!("it redirects again and again"),
        ureq::Error::RequireHttpsOnly(url) => {
            anyhow!("{url} is without encryption, and is not asked")
        }
        ureq::Error::HostNotFound => anyhow!("its name has no address"),
        ureq::Error::BodyExceedsLimit(bytes) => anyhow!("it sends more than {bytes} bytes"),
        ureq::Error::LargeResponseHeader(..) => {
            anyhow!("the head of its reply is longer than {HEAD_BYTES_MAX} bytes")
        }
        other => anyhow!(other),
    }
}
