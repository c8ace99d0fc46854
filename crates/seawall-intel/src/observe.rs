//! What does an event say, in the words of patterns?
//!
//! The one place that says which path stands for which field of an event (`docs/intel.md` has the table).

use std::net::IpAddr;

use seawall_core::event::Event;
use serde_json::{Map, Value, json};

use crate::{
    pattern::{Atom, Facts},
    stix::{FARM_EXTENSION, observable},
};

/// Paths under which events have values, in the order of their numbers.
pub const PATHS: [&str; 19] = [
    "user-account:user_id",
    "user-account:account_login",
    "user-account:display_name",
    "user-account:extensions.extension-definition--8f0b9a53-7d0e-5e0a-9d3c-2a6a5a1f4c11.device_id",
    "user-account:extensions.extension-definition--8f0b9a53-7d0e-5e0a-9d3c-2a6a5a1f4c11.ja4",
    "user-account:extensions.extension-definition--8f0b9a53-7d0e-5e0a-9d3c-2a6a5a1f4c11.payment_id",
    "user-account:extensions.extension-definition--8f0b9a53-7d0e-5e0a-9d3c-2a6a5a1f4c11.invite",
    "user-account:extensions.extension-definition--8f0b9a53-7d0e-5e0a-9d3c-2a6a5a1f4c11.referrer",
    "ipv4-addr:value",
    "ipv6-addr:value",
    "network-traffic:src_ref.value",
    "network-traffic:extensions.http-request-ext.request_header.User-Agent",
    "autonomous-system:number",
    "ipv4-addr:belongs_to_refs[*].number",
    "email-addr:value",
    "domain-name:value",
    "url:value",
    "user-agent:value",
    "phone-number:value",
];

/// An event, as patterns see it.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    event: &'a Event<'a>,
    emails: Vec<String>,
    domains: Vec<String>,
    phone: Option<&'a str>,
}

impl<'a> Seen<'a> {
    /// Takes an event apart.
    pub fn new(event: &'a Event<'a>) -> Self {
        let (mut emails, mut domains) = (Vec::new(), Vec::new());
        for address in [event.email, event.recovery_email].into_iter().flatten() {
            emails.push(address.to_ascii_lowercase());
            emails.push(address.to_owned());
            if let Some((_, host)) = address.rsplit_once('@') {
                add_domains(host, &mut domains);
            }
        }
        if let Some(host) = event.referrer.and_then(host_of_url) {
            add_domains(host, &mut domains);
        }
        for list in [&mut emails, &mut domains] {
            list.sort_unstable();
            list.dedup();
        }
        // Others write numbers without the sign.
        let phone = event.phone.map(|phone| phone.trim_start_matches('+'));
        Self { event, emails, domains, phone }
    }

    fn farm(&self) -> [(&'static str, Option<&'a str>); 5] {
        let event = self.event;
        [
            ("device_id", event.device_id),
            ("ja4", event.ja4),
            ("payment_id", event.payment_id),
            ("invite", event.invite),
            ("referrer", event.referrer),
        ]
    }

    fn address(&self) -> Option<IpAddr> {
        self.event.ip.map(|ip| ip.to_canonical())
    }

    fn url(&self) -> Option<&'a str> {
        self.event.referrer.filter(|referrer| host_of_url(referrer).is_some())
    }
}

/// The host of a web address.
fn host_of_url(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    matches!(scheme, "http" | "https").then_some(host).filter(|host| !host.is_empty())
}

/// A host, and every domain above it that somebody could have registered: an indicator names one of them.
fn add_domains(host: &str, domains: &mut Vec<String>) {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let host = host.as_str();
    let registered = psl::domain_str(host).unwrap_or(host);
    let mut rest = host;
    loop {
        domains.push(rest.to_owned());
        match rest.split_once('.') {
            Some((_, above)) if rest.len() > registered.len() => rest = above,
            _ => break,
        }
    }
}

impl Facts for Seen<'_> {
    fn atoms(&self, tell: &mut dyn FnMut(usize, Atom<'_>)) {
        let event = self.event;
        let mut text = |path, text: Option<&str>| {
            if let Some(text) = text {
                tell(path, Atom::Text(text));
            }
        };
        text(0, Some(event.account));
        text(1, event.username);
        text(2, event.display_name);
        (3..).zip(self.farm()).for_each(|(path, (_, value))| text(path, value));
        text(11, event.user_agent);
        self.emails.iter().for_each(|email| text(14, Some(email)));
        self.domains.iter().for_each(|domain| text(15, Some(domain)));
        text(16, self.url());
        text(17, event.user_agent);
        text(18, self.phone);
        text(18, event.phone.filter(|phone| Some(*phone) != self.phone));
        if let Some(address) = self.address() {
            tell(if address.is_ipv6() { 9 } else { 8 }, Atom::Address(address));
            tell(10, Atom::Address(address));
        }
        if let Some(asn) = event.asn {
            tell(12, Atom::Number(asn.into()));
            tell(13, Atom::Number(asn.into()));
        }
    }

    fn objects(&self) -> Vec<Map<String, Value>> {
        let event = self.event;
        let mut objects = Vec::new();
        let mut add = |object_type: &str, body: Value| -> Option<String> {
            let Value::Object(body) = body else { return None };
            let object = observable(object_type, body)?;
            objects.push(object.body().clone());
            Some(object.id().to_string())
        };
        let farm: Map<String, Value> = self
            .farm()
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), text?.into())))
            .collect();
        let mut account = json!({"user_id": event.account, "extensions": {FARM_EXTENSION: farm}});
        for (name, text) in
            [("account_login", event.username), ("display_name", event.display_name)]
        {
            if let Some(text) = text {
                account[name] = text.into();
            }
        }
        add("user-account", account);
        let system = event.asn.and_then(|asn| add("autonomous-system", json!({"number": asn})));
        if let Some(address) = self.address() {
            let object_type = if address.is_ipv6() { "ipv6-addr" } else { "ipv4-addr" };
            let mut body = json!({"value": address.to_string()});
            if let Some(system) = system {
                body["belongs_to_refs"] = json!([system]);
            }
            let source = add(object_type, body);
            let mut traffic = json!({"src_ref": source, "protocols": ["tcp", "http"]});
            if let Some(agent) = event.user_agent {
                traffic["extensions"] =
                    json!({"http-request-ext": {"request_header": {"User-Agent": agent}}});
            }
            add("network-traffic", traffic);
        }
        for email in &self.emails {
            add("email-addr", json!({"value": email}));
        }
        for domain in &self.domains {
            add("domain-name", json!({"value": domain}));
        }
        for (object_type, text) in [("url", self.url()), ("user-agent", event.user_agent)] {
            if let Some(text) = text {
                add(object_type, json!({"value": text}));
            }
        }
        for phone in [self.phone, event.phone].into_iter().flatten() {
            add("phone-number", json!({"value": phone}));
        }
        objects
    }

    fn microseconds(&self) -> i64 {
        self.event.time.milliseconds() * 1000
    }
}
