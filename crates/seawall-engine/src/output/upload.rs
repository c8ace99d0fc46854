//! How does a run come to object storage: all of it, or nothing that anybody sees?
//!
//! Its files go to the place that is theirs alone. Then the manifest is put, on the condition that what was there when
//! the run began is there still. Of two runs that write to one place at a time, the second is told that it lost, and
//! what the first one wrote is whole. A run that is killed leaves files that no manifest speaks of; the next one takes
//! them away.

use std::path::Path;

use bytes::Bytes;
use seawall_store::objects::{self, Condition, Object, Settings};

use super::{
    Error, FILES, MANIFEST, Manifest, Overwrite,
    place::{Elsewhere, FILES_PREFIX},
};

/// An empty object that shows, before the work begins, that something may be written there.
const TRIAL: &str = ".seawall-partial";

/// A run that is to be written to object storage.
#[derive(Debug)]
pub(super) struct Upload {
    place: Elsewhere,
    /// The manifest that was there at the beginning.
    earlier: Option<Object>,
    /// Files of an earlier run, or of one that did not end, that were there at the beginning.
    left: Vec<Object>,
    /// What was put and is to go again where the run fails.
    put: Vec<String>,
}

impl Upload {
    /// Checks that a run may be written to a URL; `None` where `directory` is a path.
    pub(super) fn prepare(
        directory: &Path,
        overwrite: Overwrite,
        settings: Option<&Settings>,
    ) -> Result<Option<Self>, Error> {
        let Some(place) = Elsewhere::of(directory, settings)? else { return Ok(None) };
        let read = |source| Error::read(directory, source);
        let earlier = place.manifest().map_err(read)?;
        let prefix = place.url.join("").key().to_owned();
        let listed = place.bucket.list(&prefix).map_err(|error| read(error.into()))?;
        let (left, strange) = sorted_out(listed, &prefix);
        let ours = earlier.as_ref().map(|(_, text)| Manifest::parse(directory, text).is_ok());
        let refused = match (ours, &strange) {
            (Some(true), _) | (None, None) => None,
            (Some(false), _) => Some(MANIFEST.to_owned()),
            (None, Some(strange)) => left.is_empty().then(|| strange.clone()),
        };
        if let Some(example) = refused
            && overwrite == Overwrite::OwnRun
        {
            return Err(Error::NotEmpty { directory: directory.to_owned(), example });
        }
        let earlier = earlier.map(|(object, _)| object);
        let mut upload = Self { place, earlier, left, put: Vec::new() };
        let trial = upload.place.url.join(TRIAL).key().to_owned();
        upload.keep(directory, &trial, Bytes::new())?;
        Ok(Some(upload))
    }

    /// Puts a small object that goes again where the run fails.
    fn keep(&mut self, directory: &Path, key: &str, content: Bytes) -> Result<(), Error> {
        self.put.push(key.to_owned());
        self.place
            .bucket
            .put(key, content, &Condition::Always)
            .map_err(|error| Error::write(directory, None, error.into()))
    }

    /// Puts the files that are in `folder`, and the manifest after them.
    pub(super) fn publish(&mut self, directory: &Path, folder: &Path) -> Result<(), Error> {
        let path = folder.join(MANIFEST);
        let manifest = fs_err::read(&path).map_err(|source| Error::read(&path, source))?;
        let files = self.place.files(&manifest);
        let failed = |name: &str, error: objects::Error| {
            Error::write(&directory.join(name), None, error.into())
        };
        for name in FILES {
            let key = files.join(name).key().to_owned();
            self.put.push(key.clone());
            self.place
                .bucket
                .put_file(&key, &folder.join(name))
                .map_err(|error| failed(name, error))?;
        }
        self.check(directory, &manifest)?;
        let condition = match &self.earlier {
            None => Condition::Absent,
            Some(earlier) => Condition::Unchanged(earlier.clone()),
        };
        let key = self.place.url.join(MANIFEST).key().to_owned();
        let put = self.place.bucket.put(&key, manifest.clone().into(), &condition);
        if let Err(error) = put {
            // The answer to an attempt that was taken may have been lost; and an equal run is as good as this one.
            let there = self.place.manifest().ok().flatten();
            if there.is_none_or(|(_, text)| text != manifest) {
                return Err(match error {
                    objects::Error::Conflict { .. } => {
                        Error::Raced { directory: directory.to_owned() }
                    }
                    error => failed(MANIFEST, error),
                });
            }
        }
        self.put.retain(|key| key.ends_with(TRIAL));
        self.tidy(files.join("").key(), &manifest);
        Ok(())
    }

    /// Whether every file is there as long as it is here: nobody took it away meanwhile.
    fn check(&self, directory: &Path, manifest: &[u8]) -> Result<(), Error> {
        let prefix = self.place.files(manifest).join("").key().to_owned();
        let listed = self.place.bucket.list(&prefix);
        let listed = listed.map_err(|error| Error::read(directory, error.into()))?;
        let stated = Manifest::parse(directory, manifest)?;
        let whole = stated.outputs.iter().all(|output| {
            let key = format!("{prefix}{}", output.file);
            listed.iter().any(|object| object.key() == key && object.bytes() == output.bytes)
        });
        if whole { Ok(()) } else { Err(Error::Raced { directory: directory.to_owned() }) }
    }

    /// Takes away what was there at the beginning and what the manifest that is there now does not speak of. What fails
    /// here harms nobody, and the next run tries again.
    fn tidy(&mut self, own: &str, manifest: &[u8]) {
        let mine = self.place.manifest().ok().flatten().is_some_and(|(_, text)| text == manifest);
        if mine {
            for object in self.left.drain(..).filter(|object| !object.key().starts_with(own)) {
                let _ = self.place.bucket.delete(object.key());
            }
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // Nobody can be told here; what is left is not seen by anybody, and goes with the next run. Where one cannot be
        // deleted, waiting for the others is in vain.
        let _ = self.put.iter().try_for_each(|key| self.place.bucket.delete(key));
    }
}

/// Tells what runs leave from one example of what they do not.
fn sorted_out(listed: Vec<Object>, prefix: &str) -> (Vec<Object>, Option<String>) {
    let (mut left, mut strange) = (Vec::new(), None);
    for object in listed {
        let name = object.key().strip_prefix(prefix).unwrap_or(object.key());
        let of_run = name.strip_prefix(FILES_PREFIX).and_then(|rest| rest.split_once('/'));
        let ours = of_run.is_some_and(|(_, file)| FILES.contains(&file)) || name == TRIAL;
        if ours {
            left.push(object);
        } else if name != MANIFEST {
            strange.get_or_insert_with(|| name.to_owned());
        }
    }
    (left, strange)
}
