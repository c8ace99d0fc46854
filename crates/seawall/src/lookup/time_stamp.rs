//! Does an authority date something? RFC 3161 over HTTP (section 3.4).

use anyhow::bail;
use seawall_evidence::time_stamp::BYTES_MAX;

use super::web::{Going, check_url, client, trouble};

/// The response of the authority at `url`, unread.
pub(crate) fn ask(url: &str, request: &[u8]) -> anyhow::Result<Vec<u8>> {
    let url = check_url(url)?;
    let post = client(Going::to(&url))
        .post(&url)
        .header("content-type", "application/timestamp-query")
        .header("accept", "application/timestamp-reply");
    let mut reply = post.send(request).map_err(trouble)?;
    let status = reply.status().as_u16();
    if status != 200 {
        bail!("it answers with status {status}");
    }
    let content = reply.headers().get("content-type").and_then(|value| value.to_str().ok());
    let media_type = content.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/timestamp-reply") {
        bail!("what it sends is no `application/timestamp-reply`");
    }
    reply.body_mut().with_config().limit(BYTES_MAX).read_to_vec().map_err(trouble)
}
