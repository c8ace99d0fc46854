//! What does the domain name system say of a name? Questions over UDP, and over TCP where an answer is too long.

use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket},
};

use anyhow::{Context as _, anyhow, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hickory_proto::{
    op::{Edns, Message, MessageType, Query, ResponseCode},
    rr::{Name, RData, RecordType},
};
use jiff::Timestamp;
use seawall_core::case::asset::Method;

use super::{AGENT, Deadline, Received, deadline::Limited};

/// Where the system says whom it asks.
const SYSTEM: &str = "/etc/resolv.conf";
const PORT: u16 = 53;
/// What is asked for, in this order.
const TYPES: [RecordType; 5] =
    [RecordType::NS, RecordType::A, RecordType::AAAA, RecordType::MX, RecordType::TXT];
/// Longest answer to one question.
const MESSAGE_BYTES_MAX: usize = 16 << 10;
/// What fits into one packet everywhere (DNS flag day 2020).
const PACKET_BYTES: u16 = 1232;
const SECONDS_MAX: u64 = 5;
const TRIES: usize = 2;

/// Whom to ask.
#[derive(Clone, Debug)]
pub(crate) struct Servers(Vec<SocketAddr>);

impl Servers {
    /// The one that was named, an address with or without a port; else those of the system.
    pub(crate) fn find(named: Option<&str>) -> anyhow::Result<Self> {
        if let Some(text) = named {
            let address = text.parse::<IpAddr>().map(|address| SocketAddr::new(address, PORT));
            let server = address.or_else(|_| text.parse());
            let hint = "hint: an address, as in 9.9.9.9 or [2620:fe::fe]:53";
            return Ok(Self(vec![
                server.map_err(|_| anyhow!("`{text}` is no DNS server\n{hint}"))?,
            ]));
        }
        let text =
            crate::case::read_file(std::path::Path::new(SYSTEM), 64 << 10).map_err(|_| {
                anyhow!("the system names no DNS server\nhint: name one with --dns-server")
            })?;
        let parsed = resolv_conf::Config::parse(text).with_context(|| format!("`{SYSTEM}`"))?;
        let servers = parsed.nameservers.iter().map(|server| SocketAddr::new(server.into(), PORT));
        Ok(Self(servers.collect()))
    }

    /// What the first server that answers says.
    fn ask(
        &self,
        name: &Name,
        record: RecordType,
    ) -> anyhow::Result<(SocketAddr, Vec<u8>, Message)> {
        let mut last = anyhow!("the system names no DNS server\nhint: name one with --dns-server");
        for server in &self.0 {
            match exchange(*server, name, record) {
                Ok((raw, message)) => return Ok((*server, raw, message)),
                Err(error) => last = error.context(format!("could not ask {server}")),
            }
        }
        Err(last)
    }
}

/// Name servers, addresses, hosts for mail and texts of `name`: as records, one a line, each answer followed by its
/// message as it came, as a comment.
pub(crate) fn ask(name: &str, servers: &Servers, at: Timestamp) -> anyhow::Result<Received> {
    let asked = Name::from_ascii(format!("{name}."))?;
    let (mut text, mut from, mut failed) = (String::new(), None, Vec::new());
    for record in TYPES {
        let (server, raw, message) = servers.ask(&asked, record)?;
        let code = message.metadata.response_code;
        if !matches!(code, ResponseCode::NoError | ResponseCode::NXDomain) {
            failed.push(format!("{record}: {code}"));
        }
        from = Some(server);
        writeln!(text, "; {AGENT} asked {server} for {record} of {name} at {at}: {code}")?;
        for record in &message.answers {
            writeln!(text, "{}", line(&record.to_string()))?;
        }
        writeln!(text, "; as it came (RFC 1035, in Base64): {}", STANDARD.encode(raw))?;
    }
    if failed.len() == TYPES.len() {
        bail!("the DNS server does not answer: {}", failed.join(", "));
    }
    let source = from.map_or_else(String::new, |server| format!("DNS server {server}"));
    Ok(Received {
        method: Method::Dns,
        raw: text.into_bytes(),
        media_type: "text/plain",
        source,
        at,
    })
}

/// The addresses of a host.
pub(crate) fn addresses(host: &str, servers: &Servers) -> anyhow::Result<Vec<IpAddr>> {
    if let Ok(address) = host.parse() {
        return Ok(vec![address]);
    }
    let asked = Name::from_ascii(format!("{host}."))?;
    let mut found = Vec::new();
    for record in [RecordType::A, RecordType::AAAA] {
        let (_, _, message) = servers.ask(&asked, record)?;
        found.extend(message.answers.iter().filter_map(|record| match &record.data {
            RData::A(four) => Some(IpAddr::V4(four.0)),
            RData::AAAA(six) => Some(IpAddr::V6(six.0)),
            _ => None,
        }));
    }
    if found.is_empty() {
        bail!("`{host}` has no address");
    }
    Ok(found)
}

/// A record on one line, whatever a hostile text holds.
fn line(record: &str) -> String {
    let mut line = String::new();
    for letter in record.chars() {
        if letter.is_control() {
            // A `write!` to a text does not fail.
            let _ = write!(line, "\\{:03}", u32::from(letter));
        } else {
            line.push(letter);
        }
    }
    line
}

/// One question, and the answer to just that question.
fn exchange(
    server: SocketAddr,
    name: &Name,
    record: RecordType,
) -> anyhow::Result<(Vec<u8>, Message)> {
    let mut question = Message::query();
    question.metadata.recursion_desired = true;
    question.add_query(Query::query(name.clone(), record));
    let mut edns = Edns::new();
    edns.set_max_payload(PACKET_BYTES);
    question.set_edns(edns);
    let bytes = question.to_vec()?;
    let mut last = anyhow!("no answer");
    for _ in 0..TRIES {
        match packet(server, &bytes, &question) {
            Ok((_, message)) if message.metadata.truncation => {
                return stream(server, &bytes, &question);
            }
            Ok(answer) => return Ok(answer),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Over UDP. What is no answer to the question is passed over: anybody can send a packet.
fn packet(
    server: SocketAddr,
    bytes: &[u8],
    question: &Message,
) -> anyhow::Result<(Vec<u8>, Message)> {
    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(server)?;
    socket.send(bytes)?;
    let deadline = Deadline::after(SECONDS_MAX);
    let mut buffer = [0; 4096];
    let mut garbage = false;
    loop {
        let left = deadline.left().with_context(|| {
            if garbage { "what came is no answer to the question" } else { "nothing came" }
        })?;
        socket.set_read_timeout(Some(left))?;
        match socket.recv(&mut buffer) {
            Ok(length) => match answer(&buffer[..length], question) {
                Some(message) => return Ok((buffer[..length].to_vec(), message)),
                None => garbage = true,
            },
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Over TCP (RFC 7766).
fn stream(
    server: SocketAddr,
    bytes: &[u8],
    question: &Message,
) -> anyhow::Result<(Vec<u8>, Message)> {
    let deadline = Deadline::after(SECONDS_MAX);
    let stream = TcpStream::connect_timeout(&server, deadline.left()?)?;
    let mut stream = Limited::new(stream, deadline, MESSAGE_BYTES_MAX as u64 + 2);
    let length = u16::try_from(bytes.len())?;
    stream.write_all(&[&length.to_be_bytes(), bytes].concat())?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let length = usize::from(u16::from_be_bytes(length));
    if length > MESSAGE_BYTES_MAX {
        bail!("an answer of {length} bytes, more than the {MESSAGE_BYTES_MAX} that are read");
    }
    let mut raw = vec![0; length];
    stream.read_exact(&mut raw)?;
    let message = answer(&raw, question)
        .filter(|message| !message.metadata.truncation)
        .context("what came is no answer to the question")?;
    Ok((raw, message))
}

/// The message, if it answers the question. One that was cut off need not repeat it: it only leads to TCP.
fn answer(raw: &[u8], question: &Message) -> Option<Message> {
    let message = Message::from_vec(raw).ok()?;
    let cut = message.metadata.truncation && message.queries.is_empty();
    let fits = message.metadata.id == question.metadata.id
        && message.metadata.message_type == MessageType::Response
        && (cut || message.queries == question.queries);
    fits.then_some(message)
}

#[cfg(test)]
mod tests {
    use super::{Servers, line};

    #[test]
    fn a_hostile_text_stays_on_its_line() {
        let record = "a.example. 300 IN TXT x\nb.example. 300 IN A 203.0.113.9\r";
        assert_eq!(
            line(record),
            "a.example. 300 IN TXT x\\010b.example. 300 IN A 203.0.113.9\\013"
        );
    }

    #[test]
    fn a_server_is_an_address_with_or_without_a_port() {
        let found = |text| Servers::find(Some(text)).map(|servers| servers.0[0].to_string());
        assert_eq!(found("9.9.9.9").unwrap(), "9.9.9.9:53");
        assert_eq!(found("2620:fe::fe").unwrap(), "[2620:fe::fe]:53");
        assert_eq!(found("127.0.0.1:5353").unwrap(), "127.0.0.1:5353");
        assert!(found("dns.example").is_err());
    }
}
