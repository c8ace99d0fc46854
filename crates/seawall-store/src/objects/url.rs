//! What does a URL of an object, a folder of objects or a pattern name?

use std::fmt;

use super::Error;

/// Where objects are: a service, a bucket of it (Azure says container), and what their names begin with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Url {
    service: Service,
    bucket: String,
    key: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Service {
    S3,
    Google,
    Azure,
}

impl Service {
    const ALL: [Self; 3] = [Self::S3, Self::Google, Self::Azure];

    const fn prefix(self) -> &'static str {
        match self {
            Self::S3 => "s3://",
            Self::Google => "gs://",
            Self::Azure => "az://",
        }
    }
}

impl Url {
    /// Whether that is meant as a URL of ours, and not as a path.
    pub fn is_url(text: &str) -> bool {
        Service::ALL.iter().any(|service| text.starts_with(service.prefix()))
    }

    /// Takes a URL apart: `s3://bucket/key`, `gs://bucket/key`, `az://container/key`.
    ///
    /// What is refused is not quoted: it may hold what somebody thought belongs into a URL, such as a key.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let found = Service::ALL
            .into_iter()
            .find_map(|service| text.strip_prefix(service.prefix()).map(|rest| (service, rest)));
        let (service, rest) =
            found.ok_or(Error::Url { why: "it is none of s3://, gs://, az://" })?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.contains(['@', ':']) {
            return Err(Error::Url { why: "credentials and ports do not belong into it" });
        }
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if !(3..=222).contains(&bucket.len()) || !bucket.bytes().all(known) {
            return Err(Error::Url { why: "its bucket has a name that no bucket can have" });
        }
        if key.chars().any(char::is_control) {
            return Err(Error::Url { why: "its key has a character that cannot be shown" });
        }
        let trimmed = key.trim_end_matches('/');
        if trimmed.split('/').any(|part| matches!(part, "" | "." | "..")) && !trimmed.is_empty() {
            return Err(Error::Url { why: "its key has an empty part, or one of dots only" });
        }
        Ok(Self { service, bucket: bucket.to_owned(), key: trimmed.to_owned() })
    }

    pub(super) const fn service(&self) -> Service {
        self.service
    }

    pub(super) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The part after the bucket, without a slash at its end; empty for all of the bucket.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The same bucket, another key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    /// What lies under that name in this folder.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        if self.key.is_empty() {
            self.with_key(name)
        } else {
            self.with_key(&format!("{}/{name}", self.key))
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.service.prefix(), self.bucket)?;
        if self.key.is_empty() { Ok(()) } else { write!(formatter, "/{}", self.key) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart_and_put_together() {
        for text in [
            "s3://my-bucket",
            "s3://my-bucket/a/b.csv",
            "gs://b.example.org/x",
            "az://logs/*/y?.csv",
        ] {
            assert!(Url::is_url(text));
            assert_eq!(Url::parse(text).expect("a URL").to_string(), text);
        }
        let folder = Url::parse("s3://my-bucket/runs/").expect("a URL");
        assert_eq!(folder.key(), "runs");
        assert_eq!(folder.join("x").to_string(), "s3://my-bucket/runs/x");
        assert_eq!(Url::parse("s3://my-bucket/").expect("a URL").join("x").key(), "x");
        assert!(!Url::is_url("s3:/x") && !Url::is_url("logs/s3://x") && !Url::is_url("http://x"));
    }

    #[test]
    fn what_cannot_be_one_is_refused_and_not_quoted() {
        for text in [
            "s3://AKIASECRET:hidden@bucket/x",
            "s3://bucket:9000/x",
            "s3://b/x",
            "s3:///x",
            "s3://bucket/a//b",
            "s3://bucket/../b",
            "s3://bucket/a\nb",
        ] {
            let message = Url::parse(text).expect_err("no URL").to_string();
            assert!(!message.contains("SECRET") && !message.contains("hidden"), "{message}");
        }
    }
}
