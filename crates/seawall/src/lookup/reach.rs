//! Which addresses may be asked? Not those of private networks: a name of somebody else may point there.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr, TcpStream},
};

use anyhow::{Context as _, anyhow};
use seawall_core::event::address;

use super::Deadline;

/// Which addresses may be asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach {
    /// Those that can be reached from everywhere.
    Public,
    /// All: the user said so.
    All,
}

/// An address that is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) IpAddr);

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} is within a private network, and is not asked\nhint: --allow-private asks it, if you mean to",
            self.0
        )
    }
}

impl std::error::Error for Refused {}

impl Reach {
    /// Whether that address may be asked.
    pub(crate) fn check(self, address: IpAddr) -> Result<(), Refused> {
        if address::is_public(address) || matches!(self, Self::All) {
            Ok(())
        } else {
            Err(Refused(address))
        }
    }

    /// Connects to the first of the addresses that answers.
    pub(super) fn connect(
        self,
        addresses: &[IpAddr],
        port: u16,
        deadline: Deadline,
    ) -> anyhow::Result<(TcpStream, SocketAddr)> {
        let mut last = anyhow!("it has no address");
        for address in addresses {
            if let Err(refused) = self.check(*address) {
                last = refused.into();
                continue;
            }
            let peer = SocketAddr::new(*address, port);
            let connected: io::Result<TcpStream> =
                deadline.left().and_then(|left| TcpStream::connect_timeout(&peer, left));
            match connected.with_context(|| format!("could not connect to {peer}")) {
                Ok(stream) => return Ok((stream, peer)),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

#[cfg(test)]
mod tests {
    use super::Reach;

    #[test]
    fn private_networks_are_not_asked_however_they_are_written() {
        let refused = "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.31.255.255 192.0.2.1 192.168.1.1 \
            198.19.0.1 203.0.113.9 224.0.0.1 255.255.255.255 ::1 :: fe80::1 fc00::1 fd12::1 ff02::1 ::ffff:10.0.0.1 \
            ::ffff:127.0.0.1 64:ff9b::7f00:1 2001:db8::1 2001::1 2002:7f00:1:: ::127.0.0.1";
        for text in refused.split_whitespace() {
            assert!(Reach::Public.check(text.parse().unwrap()).is_err(), "{text}");
            assert!(Reach::All.check(text.parse().unwrap()).is_ok(), "{text}");
        }
        let asked = "1.1.1.1 9.9.9.9 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 223.255.255.255 \
            2606:4700:4700::1111 2a00::1 2001:4860:4860::8888 ::ffff:1.1.1.1";
        for text in asked.split_whitespace() {
            assert!(Reach::Public.check(text.parse().unwrap()).is_ok(), "{text}");
        }
    }
}
