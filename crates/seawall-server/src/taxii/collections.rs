//! What is there: the server, its roots, their collections, what became of requests?

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use seawall_intel::taxii::{ApiRoot, Collections, Discovery, MEDIA_TYPE};

use super::{
    Taxii,
    answer::{Refused, resource, written},
    asked::Asked,
};

type Answered = Result<Response, Refused>;

pub(super) async fn discovery(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    let settings = &taxii.settings;
    let base = settings.url.clone().or_else(|| base(&asked.headers)).unwrap_or_default();
    let base = base.trim_end_matches('/');
    let mut api_roots: Vec<String> = Vec::new();
    for own in &settings.collections {
        let url = format!("{base}/taxii2/{}/", own.root);
        if !api_roots.contains(&url) {
            api_roots.push(url);
        }
    }
    Ok(resource(&Discovery {
        title: settings.title.clone(),
        description: settings.description.clone(),
        contact: settings.contact.clone(),
        default: api_roots.first().cloned(),
        api_roots,
    }))
}

/// Where the client believes that it is; a proxy with TLS in front says so.
fn base(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let is_tls = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let scheme = if is_tls { "https" } else { "http" };
    host.bytes().all(plain).then(|| format!("{scheme}://{host}"))
}

pub(super) async fn root(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    asked.root(&taxii)?;
    Ok(resource(&ApiRoot {
        title: asked.name("root").to_owned(),
        description: None,
        versions: vec![MEDIA_TYPE.to_owned()],
        max_content_length: taxii.settings.content_bytes_max,
    }))
}

pub(super) async fn list(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    let collections = asked.root(&taxii)?.into_iter().map(|own| asked.told(own)).collect();
    Ok(resource(&Collections { collections }))
}

pub(super) async fn one(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    let opened = asked.collection(&taxii)?;
    Ok(resource(&asked.told(opened.settings)))
}

pub(super) async fn status(State(taxii): State<Arc<Taxii>>, asked: Asked) -> Answered {
    let root = asked.name("root");
    asked.root(&taxii)?;
    let no_such = || Refused::not_found("no such status; it is kept for seven days");
    let id = uuid::Uuid::try_parse(asked.name("id")).map_err(|_| no_such())?;
    let kept = taxii.kept()?;
    let found = kept.tables.view().get(&kept.statuses, id.as_bytes())?;
    let content = found.ok_or_else(no_such)?;
    let text = content.strip_prefix(root.as_bytes()).and_then(|rest| rest.strip_prefix(&[0]));
    Ok(written(StatusCode::OK, text.ok_or_else(no_such)?.to_vec()))
}

pub(super) async fn nothing(_: Asked) -> Refused {
    Refused::not_found("no such path")
}
