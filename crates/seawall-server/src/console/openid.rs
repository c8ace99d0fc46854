//! Does a provider of `OpenID` Connect say who somebody is?
//!
//! The authorization code flow with PKCE (RFC 7636). [`begun`] is what waits for an answer, bound to one browser and to be
//! used once; [`provider`] asks the provider, with everything capped; [`token`] holds what it says against what was asked;
//! [`who`] says which person of ours that is. Whether that person gets in is decided where all sign-ins are.

mod begun;
mod provider;
mod settings;
mod token;
mod who;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use form_urlencoded::Serializer;
use tokio::sync::Semaphore;

pub use settings::Settings;

use begun::Begun;
use provider::Provider;

use super::{
    access::{digest, limit::Attempts, people::People, secret, waiting::Waiting},
    openid::token::Expected,
};
use crate::{clock::now_milliseconds, service::locked, webhook};

/// Sign-ins that ask the provider at a time.
const UNDER_WAY_MAX: usize = 8;

/// Why somebody does not get in. It quotes nothing of what a provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// The answer belongs to nothing that was begun in this browser.
    #[error("it was not begun in this browser, or more than ten minutes ago, or used before")]
    NotBegun,
    /// The provider said no.
    #[error("the provider let nobody in")]
    Denied,
    /// The provider cannot be asked, or gives no proper answer.
    #[error("the provider {0}")]
    Provider(&'static str),
    /// The token is not what was asked for.
    #[error("the provider's token is not taken: {0}")]
    Token(token::Wrong),
    /// Nobody here.
    #[error("nobody here is known by this e-mail address or subject")]
    Unknown,
    /// Somebody who may not sign in any more.
    #[error("this person is shut out")]
    Disabled,
    /// None of its groups may do anything.
    #[error("no group of this person has a role here")]
    NoRole,
    /// Its groups would leave nobody who lets people in.
    #[error("nobody else could manage people with the roles of this person's groups")]
    LastManager,
    /// Nothing can be written.
    #[error("nothing can be written")]
    NotKept,
    /// Too many ask at a time.
    #[error("too many sign in at this moment")]
    Busy,
}

/// What a browser brings back from the provider.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Names the sign-in.
    pub(super) state: String,
    /// What can be exchanged for a token; none where the provider said no.
    pub(super) code: Option<String>,
    /// Who answers (RFC 9207), where it says so.
    pub(super) issuer: Option<String>,
}

/// Where to send a browser, and what it has to keep meanwhile.
#[derive(Clone, Debug)]
pub(super) struct Begin {
    pub(super) address: String,
    pub(super) browser: String,
}

/// Somebody whom the provider knows, and who may be one of us.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// What the provider says.
    claims: token::Claims,
    /// Where to go then.
    pub(super) next: String,
}

/// A provider that people sign in with.
#[derive(Debug)]
pub(super) struct Openid {
    pub(super) settings: Settings,
    pub(super) attempts: Attempts,
    provider: Provider,
    sign_ins: Mutex<Waiting<Begun>>,
    places: Semaphore,
}

impl Openid {
    /// One that is asked at addresses that are public, or within the networks that were named.
    pub(super) fn new(settings: Settings, networks: Vec<ipnet::IpNet>) -> Self {
        let client = webhook::client(networks, settings.timeout_seconds);
        Self {
            provider: Provider::new(client),
            settings,
            attempts: Attempts::default(),
            sign_ins: Mutex::default(),
            places: Semaphore::new(UNDER_WAY_MAX),
        }
    }

    /// Begins a sign-in of a browser that comes back to `back`, and wants to go to `next` then.
    pub(super) async fn begin(
        self: &Arc<Self>,
        back: String,
        next: String,
    ) -> Result<Begin, Refusal> {
        let own = Arc::clone(self);
        let endpoint = self.away(move || own.provider.endpoint(&own.settings)).await?;
        let chance = || Refusal::Provider("cannot be asked: the system gives no random numbers");
        let (browser, state) = (secret().ok_or_else(chance)?, secret().ok_or_else(chance)?);
        let (nonce, verifier) = (secret().ok_or_else(chance)?, secret().ok_or_else(chance)?);
        let asked = self.question(&back, &state, &nonce, &verifier);
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        let begun = Begun { browser: digest(&browser), nonce, verifier, back, next };
        locked(&self.sign_ins).begin(state, begun, now_milliseconds());
        Ok(Begin { address: format!("{endpoint}{joint}{asked}"), browser })
    }

    /// What the provider is asked.
    fn question(&self, back: &str, state: &str, nonce: &str, verifier: &str) -> String {
        let mut scopes = BTreeSet::from(["openid"]);
        scopes.extend(self.settings.scopes.iter().map(String::as_str));
        let scopes: Vec<&str> = scopes.into_iter().collect();
        Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", back)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", state)
            .append_pair("nonce", nonce)
            .append_pair("code_challenge", &begun::challenge(verifier))
            .append_pair("code_challenge_method", "S256")
            .finish()
    }

    /// Takes what a browser brings back, and asks the provider who it is.
    pub(super) async fn answered(
        self: &Arc<Self>,
        browser: &str,
        answer: Answer,
    ) -> Result<Visit, Refusal> {
        let begun = locked(&self.sign_ins).take(&answer.state, now_milliseconds());
        // Whoever asks, it is gone then.
        let begun = begun.filter(|own| own.browser == digest(browser)).ok_or(Refusal::NotBegun)?;
        if answer.issuer.is_some_and(|issuer| issuer != self.settings.issuer) {
            return Err(Refusal::Provider("is another one than was asked"));
        }
        let code = answer.code.ok_or(Refusal::Denied)?;
        let own = Arc::clone(self);
        self.away(move || own.exchange(&code, begun)).await
    }

    fn exchange(&self, code: &str, begun: Begun) -> Result<Visit, Refusal> {
        let given = self.provider.exchange(&self.settings, code, &begun)?;
        let expected = Expected { settings: &self.settings, nonce: &begun.nonce };
        let check = |keys| token::check(&given.id_token, keys, &expected, now_milliseconds());
        let checked = match check(&self.provider.keys(&self.settings)?) {
            // It may have new ones.
            Err(wrong) if wrong.may_be_a_new_key() => {
                check(&self.provider.new_keys(&self.settings)?)
            }
            checked => checked,
        };
        let mut claims = checked.map_err(Refusal::Token)?;
        if who::lacks(&self.settings, &claims)
            && let Some(told) = self.provider.told(&self.settings, &given)?
        {
            claims.add(told).map_err(Refusal::Token)?;
        }
        Ok(Visit { claims, next: begun.next })
    }

    /// Which person that is, with the roles that its groups have.
    pub(super) fn person(
        &self,
        visit: &Visit,
        people: &People,
    ) -> Result<who::Known, (Refusal, Option<String>)> {
        who::person(&self.settings, &visit.claims, people)
    }

    /// Does what may wait for the provider away from the threads that answer, a few at a time.
    async fn away<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let _place = self.places.try_acquire().map_err(|_| Refusal::Busy)?;
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or(Err(Refusal::Provider("was not asked to the end")))
    }
}

impl Visit {
    /// What the provider calls this person.
    pub(super) fn subject(&self) -> &str {
        &self.claims.subject
    }
}
