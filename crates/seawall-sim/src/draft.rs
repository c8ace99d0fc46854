//! How does an account become the text of an event?

use std::fmt::Write as _;
use std::net::IpAddr;

use seawall_core::event::{ChallengeOutcome, Country, Event, EventType, Outcome, Time};

use crate::names::Local;
use crate::persona::{Display, Mailbox, Persona, Referrer};
use crate::places::PLACES;
use crate::population::Population;
use crate::rng::mix2;

/// Fields that a world's source does not have.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Absent {
    /// No device fingerprint.
    pub device_id: bool,
    /// No TLS fingerprint.
    pub ja4: bool,
    /// No country and no autonomous system of the address.
    pub enrichment: bool,
    /// No time to solve a challenge.
    pub challenge_time: bool,
}

/// One event in text, in buffers that are used again. Empty is absent.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub account: String,
    ip: Option<IpAddr>,
    asn: Option<u32>,
    country: Option<Country>,
    email: String,
    recovery_email: String,
    phone: String,
    username: String,
    display_name: String,
    user_agent: String,
    ja4: String,
    device_id: String,
    locale: String,
    timezone: String,
    referrer: String,
    invite: String,
    payment_id: String,
    challenge_milliseconds: Option<u32>,
    challenge_attempts: Option<u32>,
    challenge_outcome: Option<ChallengeOutcome>,
    pub action: String,
    pub target: String,
    pub outcome: Option<Outcome>,
    pub trusted: Option<bool>,
}

const fn some(text: &str) -> Option<&str> {
    if text.is_empty() { None } else { Some(text) }
}

fn push_mailbox(mailbox: Mailbox, persona: &Persona, salt: u64, out: &mut String) {
    mailbox.local.push(persona.name, mix2(persona.key, salt), out);
    out.push('@');
    mailbox.domain.push(out);
}

fn push_capitalised(name: &str, out: &mut String) {
    let from = out.len();
    out.push_str(name);
    if let Some(letter) = out.get_mut(from..=from) {
        letter.make_ascii_uppercase();
    }
}

impl Draft {
    /// Forgets everything but the account.
    pub(crate) fn clear(&mut self) {
        for text in [
            &mut self.email,
            &mut self.recovery_email,
            &mut self.phone,
            &mut self.username,
            &mut self.display_name,
            &mut self.user_agent,
            &mut self.ja4,
            &mut self.device_id,
            &mut self.locale,
            &mut self.timezone,
            &mut self.referrer,
            &mut self.invite,
            &mut self.payment_id,
            &mut self.action,
            &mut self.target,
        ] {
            text.clear();
        }
        (self.ip, self.asn, self.country) = (None, None, None);
        (self.challenge_milliseconds, self.challenge_attempts) = (None, None);
        (self.challenge_outcome, self.outcome, self.trusted) = (None, None, None);
    }

    /// The client and its address, which every event has.
    pub(crate) fn connection(
        &mut self,
        persona: &Persona,
        population: &Population,
        absent: Absent,
        hour: u32,
        visit: u64,
    ) {
        let access = match persona.away {
            Some(away) if visit != 0 && mix2(persona.key, visit) % 10 < 3 => away,
            _ => persona.access,
        };
        let address = population.networks.resolve(access, hour, mix2(persona.key, visit));
        self.ip = Some(address.ip);
        if !absent.enrichment {
            self.asn = Some(address.asn);
            self.country = Country::parse(PLACES[usize::from(address.place)].code);
        }
        let client = population.trends.client(persona.client, persona.key, hour);
        client.push_user_agent(hour, &mut self.user_agent);
        if !absent.ja4 {
            client.push_ja4(hour, &mut self.ja4);
        }
        if !absent.device_id {
            client.push_device_id(&mut self.device_id);
        }
        let claimed = &PLACES[usize::from(persona.claimed)];
        self.locale.push_str(persona.locale.unwrap_or(claimed.locale));
        self.timezone.push_str(claimed.timezone);
    }

    /// What the account says of itself when it signs up.
    pub(crate) fn registration(&mut self, persona: &Persona) {
        self.identity(persona);
        self.push_email(persona);
        if let Some(recovery) = persona.recovery {
            push_mailbox(recovery, persona, 2, &mut self.recovery_email);
        }
        if let Some(phone) = persona.phone {
            let place = &PLACES[usize::from(phone.place)];
            self.phone.push_str(place.phone);
            let width = usize::from(place.phone_digits);
            let digits = phone.digits % 10_u64.pow(u32::from(place.phone_digits));
            // Writing to a string is infallible.
            let _ = write!(self.phone, "{digits:0width$}");
        }
        match persona.referrer {
            Some(Referrer::Named(name)) => self.referrer.push_str(name),
            Some(Referrer::Ranked(rank)) => push_referrer(rank, &mut self.referrer),
            None => {}
        }
        if let Some(invite) = persona.invite {
            let _ = write!(self.invite, "INV-{:08X}", mix2(invite, 0x14) >> 32);
        }
        if let Some(payment) = persona.payment {
            let _ = write!(self.payment_id, "pm_{:016x}", mix2(payment, 0x9A));
        }
        self.push_display(persona);
    }

    /// The username, as the log of a login has it.
    pub(crate) fn identity(&mut self, persona: &Persona) {
        if persona.managed {
            return;
        }
        let local = persona.username.unwrap_or(persona.mailbox.local);
        let salt = if persona.username.is_some() { 3 } else { 1 };
        let local = match local {
            Local::Tagged { base, tag } => Local::Random {
                length: 9,
                alphabet: "abcdefghijklmnopqrstuvwxyz",
                random: mix2(base, tag),
            },
            other => other,
        };
        local.push(persona.name, mix2(persona.key, salt), &mut self.username);
    }

    /// The e-mail address.
    pub(crate) fn push_email(&mut self, persona: &Persona) {
        push_mailbox(persona.mailbox, persona, 1, &mut self.email);
    }

    fn push_display(&mut self, persona: &Persona) {
        let name = persona.name;
        let out = &mut self.display_name;
        let mut part = String::new();
        match persona.display {
            Display::None => {}
            Display::Username => out.push_str(&self.username),
            Display::Given => {
                name.culture.push_given(name.given, &mut part);
                push_capitalised(&part, out);
            }
            Display::Full => {
                if let Some((given, family)) = name.culture.native(name.given, name.family) {
                    if name.culture.family_first() {
                        let _ = write!(out, "{family}{given}");
                    } else {
                        let _ = write!(out, "{given} {family}");
                    }
                    return;
                }
                name.culture.push_given(name.given, &mut part);
                push_capitalised(&part, out);
                out.push(' ');
                part.clear();
                name.culture.push_family(name.family, &mut part);
                push_capitalised(&part, out);
            }
        }
    }

    /// The challenge that the account solved.
    pub(crate) fn challenge(&mut self, persona: &Persona, absent: Absent) {
        if let Some(challenge) = persona.challenge {
            self.challenge_milliseconds =
                (!absent.challenge_time).then_some(challenge.milliseconds);
            self.challenge_attempts = Some(challenge.attempts);
            self.challenge_outcome = Some(ChallengeOutcome::Passed);
        }
    }

    /// The event. `provider` put the challenges of this world.
    pub(crate) fn event(
        &self,
        time: Time,
        event_type: EventType,
        provider: &'static str,
    ) -> Event<'_> {
        Event {
            ip: self.ip,
            asn: self.asn,
            country: self.country,
            email: some(&self.email),
            recovery_email: some(&self.recovery_email),
            phone: some(&self.phone),
            username: some(&self.username),
            display_name: some(&self.display_name),
            user_agent: some(&self.user_agent),
            ja4: some(&self.ja4),
            device_id: some(&self.device_id),
            locale: some(&self.locale),
            timezone: some(&self.timezone),
            referrer: some(&self.referrer),
            invite: some(&self.invite),
            payment_id: some(&self.payment_id),
            challenge_provider: self.challenge_outcome.map(|_| provider),
            challenge_outcome: self.challenge_outcome,
            challenge_milliseconds: self.challenge_milliseconds,
            challenge_attempts: self.challenge_attempts,
            action: some(&self.action),
            target: some(&self.target),
            outcome: self.outcome,
            trusted: self.trusted,
            ..Event::new(time, event_type, &self.account)
        }
    }
}

static REFERRERS: [&str; 12] = [
    "google",
    "direct",
    "instagram",
    "app-store",
    "facebook",
    "bing",
    "tiktok",
    "youtube",
    "reddit",
    "x",
    "newsletter",
    "duckduckgo",
];

fn push_referrer(rank: u32, out: &mut String) {
    match REFERRERS.get(usize::try_from(rank).unwrap_or(usize::MAX)) {
        Some(name) => out.push_str(name),
        None => {
            let _ = write!(out, "partner-{rank:03}");
        }
    }
}
