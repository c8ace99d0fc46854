//! An event with its fields taken apart once, for all kinds to derive from.

use std::{cell::RefCell, net::IpAddr};

use super::{
    Lists,
    memo::Memo,
    name::template::push_template,
    parse::{
        client::{Client, UserAgent},
        domain::Domain,
        ja4::Ja4,
        mailbox::Mailbox,
        phone::Phone,
        place::{Locale, Zone},
        referrer,
    },
    text::push_folded,
};
use crate::event::{Event, Time};

/// Names longer than this are cut before they are folded, so that hostile ones stay cheap.
const NAME_BYTES_MAX: usize = 256;

/// What taking events apart needs besides the event: answers worth remembering, and buffers.
#[derive(Default)]
pub(super) struct Workspace {
    domains: Memo<Option<Domain>>,
    recovery_domains: Memo<Option<Domain>>,
    user_agents: Memo<Option<UserAgent>>,
    locales: Memo<Option<Locale>>,
    zones: Memo<Option<Zone>>,
    referrers: Memo<Option<Box<str>>>,
    /// For their numbers only.
    fingerprints: Memo<()>,
    providers: Memo<()>,
    email_local: String,
    recovery_local: String,
    phone: String,
    username: String,
    display_name: String,
    template: RefCell<Template>,
}

/// The pattern of the name that was asked for last: most usernames are that of the mailbox.
#[derive(Default)]
struct Template {
    name: String,
    text: String,
}

/// An event with its fields parsed.
pub struct Subject<'a> {
    /// The event.
    pub event: &'a Event<'a>,
    /// What the user knows beyond the log.
    pub lists: &'a Lists,
    /// Client address, an IPv4 one in IPv6 form as IPv4; not the host itself or no address at all.
    pub(super) ip: Option<IpAddr>,
    pub(super) email: Option<Mailbox<'a>>,
    pub(super) recovery: Option<Mailbox<'a>>,
    pub(super) phone: Option<Phone<'a>>,
    /// Folded.
    pub(super) username: Option<&'a str>,
    /// Folded.
    pub(super) display_name: Option<&'a str>,
    pub(super) user_agent: Option<&'a UserAgent>,
    pub(super) locale: Option<&'a Locale>,
    pub(super) zone: Option<&'a Zone>,
    pub(super) referrer: Option<&'a str>,
    pub(super) numbers: TextNumbers,
    template: &'a RefCell<Template>,
}

/// What stands for the texts that recur, 0 where there is none; that of a mail domain is with it.
#[derive(Clone, Copy, Default)]
pub(super) struct TextNumbers {
    pub(super) ja4: u64,
    pub(super) user_agent: u64,
    pub(super) locale: u64,
    pub(super) zone: u64,
    pub(super) referrer: u64,
    pub(super) provider: u64,
}

impl<'a> Subject<'a> {
    /// Takes the event apart; the texts of its client only where `client` says that they are needed.
    pub(super) fn new(
        event: &'a Event<'a>,
        lists: &'a Lists,
        workspace: &'a mut Workspace,
        client: bool,
    ) -> Self {
        let Workspace {
            domains,
            recovery_domains,
            user_agents,
            locales,
            zones,
            referrers,
            fingerprints,
            providers,
            email_local,
            recovery_local,
            phone,
            username,
            display_name,
            template,
        } = workspace;
        let agent = event.user_agent.filter(|_| client);
        let agent = agent.map(|text| user_agents.get(text, UserAgent::parse));
        let ja4 = event.ja4.filter(|_| client).map(|text| fingerprints.get(text, |_| ()));
        let locale = event.locale.map(|text| locales.get(text, Locale::parse));
        let zone = event.timezone.map(|text| zones.get(text, Zone::parse));
        let referrer = event.referrer.map(|text| referrers.get(text, referrer::canonical));
        let provider = event.challenge_provider.map(|text| providers.get(text, |_| ()));
        Self {
            event,
            lists,
            ip: event.ip.and_then(client_address),
            email: event.email.and_then(|text| Mailbox::parse(text, email_local, domains)),
            recovery: event
                .recovery_email
                .and_then(|text| Mailbox::parse(text, recovery_local, recovery_domains)),
            phone: event.phone.and_then(|text| Phone::parse(text, phone)),
            username: event
                .username
                .and_then(|text| folded(text.trim_start_matches('@'), username)),
            display_name: event.display_name.and_then(|text| folded(text, display_name)),
            user_agent: agent.and_then(|agent| agent.value.as_ref()),
            locale: locale.and_then(|locale| locale.value.as_ref()),
            zone: zone.and_then(|zone| zone.value.as_ref()),
            referrer: referrer.and_then(|referrer| referrer.value.as_deref()),
            numbers: TextNumbers {
                ja4: ja4.map_or(0, |ja4| ja4.number),
                user_agent: agent.map_or(0, |agent| agent.number),
                locale: locale.map_or(0, |locale| locale.number),
                zone: zone.map_or(0, |zone| zone.number),
                referrer: referrer.map_or(0, |referrer| referrer.number),
                provider: provider.map_or(0, |provider| provider.number),
            },
            template,
        }
    }

    /// Appends the pattern of a folded name.
    pub(super) fn push_template(&self, out: &mut String, name: &str) {
        let Template { name: latest, text } = &mut *self.template.borrow_mut();
        if latest != name {
            name.clone_into(latest);
            text.clear();
            push_template(text, name);
        }
        out.push_str(text);
    }

    /// TLS fingerprint.
    pub(super) fn ja4(&self) -> Option<Ja4<'a>> {
        self.event.ja4.and_then(Ja4::parse)
    }

    /// Country of the address; else of the telephone number, the clock, the language.
    pub(super) fn country(&self) -> Option<[u8; 2]> {
        self.event
            .country
            .map(crate::event::Country::bytes)
            .or_else(|| self.phone.and_then(Phone::country))
            .or_else(|| self.zone.and_then(|zone| zone.country))
            .or_else(|| self.locale.and_then(|locale| locale.region))
    }

    /// Class of the client.
    pub(super) fn client(&self) -> Client {
        self.user_agent.map_or(Client::Unknown, |agent| agent.client)
    }

    /// What accounts are compared within.
    pub(super) fn stratum(&self) -> Stratum {
        Stratum { country: self.country(), client: self.client() }
    }

    /// The username; else the local part of the mail address.
    pub(super) fn sign_in_name(&self) -> Option<&'a str> {
        self.username.or_else(|| self.email.and_then(Mailbox::local))
    }
}

/// Accounts of one country with one class of client: what an account is compared within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stratum {
    /// ISO 3166-1 alpha-2, upper case, where it is known.
    pub country: Option<[u8; 2]>,
    /// Class of client.
    pub client: Client,
}

/// A country as one of the numbers that a value depends on.
pub(super) fn country_number(country: Option<[u8; 2]>) -> u64 {
    country.map_or(0, |letters| u64::from(u16::from_be_bytes(letters)))
}

fn client_address(ip: IpAddr) -> Option<IpAddr> {
    let ip = ip.to_canonical();
    (!ip.is_unspecified() && !ip.is_loopback()).then_some(ip)
}

/// Folds a name into `buffer`; `None` where nothing of it is left.
fn folded<'a>(text: &str, buffer: &'a mut String) -> Option<&'a str> {
    buffer.clear();
    push_folded(buffer, &text[..text.floor_char_boundary(NAME_BYTES_MAX)]);
    // Compatibility forms may be many times as long.
    if buffer.len() > NAME_BYTES_MAX {
        buffer.truncate(buffer.floor_char_boundary(NAME_BYTES_MAX));
        buffer.truncate(buffer.trim_end().len());
    }
    (!buffer.is_empty()).then_some(buffer)
}

/// One of the first things an account did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActivityStep {
    /// When.
    pub time: Time,
    /// Hash of the event type and the action's name (not of its target).
    pub action_hash: u64,
}

/// What an account did over the whole input, as far as it is kept.
#[derive(Clone, Debug)]
pub struct Activity<'a> {
    /// Its signup, where the input has it.
    pub signup: Option<Time>,
    /// Its first event of any type.
    pub first_seen: Time,
    /// Its last event of any type.
    pub last_seen: Time,
    /// End of the input: how long it could have been active.
    pub input_end: Time,
    /// True where the input has logins or actions of any account at all; without them silence says nothing.
    pub input_has_activity: bool,
    /// Number of logins.
    pub logins: u32,
    /// Number of actions.
    pub actions: u32,
    /// Number of distinct UTC days with a login or an action.
    pub active_days: u32,
    /// Its earliest logins and actions after the signup, in time order, at most 8.
    pub first_steps: &'a [ActivityStep],
}
