//! Which certificates does a host present? A handshake and nothing after it.

use std::{net::IpAddr, sync::Arc};

use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use seawall_core::case::asset::Method;

use super::{Deadline, Reach, Received, deadline::Limited};

const SECONDS_MAX: u64 = 20;
/// More than any handshake takes.
const BYTES_MAX: u64 = 1 << 20;

/// The certificates that `host` presents at one of its addresses, its own first, as DER, one after the other.
pub(crate) fn certificates(
    host: &str,
    addresses: &[IpAddr],
    port: u16,
    reach: Reach,
    at: Timestamp,
) -> anyhow::Result<Received> {
    let deadline = Deadline::after(SECONDS_MAX);
    let (stream, peer) = reach.connect(addresses, port, deadline)?;
    let mut stream = Limited::new(stream, deadline, BYTES_MAX);
    let name = ServerName::try_from(host.to_owned())?;
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Presented(provider)))
        .with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), name)?;
    while connection.is_handshaking() {
        connection
            .complete_io(&mut stream)
            .with_context(|| format!("{peer} did not complete a TLS handshake"))?;
    }
    let chain = connection.peer_certificates().unwrap_or_default();
    if chain.is_empty() {
        return Err(anyhow!("{peer} presents no certificate"));
    }
    let raw = chain.iter().flat_map(|certificate| certificate.iter().copied()).collect();
    // A goodbye that does not arrive changes nothing of what was seen.
    connection.send_close_notify();
    let _ = connection.write_tls(&mut stream);
    Ok(Received {
        method: Method::Tls,
        raw,
        media_type: "application/octet-stream",
        source: format!("TLS of {peer}, asked for {host}"),
        at,
    })
}

/// Takes whatever certificate is presented, since that is what is asked; that the peer has its key is checked.
#[derive(Debug)]
struct Presented(Arc<CryptoProvider>);

impl ServerCertVerifier for Presented {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
