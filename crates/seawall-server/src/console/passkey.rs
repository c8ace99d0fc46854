//! Does an authenticator of somebody say that it is them? The ceremonies of `WebAuthn`, by `webauthn_rp`.
//!
//! What was asked waits for the answer of the same browser, and counts once. A passkey lets in only after its owner showed
//! themselves to the authenticator (a finger, a number); that is a second factor by itself.

use std::sync::Mutex;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication64, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
    bin::{Decode as _, Encode as _},
    request::{
        AsciiDomain, PublicKeyCredentialDescriptor, RpId,
        auth::AuthenticationVerificationOptions,
        register::{
            CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions,
            USER_HANDLE_MAX_LEN, UserHandle64, Username,
        },
    },
    response::{
        AuthTransports, CredentialId,
        register::{CompressedPubKey, DynamicState, StaticState},
    },
};

use super::access::{
    digest,
    limit::Attempts,
    passkeys::{Credential, Passkey},
    people::Person,
    waiting::Waiting,
};
use crate::service::locked;

/// Longest answer of a browser.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Why a passkey is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// Nothing was asked, or too long ago.
    #[error("it was not asked for in this browser, or too long ago, or used before")]
    NotBegun,
    /// It cannot be understood.
    #[error("the browser's answer is not as it must be")]
    Malformed,
    /// It does not answer what was asked, or not from here.
    #[error("it is no proper answer to what was asked here")]
    Wrong,
    /// Nobody has it.
    #[error("nobody here has this passkey")]
    Unknown,
    /// Somebody who may not sign in any more.
    #[error("this person is shut out")]
    Disabled,
    /// Somebody has it already.
    #[error("it is kept already")]
    Known,
    /// Its state is another one than a moment ago.
    #[error("it was used at the same moment")]
    Raced,
    /// Nothing can be written.
    #[error("nothing can be written")]
    NotKept,
}

/// Where browsers reach the console, as far as passkeys are bound to it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    domain: RpId,
    origin: String,
}

impl Place {
    /// That of an address; none where its host is a number: a passkey belongs to a name.
    pub(super) fn of(origin: &str) -> Option<Self> {
        let (_, authority) = origin.split_once("://")?;
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|own| own.is_ascii_digit()) => host,
            _ => authority,
        };
        let is_name = !host.starts_with('[') && host.parse::<std::net::IpAddr>().is_err();
        let domain = AsciiDomain::try_from(host.to_owned()).ok().filter(|_| is_name)?;
        Some(Self { domain: RpId::Domain(domain), origin: origin.to_owned() })
    }
}

/// What was asked of browsers.
#[derive(Debug, Default)]
pub(super) struct Ceremonies {
    adding: Mutex<Waiting<RegistrationServerState<USER_HANDLE_MAX_LEN>>>,
    asking: Mutex<Waiting<DiscoverableAuthenticationServerState>>,
    pub(super) attempts: Attempts,
}

/// A passkey that lets somebody in, and its state from now on.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) passkey: Passkey,
    pub(super) state: String,
}

impl Ceremonies {
    /// What a browser is asked so that it makes a passkey for somebody who has `own` already; `browser` is what only it knows.
    pub(super) fn begin_adding(
        &self,
        place: &Place,
        person: &Person,
        own: &[Passkey],
        browser: &str,
        now: i64,
    ) -> Result<String, Refusal> {
        let handle = handle(&person.id);
        // Names that are no user names by RFC 8265 are passed over: the id is one.
        let name = Username::try_from(person.name.as_str())
            .or_else(|_| Username::try_from(person.id.as_str()))
            .map_err(|_| Refusal::Malformed)?;
        let display_name = Nickname::try_from(person.name.as_str()).ok();
        let user = PublicKeyCredentialUserEntity { name, id: &handle, display_name };
        let known = own.iter().filter_map(descriptor).collect();
        let mut options = PublicKeyCredentialCreationOptions::passkey(&place.domain, user, known);
        // Not every authenticator can protect a passkey from being seen; showing it takes its owner anyway.
        options.extensions.cred_protect = CredProtect::None;
        let (server, client) = options.start_ceremony().map_err(|_| Refusal::Malformed)?;
        let asked = serde_json::to_string(&client).map_err(|_| Refusal::Malformed)?;
        locked(&self.adding).begin(browser.to_owned(), server, now);
        Ok(asked)
    }

    /// The passkey that a browser made, and its state.
    pub(super) fn added(
        &self,
        place: &Place,
        browser: &str,
        answer: &str,
        now: i64,
    ) -> Result<(Credential, String), Refusal> {
        let begun = locked(&self.adding).take(browser, now).ok_or(Refusal::NotBegun)?;
        let answer = short(answer)?;
        let answer = Registration::from_json_relaxed(answer).map_err(|_| Refusal::Malformed)?;
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &[&place.origin],
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = begun.verify(&place.domain, &answer, &options).map_err(|_| Refusal::Wrong)?;
        let (id, transports, _, key, state, _) = made.as_parts();
        let (Ok(key), Ok(state), Ok(transports)) =
            (key.encode(), state.encode(), transports.encode());
        let credential = Credential { id: text(id.as_ref()), key: text(&key), transports };
        Ok((credential, text(&state)))
    }

    /// What a browser is asked so that it shows a passkey.
    pub(super) fn begin_asking(
        &self,
        place: &Place,
        browser: &str,
        now: i64,
    ) -> Result<String, Refusal> {
        let options = DiscoverableCredentialRequestOptions::passkey(&place.domain);
        let (server, client) = options.start_ceremony().map_err(|_| Refusal::Malformed)?;
        let asked = serde_json::to_string(&client).map_err(|_| Refusal::Malformed)?;
        locked(&self.asking).begin(browser.to_owned(), server, now);
        Ok(asked)
    }

    /// The passkey that a browser shows, of those that `find` knows by what authenticators call them.
    pub(super) fn shown(
        &self,
        place: &Place,
        browser: &str,
        answer: &str,
        now: i64,
        find: impl FnOnce(&str) -> Option<Passkey>,
    ) -> Result<Shown, (Refusal, Option<String>)> {
        let unknown = |refusal| (refusal, None);
        let begun = locked(&self.asking).take(browser, now).ok_or(unknown(Refusal::NotBegun))?;
        let answer = short(answer).map_err(unknown)?;
        let answer = DiscoverableAuthentication64::from_json_relaxed(answer)
            .map_err(|_| unknown(Refusal::Malformed))?;
        let passkey = find(&text(answer.raw_id().as_ref())).ok_or(unknown(Refusal::Unknown))?;
        let state = verified(place, begun, &answer, &passkey);
        let state = state.map_err(|refusal| (refusal, Some(passkey.person.clone())))?;
        Ok(Shown { passkey, state })
    }
}

type Key = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// The state of a passkey after it answered what was asked.
fn verified(
    place: &Place,
    begun: DiscoverableAuthenticationServerState,
    answer: &DiscoverableAuthentication64,
    passkey: &Passkey,
) -> Result<String, Refusal> {
    let kept = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::Malformed);
    let (key, state) = (kept(&passkey.credential.key)?, kept(&passkey.state)?);
    let key = StaticState::<Key>::decode(&key).map_err(|_| Refusal::Malformed)?;
    let state = state.try_into().map_err(|_| Refusal::Malformed)?;
    let state = DynamicState::decode(state).map_err(|_| Refusal::Malformed)?;
    let handle = handle(&passkey.person);
    let mut known = AuthenticatedCredential::new(answer.raw_id(), &handle, key, state)
        .map_err(|_| Refusal::Malformed)?;
    let options = AuthenticationVerificationOptions::<&str, &str> {
        allowed_origins: &[&place.origin],
        error_on_unsolicited_extensions: false,
        ..AuthenticationVerificationOptions::default()
    };
    begun.verify(&place.domain, answer, &mut known, &options).map_err(|_| Refusal::Wrong)?;
    let Ok(state) = known.dynamic_state().encode();
    Ok(text(&state))
}

/// What authenticators know somebody by: a hash of their id, which tells nobody who it is.
fn handle(person: &str) -> UserHandle64 {
    let mut bytes = [0; USER_HANDLE_MAX_LEN];
    // The hash is 64 hexadecimal digits.
    bytes.copy_from_slice(digest(person).as_bytes());
    let Ok(handle) = UserHandle64::decode(bytes);
    handle
}

fn descriptor(passkey: &Passkey) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    let id = BASE64_URL_SAFE_NO_PAD.decode(&passkey.credential.id).ok()?;
    let id = CredentialId::<Vec<u8>>::decode(id).ok()?;
    let transports = AuthTransports::decode(passkey.credential.transports).ok()?;
    Some(PublicKeyCredentialDescriptor { id, transports })
}

fn short(answer: &str) -> Result<&[u8], Refusal> {
    let answer = answer.as_bytes();
    if answer.len() > ANSWER_BYTES_MAX { Err(Refusal::Malformed) } else { Ok(answer) }
}

fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn passkeys_belong_to_names() {
        for (origin, domain) in [
            ("https://seawall.example.org", Some("seawall.example.org")),
            ("https://seawall.example.org:8443", Some("seawall.example.org")),
            ("http://localhost:8080", Some("localhost")),
            ("http://127.0.0.1:8080", None),
            ("http://[::1]:8080", None),
            ("https://192.0.2.7", None),
            ("localhost", None),
        ] {
            let place = Place::of(origin);
            let own = place.as_ref().map(|own| own.domain.as_ref().to_owned());
            assert_eq!(own.as_deref(), domain, "{origin}");
        }
    }
}
