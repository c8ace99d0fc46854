//! Is an asset looked up as it is, and does no hostile peer get more than an error?

use std::{fmt::Write as _, net::UdpSocket, path::Path, process::Command, thread};

use seawall_core::case::asset::{Method, observation};
use serde_json::{Value, json};

use super::{
    authority::{Authority, P256},
    case::{Case, python},
    code, peers, text,
};

const RDAP: &str = "application/rdap+json";

/// After RFC 9083, section 5.3.
fn registration(name: &str) -> Vec<u8> {
    json!({
        "rdapConformance": ["rdap_level_0"], "objectClassName": "domain", "handle": "XXXX", "ldhName": name,
        "nameservers": [{"objectClassName": "nameserver", "ldhName": "ns1.shop.example",
            "ipAddresses": {"v4": ["192.0.2.1", "192.0.2.2"]}}],
        "secureDNS": {"zoneSigned": true, "delegationSigned": false},
        "status": ["client transfer prohibited"],
        "links": [{"rel": "self", "href": "https://example.net/domain/XXXX", "type": RDAP}],
        "port43": "whois.example.net",
        "events": [{"eventAction": "registration", "eventDate": "1990-12-31T23:59:59Z"},
            {"eventAction": "expiration", "eventDate": "2027-12-31T23:59:59Z"}],
        "entities": [{"objectClassName": "entity", "handle": "XXXX", "roles": ["registrar"],
            "publicIds": [{"type": "IANA Registrar ID", "identifier": "1452"}],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar"]]],
            "entities": [{"objectClassName": "entity", "roles": ["abuse"],
                "vcardArray": ["vcard", [["email", {}, "text", "abuse@registrar.example"]]]}]}],
    })
    .to_string()
    .into_bytes()
}

/// A case with that asset, and its id.
fn with_asset(kind: &str, identifier: &str) -> (Case, String) {
    let case = Case::open();
    let asset = json!({"type": kind, "identifier": identifier, "role": "storefront"}).to_string();
    fs_err::write(case.root.path().join("asset.json"), asset).expect("written");
    let added = case.ok("ana", &["asset", "add", "asset.json"]);
    let id = added["asset"].as_str().expect("an id").to_owned();
    (case, id)
}

fn resolve<'a>(asset: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let all = ["asset", "resolve", asset, "--vantage", "lab"];
    all.into_iter().chain(more.iter().copied()).collect()
}

fn items(case: &Case, kind: &str) -> Vec<Value> {
    let output = super::seawall(case.root.path(), &["case", "vault", "list", "--format", "ndjson"]);
    let items = text(&output.stdout);
    let items = items.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    items.filter(|item| item["kind"] == kind).collect()
}

#[test]
fn a_registration_is_found_by_the_bootstrap_file_or_by_a_base() {
    let (case, asset) = with_asset("domain", "shop.example");
    let server = peers::serve(|asked, stream| {
        assert!(asked.head.contains("user-agent: seawall/") && asked.head.contains("rdap+json"));
        match asked.line.as_str() {
            "get /rdap/domain/shop.example http/1.1" => {
                peers::reply(stream, "200 OK", RDAP, &registration("shop.example"));
            }
            "get /other/domain/shop.example http/1.1" => {
                peers::reply(stream, "200 OK", RDAP, &registration("other.example"));
            }
            "get /moved/domain/shop.example http/1.1" => {
                peers::redirect(stream, "/rdap/domain/shop.example");
            }
            _ => peers::reply(stream, "404 Not Found", RDAP, b"{}"),
        }
    });
    let base = |path: &str| format!("http://127.0.0.1:{server}/{path}");
    let (moved, other, nothing) = (base("moved/"), base("other"), base("nothing"));
    let found = case.ok("ana", &resolve(&asset, &["--method", "rdap", "--rdap-base", &moved]));
    let facts = &found["rdap"]["facts"];
    assert_eq!(facts["registrar_iana_id"], 1452);
    assert_eq!(facts["abuse_contact"], "abuse@registrar.example");
    assert_eq!(facts["statuses"], json!(["client transfer prohibited"]));
    assert_eq!(facts["expires_at"], "2027-12-31T23:59:59.000000000Z");
    let kept = items(&case, "rdap_snapshot");
    assert_eq!(kept[0]["sha256"], found["rdap"]["sha256"]);
    let raw = ["vault", "view", found["rdap"]["item"].as_str().expect("an id"), "--as", "ana"];
    let raw: Vec<&str> = ["case"].into_iter().chain(raw).collect();
    let raw = super::seawall(case.root.path(), &raw);
    assert_eq!(raw.stdout, registration("shop.example"), "byte for byte");

    for (base, said) in [(&other, "about `other.example`"), (&nothing, "status 404")] {
        let arguments = resolve(&asset, &["--method", "rdap", "--rdap-base", base]);
        let refused = case.refused("ana", &arguments, 1);
        assert!(refused.contains(said), "{refused}");
    }
    // The file of IANA names a server in a private network: it is asked only if the user means to.
    let file = json!({"services": [[["example"], [base("rdap/")]]]}).to_string().into_bytes();
    let iana = peers::serve(move |_, stream| {
        peers::reply(stream, "200 OK", "application/json", &file);
    });
    let bootstrap = format!("http://127.0.0.1:{iana}/dns.json");
    let by_file = ["--method", "rdap", "--rdap-bootstrap", &bootstrap, "--allow-private"];
    let refused = case.refused("ana", &resolve(&asset, &by_file[..4]), 1);
    assert!(refused.contains("is without encryption, and is not asked"), "{refused}");
    let secure = json!({"services": [[["example"], ["https://127.0.0.1:9/"]]]}).to_string();
    let iana = peers::serve(move |_, stream| {
        peers::reply(stream, "200 OK", "application/json", secure.as_bytes());
    });
    let bootstrap = format!("http://127.0.0.1:{iana}/dns.json");
    let by_file = ["--method", "rdap", "--rdap-bootstrap", &bootstrap];
    let refused = case.refused("ana", &resolve(&asset, &by_file), 1);
    assert!(
        refused.contains("private network") && refused.contains("--allow-private"),
        "{refused}"
    );
    assert_eq!(items(&case, "rdap_snapshot").len(), 1, "what failed is not recorded");
}

#[test]
fn a_hostile_server_gets_no_more_than_an_error() {
    let (case, asset) = with_asset("domain", "shop.example");
    let inner = peers::serve(|_, stream| {
        peers::reply(stream, "200 OK", RDAP, &registration("shop.example"));
    });
    let port = peers::serve(move |asked, stream| match asked.line.split('/').nth(1) {
        Some("endless") => peers::endless(stream, RDAP),
        Some("loop") => peers::redirect(stream, "/loop/again"),
        Some("inwards") => peers::redirect(stream, &format!("http://127.0.0.1:{inner}/x")),
        Some("metadata") => peers::redirect(stream, "http://169.254.169.254/latest/meta-data/"),
        Some("file") => peers::redirect(stream, "file:///etc/passwd"),
        Some("garbage") => peers::reply(stream, "200 OK", RDAP, b"\0\xff<html>"),
        Some("deep") => peers::reply(stream, "200 OK", RDAP, "[".repeat(1 << 20).as_bytes()),
        Some("drip") => peers::drip(stream, RDAP),
        _ => {}
    });
    for (path, said) in [
        ("endless", "more than 4194304 bytes"),
        ("loop", "again and again"),
        ("inwards", "private network"),
        ("metadata", "169.254.169.254 is within a private network"),
        ("file", "could not ask"),
        ("garbage", "not RDAP of a domain"),
        ("deep", "not RDAP of a domain"),
        ("silence", "could not ask"),
        ("drip", "no answer in time"),
    ] {
        let base = format!("http://127.0.0.1:{port}/{path}");
        let arguments = resolve(&asset, &["--method", "rdap", "--rdap-base", &base]);
        let refused = case.refused("ana", &arguments, 1);
        assert!(refused.contains(said), "{path}: {refused}");
    }
    assert!(items(&case, "rdap_snapshot").is_empty());
}

/// A host with certificates, by openssl, and a front page, by Python: the programs, and their ports.
fn shop(folder: &Path, authority: &Authority) -> ([peers::Program; 2], String, String) {
    let make = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out own.pem -days 30 -subj /O=Shop/CN=shop.example \
        -addext subjectAltName=DNS:Shop.example,DNS:*.shop.example,IP:127.0.0.1";
    openssl(folder, make);
    openssl(folder, "x509 -in own.pem -outform DER -out own.der");
    fs_err::write(folder.join("ca.der"), authority.certificate("ca")).expect("written");
    openssl(folder, "x509 -inform DER -in ca.der -out ca.pem");
    let (secure, plain) = (peers::free_port(), peers::free_port());
    let accept = format!("127.0.0.1:{secure}");
    let arguments = [
        "s_server",
        "-accept",
        &accept,
        "-cert",
        "own.pem",
        "-key",
        "key.pem",
        "-cert_chain",
        "ca.pem",
        "-quiet",
    ];
    let tls = peers::Program::start("openssl", &arguments, folder, secure);
    let web = folder.join("web");
    fs_err::create_dir(&web).expect("made");
    fs_err::write(web.join("index.html"), "<h1>accounts</h1>").expect("written");
    let port = plain.to_string();
    let arguments = ["-m", "http.server", &port, "--bind", "127.0.0.1"];
    let http = peers::Program::start("python3", &arguments, &web, plain);

    ([tls, http], secure.to_string(), plain.to_string())
}

#[test]
fn certificates_and_a_front_page_are_kept_as_they_came() {
    let Some(authority) = Authority::new(P256) else { return };
    if !peers::has("python3", &["-c", "import http.server"]) {
        return;
    }
    let (case, asset) = with_asset("host_ip", "127.0.0.1");
    let folder = case.root.path();
    let (_programs, secure, plain) = shop(folder, &authority);
    let ports = ["--tls-port", &secure, "--http-port", &plain, "--allow-private"];
    let refused = case.refused("ana", &resolve(&asset, &ports[..4]), 1);
    assert_eq!(refused.matches("private network").count(), 2, "{refused}");
    let found = case.ok("ana", &resolve(&asset, &ports));
    let (tls, http) = (&found["tls"], &found["http"]);
    let own = fs_err::read(folder.join("own.der")).expect("a certificate");
    fs_err::write(folder.join("chain.der"), [own, authority.certificate("ca")].concat())
        .expect("written");
    no_cut_of_a_chain_panics(&fs_err::read(folder.join("chain.der")).expect("a chain"));
    assert_eq!(tls["facts"]["certificate_sha256"], sha256(folder, "own.der"));
    assert_eq!(tls["sha256"], sha256(folder, "chain.der"), "the whole chain, as presented");
    assert_eq!(
        tls["facts"]["certificate_names"],
        json!(["*.shop.example", "127.0.0.1", "shop.example"])
    );
    assert_eq!(tls["facts"]["certificate_issuer"], "CN=shop.example,O=Shop");
    assert!(tls["facts"]["certificate_until"].is_string() && tls["at"].is_string());
    assert_eq!(http["facts"]["http_status"], 200);
    assert_eq!(http["facts"]["body_sha256"], sha256(folder, "web/index.html"));
    assert!(
        http["facts"]["http_server"].as_str().is_some_and(|name| name.starts_with("SimpleHTTP"))
    );
    assert_eq!(http["facts"]["http_content_type"], "text/html");
    assert_eq!(found["looked_up_by"], concat!("seawall ", env!("CARGO_PKG_VERSION")));

    // One method fails, the other is recorded all the same. A certificate that nobody vouches for is seen, and no page
    // behind it is believed.
    let found = case.ok("ana", &resolve(&asset, &["--tls-port", &secure, "--allow-private"]));
    assert!(found["tls"].is_object() && found["http"].is_null(), "{found}");
    assert!(
        found["failed"]["http"].as_str().is_some_and(|why| why.contains("certificate")),
        "{found}"
    );
    let observed = case.shown()["log"]
        .as_array()
        .map(|log| log.iter().filter(|entry| entry["action"] == "acquire").count());
    assert_eq!(observed, Some(4), "one item at first, and three that were looked up");
    // What has no TLS at all is told as that.
    let found = case.refused(
        "ana",
        &resolve(&asset, &["--method", "tls", "--tls-port", &plain, "--allow-private"]),
        1,
    );
    assert!(found.contains("TLS handshake"), "{found}");
}

/// A chain that is cut or changed anywhere is read in part or refused.
fn no_cut_of_a_chain_panics(chain: &[u8]) {
    let hash = |_: &[u8]| "0".repeat(64).parse().expect("a hash");
    let whole = |end: &usize| observation::read(Method::Tls, &chain[..*end], &hash).is_ok();
    assert_eq!(
        (0..=chain.len()).filter(whole).count(),
        2,
        "after the first certificate, and at the end"
    );
    for byte in 0..chain.len() {
        let mut changed = chain.to_vec();
        changed[byte] ^= 0xff;
        let _ = observation::read(Method::Tls, &changed, &hash);
    }
}

fn openssl(folder: &Path, line: &str) -> Vec<u8> {
    let output = Command::new("openssl")
        .args(line.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("starts");
    assert!(output.status.success(), "{line}: {}", text(&output.stderr));
    output.stdout
}

/// By openssl.
fn sha256(folder: &Path, file: &str) -> String {
    let said = text(&openssl(folder, &format!("dgst -sha256 -r {file}")));
    said.split(' ').next().expect("a hash").to_owned()
}

#[test]
fn records_are_asked_for_over_udp_and_over_tcp() {
    let Some(python) = python("dnslib") else { return };
    let (case, asset) = with_asset("domain", "shop.example");
    let folder = case.root.path();
    let mut long = String::new();
    for number in 0..12 {
        writeln!(long, "shop.example. 60 IN TXT \"{number} {}\"", "x".repeat(200)).expect("a text");
    }
    let zone = format!(
        "shop.example. 300 IN NS ns1.shop.example.\nshop.example. 300 IN NS NS2.shop.example.\n\
         shop.example. 60 IN A 127.0.0.1\nshop.example. 60 IN AAAA ::1\n\
         shop.example. 60 IN MX 10 mail.shop.example.\n{long}"
    );
    fs_err::write(folder.join("zone"), zone).expect("written");
    let port = peers::free_port().to_string();
    let server = format!("127.0.0.1:{port}");
    let arguments = [
        "-m",
        "dnslib.zoneresolver",
        "--zone",
        "zone",
        "--address",
        "127.0.0.1",
        "--port",
        &port,
        "--tcp",
        "--udplen",
        "1000",
    ];
    let number = port.parse().expect("a port");
    let _dns = peers::Program::start(&python.to_string_lossy(), &arguments, folder, number);
    let found = case.ok("ana", &resolve(&asset, &["--method", "dns", "--dns-server", &server]));
    let facts = &found["dns"]["facts"];
    assert_eq!(facts["name"], "shop.example");
    assert_eq!(facts["name_servers"], json!(["ns1.shop.example", "ns2.shop.example"]));
    assert_eq!(facts["addresses"], json!(["127.0.0.1", "::1"]));
    assert_eq!(facts["mail_servers"], json!(["mail.shop.example"]));
    let item = found["dns"]["item"].as_str().expect("an id");
    let raw = super::seawall(folder, &["case", "vault", "view", item, "--as", "ana"]);
    let raw = text(&raw.stdout);
    assert_eq!(raw.lines().filter(|line| line.contains(" IN TXT ")).count(), 12, "over TCP\n{raw}");
    assert_eq!(raw.lines().filter(|line| line.contains("in Base64")).count(), 5, "{raw}");

    // A name may point anywhere: what is private is not asked, whoever says so.
    let more = ["--method", "tls", "--method", "http", "--dns-server", &server];
    let refused = case.refused("ana", &resolve(&asset, &more), 1);
    assert_eq!(refused.matches("is within a private network").count(), 2, "{refused}");
}

#[test]
fn what_answers_no_question_is_no_answer() {
    let (case, asset) = with_asset("domain", "shop.example");
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let server = socket.local_addr().expect("an address").to_string();
    thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
            let mut other = buffer[..length].to_vec();
            // An answer to another question: its number differs.
            other[0] ^= 1;
            other[2] |= 0x80;
            for garbage in [b"hello".as_slice(), &[0xc0; 400], &other] {
                let _ = socket.send_to(garbage, peer);
            }
        }
    });
    let refused =
        case.refused("ana", &resolve(&asset, &["--method", "dns", "--dns-server", &server]), 1);
    assert!(refused.contains("no answer to the question"), "{refused}");
}

#[test]
fn only_who_may_bring_evidence_looks_things_up_and_only_of_hosts() {
    let (case, asset) = with_asset("domain", "www.shop.example");
    let said = case.refused("ada", &resolve(&asset, &["--method", "rdap"]), 4);
    assert!(said.contains("admin may not"), "{said}");
    let log = case.shown();
    let denied = log["log"].as_array().expect("a log").iter().filter(|it| it["action"] == "denied");
    assert_eq!(denied.count(), 1);
    let said = case.refused("ana", &resolve(&asset, &["--method", "rdap"]), 1);
    assert!(said.contains("name `shop.example` as an asset"), "{said}");
    for (more, said) in [
        (["--dns-server", "dns.example"], "no DNS server"),
        (["--rdap-base", "ftp://x.example/"], "no URL of the web"),
    ] {
        let refused = case.refused("ana", &resolve(&asset, &more), 2);
        assert!(refused.contains(said), "{refused}");
    }
    let (case, asset) = with_asset("wallet", "abc");
    let said = case.refused("ana", &resolve(&asset, &[]), 2);
    assert!(said.contains("neither a domain name nor an address"), "{said}");
    let output = case.run("ana", &resolve("asset-9", &[]));
    assert_eq!(code(&output), 3, "{}", text(&output.stderr));
}
