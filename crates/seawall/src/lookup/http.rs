//! What does a host show to everybody? One GET of its front page: nothing is followed, nothing is run.

use std::net::IpAddr;

use anyhow::Context as _;
use jiff::Timestamp;
use seawall_core::case::asset::{Method, observation::RAW_BYTES_MAX};
use ureq::http::{Response, Version};

use super::{
    Reach, Received,
    web::{Going, check_url, client, trouble},
};

/// Longest body: with its head it must fit what is read of an answer.
const BODY_BYTES_MAX: u64 = RAW_BYTES_MAX as u64 - (256 << 10);

/// Asks for the front page of `host`, at one of its addresses. What is kept is the head as the client read it, with
/// names in lower case, and the body with its transfer coding undone, as `curl -i` writes both.
pub(crate) fn front_page(
    host: &str,
    addresses: &[IpAddr],
    (port, is_plain): (u16, bool),
    reach: Reach,
    at: Timestamp,
) -> anyhow::Result<Received> {
    let scheme = if is_plain { "http" } else { "https" };
    let usual = port == if is_plain { 80 } else { 443 };
    let authority = match host.parse() {
        Ok(IpAddr::V6(six)) => format!("[{six}]"),
        _ => host.to_owned(),
    };
    let port = if usual { String::new() } else { format!(":{port}") };
    let url = check_url(&format!("{scheme}://{authority}{port}/"))?;
    let going = Going {
        reach,
        named: None,
        addresses: Some(addresses.to_vec()),
        redirects_max: 0,
        https_only: !is_plain,
    };
    let asked = || format!("could not ask {url}");
    let request = client(going).get(&url).header("accept", "*/*");
    let mut reply = request.call().map_err(trouble).with_context(asked)?;
    let mut raw = head(&reply);
    let body = reply.body_mut().with_config().limit(BODY_BYTES_MAX).read_to_vec();
    raw.extend(body.map_err(trouble).with_context(asked)?);
    let source = url.to_string();
    Ok(Received { method: Method::Http, raw, media_type: "message/http", source, at })
}

fn head<B>(reply: &Response<B>) -> Vec<u8> {
    let version = match reply.version() {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    };
    let status = reply.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut raw = format!("{version} {} {reason}\r\n", status.as_u16()).into_bytes();
    for (name, value) in reply.headers() {
        raw.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    raw.extend(b"\r\n");
    raw
}
