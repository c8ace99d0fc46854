//! A time-stamp authority on this machine, run by `openssl ts`.

use std::{
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

const CONFIGURATION: &str = "
[ tsa ]
default_tsa = tsa1
[ tsa1 ]
serial = ./serial
signer_cert = ./tsa.crt
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_alg = sha256
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = unused
[ v3_ca ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[ v3_tsa ]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ v3_not_tsa ]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping, serverAuth
";

/// An authority with a certificate of its own issuer.
pub(crate) struct Authority {
    folder: TempDir,
}

impl Authority {
    /// Says why, if there is no openssl.
    #[expect(clippy::print_stdout, reason = "says why a test is skipped")]
    pub(crate) fn new(key: &[&str]) -> Option<Self> {
        if !Command::new("openssl").arg("version").output().is_ok_and(|it| it.status.success()) {
            println!("skipped: there is no openssl on this machine");
            return None;
        }
        let authority = Self { folder: tempfile::tempdir().unwrap() };
        fs_err::write(authority.folder.path().join("tsa.cnf"), CONFIGURATION).unwrap();
        fs_err::write(authority.folder.path().join("serial"), "01\n").unwrap();
        for name in ["ca", "tsa"] {
            let file = format!("{name}.key");
            let arguments = [&["genpkey", "-out", &file], key].concat();
            authority.openssl(&arguments);
        }
        let ca = "req -new -x509 -key ca.key -subj /CN=Issuer -days 3650 -config tsa.cnf -extensions v3_ca -out ca.crt";
        authority.openssl(&words(ca));
        authority.certify("v3_tsa");
        Some(authority)
    }

    pub(crate) fn certify(&self, extensions: &str) {
        self.openssl(&words(
            "req -new -key tsa.key -subj /O=Example/CN=Clock -config tsa.cnf -out tsa.csr",
        ));
        let issue = format!(
            "x509 -req -in tsa.csr -CA ca.crt -CAkey ca.key -set_serial 7 -days 3650 -extfile tsa.cnf -extensions {extensions} -out tsa.crt"
        );
        self.openssl(&words(&issue));
    }

    /// A certificate as DER: `ca` or `tsa`.
    pub(crate) fn certificate(&self, name: &str) -> Vec<u8> {
        let (file, out) = (format!("{name}.crt"), format!("{name}.der"));
        self.openssl(&["x509", "-in", &file, "-outform", "DER", "-out", &out]);
        fs_err::read(self.folder.path().join(out)).unwrap()
    }

    pub(crate) fn answer(&self, request: &[u8]) -> Vec<u8> {
        fs_err::write(self.folder.path().join("request.tsq"), request).unwrap();
        self.openssl(&words("ts -reply -config tsa.cnf -queryfile request.tsq -out response.tsr"));
        fs_err::read(self.folder.path().join("response.tsr")).unwrap()
    }

    pub(crate) fn configure(&self, from: &str, to: &str) {
        let file = self.folder.path().join("tsa.cnf");
        let text = fs_err::read_to_string(&file).unwrap();
        assert!(text.contains(from));
        fs_err::write(file, text.replace(from, to)).unwrap();
    }

    /// What openssl reads in a request.
    pub(crate) fn show(&self, request: &[u8]) -> String {
        fs_err::write(self.folder.path().join("request.tsq"), request).unwrap();
        String::from_utf8(self.openssl(&words("ts -query -in request.tsq -text")).stdout).unwrap()
    }

    fn openssl(&self, arguments: &[&str]) -> Output {
        run(self.folder.path(), arguments)
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

pub(crate) const RSA: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
pub(crate) const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
pub(crate) const P384: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
