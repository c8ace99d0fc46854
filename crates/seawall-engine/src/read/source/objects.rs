//! Which objects does a URL name?
//!
//! As for paths: one object, a folder with all that is in it, or a pattern whose `*` and `?` do not reach over a slash.

use std::collections::BTreeMap;

use glob::{MatchOptions, Pattern};
use seawall_store::objects::{Bucket, Object, Settings, Url};

use crate::Error;

const MATCH: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// Buckets that were opened, by their URL.
pub(super) struct Buckets<'s> {
    settings: Option<&'s Settings>,
    open: BTreeMap<String, Bucket>,
}

/// What a URL names.
pub(super) enum Named {
    /// The object itself, whatever its name.
    One(Object),
    /// Those in a folder or of a pattern, in the order in which folders are walked.
    Several(Vec<Object>),
}

impl<'s> Buckets<'s> {
    /// Without settings those of the environment are read, once there is a URL.
    pub(super) fn new(settings: Option<&'s Settings>) -> Self {
        Self { settings, open: BTreeMap::new() }
    }

    fn bucket(&mut self, url: &Url) -> Result<Bucket, Error> {
        let root = url.with_key("").to_string();
        if let Some(open) = self.open.get(&root) {
            return Ok(open.clone());
        }
        let bucket = match self.settings {
            Some(settings) => Bucket::open(url, settings),
            None => Bucket::open(url, &Settings::of_environment()),
        }?;
        self.open.insert(root, bucket.clone());
        Ok(bucket)
    }

    /// Finds what a URL names. Nothing at all is an error.
    pub(super) fn find(&mut self, text: &str) -> Result<Named, Error> {
        let url = Url::parse(text)?;
        let bucket = self.bucket(&url)?;
        let failed = |error: seawall_store::objects::Error| Error::from_read(text, error.into());
        if let Some(start) = url.key().find(['*', '?', '[']) {
            let pattern = Pattern::new(url.key())
                .map_err(|error| Error::Pattern { pattern: text.to_owned(), message: error.msg })?;
            let listed = bucket.list(&url.key()[..start]).map_err(failed)?;
            let matches = |object: &Object| of_pattern(&pattern, object.key());
            return Ok(Named::Several(ordered(listed.into_iter().filter(matches).collect())));
        }
        if url.key().is_empty() {
            return Ok(Named::Several(ordered(bucket.list("").map_err(failed)?)));
        }
        if let Some(object) = bucket.find(url.key()).map_err(failed)? {
            return Ok(Named::One(object));
        }
        let listed = bucket.list(&format!("{}/", url.key())).map_err(failed)?;
        if listed.is_empty() {
            return Err(Error::InputNotFound { path: text.into() });
        }
        Ok(Named::Several(ordered(listed)))
    }
}

/// A pattern that matches a folder stands for all that is in it.
fn of_pattern(pattern: &Pattern, key: &str) -> bool {
    let folders = key.match_indices('/').map(|(end, _)| &key[..end]);
    key == pattern.as_str() || folders.chain([key]).any(|path| pattern.matches_with(path, MATCH))
}

/// The order in which folders on a disk are walked: names are compared part by part.
fn ordered(mut objects: Vec<Object>) -> Vec<Object> {
    objects.sort_by(|left, right| left.key().split('/').cmp(right.key().split('/')));
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_keep_to_their_folder() {
        let of = |pattern: &str, key: &str| of_pattern(&Pattern::new(pattern).expect("valid"), key);
        assert!(of("logs/*.csv", "logs/a.csv"));
        assert!(!of("logs/*.csv", "logs/more/a.csv"));
        assert!(of("logs/*", "logs/more/a.csv"), "all of a folder that matches");
        assert!(of("logs/**/a.csv", "logs/more/deep/a.csv"));
        assert!(of("day-[0-9]/a?.csv", "day-1/ab.csv") && !of("day-[0-9]/a?.csv", "day-x/ab.csv"));
        assert!(of("odd[name].csv", "odd[name].csv"), "its own name, as for a path");
    }
}
