//! What does the provider say of itself and of somebody? The network, with bytes and time capped; nothing is followed.

use std::sync::{Arc, Mutex};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use form_urlencoded::{Serializer, byte_serialize};
use seawall_intel::signals::Keys;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use ureq::{Agent, Body, http::Response};

use super::{Refusal, Settings, begun::Begun};
use crate::{clock::now_milliseconds, console::settings_file::url, service::locked};

/// Most of an answer that is read.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// How long what a provider says of itself is believed, in milliseconds.
const KNOWN: i64 = 3600 * 1000;
/// Longest code.
const CODE_BYTES_MAX: usize = 8 << 10;

/// What a provider says of itself (`OpenID` Connect Discovery, 3).
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// What it gives for a code.
#[derive(Deserialize)]
pub(super) struct Given {
    pub(super) id_token: String,
    access_token: String,
}

#[derive(Debug)]
struct Known {
    metadata: Metadata,
    keys: Keys,
    at: i64,
}

/// The provider, and what it said of itself not long ago.
#[derive(Debug)]
pub(super) struct Provider {
    client: Agent,
    known: Mutex<Option<Arc<Known>>>,
}

impl Provider {
    pub(super) const fn new(client: Agent) -> Self {
        Self { client, known: Mutex::new(None) }
    }

    /// Where people sign in.
    pub(super) fn endpoint(&self, settings: &Settings) -> Result<String, Refusal> {
        Ok(self.known(settings)?.metadata.authorization_endpoint.clone())
    }

    /// Keys that it signs with.
    pub(super) fn keys(&self, settings: &Settings) -> Result<Keys, Refusal> {
        Ok(self.known(settings)?.keys.clone())
    }

    /// The same, asked for anew.
    pub(super) fn new_keys(&self, settings: &Settings) -> Result<Keys, Refusal> {
        Ok(self.ask(settings)?.keys.clone())
    }

    fn known(&self, settings: &Settings) -> Result<Arc<Known>, Refusal> {
        let now = now_milliseconds();
        let known = locked(&self.known).clone().filter(|own| now - own.at < KNOWN);
        known.map_or_else(|| self.ask(settings), Ok)
    }

    fn ask(&self, settings: &Settings) -> Result<Arc<Known>, Refusal> {
        let issuer = settings.issuer.trim_end_matches('/');
        let told = self.get(&format!("{issuer}/.well-known/openid-configuration"), None)?;
        let metadata: Metadata = json(&told)?;
        if metadata.issuer != settings.issuer {
            return Err(Refusal::Provider("calls itself otherwise than `issuer` of the settings"));
        }
        let Metadata {
            authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint, ..
        } = &metadata;
        let named = [authorization_endpoint, token_endpoint, jwks_uri].into_iter();
        if !named.chain(userinfo_endpoint).all(|own| url(own).is_ok()) {
            return Err(Refusal::Provider("names addresses that may not be asked"));
        }
        let told = self.get(jwks_uri, None)?;
        let keys = Keys::parse(&String::from_utf8_lossy(&told));
        let keys = keys.map_err(|_| Refusal::Provider("has no key that signs"))?;
        let known = Arc::new(Known { metadata, keys, at: now_milliseconds() });
        *locked(&self.known) = Some(Arc::clone(&known));
        Ok(known)
    }

    /// What it gives for a code of a sign-in.
    pub(super) fn exchange(
        &self,
        settings: &Settings,
        code: &str,
        begun: &Begun,
    ) -> Result<Given, Refusal> {
        if code.len() > CODE_BYTES_MAX {
            return Err(Refusal::Provider("gave a code that is too long"));
        }
        let Metadata { token_endpoint, token_endpoint_auth_methods_supported: ways, .. } =
            &self.known(settings)?.metadata;
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &begun.back)
            .append_pair("code_verifier", &begun.verifier);
        let mut request = self.client.post(token_endpoint).header("accept", "application/json");
        // Basic is what a provider takes that says nothing (OpenID Connect Discovery, 3).
        let takes = |way: &str| ways.as_ref().is_some_and(|ways| ways.iter().any(|own| own == way));
        if takes("client_secret_post") && !takes("client_secret_basic") {
            form.append_pair("client_id", &settings.client_id)
                .append_pair("client_secret", &settings.client_secret);
        } else {
            request = request.header("authorization", basic(settings));
        }
        let sent = request
            .header("content-type", "application/x-www-form-urlencoded")
            .send(form.finish().as_bytes());
        json(&content(sent)?)
    }

    /// What it says of somebody elsewhere than in the token; none where it has no such place.
    pub(super) fn told(
        &self,
        settings: &Settings,
        given: &Given,
    ) -> Result<Option<Map<String, Value>>, Refusal> {
        let known = self.known(settings)?;
        let Some(endpoint) = &known.metadata.userinfo_endpoint else { return Ok(None) };
        json(&self.get(endpoint, Some(&given.access_token))?).map(Some)
    }

    fn get(&self, url: &str, token: Option<&str>) -> Result<Vec<u8>, Refusal> {
        let mut request = self.client.get(url).header("accept", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        content(request.call())
    }
}

/// How a client says who it is (RFC 6749, 2.3.1).
fn basic(settings: &Settings) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(&settings.client_id), encoded(&settings.client_secret));
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

fn content(answered: Result<Response<Body>, ureq::Error>) -> Result<Vec<u8>, Refusal> {
    let mut answered = answered.map_err(|error| match error {
        ureq::Error::Timeout(_) => Refusal::Provider("gave no answer in time"),
        ureq::Error::Other(_) => {
            Refusal::Provider("is within a private network that was not named")
        }
        _ => Refusal::Provider("could not be reached"),
    })?;
    if answered.status().as_u16() != 200 {
        return Err(Refusal::Provider("answered with another status than 200"));
    }
    answered.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().map_err(|error| {
        match error {
            ureq::Error::BodyExceedsLimit(_) => Refusal::Provider("answered more than 1 MiB"),
            ureq::Error::Timeout(_) => Refusal::Provider("gave no answer in time"),
            _ => Refusal::Provider("broke its answer off"),
        }
    })
}

fn json<T: DeserializeOwned>(content: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(content)
        .map_err(|_| Refusal::Provider("answered something else than was asked for"))
}
