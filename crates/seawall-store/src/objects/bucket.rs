//! What lies in a bucket, and how is something put there?

use std::{
    collections::HashSet, fs::File, io::Read as _, os::unix::fs::FileExt as _, sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use object_store::{
    BackoffConfig, ClientOptions, GetOptions, MultipartUpload, ObjectStore, ObjectStoreExt as _,
    PutMode, PutMultipartOptions, PutOptions, RetryConfig,
    aws::AmazonS3Builder,
    azure::MicrosoftAzureBuilder,
    gcp::GoogleCloudStorageBuilder,
    list::{PaginatedListOptions, PaginatedListStore},
    path::Path,
};

use super::{Error, Object, RUNTIME, Url, client::Connector, url::Service};

/// Objects of one listing: enough for a log in pieces, and few enough for memory.
const OBJECTS_MAX: usize = 1_000_000;
/// Pages of a listing that may follow one another without an object in them.
const EMPTY_PAGES_MAX: u32 = 100;
/// Files up to this many bytes are put with one request; longer ones in parts of at least as many.
const PART_BYTES_MIN: u64 = 8 << 20;
/// Parts that the services take of one object, a little less.
const PARTS_MAX: u64 = 9_000;
/// Parts under way.
const PARTS_UNDER_WAY_MAX: usize = 4;

/// Where the service is, who we are, and how often something is tried.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names and values, as of the environment: those of the three services that begin with `AWS_`, `GOOGLE_`,
    /// `AZURE_`.
    pub variables: Vec<(String, String)>,
    /// Attempts after the first one.
    pub retries_max: usize,
    /// Longest wait before another attempt, in milliseconds.
    pub wait_milliseconds_max: u64,
    /// Longest silence of a server, in seconds.
    pub read_seconds_max: u64,
}

impl Settings {
    /// With such variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables.into_iter().collect();
        Self { variables, retries_max: 8, wait_milliseconds_max: 5_000, read_seconds_max: 30 }
    }

    /// With the variables of this process.
    pub fn of_environment() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self::new(std::env::vars_os().filter_map(text))
    }

    fn keys<'a, K: std::str::FromStr>(
        &'a self,
        prefix: &'static str,
    ) -> impl Iterator<Item = (K, &'a str)> {
        self.variables.iter().filter_map(move |(name, value)| {
            let key =
                name.starts_with(prefix).then(|| name.to_ascii_lowercase().parse().ok())??;
            Some((key, value.as_str()))
        })
    }

    fn retry(&self) -> RetryConfig {
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(self.wait_milliseconds_max.min(100)),
            max_backoff: Duration::from_millis(self.wait_milliseconds_max),
            base: 2.0,
        };
        RetryConfig {
            backoff,
            max_retries: self.retries_max,
            retry_timeout: Duration::from_mins(3),
        }
    }
}

/// What must be true where an object is put, or else it is not.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Nothing.
    Always,
    /// No object has that name.
    Absent,
    /// The newest version is this one.
    Unchanged(Object),
}

/// A bucket that objects are read from and put into.
#[derive(Clone, Debug)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    /// Without a key.
    url: Url,
    store: Arc<dyn ObjectStore>,
    lister: Arc<dyn PaginatedListStore>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.url)
    }
}

impl Bucket {
    /// The bucket of a URL. Nothing is asked of it yet.
    pub fn open(url: &Url, settings: &Settings) -> Result<Self, Error> {
        let connector = Connector { read_seconds_max: settings.read_seconds_max };
        let (name, retry) = (url.bucket(), settings.retry());
        let unusable = |_: object_store::Error| Error::Settings {
            url: url.to_string(),
            why: "its settings in the environment cannot be used".to_owned(),
            hint: "a key needs its other half: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; GOOGLE_APPLICATION_CREDENTIALS; AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
        };
        let plain = ClientOptions::new();
        let (store, lister): (Arc<dyn ObjectStore>, Arc<dyn PaginatedListStore>) = match url
            .service()
        {
            Service::S3 => {
                let builder = AmazonS3Builder::new().with_client_options(plain);
                let keys = settings.keys("AWS_");
                let builder =
                    keys.fold(builder, |builder, (key, value)| builder.with_config(key, value));
                let builder =
                    builder.with_bucket_name(name).with_retry(retry).with_http_connector(connector);
                let store = Arc::new(builder.build().map_err(unusable)?);
                (Arc::clone(&store) as _, store)
            }
            Service::Google => {
                let builder = GoogleCloudStorageBuilder::new().with_client_options(plain);
                let keys = settings.keys("GOOGLE_");
                let builder =
                    keys.fold(builder, |builder, (key, value)| builder.with_config(key, value));
                let builder =
                    builder.with_bucket_name(name).with_retry(retry).with_http_connector(connector);
                let store = Arc::new(builder.build().map_err(unusable)?);
                (Arc::clone(&store) as _, store)
            }
            Service::Azure => {
                let builder = MicrosoftAzureBuilder::new().with_client_options(plain);
                let keys = settings.keys("AZURE_");
                let builder =
                    keys.fold(builder, |builder, (key, value)| builder.with_config(key, value));
                let builder = builder
                    .with_container_name(name)
                    .with_retry(retry)
                    .with_http_connector(connector);
                let store = Arc::new(builder.build().map_err(unusable)?);
                (Arc::clone(&store) as _, store)
            }
        };
        Ok(Self(Arc::new(Inner { url: url.with_key(""), store, lister })))
    }

    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.0.url
    }

    pub(super) fn store(&self) -> &dyn ObjectStore {
        &*self.0.store
    }

    fn failed(&self, key: &str, error: &object_store::Error) -> Error {
        Error::of(error, &self.0.url.with_key(key))
    }

    fn path(&self, key: &str) -> Result<Path, Error> {
        Path::parse(key).map_err(|error| self.failed(key, &error.into()))
    }

    /// The newest version of an object, where there is one.
    pub fn find(&self, key: &str) -> Result<Option<Object>, Error> {
        let options = GetOptions { head: true, ..GetOptions::default() };
        let path = self.path(key)?;
        match RUNTIME.handle().block_on(self.store().get_opts(&path, options)) {
            Ok(found) => self.pinned(found.meta).map(Some),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(key, &error)),
        }
    }

    fn pinned(&self, seen: object_store::ObjectMeta) -> Result<Object, Error> {
        let url = self.0.url.with_key(seen.location.as_ref()).to_string();
        Object::new(self, seen).ok_or_else(|| Error::Settings {
            url,
            why: "the service does not say which version of an object it gives (no ETag)"
                .to_owned(),
            hint: "copy the objects to where they are, or read them from a folder",
        })
    }

    /// All objects whose names begin with `prefix`, in no order.
    pub fn list(&self, prefix: &str) -> Result<Vec<Object>, Error> {
        let unusable = |why: &str| Error::Listing {
            url: self.0.url.with_key(prefix).to_string(),
            why: why.to_owned(),
        };
        let (mut objects, mut known) = (Vec::new(), HashSet::new());
        let (mut token, mut empty_pages): (Option<String>, u32) = (None, 0);
        loop {
            let options = PaginatedListOptions { page_token: token.clone(), ..Default::default() };
            let page = self.0.lister.list_paginated(Some(prefix), options);
            let page =
                RUNTIME.handle().block_on(page).map_err(|error| self.failed(prefix, &error))?;
            empty_pages = if page.result.objects.is_empty() { empty_pages + 1 } else { 0 };
            for seen in page.result.objects {
                if !known.insert(seen.location.clone()) {
                    return Err(unusable("it names an object twice, and may never end"));
                }
                if objects.len() == OBJECTS_MAX {
                    return Err(unusable("it has more than a million objects"));
                }
                objects.push(self.pinned(seen)?);
            }
            match page.page_token.filter(|next| !next.is_empty()) {
                None => return Ok(objects),
                next if next == token || empty_pages > EMPTY_PAGES_MAX => {
                    return Err(unusable("it goes on without an end"));
                }
                next => token = next,
            }
        }
    }

    /// Puts an object with one request. Where the condition does not hold nothing is put: [`Error::Conflict`].
    ///
    /// A condition that was met may be reported as one that was not, where the answer to a first attempt was lost.
    pub fn put(&self, key: &str, content: Bytes, condition: &Condition) -> Result<(), Error> {
        let mode = match condition {
            Condition::Always => PutMode::Overwrite,
            Condition::Absent => PutMode::Create,
            Condition::Unchanged(object) => PutMode::Update(object.update()),
        };
        let path = self.path(key)?;
        let put =
            self.store().put_opts(&path, content.into(), PutOptions { mode, ..Default::default() });
        match RUNTIME.handle().block_on(put) {
            Ok(_) => Ok(()),
            Err(object_store::Error::Precondition { .. }) => {
                Err(Error::Conflict { url: self.0.url.with_key(key).to_string() })
            }
            Err(error) => Err(self.failed(key, &error)),
        }
    }

    /// Puts the content of a file, a long one in parts. Nothing has the name before all of it is there.
    pub fn put_file(&self, key: &str, file: &std::path::Path) -> Result<(), Error> {
        let unread = |error: std::io::Error| Error::Local {
            url: self.0.url.with_key(key).to_string(),
            why: error.kind().to_string(),
        };
        let open = || -> std::io::Result<(File, u64)> {
            let file = fs_err::File::open(file)?.into_parts().0;
            let bytes = file.metadata()?.len();
            Ok((file, bytes))
        };
        let (mut file, bytes) = open().map_err(unread)?;
        if bytes <= PART_BYTES_MIN {
            let mut content = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default());
            #[expect(clippy::disallowed_methods, reason = "capped by `take`")]
            file.by_ref().take(bytes).read_to_end(&mut content).map_err(unread)?;
            return self.put(key, content.into(), &Condition::Always);
        }
        let failed = |error: &object_store::Error| self.failed(key, error);
        let path = self.path(key)?;
        let begun = self.store().put_multipart_opts(&path, PutMultipartOptions::default());
        let mut upload = RUNTIME.handle().block_on(begun).map_err(|error| failed(&error))?;
        let part_bytes = PART_BYTES_MIN.max(bytes.div_ceil(PARTS_MAX));
        let put = put_parts(&mut *upload, &file, bytes, part_bytes)
            .map_err(unread)
            .and_then(|put| put.map_err(|error| failed(&error)));
        if put.is_err() {
            // What is left otherwise has no name, costs room, and is what rules for unfinished uploads are for.
            let _ = RUNTIME.handle().block_on(upload.abort());
        }
        put
    }

    /// Deletes an object; one that is not there is as good as deleted.
    pub fn delete(&self, key: &str) -> Result<(), Error> {
        let path = self.path(key)?;
        match RUNTIME.handle().block_on(self.store().delete(&path)) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed(key, &error)),
        }
    }
}

/// Uploads a file in parts, several at a time, and completes the upload. The outer error is of the file.
fn put_parts(
    upload: &mut dyn MultipartUpload,
    file: &File,
    bytes: u64,
    part_bytes: u64,
) -> std::io::Result<object_store::Result<()>> {
    let mut under_way = std::collections::VecDeque::new();
    let wait = |part: tokio::task::JoinHandle<object_store::Result<()>>| {
        RUNTIME.handle().block_on(part).map_err(object_store::Error::from).flatten()
    };
    let step = usize::try_from(part_bytes).map_err(std::io::Error::other)?;
    for start in (0..bytes).step_by(step) {
        if under_way.len() == PARTS_UNDER_WAY_MAX
            && let Some(first) = under_way.pop_front()
            && let Err(error) = wait(first)
        {
            return Ok(Err(error));
        }
        let length = part_bytes.min(bytes - start);
        let mut content = vec![0; usize::try_from(length).map_err(std::io::Error::other)?];
        file.read_exact_at(&mut content, start)?;
        let part = upload.put_part(content.into());
        under_way.push_back(RUNTIME.spawn_blocking(move || RUNTIME.handle().block_on(part)));
    }
    for part in under_way {
        if let Err(error) = wait(part) {
            return Ok(Err(error));
        }
    }
    Ok(RUNTIME.handle().block_on(upload.complete()).map(drop))
}
