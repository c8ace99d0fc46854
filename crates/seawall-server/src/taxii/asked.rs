//! Who asks, for what, and may they?

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{FromRequestParts, Path, Query as Pairs},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use seawall_intel::taxii::{Collection, MEDIA_TYPE, Query, accepts};

use super::{CollectionSettings, Taxii, answer::Refused, rows::CollectionKey};
use crate::access::Scope;

/// A request by somebody who is known, for an answer that they can read.
pub(super) struct Asked {
    pub(super) can_read: bool,
    pub(super) can_write: bool,
    pub(super) headers: HeaderMap,
    names: HashMap<String, String>,
    pairs: Vec<(String, String)>,
}

/// A collection that somebody asks for, and what they may do with it.
#[derive(Clone, Copy)]
pub(super) struct Opened<'a> {
    pub(super) settings: &'a CollectionSettings,
    pub(super) key: CollectionKey,
    pub(super) can_read: bool,
    pub(super) can_write: bool,
}

impl FromRequestParts<Arc<Taxii>> for Asked {
    type Rejection = Refused;

    async fn from_request_parts(
        parts: &mut Parts,
        taxii: &Arc<Taxii>,
    ) -> Result<Self, Self::Rejection> {
        let scopes = taxii.tokens.scopes(&parts.headers).ok_or_else(Refused::unauthorized)?;
        let can_read = scopes.contains(&Scope::TaxiiRead);
        let can_write = scopes.contains(&Scope::TaxiiWrite);
        if !can_read && !can_write {
            return Err(Refused::forbidden(
                "this token has neither the scope `taxii_read` nor `taxii_write`",
            ));
        }
        let accept = match parts.headers.get(header::ACCEPT) {
            Some(value) => Some(value.to_str().unwrap_or("?")),
            None => None,
        };
        if !accepts(accept) {
            let title = "What is answered here is not accepted";
            let answered = format!("it is {MEDIA_TYPE}");
            return Err(Refused::new(StatusCode::NOT_ACCEPTABLE, title, answered));
        }
        let Path(names) = Path::from_request_parts(parts, taxii)
            .await
            .map_err(|_| Refused::bad_request("the path is no text"))?;
        let Pairs(pairs) = Pairs::from_request_parts(parts, taxii)
            .await
            .map_err(|_| Refused::bad_request("the query is no text"))?;
        Ok(Self { can_read, can_write, headers: parts.headers.clone(), names, pairs })
    }
}

impl Asked {
    /// A part of the path.
    pub(super) fn name(&self, name: &str) -> &str {
        self.names.get(name).map_or("", String::as_str)
    }

    /// The collections of the root that is asked for.
    pub(super) fn root<'a>(
        &self,
        taxii: &'a Taxii,
    ) -> Result<Vec<&'a CollectionSettings>, Refused> {
        let root = self.name("root");
        let own = taxii.settings.collections.iter().filter(|own| own.root == root);
        let own: Vec<&CollectionSettings> = own.collect();
        if own.is_empty() { Err(Refused::not_found("no such API root")) } else { Ok(own) }
    }

    /// The collection that is asked for.
    pub(super) fn collection<'a>(&self, taxii: &'a Taxii) -> Result<Opened<'a>, Refused> {
        let name = self.name("collection");
        let own = self.root(taxii)?;
        let fits = |own: &&CollectionSettings| own.id == name || own.alias.as_deref() == Some(name);
        let no_such = || Refused::not_found("no such collection");
        let settings = own.into_iter().find(fits).ok_or_else(no_such)?;
        let id = uuid::Uuid::try_parse(&settings.id).map_err(|_| no_such())?;
        Ok(self.open(settings, id.into_bytes()))
    }

    fn open<'a>(&self, settings: &'a CollectionSettings, key: CollectionKey) -> Opened<'a> {
        Opened {
            settings,
            key,
            can_read: settings.can_read && self.can_read,
            can_write: settings.can_write && self.can_write,
        }
    }

    /// A collection as it is told to who asks.
    pub(super) fn told(&self, settings: &CollectionSettings) -> Collection {
        Collection {
            id: settings.id.clone(),
            title: settings.title.clone(),
            description: settings.description.clone(),
            alias: settings.alias.clone(),
            can_read: settings.can_read && self.can_read,
            can_write: settings.can_write && self.can_write,
            media_types: ["application/stix+json;version=2.1", "application/stix+json;version=2.0"]
                .map(ToOwned::to_owned)
                .to_vec(),
        }
    }

    /// The query, where the path has these filters, and how many objects a page has at most.
    pub(super) fn query(&self, taxii: &Taxii, known: &[&str]) -> Result<(Query, usize), Refused> {
        let query = Query::parse(&self.pairs, known)
            .map_err(|bad| Refused::bad_request(bad.to_string()))?;
        let page_max = u64::from(taxii.settings.page_objects_max);
        let limit = query.limit.unwrap_or(page_max).min(page_max) as usize;
        Ok((query, limit))
    }
}

impl Opened<'_> {
    pub(super) fn to_read(self) -> Result<Self, Refused> {
        if self.can_read { Ok(self) } else { Err(Refused::forbidden("it may not be read")) }
    }

    pub(super) fn to_write(self) -> Result<Self, Refused> {
        if self.can_write { Ok(self) } else { Err(Refused::forbidden("it may not be added to")) }
    }

    /// Who removes must be able to do both (5.7); who can do neither does not learn that it is there.
    pub(super) fn to_remove(self) -> Result<Self, Refused> {
        match (self.can_read, self.can_write) {
            (true, true) => Ok(self),
            (false, false) => Err(Refused::not_found("no such collection")),
            _ => Err(Refused::forbidden("only who may read and add may remove")),
        }
    }
}
