//! Who dates seals, and by which certificates are they believed?

use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use super::place::read_file;
use crate::{
    config::Authority,
    failure::{Exit, Failure},
};

/// Longest file of certificates.
const CERTIFICATES_BYTES_MAX: u64 = 256 << 10;
const PEM: &[u8] = b"-----BEGIN ";

impl Authority {
    /// Its certificates, or those of who issued them, as DER.
    pub(crate) fn believed(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let mut found = Vec::new();
        for path in &self.certificates {
            let bytes = read_file(path, CERTIFICATES_BYTES_MAX)?;
            let wrong = || {
                let message = format!("`{}` holds no certificate, as DER or PEM", path.display());
                Failure::new(Exit::Usage, message)
            };
            if bytes.windows(PEM.len()).any(|window| window == PEM) {
                for certificate in CertificateDer::pem_slice_iter(&bytes) {
                    found.push(certificate.map_err(|_| wrong())?.to_vec());
                }
            } else if bytes.first() == Some(&0x30) {
                found.push(bytes);
            } else {
                return Err(wrong());
            }
        }
        if found.is_empty() {
            let message = format!("no certificate is given for {}", self.url);
            return Err(Failure::new(Exit::Usage, message));
        }
        Ok(found)
    }
}
