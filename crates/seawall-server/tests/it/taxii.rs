//! TAXII: who may ask for what, which objects come, in which order, page by page, and what is kept.

use std::{collections::BTreeSet, path::Path, thread};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use seawall_intel::stix::Object;
use seawall_server::{
    access::Scope,
    service::Options,
    taxii::{CollectionSettings, Loader, Settings},
};
use serde_json::{Value, json};

use super::site::Site;

const TAXII: &str = "application/taxii+json;version=2.1";
const OPEN: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";
const READ_ONLY: &str = "52892447-4d7e-4f70-b94d-d7f22742ff63";
const WRITE_ONLY: &str = "64993447-4d7e-4f70-b94d-d7f33742ee63";
const CLOSED: &str = "472c94ae-3113-4e3e-a4dd-a9f4ac7471d4";

/// An answer, with what tests look at of its head.
#[derive(Debug)]
struct Answer {
    status: u16,
    media_type: String,
    first: Option<String>,
    last: Option<String>,
    body: Value,
}

impl Answer {
    fn ids(&self) -> Vec<&str> {
        let objects = self.body["objects"].as_array().map(Vec::as_slice).unwrap_or_default();
        objects.iter().map(|object| object["id"].as_str().expect("an id")).collect()
    }

    fn more(&self) -> bool {
        self.body["more"].as_bool().unwrap_or(false)
    }

    #[track_caller]
    fn is_error(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.media_type, TAXII);
        assert_eq!(self.body["http_status"], status.to_string());
        assert!(self.body["title"].is_string());
    }
}

struct Client<'a> {
    site: &'a Site,
    agent: ureq::Agent,
    authorization: Option<String>,
    accept: String,
}

impl<'a> Client<'a> {
    fn new(site: &'a Site) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let authorization = Some(format!("Bearer {}", site.token()));
        Self { site, agent, authorization, accept: TAXII.into() }
    }

    fn ask(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Answer {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(self.site.url(path))
            .header("accept", &self.accept);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        if !content_type.is_empty() {
            request = request.header("content-type", content_type);
        }
        let request = request.body(body.to_vec()).expect("a request");
        let mut answered = self.agent.run(request).expect("answered");
        let header = |name: &str| {
            answered.headers().get(name).map(|value| value.to_str().expect("text").to_owned())
        };
        let media_type = header("content-type").unwrap_or_default();
        let (first, last) = (header("x-taxii-date-added-first"), header("x-taxii-date-added-last"));
        let status = answered.status().as_u16();
        let text =
            answered.body_mut().with_config().limit(64 << 20).read_to_string().expect("text");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, media_type, first, last, body }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", &[])
    }

    fn post(&self, collection: &str, objects: &[Value]) -> Answer {
        let body = json!({ "objects": objects }).to_string();
        self.ask("POST", &format!("{}objects/", path(collection)), TAXII, body.as_bytes())
    }
}

fn path(collection: &str) -> String {
    format!("/taxii2/trust/collections/{collection}/")
}

fn collection(id: &str, can_read: bool, can_write: bool) -> CollectionSettings {
    CollectionSettings {
        id: id.into(),
        title: "Indicators".into(),
        description: None,
        alias: (id == OPEN).then(|| "open".into()),
        root: "trust".into(),
        can_read,
        can_write,
    }
}

fn begin(data: &Path) -> Settings {
    let mut settings = Settings { page_objects_max: 20, ..Settings::default() };
    for (id, can_read, can_write) in [
        (OPEN, true, true),
        (READ_ONLY, true, false),
        (WRITE_ONLY, false, true),
        (CLOSED, false, false),
    ] {
        settings.add(collection(id, can_read, can_write)).expect("sound");
    }
    settings.keep(data).expect("kept");
    settings
}

const RELATIONSHIP: &str = "relationship--2f9a9aa9-108a-4333-83e2-4fb25add0463";
const MALWARE: &str = "malware--c0931cc6-c75e-47e5-9036-78fabc95d4ec";
const INDICATOR: &str = "indicator--6770298f-0fd8-471a-ab8c-1c658a46574e";
const DOMAIN: &str = "domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5";

/// Objects of another server: its dates, versions, versions of STIX.
fn theirs() -> Vec<(&'static str, Value)> {
    let versioned = |id: &str, modified: &str, spec_version: Option<&str>| {
        let object_type = id.split_once("--").expect("an id").0;
        let mut object = json!({
            "type": object_type, "id": id, "created": "2014-05-08T09:00:00.000Z", "modified": modified,
        });
        if let Some(spec_version) = spec_version {
            object["spec_version"] = spec_version.into();
        }
        object
    };
    let current = Some("2.1");
    vec![
        (
            "2014-05-08T09:00:00.000000Z",
            versioned(RELATIONSHIP, "2014-05-08T09:00:00.000Z", current),
        ),
        ("2016-11-03T12:30:59.001000Z", versioned(INDICATOR, "2016-11-03T12:30:59.000Z", current)),
        ("2016-12-27T13:49:59.000000Z", versioned(INDICATOR, "2016-12-25T12:30:59.444Z", current)),
        (
            "2017-01-20T00:00:00.000000Z",
            json!({"type": "domain-name", "id": DOMAIN, "value": "example.com"}),
        ),
        ("2017-01-27T13:49:59.997000Z", versioned(MALWARE, "2017-01-27T13:49:53.997Z", current)),
        ("2017-12-31T13:49:53.935000Z", versioned(INDICATOR, "2017-01-27T13:49:53.935Z", current)),
        ("2018-02-23T18:30:00.000000Z", versioned(MALWARE, "2018-02-23T18:30:00.000Z", None)),
    ]
}

/// A site to which another server's objects moved.
fn moved(data: &Path) -> Site {
    let settings = begin(data);
    let collection = settings.collection(OPEN).expect("there");
    let mut loader = Loader::open(data, collection).expect("opens");
    // Whatever the order in which they come.
    for (added, object) in theirs().into_iter().rev() {
        let added = seawall_intel::taxii::parse_microseconds(added);
        loader.add(&Object::new(object).expect("an object"), added).expect("taken");
    }
    let loaded = loader.finish().expect("kept");
    assert_eq!((loaded.added, loaded.present), (7, 0));
    Site::start(data, None)
}

#[test]
fn what_is_there_is_told() {
    let data = tempfile::tempdir().expect("a folder");
    let site = moved(data.path());
    let client = Client::new(&site);
    let discovery = client.get("/taxii2/");
    assert_eq!((discovery.status, discovery.media_type.as_str()), (200, TAXII));
    let root = site.url("/taxii2/trust/");
    assert_eq!(discovery.body["api_roots"], json!([root]));
    assert_eq!(discovery.body["default"], root.as_str());
    let root = client.get("/taxii2/trust/");
    assert_eq!(root.body["versions"], json!([TAXII]));
    assert_eq!(root.body["max_content_length"], 16 << 20);
    let collections = client.get("/taxii2/trust/collections/");
    assert_eq!(collections.body["collections"].as_array().expect("a list").len(), 4);
    for name in [OPEN, "open"] {
        let one = client.get(&format!("/taxii2/trust/collections/{name}"));
        assert_eq!(
            (one.body["id"].as_str(), one.body["alias"].as_str()),
            (Some(OPEN), Some("open"))
        );
        assert_eq!((&one.body["can_read"], &one.body["can_write"]), (&json!(true), &json!(true)));
    }
}

#[test]
fn objects_come_in_the_order_in_which_they_were_added() {
    let data = tempfile::tempdir().expect("a folder");
    let site = moved(data.path());
    let client = Client::new(&site);
    let get = |rest: &str| client.get(&format!("{}objects/{rest}", path(OPEN)));
    let all = get("");
    assert_eq!(all.ids(), [RELATIONSHIP, DOMAIN, MALWARE, INDICATOR]);
    assert!(!all.more());
    assert_eq!(all.first.as_deref(), Some("2014-05-08T09:00:00.000000Z"));
    assert_eq!(all.last.as_deref(), Some("2017-12-31T13:49:53.935000Z"));
    let page = get("?limit=3");
    assert_eq!((page.ids(), page.more()), (vec![RELATIONSHIP, DOMAIN, MALWARE], true));
    assert_eq!(page.last.as_deref(), Some("2017-01-27T13:49:59.997000Z"));
    let next = page.body["next"].as_str().expect("a cursor");
    let rest = get(&format!("?limit=3&next={next}"));
    assert_eq!((rest.ids(), rest.more()), (vec![INDICATOR], false));
    assert!(rest.body["next"].is_null());
    for (query, ids) in [
        ("?added_after=2016-11-03T12:30:59Z", vec![DOMAIN, MALWARE, INDICATOR]),
        ("?added_after=2017-01-27T13:49:59.997Z", vec![INDICATOR]),
        ("?match[id]=malware--c0931cc6-c75e-47e5-9036-78fabc95d4ec", vec![MALWARE]),
        ("?match[type]=indicator", vec![INDICATOR]),
        ("?match[type]=indicator,domain-name", vec![DOMAIN, INDICATOR]),
        ("?match%5Btype%5D=indicator%2Cdomain-name", vec![DOMAIN, INDICATOR]),
        ("?match[version]=2016-12-25T12:30:59.444Z", vec![INDICATOR]),
        ("?match[version]=first", vec![RELATIONSHIP, INDICATOR, DOMAIN, MALWARE]),
        (
            "?match[version]=all",
            vec![RELATIONSHIP, INDICATOR, INDICATOR, DOMAIN, MALWARE, INDICATOR],
        ),
        ("?match[version]=first,last&match[type]=indicator", vec![INDICATOR, INDICATOR]),
        ("?match[spec_version]=2.0", vec![MALWARE]),
        ("?match[spec_version]=2.1", vec![RELATIONSHIP, DOMAIN, MALWARE, INDICATOR]),
        ("?match[spec_version]=2.0,2.1", vec![RELATIONSHIP, DOMAIN, INDICATOR, MALWARE]),
        ("?match[spec_version]=2.0,2.1&match[version]=all&match[type]=malware", vec![MALWARE; 2]),
        ("?match[type]=indicator&match[version]=2017-01-27T13:49:53.935Z", vec![INDICATOR]),
        ("?match[type]=malware&match[version]=2017-01-27T13:49:53.935Z", vec![]),
        ("?match[spec_version]=3.0", vec![]),
        ("?unknown=1&match[id]=", vec![RELATIONSHIP, DOMAIN, MALWARE, INDICATOR]),
    ] {
        let found = get(query);
        assert_eq!((found.status, found.ids()), (200, ids), "{query}");
    }
    let none = get("?added_after=2030-01-01T00:00:00Z");
    assert_eq!((none.body, none.first, none.last), (json!({}), None, None));
}

#[test]
fn an_object_has_versions_and_a_record() {
    let data = tempfile::tempdir().expect("a folder");
    let site = moved(data.path());
    let client = Client::new(&site);
    let one = |rest: &str| client.get(&format!("{}objects/{INDICATOR}/{rest}", path(OPEN)));
    let modified = |answer: &Answer| -> Vec<String> {
        let objects = answer.body["objects"].as_array().expect("objects").iter();
        objects.map(|object| object["modified"].as_str().expect("text").to_owned()).collect()
    };
    let last = one("");
    assert_eq!(modified(&last), ["2017-01-27T13:49:53.935Z"]);
    assert_eq!(last.first.as_deref(), Some("2017-12-31T13:49:53.935000Z"));
    assert_eq!(modified(&one("?match[version]=first")), ["2016-11-03T12:30:59.000Z"]);
    let two = one("?match[version]=all&limit=2");
    assert_eq!(modified(&two), ["2016-11-03T12:30:59.000Z", "2016-12-25T12:30:59.444Z"]);
    assert!(two.more());
    let versions = one("versions/?limit=2");
    assert_eq!(
        versions.body["versions"],
        json!(["2016-11-03T12:30:59.000Z", "2016-12-25T12:30:59.444Z"])
    );
    assert_eq!(versions.last.as_deref(), Some("2016-12-27T13:49:59.000000Z"));
    let next = versions.body["next"].as_str().expect("a cursor");
    let rest = one(&format!("versions?limit=2&next={next}"));
    assert_eq!(
        (rest.body["versions"].clone(), rest.more()),
        (json!(["2017-01-27T13:49:53.935Z"]), false)
    );
    let late = one("versions/?added_after=2018-01-01T00:00:00Z");
    assert_eq!(late.body, json!({}));
    let manifest = client.get(&format!("{}manifest/?match[id]={DOMAIN},{INDICATOR}", path(OPEN)));
    assert_eq!(
        manifest.body["objects"],
        json!([
            {
                "id": DOMAIN, "date_added": "2017-01-20T00:00:00.000000Z",
                "version": "2017-01-20T00:00:00.000Z",
                "media_type": "application/stix+json;version=2.1",
            },
            {
                "id": INDICATOR, "date_added": "2017-12-31T13:49:53.935000Z",
                "version": "2017-01-27T13:49:53.935Z",
                "media_type": "application/stix+json;version=2.1",
            },
        ])
    );
    let old = client.get(&format!("{}manifest/?match[spec_version]=2.0", path(OPEN)));
    assert_eq!(old.body["objects"][0]["media_type"], "application/stix+json;version=2.0");
}

#[test]
fn what_is_posted_comes_out_to_the_letter_and_is_there_after_a_restart() {
    let data = tempfile::tempdir().expect("a folder");
    begin(data.path());
    let site = Site::start(data.path(), None);
    let client = Client::new(&site);
    let object = format!(
        r#"{{ "type":"domain-name",  "id":"{DOMAIN}","value":"ex\u00e4mple.com","x":[1.10,1e400,18446744073709551617,{{"b":null,"a":[]}}]}}"#
    );
    let body = format!(r#"{{"objects":[{object}, 7, {{"type":"tool","id":"tool--1"}}]}}"#);
    let objects = format!("{}objects/", path(OPEN));
    let posted = client.ask("POST", &objects, "application/taxii+json", body.as_bytes());
    assert_eq!((posted.status, posted.media_type.as_str()), (202, TAXII));
    let counts = ["total_count", "success_count", "failure_count", "pending_count"]
        .map(|name| posted.body[name].as_u64().expect("a count"));
    assert_eq!((posted.body["status"].as_str(), counts), (Some("complete"), [3, 1, 2, 0]));
    assert_eq!(posted.body["failures"][0]["id"], "objects[1]");
    let status = format!("/taxii2/trust/status/{}/", posted.body["id"].as_str().expect("an id"));
    assert_eq!(client.get(&status).body, posted.body);
    let again = client.ask("POST", &objects, TAXII, body.as_bytes());
    assert_eq!(again.body["success_count"], 1);
    assert!(again.body["successes"][0]["message"].is_string());
    site.end();
    let site = Site::start(data.path(), None);
    let client = Client::new(&site);
    let agent = &client.agent;
    let raw = agent
        .get(site.url(&objects))
        .header("authorization", format!("Bearer {}", site.token()))
        .call()
        .expect("answered")
        .body_mut()
        .read_to_string()
        .expect("text");
    assert_eq!(raw, format!(r#"{{"more":false,"objects":[{object}]}}"#));
    assert_eq!(client.get(&status).body, posted.body);
}

fn version(day: u32) -> Value {
    json!({
        "type": "course-of-action", "spec_version": "2.1",
        "id": "course-of-action--68794cd5-28db-429d-ab1e-1256704ef906",
        "created": "2014-01-27T13:49:53.935Z", "modified": format!("2015-01-{day:02}T13:49:53.935Z"),
        "name": "Test object",
    })
}

#[test]
fn versions_are_removed_one_by_one_or_all() {
    let data = tempfile::tempdir().expect("a folder");
    begin(data.path());
    let site = Site::start(data.path(), None);
    let client = Client::new(&site);
    let id = "course-of-action--68794cd5-28db-429d-ab1e-1256704ef906";
    let one = format!("{}objects/{id}/", path(OPEN));
    // The same version twice in one envelope is one.
    let posted = client.post(OPEN, &[1, 5, 3, 2, 4, 3].map(version));
    assert_eq!(posted.body["success_count"], 6);
    let left = || -> Vec<u64> {
        let versions = client.get(&format!("{one}versions/")).body["versions"].clone();
        let day = |text: &Value| text.as_str().and_then(|text| text[8..10].parse().ok());
        let mut days: Vec<u64> =
            versions.as_array().into_iter().flatten().filter_map(day).collect();
        days.sort_unstable();
        days
    };
    let current =
        || client.get(&format!("{}objects/", path(OPEN))).body["objects"][0]["modified"].clone();
    assert_eq!((left(), current()), (vec![1, 2, 3, 4, 5], json!("2015-01-05T13:49:53.935Z")));
    for (query, days, last) in [
        ("?match[version]=2015-01-03T13:49:53.935Z", vec![1, 2, 4, 5], 5),
        ("?match[version]=first", vec![2, 4, 5], 5),
        ("?match[version]=last", vec![2, 4], 4),
        ("?match[spec_version]=2.0", vec![2, 4], 4),
    ] {
        let removed = client.ask("DELETE", &format!("{one}{query}"), "", &[]);
        assert_eq!((removed.status, removed.media_type.as_str()), (200, TAXII), "{query}");
        assert_eq!(left(), days, "{query}");
        assert_eq!(current(), format!("2015-01-{last:02}T13:49:53.935Z"), "{query}");
    }
    assert_eq!(client.ask("DELETE", &one, "", &[]).status, 200);
    client.get(&one).is_error(404);
    client.get(&format!("{one}versions/")).is_error(404);
    client.ask("DELETE", &one, "", &[]).is_error(404);
    assert_eq!(client.get(&format!("{}manifest/", path(OPEN))).body, json!({}));
}

#[test]
fn what_is_not_allowed_or_not_there_is_told() {
    let data = tempfile::tempdir().expect("a folder");
    let site = moved(data.path());
    let mut client = Client::new(&site);
    let object = [version(1)];
    client.post(READ_ONLY, &object).is_error(403);
    client.post(CLOSED, &object).is_error(403);
    assert_eq!(client.post(WRITE_ONLY, &object).status, 202);
    for rest in ["objects/", "manifest/", "objects/tool--1/", "objects/tool--1/versions/"] {
        client.get(&format!("{}{rest}", path(WRITE_ONLY))).is_error(403);
        client
            .get(&format!("{}{rest}", path("12345678-1234-1234-1234-123456789012")))
            .is_error(404);
    }
    client
        .ask("DELETE", &format!("{}objects/{INDICATOR}/", path(READ_ONLY)), "", &[])
        .is_error(403);
    client.ask("DELETE", &format!("{}objects/{INDICATOR}/", path(CLOSED)), "", &[]).is_error(404);
    for missing in
        ["/taxii2/other/", "/taxii2/trust/status/22101993/", "/taxii2/trust/nothing/at/all/"]
    {
        client.get(missing).is_error(404);
    }
    client
        .get(&format!("{}objects/tool--cee60c30-a68c-41e3-b0c1-a01aac20d000/", path(OPEN)))
        .is_error(404);
    for query in ["limit=-20", "limit=0", "limit=x", "added_after=x", "match[version]=x", "next=x"]
    {
        client.get(&format!("{}objects/?{query}", path(OPEN))).is_error(400);
    }
    let page = client.get(&format!("{}objects/?match[version]=all&limit=2", path(OPEN)));
    let next = page.body["next"].as_str().expect("a cursor").to_owned();
    client
        .get(&format!("{}objects/?match[version]=first&limit=2&next={next}", path(OPEN)))
        .is_error(400);
    let objects = format!("{}objects/", path(OPEN));
    client.ask("PUT", &objects, TAXII, b"{}").is_error(405);
    client.ask("POST", &objects, "application/json", b"{}").is_error(415);
    client.ask("POST", &objects, "", b"{}").is_error(415);
    for body in ["", "{", "[]", "{}", r#"{"id":"tool--1","type":"tool"}"#, r#"{"objects":{}}"#] {
        client.ask("POST", &objects, TAXII, body.as_bytes()).is_error(422);
    }
    let large = format!(r#"{{"objects":["{}"]}}"#, "x".repeat(16 << 20));
    client.ask("POST", &objects, TAXII, large.as_bytes()).is_error(413);
    client.accept = "application/json".into();
    client.get(&objects).is_error(406);
    for accept in ["*/*", "application/taxii+json", "application/taxii+json; version=2.1"] {
        client.accept = accept.into();
        assert_eq!(client.get(&objects).status, 200, "{accept}");
    }
    client.authorization = None;
    for path in ["/taxii2/", "/taxii2/other/", &objects, "/taxii2/x/y/z"] {
        client.get(path).is_error(401);
    }
}

#[test]
fn a_token_is_the_password_and_opens_what_it_is_for() {
    let data = tempfile::tempdir().expect("a folder");
    begin(data.path());
    let options = Options { data: data.path().to_owned(), ..Options::default() };
    let site = Site::start_with(&options, &[Scope::TaxiiRead]);
    let mut client = Client::new(&site);
    let basic = |name: &str, password: &str| {
        Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}"))))
    };
    client.authorization = basic("anybody", site.token());
    assert_eq!(client.get(&format!("{}objects/", path(OPEN))).status, 200);
    let own = client.get(&path(OPEN));
    assert_eq!((&own.body["can_read"], &own.body["can_write"]), (&json!(true), &json!(false)));
    client.post(OPEN, &[version(1)]).is_error(403);
    for authorization in [
        basic("anybody", "swt_other"),
        basic(site.token(), ""),
        Some("Basic !".into()),
        Some("Digest x".into()),
    ] {
        client.authorization = authorization;
        client.get("/taxii2/").is_error(401);
    }
    site.end();
    let site = Site::start_with(&options, &[Scope::Read]);
    Client::new(&site).get("/taxii2/").is_error(403);
}

/// An object of its own for each number.
fn tool(writer: u32, number: u32) -> Value {
    json!({
        "type": "tool", "spec_version": "2.1",
        "id": format!("tool--00000000-0000-4000-8{writer:03x}-{number:012x}"),
        "created": "2020-01-01T00:00:00.000Z", "modified": "2020-01-01T00:00:00.000Z",
        "name": format!("{writer}/{number}"),
    })
}

#[test]
fn whoever_pages_while_others_add_misses_nothing_and_gets_nothing_twice() {
    let data = tempfile::tempdir().expect("a folder");
    begin(data.path());
    let site = Site::start(data.path(), None);
    let (writers, envelopes, each) = (4, 25, 20);
    let all = (writers * envelopes * each) as usize;
    thread::scope(|scope| {
        for writer in 0..writers {
            let site = &site;
            scope.spawn(move || {
                let client = Client::new(site);
                for envelope in 0..envelopes {
                    let numbers = envelope * each..(envelope + 1) * each;
                    let objects: Vec<Value> = numbers.map(|number| tool(writer, number)).collect();
                    assert_eq!(client.post(OPEN, &objects).body["success_count"], each);
                }
            });
        }
        for reader in 0..2 {
            let site = &site;
            scope.spawn(move || {
                let client = Client::new(site);
                let (mut seen, mut after, mut next) =
                    (BTreeSet::new(), String::new(), None::<String>);
                let mut last_date = String::new();
                while seen.len() < all {
                    // One goes on by cursor as long as there is one, the other always by date.
                    let query = match next.take().filter(|_| reader == 0) {
                        Some(next) => format!("?limit=7&next={next}"),
                        None => format!("?limit=7{after}"),
                    };
                    let page = client.get(&format!("{}objects/{query}", path(OPEN)));
                    for id in page.ids() {
                        assert!(seen.insert(id.to_owned()), "{id} came twice");
                    }
                    let Some(last) = &page.last else { continue };
                    assert!(*last > last_date, "{last} after {last_date}");
                    last_date.clone_from(last);
                    // A cursor that was read to its end is gone on with by the date of its last object.
                    after = format!("&added_after={last}");
                    next = page.body["next"].as_str().map(ToOwned::to_owned);
                }
            });
        }
    });
    let dates: BTreeSet<String> = {
        let client = Client::new(&site);
        let mut dates = BTreeSet::new();
        let mut query = String::new();
        loop {
            let page = client.get(&format!("{}manifest/{query}", path(OPEN)));
            for record in page.body["objects"].as_array().expect("records") {
                dates.insert(record["date_added"].as_str().expect("a date").to_owned());
            }
            match page.body["next"].as_str() {
                Some(next) => query = format!("?next={next}"),
                None => break dates,
            }
        }
    };
    assert_eq!(dates.len(), all, "each object has a date of its own");
}

#[test]
fn clients_of_others_get_everything_while_it_is_being_added() {
    let test = "clients_of_others_get_everything_while_it_is_being_added";
    let Some(python) = super::python::with(test, &["taxii2client", "stix2"]) else { return };
    let data = tempfile::tempdir().expect("a folder");
    Settings::open_or_begin(data.path()).expect("begun");
    let site = Site::start(data.path(), None);
    // All of a hundred thousand take minutes, nearly all of them in Python.
    let count = std::env::var_os("SEAWALL_TAXII_OBJECTS").unwrap_or_else(|| "4000".into());
    let address = site.url("");
    let arguments = [address.as_ref(), site.token().as_ref(), count.as_os_str()];
    let said = super::python::run(&python, "taxii_clients.py", &arguments);
    println!("{} objects: {said}", count.display());
    let said: Value = serde_json::from_str(&said).expect("JSON");
    let count: u64 = count.to_str().and_then(|text| text.parse().ok()).expect("a number");
    for (name, expected) in [
        ("failed", json!([])),
        ("missed", json!(0)),
        ("strange", json!(0)),
        ("twice", json!(0)),
        ("manifest", json!(count)),
        ("in_order", json!(true)),
        ("same", json!(true)),
        ("latest", json!("newer")),
        ("versions", json!(2)),
        ("one", json!(true)),
        ("queried", json!(1)),
    ] {
        assert_eq!(said[name], expected, "{name}: {said}");
    }
}
