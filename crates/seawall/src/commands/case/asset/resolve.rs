//! `seawall case asset resolve`: what do public servers say of an asset, right now?

use std::net::IpAddr;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use seawall_core::case::{
    Id,
    asset::{Asset, AssetType, Method},
    people::{Power, check_act},
};
use seawall_evidence::{custody::Action, time::Time};
use serde_json::{Map, Value, json, to_value};

use super::measured::Measured;
use crate::{
    case::{Acting, Answer, Desk, failure, id, now},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
    lookup::{self, RdapSource, Reach, Received, Servers},
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall case asset resolve ASSET --vantage frankfurt --as ana
  seawall case asset resolve ASSET --vantage frankfurt --method rdap --method dns --as ana
  seawall case asset resolve ASSET --vantage lab --dns-server 9.9.9.9 --as ana

Four public things are looked up, each an observation of its own: the registration (RDAP), the domain
name system (NS, A, AAAA, MX, TXT), the certificates that the host presents, and its front page, by one
GET of `/`. Nothing is followed, run or logged in to; but whoever answers sees who asks: choose the
network that you ask from. What came is kept byte for byte; without a network, use `observe`.

A method that fails is told, and the others are recorded all the same. Exit code 1 where all fail.";

/// Where IANA says which RDAP server knows which names (RFC 9224).
const BOOTSTRAP: &str = "https://data.iana.org/rdap/dns.json";

/// Look an asset up: registration, DNS, certificates, front page
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Id of the asset: a domain name or an address
    #[arg(value_name = "ASSET")]
    asset: String,
    /// From where: a name for the network and place that you ask from
    #[arg(long, value_name = "NAME")]
    vantage: String,
    /// What to look up; several times for several [default: all]
    #[arg(long = "method", value_enum, value_name = "METHOD")]
    methods: Vec<Lookup>,
    /// Base URL of the RDAP server, instead of the one that IANA names
    #[arg(long, value_name = "URL", conflicts_with = "rdap_bootstrap")]
    rdap_base: Option<String>,
    /// Where to read which RDAP server knows which names
    #[arg(long, value_name = "URL", default_value = BOOTSTRAP)]
    rdap_bootstrap: String,
    /// DNS server, as address or address:port [default: that of the system]
    #[arg(long, value_name = "ADDRESS")]
    dns_server: Option<String>,
    /// Port for certificates and front page
    #[arg(long, value_name = "PORT", default_value_t = 443)]
    tls_port: u16,
    /// Ask for the front page at this port, without encryption
    #[arg(long, value_name = "PORT")]
    http_port: Option<u16>,
    /// Ask addresses within private networks too; else they are refused, whatever a name points to
    #[arg(long)]
    allow_private: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

/// What is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Lookup {
    /// Registration data (RFC 9083)
    Rdap,
    /// Records of the domain name system
    Dns,
    /// The certificates that the host presents
    Tls,
    /// The front page
    Http,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let usage = |error: &dyn std::fmt::Display| Failure::new(Exit::Usage, error);
    let vantage: Id = arguments.vantage.parse().map_err(|error| usage(&error))?;
    let asset: Id = arguments.asset.parse().map_err(|error| usage(&error))?;
    let mut desk = Desk::open(acting, console)?;
    let named = desk.state.asset(&asset).map_err(failure)?.asset.clone();
    may_look(&mut desk, &asset)?;
    let asking = Asking::new(&named, arguments)?;
    let mut progress = Progress::new(console.interactive);
    let (mut observed, mut failed) = (Vec::new(), Map::new());
    for method in asking.methods() {
        progress.stage("asking public servers");
        desk.tick(acting.at.as_deref())?;
        let at = now(acting.at.as_deref())?;
        let recorded =
            asking.ask(method, at.timestamp()).map_err(Failure::from).and_then(|received| {
                desk.tick(acting.at.as_deref())?;
                record(&mut desk, &received, &asset, &vantage)
            });
        match recorded {
            Ok(said) => observed.push((method.name(), said)),
            Err(failure) => {
                failed.insert(method.name().to_owned(), failure.texts().0.join(": ").into());
                console.setback("failed", method.name(), &failure)?;
            }
        }
    }
    progress.finish();
    if observed.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            format!(
                "nothing could be looked up of `{}`\nhint: what was received elsewhere comes in with `seawall case asset observe`",
                named.display()
            ),
        ));
    }
    let mut answer = Answer::new().text("asset", &asset).text("looked_up_by", crate::case::tool());
    for (method, said) in observed {
        answer = answer.with(method, said);
    }
    if !failed.is_empty() {
        answer = answer.with("failed", failed);
    }
    answer.say(desk.written(), arguments.format, console)
}

/// Who may not bring evidence in does not ask in the name of the case either.
fn may_look(desk: &mut Desk, asset: &Id) -> Result<(), Failure> {
    let Err(refusal) = check_act(desk.role, Power::AddEvidence, None) else { return Ok(()) };
    let act = desk.act(Action::Acquire, id(asset), "looked up")?;
    desk.deny(&act, &refusal.to_string().lines().collect::<Vec<_>>().join("; "))?;
    Err(Failure::new(Exit::Permission, refusal))
}

/// Writes one observation down, before the next is asked for: a later failure takes nothing away.
fn record(
    desk: &mut Desk,
    received: &Received,
    asset: &Id,
    vantage: &Id,
) -> Result<Value, Failure> {
    let measured = Measured {
        method: received.method,
        raw: &received.raw,
        media_type: received.media_type,
        source: &received.source,
        at: Time::new(received.at),
    };
    let recorded = measured.record(desk, asset, vantage)?;
    let facts = to_value(&recorded.facts)?;
    desk.write(recorded.acts)?;
    Ok(json!({
        "item": recorded.item.id,
        "sha256": recorded.item.sha256,
        "source": received.source,
        "at": measured.at,
        "facts": facts,
    }))
}

/// What is asked of whom.
struct Asking<'a> {
    asset: &'a Asset,
    arguments: &'a Arguments,
    reach: Reach,
    servers: anyhow::Result<Servers>,
}

impl<'a> Asking<'a> {
    fn new(asset: &'a Asset, arguments: &'a Arguments) -> Result<Self, Failure> {
        let is_host = asset.domain().is_some() || asset.asset_type == AssetType::HostIp;
        if !is_host {
            return Err(Failure::new(
                Exit::Usage,
                format!(
                    "`{}` is neither a domain name nor an address: nothing can be looked up of it",
                    asset.display()
                ),
            ));
        }
        for url in arguments.rdap_base.iter().chain([&arguments.rdap_bootstrap]) {
            lookup::check_url(url).map_err(|error| Failure::new(Exit::Usage, error))?;
        }
        let servers = Servers::find(arguments.dns_server.as_deref());
        if arguments.dns_server.is_some()
            && let Err(error) = servers
        {
            return Err(Failure::new(Exit::Usage, error));
        }
        let reach = if arguments.allow_private { Reach::All } else { Reach::Public };
        Ok(Self { asset, arguments, reach, servers })
    }

    /// What was asked for; without a word, all that makes sense for the asset.
    fn methods(&self) -> Vec<Method> {
        let named = self.asset.domain().is_some();
        let all: &[Lookup] = match (self.arguments.methods.as_slice(), named) {
            ([], true) => &[Lookup::Rdap, Lookup::Dns, Lookup::Tls, Lookup::Http],
            ([], false) => &[Lookup::Tls, Lookup::Http],
            (stated, _) => stated,
        };
        let mut methods: Vec<Method> = all
            .iter()
            .map(|lookup| match lookup {
                Lookup::Rdap => Method::Rdap,
                Lookup::Dns => Method::Dns,
                Lookup::Tls => Method::Tls,
                Lookup::Http => Method::Http,
            })
            .collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }

    fn ask(&self, method: Method, at: Timestamp) -> anyhow::Result<Received> {
        let host = self.asset.identifier.as_str();
        let name = || {
            let of = "only a domain name has registration data and records that are read here";
            self.asset.domain().ok_or_else(|| anyhow::anyhow!(of))
        };
        match method {
            Method::Rdap => {
                let base = self.arguments.rdap_base.as_deref();
                let bootstrap = RdapSource::Bootstrap(&self.arguments.rdap_bootstrap);
                let source = base.map_or(bootstrap, RdapSource::Base);
                lookup::rdap(&name()?, source, self.reach, at)
            }
            Method::Dns => lookup::dns(name()?.ascii(), self.servers()?, at),
            Method::Tls => {
                let port = self.arguments.tls_port;
                lookup::certificates(host, &self.addresses()?, port, self.reach, at)
            }
            Method::Http => {
                let plain = self.arguments.http_port;
                let port = (plain.unwrap_or(self.arguments.tls_port), plain.is_some());
                lookup::front_page(host, &self.addresses()?, port, self.reach, at)
            }
        }
    }

    fn addresses(&self) -> anyhow::Result<Vec<IpAddr>> {
        match self.asset.identifier.parse() {
            Ok(address) => Ok(vec![address]),
            Err(_) => lookup::addresses(&self.asset.identifier, self.servers()?),
        }
    }

    fn servers(&self) -> anyhow::Result<&Servers> {
        self.servers.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
    }
}
