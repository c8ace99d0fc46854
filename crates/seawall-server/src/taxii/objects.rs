//! Which objects are got, added, removed?

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use seawall_intel::taxii::{
    Manifest, ManifestRecord, Microseconds, Posted, Query, Refusal, Representation, SpecVersion,
    VersionFilter, Versions, content, media_type_of, microseconds, read_posted, version_text,
};
use tokio::sync::oneshot;

use super::{
    POSTING_KIBIBYTES, Taxii,
    answer::{Refused, dated, resource, written},
    asked::Asked,
    change::NewObject,
    kept::Page,
    rows::CollectionKey,
    writer::{Addition, Removal, Told, Work},
};

type Answered = Result<Response, Refused>;

/// How long a body may take to come.
const BODY_SECONDS_MAX: u64 = 60;

const ADDED_AFTER: &str = "added_after";
const ID: &str = "match[id]";
const TYPE: &str = "match[type]";
const VERSION: &str = "match[version]";
const SPEC_VERSION: &str = "match[spec_version]";

fn dates(page: &Page) -> Option<(Microseconds, Microseconds)> {
    Some((page.rows.first()?.0, page.rows.last()?.0))
}

fn next(page: &Page, query: &Query) -> Option<String> {
    let (last, _) = page.rows.last().filter(|_| page.more)?;
    Some(query.next(*last))
}

/// A page as an envelope: the objects as they came, to the letter. One without objects is empty (3.7).
fn envelope(page: &Page, query: &Query) -> Response {
    let bytes: usize = page.rows.iter().map(|(_, row)| row.text().len() + 1).sum();
    let mut body = Vec::with_capacity(bytes + 256);
    if page.rows.is_empty() {
        body.extend(b"{}");
    } else {
        body.extend(format!("{{\"more\":{},", page.more).as_bytes());
        if let Some(next) = next(page, query) {
            // Letters of base64 need no quoting.
            body.extend(format!("\"next\":\"{next}\",").as_bytes());
        }
        body.extend(b"\"objects\":[");
        for (number, (_, row)) in page.rows.iter().enumerate() {
            if number > 0 {
                body.push(b',');
            }
            body.extend(row.text());
        }
        body.extend(b"]}");
    }
    dated(written(StatusCode::OK, body), dates(page))
}

/// A page. Where a filter may pass over much, others are answered meanwhile.
fn page(
    taxii: &Taxii,
    collection: CollectionKey,
    query: &Query,
    limit: usize,
) -> Result<Page, Refused> {
    let kept = taxii.kept()?;
    let read = || kept.page(collection, query, &VersionFilter::LAST, limit);
    let is_usual = query.filters.versions.is_none() && query.filters.spec_versions.is_none();
    Ok(if is_usual { read() } else { tokio::task::block_in_place(read) }?)
}

pub(super) async fn list(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    let opened = asked.collection(&taxii)?.to_read()?;
    let known = [ADDED_AFTER, ID, TYPE, VERSION, SPEC_VERSION];
    let (query, limit) = asked.query(&taxii, &known)?;
    let page = page(&taxii, opened.key, &query, limit)?;
    Ok(envelope(&page, &query))
}

pub(super) async fn manifest(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    let opened = asked.collection(&taxii)?.to_read()?;
    let known = [ADDED_AFTER, ID, TYPE, VERSION, SPEC_VERSION];
    let (query, limit) = asked.query(&taxii, &known)?;
    let page = page(&taxii, opened.key, &query, limit)?;
    if page.rows.is_empty() {
        return Ok(written(StatusCode::OK, b"{}".to_vec()));
    }
    let record = |(added, row): &(Microseconds, super::rows::Row)| ManifestRecord {
        id: row.id().to_owned(),
        date_added: microseconds(*added),
        version: version_text(row.version()),
        media_type: Some(media_type_of(row.spec_version().unwrap_or(SpecVersion::V21)).to_owned()),
    };
    let objects = page.rows.iter().map(record).collect();
    let manifest = Manifest { more: page.more, next: next(&page, &query), objects };
    Ok(dated(resource(&manifest), dates(&page)))
}

/// A query about the one object of the path, whose filters are these; 404 where there is no such object.
fn of_one(
    taxii: &Taxii,
    asked: &Asked,
    known: &[&str],
    versions: &VersionFilter,
) -> Result<(Page, Query), Refused> {
    let opened = asked.collection(taxii)?.to_read()?;
    let (mut query, limit) = asked.query(taxii, known)?;
    let id = asked.name("object");
    let kept = taxii.kept()?;
    if kept.versions_of(&kept.tables.view(), opened.key, id)?.is_empty() {
        return Err(Refused::not_found("no such object"));
    }
    query.filters.ids = Some([id.to_owned()].into());
    Ok((kept.page(opened.key, &query, versions, limit)?, query))
}

pub(super) async fn one(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    let known = [ADDED_AFTER, VERSION, SPEC_VERSION];
    let (page, query) = of_one(&taxii, &asked, &known, &VersionFilter::LAST)?;
    Ok(envelope(&page, &query))
}

pub(super) async fn versions(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    let known = [ADDED_AFTER, SPEC_VERSION];
    let (page, query) = of_one(&taxii, &asked, &known, &VersionFilter::ALL)?;
    if page.rows.is_empty() {
        return Ok(written(StatusCode::OK, b"{}".to_vec()));
    }
    let versions = page.rows.iter().map(|(_, row)| version_text(row.version())).collect();
    let versions = Versions { more: page.more, next: next(&page, &query), versions };
    Ok(dated(resource(&versions), dates(&page)))
}

pub(super) async fn remove(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    let opened = asked.collection(&taxii)?.to_remove()?;
    let (query, _) = asked.query(&taxii, &[VERSION, SPEC_VERSION])?;
    let (tell, told) = oneshot::channel();
    let removal = Removal {
        collection: opened.key,
        id: asked.name("object").to_owned(),
        filters: query.filters,
        tell,
    };
    taxii.writer.submit(Work::Remove(removal)).map_err(|_| Refused::busy())?;
    let was_there: Told<bool> = told.await.map_err(|_| Refused::busy())?;
    if was_there? {
        Ok(written(StatusCode::OK, Vec::new()))
    } else {
        Err(Refused::not_found("no such object"))
    }
}

pub(super) async fn add(State(taxii): State<Arc<Taxii>>, asked: Asked, body: Body) -> Answered {
    let opened = asked.collection(&taxii)?;
    let content_type = asked.headers.get(header::CONTENT_TYPE);
    if content(content_type.and_then(|value| value.to_str().ok())) == Representation::Other {
        let title = "The body has a form that is not read here";
        let read = "known: application/taxii+json;version=2.1";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, title, read));
    }
    let opened = opened.to_write()?;
    let bytes_max = taxii.settings.content_bytes_max;
    let length = length(&asked.headers)?;
    if length.is_some_and(|length| length > bytes_max) {
        return Err(Refused::too_large(bytes_max));
    }
    // Bodies that are read at the same time fill a bounded part of the memory.
    let kibibytes = length.unwrap_or(bytes_max).div_ceil(1024).max(1) as u32;
    let _room = taxii
        .posting
        .acquire_many(kibibytes.min(POSTING_KIBIBYTES))
        .await
        .map_err(|_| Refused::busy())?;
    let bytes = whole(body, bytes_max).await?;
    let (objects, refusals) = taken_apart(&bytes)?;
    let (tell, told) = oneshot::channel();
    let root = asked.name("root").to_owned();
    let addition = Addition { collection: opened.key, root, objects, refusals, tell };
    taxii.writer.submit(Work::Add(addition)).map_err(|_| Refused::busy())?;
    let status: Told<Arc<[u8]>> = told.await.map_err(|_| Refused::busy())?;
    Ok(written(StatusCode::ACCEPTED, status?.to_vec()))
}

fn length(headers: &HeaderMap) -> Result<Option<u64>, Refused> {
    let Some(value) = headers.get(header::CONTENT_LENGTH) else { return Ok(None) };
    let length = value.to_str().ok().and_then(|text| text.parse().ok());
    length.map(Some).ok_or_else(|| Refused::bad_request("Content-Length is a number"))
}

async fn whole(body: Body, bytes_max: u64) -> Result<Bytes, Refused> {
    let collected = Limited::new(body, bytes_max as usize).collect();
    match tokio::time::timeout(Duration::from_secs(BODY_SECONDS_MAX), collected).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refused::too_large(bytes_max)),
        Ok(Err(_)) => Err(Refused::bad_request("the body broke off")),
        Err(_) => {
            let title = "The body took too long";
            Err(Refused::new(StatusCode::REQUEST_TIMEOUT, title, "send it faster"))
        }
    }
}

/// The objects of a body, without copying them, and those that are none.
fn taken_apart(bytes: &Bytes) -> Result<(Vec<NewObject>, Vec<Refusal>), Refused> {
    let posted = read_posted(bytes).map_err(|error| {
        let title = "The body is no envelope";
        Refused::new(StatusCode::UNPROCESSABLE_ENTITY, title, error.to_string())
    })?;
    let (mut objects, mut refusals) = (Vec::with_capacity(posted.len()), Vec::new());
    for posted in posted {
        match posted {
            Ok(Posted { id, version, spec_version, text }) => {
                let text = bytes.slice_ref(text.as_bytes());
                objects.push(NewObject { id, version, spec_version, text, added: None });
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    Ok((objects, refusals))
}
