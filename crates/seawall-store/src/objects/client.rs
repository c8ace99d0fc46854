//! How is one request made? Over the HTTP client that the rest of the program uses, on the thread that asks.

use std::{net::IpAddr, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use object_store::{
    ClientConfigKey, ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    },
};
use ureq::{
    Agent,
    config::{AutoHeaderValue, Config},
    http::{HeaderMap, Method, StatusCode, Uri, header::CONTENT_LENGTH},
    tls::{RootCerts, TlsConfig, TlsProvider},
};

use super::trouble::Trouble;

const AGENT: &str = concat!("seawall/", env!("CARGO_PKG_VERSION"));
/// Longest body of an answer: a piece of an object, or a page of a listing.
const BODY_BYTES_MAX: u64 = 32 << 20;
/// Longest text in which the code of an error is looked for, and longest code.
const ERROR_BYTES_MAX: usize = 64 << 10;
const CODE_BYTES_MAX: usize = 64;
const CONNECTIONS_MAX: usize = super::REQUESTS_MAX;

/// Makes clients.
#[derive(Debug)]
pub(super) struct Connector {
    pub(super) read_seconds_max: u64,
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let set = |key| options.get_config_value(&key);
        // The library gives a short time to connect to who hands out the machine's own credentials, and to them only.
        let short = set(ClientConfigKey::ConnectTimeout).is_some_and(|text| text == "1s");
        let plain = set(ClientConfigKey::AllowHttp).is_some_and(|text| text == "true");
        let metadata = short && plain;
        Ok(HttpClient::new(Client {
            agent: agent(metadata, self.read_seconds_max),
            metadata,
            plain,
        }))
    }
}

fn agent(metadata: bool, read_seconds_max: u64) -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let builder = Config::builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(AGENT)
        .accept_encoding(AutoHeaderValue::None)
        .max_idle_connections(CONNECTIONS_MAX)
        .max_idle_connections_per_host(CONNECTIONS_MAX)
        .timeout_connect(Some(Duration::from_secs(if metadata { 1 } else { 10 })))
        .timeout_recv_response(Some(Duration::from_secs(2 * read_seconds_max)))
        .timeout_per_read(Some(Duration::from_secs(read_seconds_max)))
        .timeout_per_write(Some(Duration::from_secs(read_seconds_max)));
    // What hands out credentials is on this machine's own link: no proxy is told.
    let builder = if metadata { builder.proxy(None) } else { builder };
    Agent::new_with_config(builder.build())
}

/// A client that blocks who asks: requests are made on threads that are there for it.
#[derive(Debug)]
struct Client {
    agent: Agent,
    metadata: bool,
    /// Whether it may go without encryption to other machines.
    plain: bool,
}

impl HttpService for Client {
    fn call<'client, 'answer>(
        &'client self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'answer>>
    where
        'client: 'answer,
        Self: 'answer,
    {
        Box::pin(self.ask(request))
    }
}

impl Client {
    /// Asks, and reads all of the answer, before it returns for the first time.
    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        if parts.uri.scheme_str() != Some("https") && !self.plain && !is_loopback(&parts.uri) {
            return Err(HttpError::new(HttpErrorKind::Unknown, Trouble::Plain));
        }
        let body = body.collect().await?.to_bytes();
        let head_only = parts.method == Method::HEAD;
        let replied = if body.is_empty() && !matches!(parts.method, Method::PUT | Method::POST) {
            self.agent.run(ureq::http::Request::from_parts(parts, ()))
        } else {
            self.agent.run(ureq::http::Request::from_parts(parts, &*body))
        };
        let (parts, mut body) = replied.map_err(|error| self.failed(error))?.into_parts();
        let read = body.with_config().limit(BODY_BYTES_MAX).read_to_vec();
        let read = read.map_err(|error| self.failed(error))?;
        if !head_only && length(&parts.headers).is_some_and(|length| length != read.len() as u64) {
            return Err(HttpError::new(HttpErrorKind::Interrupted, Trouble::CutOff));
        }
        if let Some(error) = self.refused(parts.status, &read) {
            return Err(error);
        }
        // What an error says beyond its status may quote a key or a signature: nobody after us sees it.
        let failed = parts.status.is_client_error();
        let body = if failed { Bytes::new() } else { Bytes::from(read) };
        Ok(HttpResponse::from_parts(parts, body.into()))
    }

    /// The statuses that mean the same whatever was asked; the library knows what others mean.
    fn refused(&self, status: StatusCode, body: &[u8]) -> Option<HttpError> {
        let again = status.is_server_error() || matches!(status.as_u16(), 408 | 429);
        let kind = if again { HttpErrorKind::Request } else { HttpErrorKind::Unknown };
        let code = code(body);
        // Elsewhere 404 means that there is no such object, which may be just what was asked.
        let no_bucket = matches!(&*code, "NoSuchBucket" | "ContainerNotFound");
        let ours =
            again || no_bucket || matches!(status.as_u16(), 300..=303 | 305..=399 | 400..=403);
        (ours && !self.metadata)
            .then(|| HttpError::new(kind, Trouble::Status(status.as_u16(), code)))
    }

    fn failed(&self, error: ureq::Error) -> HttpError {
        if self.metadata {
            return HttpError::new(HttpErrorKind::Unknown, Trouble::NoCredentials);
        }
        let (kind, trouble) = match error {
            ureq::Error::Timeout(_) => (HttpErrorKind::Timeout, Trouble::Late),
            ureq::Error::BodyExceedsLimit(_) => (HttpErrorKind::Unknown, Trouble::TooLong),
            ureq::Error::HostNotFound => {
                (HttpErrorKind::Connect, Trouble::Unreached("its name has no address".to_owned()))
            }
            ureq::Error::Io(error) => match error.kind() {
                std::io::ErrorKind::UnexpectedEof
                | std::io::ErrorKind::ConnectionReset
                | std::io::ErrorKind::ConnectionAborted
                | std::io::ErrorKind::BrokenPipe => (HttpErrorKind::Interrupted, Trouble::CutOff),
                std::io::ErrorKind::TimedOut => (HttpErrorKind::Timeout, Trouble::Late),
                kind => (HttpErrorKind::Connect, Trouble::Unreached(kind.to_string())),
            },
            ureq::Error::ConnectionFailed => {
                (HttpErrorKind::Connect, Trouble::Unreached("no connection".to_owned()))
            }
            ureq::Error::Rustls(error) => {
                (HttpErrorKind::Unknown, Trouble::Unreached(format!("TLS: {error}")))
            }
            ureq::Error::Protocol(_) => (HttpErrorKind::Interrupted, Trouble::CutOff),
            _ => (HttpErrorKind::Unknown, Trouble::Unreached("a fault of HTTP".to_owned())),
        };
        HttpError::new(kind, trouble)
    }
}

fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The code in the body of an error, such as `SlowDown`; empty where there is none that is a plain word.
fn code(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(ERROR_BYTES_MAX)]);
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    let code = code.map(|(code, _)| code).unwrap_or_default();
    let word =
        code.len() <= CODE_BYTES_MAX && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if word { code.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_word_is_taken_from_an_error() {
        assert_eq!(code(b"<Error><Code>SlowDown</Code><Message>x</Message></Error>"), "SlowDown");
        assert_eq!(code(b"<Error><Code>AKIA secret/key</Code></Error>"), "");
        assert_eq!(code(b"<html>"), "");
        assert_eq!(code("<Code>".repeat(100_000).as_bytes()), "");
    }

    #[test]
    fn only_this_machine_is_asked_without_encryption() {
        let loopback = |uri: &str| is_loopback(&uri.parse().expect("a URI"));
        assert!(
            loopback("http://127.0.0.1:5000/b")
                && loopback("http://[::1]:1/")
                && loopback("http://localhost/")
        );
        assert!(!loopback("http://127.0.0.1.example.org/") && !loopback("http://192.0.2.1/"));
    }
}
