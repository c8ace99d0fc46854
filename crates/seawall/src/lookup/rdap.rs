//! Who registered a name, and at whom? RDAP over HTTP (RFC 7480, RFC 9082).

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use seawall_core::case::asset::{DomainName, Method, bootstrap, observation::RAW_BYTES_MAX};
use ureq::http::Uri;

use super::{
    Reach, Received,
    web::{Going, check_url, client, trouble},
};

/// Redirections that are followed, as RFC 7480 wants it.
const REDIRECTS_MAX: u32 = 5;

/// How the server for a name is found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    /// It was named.
    Base(&'a str),
    /// By the bootstrap file at that URL.
    Bootstrap(&'a str),
}

/// Asks about a registered name.
pub(crate) fn ask(
    name: &DomainName,
    source: Source<'_>,
    reach: Reach,
    at: Timestamp,
) -> anyhow::Result<Received> {
    match name.registrable() {
        Some(registered) if registered == name.ascii() => {}
        Some(registered) => bail!(
            "`{name}` is not registered by itself\nhint: name `{registered}` as an asset: that has registration data"
        ),
        None => bail!("nobody can register `{name}`: it is a public suffix"),
    }
    let base = match source {
        Source::Base(base) => base.to_owned(),
        Source::Bootstrap(url) => server(name, url, reach)?,
    };
    let named = matches!(source, Source::Base(_));
    let url = check_url(&bootstrap::domain_url(&base, name.ascii()))?;
    let raw = get(&url, named, reach).with_context(|| format!("could not ask {url}"))?;
    Ok(Received {
        method: Method::Rdap,
        raw,
        media_type: "application/rdap+json",
        source: url.to_string(),
        at,
    })
}

/// The server that the bootstrap file names.
fn server(name: &DomainName, url: &str, reach: Reach) -> anyhow::Result<String> {
    let file = get(&check_url(url)?, true, reach)
        .with_context(|| format!("could not read the bootstrap file at {url}"))?;
    bootstrap::server(&file, name)?.with_context(|| {
        format!(
            "no RDAP server is known for `.{}`\nhint: name one with --rdap-base, if there is one",
            name.top_level()
        )
    })
}

/// What is at that URL. A server that the user named may be anywhere, and without encryption; what it redirects to
/// may not.
fn get(url: &Uri, named: bool, reach: Reach) -> anyhow::Result<Vec<u8>> {
    let plain = named && url.scheme_str() == Some("http");
    let going = Going {
        reach,
        named: url.authority().filter(|_| named).cloned(),
        addresses: None,
        redirects_max: REDIRECTS_MAX,
        https_only: !plain,
    };
    let request =
        client(going).get(url).header("accept", "application/rdap+json, application/json");
    let mut reply = request.call().map_err(trouble)?;
    match reply.status().as_u16() {
        200 => {}
        404 => bail!("it knows no such name (status 404)"),
        429 => bail!("it was asked too often (status 429)\nhint: try again later"),
        status => bail!("it answers with status {status}"),
    }
    reply.body_mut().with_config().limit(RAW_BYTES_MAX as u64).read_to_vec().map_err(trouble)
}
