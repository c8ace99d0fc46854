//! What does a TAXII server say? One request at a time, to the one server that the user named.

use std::fmt;

use anyhow::{Context as _, anyhow, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use seawall_intel::taxii::{ErrorResource, MEDIA_TYPE};
use serde::de::DeserializeOwned;
use ureq::{
    Agent,
    http::{Response, Uri},
};

use super::web::{Going, check_url, client, trouble};

/// Longest resource but a page, and longest page.
const RESOURCE_BYTES_MAX: u64 = 8 << 20;
const PAGE_BYTES_MAX: u64 = 32 << 20;

/// Who asks.
#[derive(Clone)]
pub(crate) enum Credentials {
    Nobody,
    /// A token.
    Bearer(String),
    /// A name and a password.
    Basic(String, String),
}

/// A server that the user named. Nothing else is asked, whatever it redirects to or names itself: the credentials are
/// for it alone.
pub(crate) struct Server {
    agent: Agent,
    named: String,
    origin: String,
    authorization: Option<String>,
}

/// A page, as it came.
pub(crate) struct Page {
    pub(crate) bytes: Vec<u8>,
    /// Date of its last object, where the server says so.
    pub(crate) last: Option<String>,
}

/// The server refuses what it is asked, and may not refuse something else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Status(pub(crate) u16);

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "status {}", self.0)
    }
}

impl std::error::Error for Status {}

fn origin(url: &Uri) -> String {
    let authority = url.authority().map(ToString::to_string).unwrap_or_default();
    format!("{}://{authority}", url.scheme_str().unwrap_or_default()).to_lowercase()
}

impl Server {
    /// The server of a URL.
    pub(crate) fn of(named: &str, credentials: &Credentials) -> anyhow::Result<Self> {
        let url = check_url(named)?;
        let authorization = match credentials {
            Credentials::Nobody => None,
            Credentials::Bearer(token) => Some(format!("Bearer {token}")),
            Credentials::Basic(name, password) => {
                Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}"))))
            }
        };
        let (agent, named) = (client(Going::to(&url)), named.to_owned());
        Ok(Self { agent, named, origin: origin(&url), authorization })
    }

    /// The URL that it was named by.
    pub(crate) fn named(&self) -> &str {
        &self.named
    }

    /// A URL of this server.
    fn own(&self, url: &str) -> anyhow::Result<Uri> {
        let checked = check_url(url)?;
        if origin(&checked) != self.origin {
            bail!(
                "`{url}` is another server than {}, and is not asked\nhint: name it, if you mean to",
                self.origin
            );
        }
        Ok(checked)
    }

    /// Asks for a resource.
    pub(crate) fn resource<T: DeserializeOwned>(&self, url: &str) -> anyhow::Result<T> {
        let asked = || format!("could not ask {url}");
        let mut reply = self.get(url).with_context(asked)?;
        let bytes = body(&mut reply, RESOURCE_BYTES_MAX).with_context(asked)?;
        serde_json::from_slice(&bytes)
            .map_err(|_| anyhow!("it answers with something else than was asked"))
            .with_context(asked)
    }

    /// Asks for a page.
    pub(crate) fn page(&self, url: &str) -> anyhow::Result<Page> {
        let mut reply = self.get(url)?;
        let last = reply.headers().get("x-taxii-date-added-last");
        let last = last.and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        Ok(Page { bytes: body(&mut reply, PAGE_BYTES_MAX)?, last })
    }

    /// Posts an envelope, and returns what the server says of it.
    pub(crate) fn add<T: DeserializeOwned>(&self, url: &str, envelope: &[u8]) -> anyhow::Result<T> {
        self.post(url, MEDIA_TYPE, envelope).with_context(|| format!("could not add to {url}"))
    }

    /// Polls the URL that was named for security events.
    pub(crate) fn poll<T: DeserializeOwned>(&self, asked: &[u8]) -> anyhow::Result<T> {
        self.post(&self.named, "application/json", asked)
            .with_context(|| format!("could not poll {}", self.named))
    }

    fn post<T: DeserializeOwned>(
        &self,
        url: &str,
        media_type: &str,
        content: &[u8],
    ) -> anyhow::Result<T> {
        let mut request = self
            .agent
            .post(self.own(url)?)
            .header("accept", media_type)
            .header("content-type", media_type);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let mut reply = request.send(content).map_err(trouble)?;
        let bytes = body(&mut reply, PAGE_BYTES_MAX)?;
        serde_json::from_slice(&bytes)
            .map_err(|_| anyhow!("it answers with something else than was asked"))
    }

    fn get(&self, url: &str) -> anyhow::Result<Response<ureq::Body>> {
        let mut request = self.agent.get(self.own(url)?).header("accept", MEDIA_TYPE);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        request.call().map_err(trouble)
    }
}

fn body(reply: &mut Response<ureq::Body>, bytes_max: u64) -> anyhow::Result<Vec<u8>> {
    let status = reply.status();
    if status.is_redirection() {
        bail!(
            "it redirects elsewhere (status {}), and is not followed\nhint: name the address that it redirects to, if you mean to",
            status.as_u16()
        );
    }
    let read = reply.body_mut().with_config().limit(bytes_max).read_to_vec().map_err(trouble);
    if status.is_success() {
        return read;
    }
    let said: ErrorResource = serde_json::from_slice(&read.unwrap_or_default()).unwrap_or_default();
    let title: String = said.title.chars().take(200).collect();
    let why = if title.is_empty() { String::new() } else { format!(": {title}") };
    let hint = match status.as_u16() {
        401 | 403 => "\nhint: --token-file has a token that may; with --user it is a password",
        _ => "",
    };
    Err(anyhow!(Status(status.as_u16()))
        .context(format!("it answers with status {}{why}{hint}", status.as_u16())))
}
