//! A network of hosts that can be cut: a network namespace for each, and a bridge in one more.

use std::process::Command;

use crate::support::Process;

/// Hosts by name, each with an address, on one bridge.
pub(crate) struct Network {
    prefix: String,
    hosts: Vec<&'static str>,
}

impl Network {
    /// Makes them; `None`, and a line that says so, where that is not permitted.
    #[expect(clippy::print_stdout, reason = "it says what was skipped")]
    pub(crate) fn new(name: &str, hosts: &[&'static str]) -> Option<Self> {
        let prefix = format!("seawall-{name}-{}", std::process::id());
        let mut network = Self { prefix, hosts: Vec::new() };
        let hub = network.namespace("hub");
        if let Err(reason) = ip(&format!("netns add {hub}")) {
            println!(
                "skipped: no network namespaces here ({reason}); root and iproute2 are needed"
            );
            return None;
        }
        let must = |arguments: String| ip(&arguments).expect("a namespace can be configured");
        must(format!("-n {hub} link add bridge type bridge"));
        must(format!("-n {hub} link set bridge up"));
        for host in hosts {
            let (namespace, address) = (network.namespace(host), network.next_address());
            network.hosts.push(host);
            must(format!("netns add {namespace}"));
            must(format!("-n {namespace} link set lo up"));
            must(format!("-n {hub} link add {host} type veth peer name eth0 netns {namespace}"));
            must(format!("-n {hub} link set {host} master bridge up"));
            must(format!("-n {namespace} address add {address}/24 dev eth0"));
            must(format!("-n {namespace} link set eth0 up"));
        }
        Some(network)
    }

    fn namespace(&self, host: &str) -> String {
        format!("{}-{host}", self.prefix)
    }

    fn next_address(&self) -> String {
        format!("10.77.0.{}", self.hosts.len() + 1)
    }

    /// The address of a host.
    pub(crate) fn address(&self, host: &str) -> String {
        let at = self.hosts.iter().position(|own| *own == host).expect("one of them");
        format!("10.77.0.{}", at + 1)
    }

    /// Starts the program on a host.
    pub(crate) fn start(&self, host: &str, arguments: &[String]) -> Process {
        Process::start(&["ip", "netns", "exec", &self.namespace(host)], arguments)
    }

    /// Runs another program on a host; whether it succeeds.
    pub(crate) fn run(&self, host: &str, words: &[&str]) -> bool {
        let namespace = self.namespace(host);
        let before = ["netns", "exec", &namespace];
        let done = Command::new("ip").args(before.iter().chain(words)).output();
        done.is_ok_and(|done| done.status.success())
    }

    /// Cuts a host off: what it sends, and what is sent to it, is lost without a word.
    pub(crate) fn cut(&self, host: &str) {
        ip(&format!("-n {} link set {host} down", self.namespace("hub"))).expect("cut");
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Ends of a pair go with either namespace.
        for host in self.hosts.iter().copied().chain(["hub"]) {
            let _ = ip(&format!("netns del {}", self.namespace(host)));
        }
    }
}

fn ip(arguments: &str) -> Result<(), String> {
    let done = Command::new("ip").args(arguments.split_whitespace()).output();
    let done = done.map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&done.stderr).trim().to_owned())
}
