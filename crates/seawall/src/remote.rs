//! What does a server of ours say?

use std::{io::Read as _, path::Path, time::Duration};

use anyhow::Context as _;
use serde_json::Value;

use crate::failure::{Exit, Failure};

/// Longest token file, and longest answer, that is read.
const TOKEN_BYTES_MAX: u64 = 4096;
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// A server and the token to ask it with.
pub(crate) struct Remote {
    agent: ureq::Agent,
    server: String,
    token: String,
}

impl Remote {
    /// Reads the token. The server is `http://HOST:PORT`, or https through a proxy.
    pub(crate) fn new(server: &str, token_file: &Path) -> Result<Self, Failure> {
        let server = server.trim_end_matches('/').to_owned();
        if !server.starts_with("http://") && !server.starts_with("https://") {
            let message = "the server is not a URL\nhint: such as http://127.0.0.1:8080";
            return Err(Failure::new(Exit::Usage, message));
        }
        let mut token = String::new();
        fs_err::File::open(token_file)?.take(TOKEN_BYTES_MAX).read_to_string(&mut token)?;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_mins(1)))
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        Ok(Self { agent, server, token: token.trim().to_owned() })
    }

    /// Posts JSON, and returns the answer.
    pub(crate) fn post(&self, path: &str, body: &str) -> Result<Value, Failure> {
        self.send(path, "application/json", body.as_bytes())
    }

    /// Posts a body of a media type, and returns the answer.
    pub(crate) fn send(&self, path: &str, media_type: &str, body: &[u8]) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.server);
        let request = self
            .agent
            .post(&url)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", media_type);
        let mut reply = request.send(body).with_context(|| format!("could not ask {url}"))?;
        let status = reply.status().as_u16();
        let text = reply.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        let text = text.with_context(|| format!("could not read what {url} answered"))?;
        let answer: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status == 200 {
            return Ok(answer);
        }
        let title = answer["title"].as_str().unwrap_or("it gave no reason");
        let detail = answer["detail"].as_str().map(|detail| format!(": {detail}"));
        let exit = match status {
            401 | 403 => Exit::Permission,
            404 => Exit::NoInput,
            409 => Exit::Conflict,
            400 | 422 => Exit::Usage,
            _ => Exit::Failed,
        };
        let message =
            format!("the server answered {status}: {title}{}", detail.unwrap_or_default());
        Err(Failure::new(exit, message))
    }
}
